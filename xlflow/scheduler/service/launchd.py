"""An agent of launchd, for macOS. Source: launchd.plist(5), launchctl(1)."""

from __future__ import annotations

import plistlib
from typing import Any

from xlflow.scheduler.service.host import Host, Service, ServiceFile, Step


def launchd_service(host: Host) -> Service:
    """An agent that stays as long as its account is logged in."""
    agent: dict[str, Any] = {
        "Label": host.name,
        "ProgramArguments": list(host.arguments("run")),
        "WorkingDirectory": str(host.folder),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ExitTimeOut": 600,
        "ProcessType": "Background",
    }
    file = ServiceFile(f"{host.name}.plist", plistlib.dumps(agent, sort_keys=False))
    place = "~/Library/LaunchAgents"
    steps = (
        Step("copy", (f"mkdir -p {place}", f"cp {{folder}}/{file.name} {place}")),
        Step("launchd-on", (f"launchctl bootstrap gui/$(id -u) {place}/{file.name}",)),
        Step("look", (f"launchctl print gui/$(id -u)/{host.name}",)),
        Step("off", (f"launchctl bootout gui/$(id -u)/{host.name}",)),
    )
    return Service("launchd", (file,), steps)
