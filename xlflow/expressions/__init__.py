"""WHAT A COMPANY DEMANDS: conditions over the fields of a record, written as small expressions.

`understand` reads a text and tells all its faults; `xlflow.expressions.evaluation.judge` says what
it means for every row of a sheet. Nothing is ever executed: a text becomes a tree of known parts.
"""

from __future__ import annotations

from xlflow.expressions.faults import Fault as Fault
from xlflow.expressions.meaning import Expression as Expression
from xlflow.expressions.names import Names as Names
from xlflow.expressions.understanding import understand as understand
