"""What several checks need is asked for once; who comes later learns how that went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from xlflow.errors import XlflowError
from xlflow.jobs.doctor.lines import Message, NotLooked

T = TypeVar("T")


class Once(Generic[T]):
    """The answer to `ask`. `absent` tells the later ones why they have nothing to look at."""

    def __init__(self, ask: Callable[[], T], absent: Message) -> None:
        self._ask = ask
        self._absent = absent
        self._is_asked = False
        self._answer: list[T] = []

    def ask(self) -> T:
        """Ask for it, whatever that raises: for the one check that is about it."""
        self._is_asked = True
        answer = self._ask()
        self._answer.append(answer)
        return answer

    def needed(self) -> T:
        """It, for a check that needs it to look at something else.

        Raises:
            NotLooked: It is not to be had, or nobody has heard of it yet.
        """
        if not self._is_asked:
            try:
                self.ask()
            except XlflowError as err:
                raise NotLooked(self._absent) from err
        if not self._answer:
            raise NotLooked(self._absent)
        return self._answer[0]
