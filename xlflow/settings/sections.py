"""What a company decides, section by section, with a default for everything but the register.

What each setting is for is said in the catalogue, section ``settings.about``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, PositiveInt, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from xlflow.languages import Language, fold
from xlflow.record.numbers import NumberFormat
from xlflow.record.schema import Schema
from xlflow.settings.own_fields import ChoicesSettings, FieldSettings
from xlflow.settings.own_rules import RuleSettings, WaiverSettings
from xlflow.settings.own_rules import Severity as Severity
from xlflow.settings.own_schema import schema_of
from xlflow.settings.reminders import ReminderSettings
from xlflow.settings.section import Section as _Section
from xlflow.settings.unattended import LogSettings, ScheduleSettings

Days = Annotated[int, Field(ge=0, le=365)]
Hours = Annotated[int, Field(ge=1, le=24 * 30)]


def is_smb(place: str) -> bool:
    """Whether a register's place is an address on a server, reached without mounting it."""
    return place.casefold().startswith("smb://")


def _workbook_place(text: str) -> str:
    if not text.isprintable():  # in TOML, "C:\team\report.xlsx" holds a tab and a line end
        raise ValueError("one line; write a path of Windows in single quotes: 'C:\\team\\a.xlsx'")
    if is_smb(text) and not re.fullmatch(r"smb://[^/]+/[^/]+/.+", text, re.IGNORECASE):
        raise ValueError("smb://server/share/folder/Register.xlsx")
    return text


def _name_in_files(text: str) -> str:
    """A name that stands in names of files, too."""
    if not text.isprintable() or re.search(r'[\\/:*?"<>|]', text) or text != text.strip(" ."):
        raise ValueError('no \\ / : * ? " < > |')
    return text


def _person_with_mail(text: str) -> str:
    if not re.fullmatch(r"[^<>@\r\n]*[^<>@\s][^<>@\r\n]*<[^@<>\s]+@[^@<>\s]+>", text):
        raise ValueError("Li Na <li.na@example.com>")
    return text


class RegisterSettings(_Section):
    """The workbook on the shared drive: `path` is a local one, or smb://server/share/..."""

    path: Annotated[str, Field(min_length=1), AfterValidator(_workbook_place)]
    language: Language = "en"
    id: Annotated[str, AfterValidator(_name_in_files)] = Field("main", min_length=1, max_length=64)
    size_limit_mb: PositiveInt = 100
    address: str | None = None
    prefix: str | None = Field(None, max_length=10, pattern=r"^[^\W\d_][^\W_]*$")
    sequence: str | None = Field(None, max_length=64)
    responsible: tuple[Annotated[str, AfterValidator(_person_with_mail)], ...] = ()

    @property
    def numbers(self) -> NumberFormat:
        """What the numbers of its requirements look like."""
        return NumberFormat(self.prefix or "")

    @property
    def scope(self) -> str:
        """Whose running numbers its requirements get: registers of the same share them."""
        return self.sequence or self.id


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone of the IANA list, such as Asia/Shanghai")
    return name


class ShareSettings(_Section):
    """Who opens a register at smb://... The password never stands here."""

    user: str | None = None
    password_file: Path | None = None


class CalendarSettings(_Section):
    """The working days."""

    country: str = Field("CN", pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|none)$")
    file: Path | None = None
    timezone: Annotated[str, AfterValidator(_known_timezone)] = "Asia/Shanghai"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.timezone)


class DeadlineSettings(_Section):
    """How long each step may take. Working days; `answer` and `monitor` in hours."""

    confirm: Days = 1
    urgent_confirm: Days = 0
    assess: Days = 2
    urgent_assess: Days = 0
    progress: Days = 1
    business_check: Days = 2
    answer: Hours = 24
    monitor: Hours = 24
    close_due: Days = 3
    close_overdue: Days = 5
    unblock: Days = 3
    due_soon: Days = 1


class ScopeSettings(_Section):
    """What is frozen once both sides have signed, and how long an approved change stays open."""

    frozen: tuple[str, ...] = (
        *("title", "goal", "description", "criteria", "solution", "estimate"),
        *("design_due", "development_due", "test_due", "golive_due"),
    )
    change_days: Days = 3


class LimitSettings(_Section):
    """Lengths and bands."""

    title_zh: PositiveInt = 20
    title_en: PositiveInt = 60
    complexity_low: tuple[int, int] = (1, 3)
    complexity_medium: tuple[int, int] = (4, 7)
    complexity_high: tuple[int, int] = (8, 250)

    def band(self, complexity: str) -> tuple[int, int]:
        """The least and the most working days of a complexity."""
        bands: dict[str, tuple[int, int]] = {
            "low": self.complexity_low,
            "medium": self.complexity_medium,
            "high": self.complexity_high,
        }
        return bands[complexity]


def _one_line(text: str) -> str:
    if re.search(r"[\r\n]", text):
        raise ValueError("must stand on one line")
    return text


Address = Annotated[
    str, AfterValidator(_one_line), Field(pattern=r"^[^@<>]+@[^@<>]+$|^[^<>]*<[^@<>]+@[^@<>]+>$")
]


Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(_one_line),
]
Phrase = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=60),
    AfterValidator(_one_line),
]


class WordsSettings(_Section):
    """Words that decide what is vague and what is measured."""

    vague: tuple[Phrase, ...] = ()
    accepted: tuple[Phrase, ...] = ()
    units: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _is_of_one_mind(self) -> WordsSettings:
        both = {fold(phrase) for phrase in self.vague} & {fold(phrase) for phrase in self.accepted}
        if both:
            raise PydanticCustomError("in_both", "in both", {"expected": min(both)})
        return self


class MailSettings(_Section):
    """How mails leave. The password never stands here."""

    send: bool = False
    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: Address | None = None
    timeout_seconds: PositiveInt = 30
    ca_file: Path | None = None
    password_file: Path | None = None
    weekly: tuple[Address, ...] = ()
    weekly_language: Language | None = None
    administrator: tuple[Address, ...] = ()
    administrator_language: Language | None = None
    keep_days: PositiveInt = 90


class ReportSettings(_Section):
    """Where results go."""

    folder: Path = Path("reports")
    board_address: Annotated[str, AfterValidator(_one_line)] | None = Field(None, min_length=1)
    stuck_days: int = Field(5, ge=1, le=365)


class DocumentSettings(_Section):
    """The Word documents of a requirement."""

    folder: Path = Path("documents")
    templates: Path | None = None
    company: str = Field("", max_length=120)


class LedgerSettings(_Section):
    """What xlflow remembers."""

    url: str = "sqlite:///xlflow.db"
    keep_days: PositiveInt = 30


def _folder_beside(text: str) -> str:
    """A folder below the register's own: the archive lies on the register's drive."""
    parts = re.split(r"[\\/]", text)
    if any(part in ("", ".", "..") or re.search(r'[:*?"<>|]', part) for part in parts):
        raise ValueError("archive, records/archive")
    return text


class ArchiveSettings(_Section):
    """Where closed records go, and when. `folder` is seen from the register's."""

    folder: Annotated[str, AfterValidator(_folder_beside)] = "archive"
    after_days: int = Field(90, ge=0, le=3650)


class TemplateSettings(_Section):
    """What the template lists."""

    departments: tuple[str, ...] = ()
    password: str | None = Field(None, max_length=15)


class IntakeSettings(_Section):
    """Where requesters hand in. Relative places are seen from the register's folder."""

    folder: str = Field("inbox", min_length=1)
    done: str = Field("inbox/taken", min_length=1)
    address: str | None = None

    @model_validator(mode="after")
    def _moves_forms_away(self) -> IntakeSettings:
        places = {
            "/".join(
                part for part in re.split(r"[\\/]+", place.casefold()) if part not in ("", ".")
            )
            for place in (self.folder, self.done)
        }
        if len(places) < 2:
            raise PydanticCustomError("same_place", "same place", {"expected": "inbox/taken"})
        return self


class Settings(_Section):
    """The whole of ``xlflow.toml``, as it is for one register."""

    workbook: RegisterSettings = Field(alias="register")
    share: ShareSettings = ShareSettings()
    calendar: CalendarSettings = CalendarSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    scope: ScopeSettings = ScopeSettings()
    limits: LimitSettings = LimitSettings()
    words: WordsSettings = WordsSettings()
    severities: Mapping[str, Severity] = {}
    rules: tuple[RuleSettings, ...] = ()
    waivers: tuple[WaiverSettings, ...] = ()
    mail: MailSettings = MailSettings()
    reminders: ReminderSettings = ReminderSettings()
    reports: ReportSettings = ReportSettings()
    documents: DocumentSettings = DocumentSettings()
    ledger: LedgerSettings = LedgerSettings()
    archive: ArchiveSettings = ArchiveSettings()
    template: TemplateSettings = TemplateSettings()
    intake: IntakeSettings = IntakeSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    log: LogSettings = LogSettings()
    own_fields: tuple[FieldSettings, ...] = Field((), alias="fields")
    choices: ChoicesSettings = Field({})
    folder: Path = Field(Path(), exclude=True)
    siblings: tuple[str, ...] = Field((), exclude=True)  # ids of the company's other registers
    numbers_recur: bool = Field(default=False, exclude=True)  # one of them may give the same number

    @cached_property
    def schema(self) -> Schema:  # type: ignore[override]  # pydantic's own is deprecated
        """The fields and choices of its registers."""
        return replace(schema_of(self.own_fields, self.choices), numbers=self.workbook.numbers)

    def locate(self, path: Path) -> Path:
        """`path` as seen from the folder of the settings file."""
        return path if path.is_absolute() else self.folder / path

    @property
    def register_location(self) -> str:
        """Where the register lies: a path, or an address smb://..."""
        place = self.workbook.path
        return place if is_smb(place) else str(self.locate(Path(place)))

    def in_folders(self, number: str) -> str:
        """A requirement's number as a folder's name: with the id where another may have it, too."""
        return self.in_file_names + number if self.numbers_recur else number

    @property
    def in_file_names(self) -> str:
        """What tells this register's reports from the others': "it-"; "" if there are none."""
        return f"{self.workbook.id}-" if self.siblings else ""


def default_settings(register: str | Path = "register.xlsx") -> Settings:
    """The settings of a company that decided nothing."""
    return Settings.model_validate({"register": {"path": str(register)}})
