"""The Word documents can be made, and a company's own templates hold no mistake."""

from __future__ import annotations

from collections.abc import Iterator

from xlflow.jobs.doctor.lines import Line, text
from xlflow.jobs.doctor.surroundings import Surroundings
from xlflow.reports.documents import WordAbsent, require_word

LIMIT_SECONDS = 120.0  # 24 templates on a slow machine

_CHECK = "documents.templates"


def templates(surroundings: Surroundings) -> Iterator[Line]:
    """The libraries are there, and each template can be filled with the worked example."""
    own = surroundings.settings.documents.templates
    try:
        require_word()
    except WordAbsent as err:
        yield Line(_CHECK, "bad" if own else "note", err)
        return
    if own is None:
        yield Line(_CHECK, "good", text("documents.shipped"))
        return
    from xlflow.jobs.template_trial import try_templates

    folder = surroundings.settings.locate(own).resolve()
    now = surroundings.local(surroundings.clock())
    trial = try_templates(folder, surroundings.settings, now)
    for fault in trial.faults:
        yield Line(_CHECK, "bad", fault)
    for path in trial.strange:
        yield Line(_CHECK, "note", text("documents.strange", path=path))
    if trial.good or not trial.faults:
        yield Line(_CHECK, "good", text("documents.good", folder=folder, count=trial.good))
