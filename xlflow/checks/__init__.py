"""WHAT IS WRONG: one small function a rule; findings out.

`check` is the door. A rule looks at a sheet through a `View`, answers with a mask of rows, and the
catalogue file ``checks`` holds its message.
"""

from __future__ import annotations

from xlflow.checks.checking import check as check
from xlflow.checks.finding import Finding as Finding
from xlflow.checks.finding import blocks_number as blocks_number
from xlflow.checks.result_text import check_text as check_text
from xlflow.checks.rules import rules as rules
