"""A task for the Task Scheduler of Windows, as `schtasks` reads it: XML in UTF-16.

Source: learn.microsoft.com, Task Scheduler Schema 1.2; schtasks /create.
"""

from __future__ import annotations

import subprocess
from xml.sax.saxutils import escape

from xlflow.scheduler.service.host import Host, Service, ServiceFile, Step

_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>xlflow ({folder})</Description>
    <URI>\\xlflow\\{name}</URI>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <Repetition>
        <Interval>PT5M</Interval>
        <Duration>P1D</Duration>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <StartBoundary>2026-01-01T00:00:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>Password</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT2H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def windows_service(host: Host) -> Service:
    """A task that starts whatever is due every five minutes, also while nobody is logged in."""
    program, *arguments = host.arguments("tick", "--quiet")
    text = _TASK.format(
        name=escape(host.name),
        folder=escape(str(host.folder)),
        command=escape(program),
        arguments=escape(subprocess.list2cmdline(arguments)),
    )
    # The mark at the beginning says which of the two orders of bytes it is.
    file = ServiceFile(f"{host.name}.xml", text.replace("\n", "\r\n").encode("utf-16"))
    task = f'"xlflow\\{host.name}"'
    create = f'schtasks /Create /F /TN {task} /XML "{{folder}}\\{file.name}"'
    steps = (
        Step("windows-on", (f'{create} /RU "%USERDOMAIN%\\%USERNAME%" /RP *',)),
        Step("windows-now", (f"schtasks /Run /TN {task}",)),
        Step("look", (f"schtasks /Query /TN {task} /V /FO LIST",)),
        Step("off", (f"schtasks /Delete /F /TN {task}",)),
    )
    return Service("windows", (file,), steps)
