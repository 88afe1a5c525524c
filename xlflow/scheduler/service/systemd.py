"""Units of systemd for one's own account: a service that stays, or a timer that starts it often.

Source: systemd.service(5), systemd.timer(5), systemd.syntax(7).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from xlflow.scheduler.service.host import Host, Service, ServiceFile, Step

_SERVICE = """\
[Unit]
Description=xlflow ({folder})
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={run}
WorkingDirectory={folder}
Restart=on-failure
RestartSec=60
# Ends between two jobs; a job may take a while.
TimeoutStopSec=600
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""

_TICK = """\
[Unit]
Description=xlflow, whatever is due ({folder})

[Service]
Type=oneshot
ExecStart={tick}
WorkingDirectory={folder}
TimeoutStartSec=2h
NoNewPrivileges=yes
"""

_TIMER = """\
[Unit]
Description=xlflow every five minutes ({folder})

[Timer]
OnCalendar=*:0/5
Persistent=true
AccuracySec=5s

[Install]
WantedBy=timers.target
"""


def systemd_service(host: Host) -> Service:
    """The units of a service that stays, and of a timer instead."""
    folder = _escaped(str(host.folder))
    texts = {
        f"{host.name}.service": _SERVICE.format(folder=folder, run=_line(host.arguments("run"))),
        f"{host.name}-tick.service": _TICK.format(
            folder=folder, tick=_line(host.arguments("tick", "--quiet"))
        ),
        f"{host.name}-tick.timer": _TIMER.format(folder=folder),
    }
    files = tuple(ServiceFile(name, text.encode()) for name, text in texts.items())
    place = '"${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"'
    units = " ".join(f"{{folder}}/{shlex.quote(file.name)}" for file in files)
    name, timer = f"{host.name}.service", f"{host.name}-tick.timer"
    steps = (
        Step("copy", (f"mkdir -p {place}", f"cp {units} {place}")),
        Step("systemd-on", ("systemctl --user daemon-reload", _now("enable", name))),
        Step("systemd-linger", ("loginctl enable-linger",)),
        Step("look", (f"systemctl --user status {name}",)),
        Step("off", (_now("disable", name),)),
        Step("systemd-timer", ("systemctl --user daemon-reload", _now("enable", timer))),
    )
    return Service("systemd", files, steps)


def _now(verb: str, unit: str) -> str:
    return f"systemctl --user {verb} --now {unit}"


def _line(arguments: Iterable[str]) -> str:
    """A command line: each word in quotes, without anything that systemd would fill in."""
    return " ".join(f'"{_quoted(word)}"' for word in arguments)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return _escaped(escaped)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
