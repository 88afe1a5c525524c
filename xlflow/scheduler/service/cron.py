"""A line for the table of cron. Source: crontab(5)."""

from __future__ import annotations

import shlex

from xlflow.scheduler.service.host import Host, Service, ServiceFile, Step


def cron_service(host: Host) -> Service:
    """A line that starts whatever is due every five minutes; its end names it for the shell."""
    command = shlex.join(host.arguments("tick", "--quiet")).replace("%", "\\%")
    file = ServiceFile(f"{host.name}.crontab", f"*/5 * * * * {command} # {host.name}\n".encode())
    others = f"crontab -l 2>/dev/null | grep -vF '# {host.name}'"
    steps = (
        Step("cron-on", (f"{{ {others}; cat {{folder}}/{file.name}; }} | crontab -",)),
        Step("look", ("crontab -l",)),
        Step("off", (f"{others} | crontab -",)),
    )
    return Service("cron", (file,), steps)
