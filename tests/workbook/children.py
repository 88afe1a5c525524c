"""Child processes for tests: killed at a step, without rights, with little room, many at once."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import traceback
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any, Self

# forked from a clean process: milliseconds each, and no threads of pytest in them
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["xlflow.ledger", "xlflow.workbook.share", "xlflow.workbook.share.smb.rights"]
)

Step = Callable[[str], None]
SECONDS = 60
KILLED = -signal.SIGKILL
NOBODY = 65534


class KilledAt:
    """A step that ends its process, as a power cut would, when it comes for the `count`th time."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, name: str) -> None:
        self.count -= 1
        if self.count == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class WarmParent:
    """A process that forks its children when `warm_up` has loaded all that they need.

    Each child then costs milliseconds, where a fresh process imports for seconds.
    """

    def __init__(self, warm_up: Callable[..., Any], *arguments: Any) -> None:
        self._requests, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=_fork_on_request, args=(theirs, warm_up, arguments))
        self._process.start()

    def start(self, work: Callable[..., Any], *arguments: Any) -> int:
        """Run `work` in a child; its process id, which stays its own until it is waited for."""
        self._requests.send((work, arguments))
        return self._answer()

    def wait(self, child: int) -> int:
        """The exit code of a child, negative for a signal."""
        self._requests.send(child)
        return self._answer()

    def run(self, work: Callable[..., Any], *arguments: Any) -> int:
        """Run `work` in a child to its end; its exit code."""
        return self.wait(self.start(work, *arguments))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._requests.send(None)
        self._process.join(SECONDS)
        self._process.kill()

    def _answer(self) -> int:
        if not self._requests.poll(SECONDS):
            raise AssertionError(f"no child answered in {SECONDS} s")
        return int(self._requests.recv())


def _fork_on_request(
    requests: Connection, warm_up: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    warm_up(*arguments)
    while request := requests.recv():
        if isinstance(request, int):
            requests.send(os.waitstatus_to_exitcode(os.waitpid(request, 0)[1]))
            continue
        child = os.fork()
        if child == 0:
            _work_and_exit(*request)
        requests.send(child)


def _work_and_exit(work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    code = 1
    try:
        work(*arguments)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def in_child(work: Callable[..., Any], *arguments: Any) -> int:
    """Run `work` in a child process; its exit code, negative for a signal."""
    child = CONTEXT.Process(target=work, args=arguments)
    child.start()
    child.join(SECONDS)
    code = child.exitcode
    if code is None:
        child.kill()
        raise AssertionError(f"{work.__name__} did not end in {SECONDS} s")
    return code


def killed_at_each_step(
    work: Callable[..., Any], prepare: Callable[[], tuple[Any, ...]]
) -> Iterator[int]:
    """Run `work(*prepare(), step)` again and again, killed at the first, second, ... step.

    Yields the number of the step after each kill; ends when `work` came to its own end.
    """
    for count in range(1, 1000):
        code = in_child(work, *prepare(), KilledAt(count))
        if code == 0:
            return
        assert code == KILLED, f"step {count}: exit code {code}"
        yield count


def all_at_once(work: Callable[..., Any], arguments: list[tuple[Any, ...]]) -> None:
    """Run `work` in as many processes as there are arguments; all must end well."""
    children = [CONTEXT.Process(target=work, args=each) for each in arguments]
    for child in children:
        child.start()
    for child in children:
        child.join(SECONDS)
    codes = [child.exitcode for child in children]
    for child in children:
        child.kill()
    assert codes == [0] * len(children)


def without_rights(work: Callable[..., Any], *arguments: Any) -> None:
    """Run `work` as an account that may do nothing special, also where the tests run as root."""
    assert in_child(_drop_rights, work, *arguments) == 0


def with_room_for(size_bytes: int, work: Callable[..., Any], *arguments: Any) -> None:
    """Run `work` where no file may grow beyond `size_bytes`."""
    assert in_child(_limit_files, size_bytes, work, *arguments) == 0


def _drop_rights(work: Callable[..., Any], *arguments: Any) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    work(*arguments)


def _limit_files(size_bytes: int, work: Callable[..., Any], *arguments: Any) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))
    work(*arguments)
