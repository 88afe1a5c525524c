"""xlflow keeps the register of requirements on the shared drive true to the process standard."""

from __future__ import annotations

__version__ = "0.1.0"
