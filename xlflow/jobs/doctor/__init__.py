"""WHAT STANDS IN THE WAY: look at everything that a run needs, and change nothing.

    report = examine(settings_file, clock, os.environ)
    for line in report.lines:
        print(line.state, line.message("en"))

One thing is written, since nothing else tells whether a commit will be possible: three files of
xlflow's own temporary name, in the register's folder, for some milliseconds (`drive.access`).
"""

from __future__ import annotations

from xlflow.jobs.doctor.examination import Report as Report
from xlflow.jobs.doctor.examination import examine as examine
from xlflow.jobs.doctor.lines import Line as Line
from xlflow.jobs.doctor.lines import State as State
