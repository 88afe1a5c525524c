"""What a company decides, section by section, with a default for everything but the register."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt

from xlflow.languages import Language

Severity = Literal["error", "warning", "info", "off"]
Days = Annotated[int, Field(ge=0, le=365)]
Hours = Annotated[int, Field(ge=1, le=24 * 30)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RegisterSettings(_Section):
    """The workbook on the shared drive."""

    path: Path = Field(description="the register, seen from the folder of this file")
    language: Language = Field("en", description="the language of its headers and of the results")
    id: str = Field("main", min_length=1, max_length=64, description="its name in the ledger")
    size_limit_mb: PositiveInt = Field(100, description="a larger workbook is refused")


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone of the IANA list, such as Asia/Shanghai")
    return name


class CalendarSettings(_Section):
    """The working days."""

    country: str = Field(
        "CN",
        pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?|none)$",
        description="CN = mainland China; others need the extra countries; none = weekends only",
    )
    file: Path | None = Field(None, description="the company's own days off and days worked")
    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        "Asia/Shanghai", description="in which days begin and end"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin and end."""
        return ZoneInfo(self.timezone)


class DeadlineSettings(_Section):
    """How long each step may take. Working days; `answer` and `monitor` in hours."""

    confirm: Days = Field(1, description="submission to confirmation, working days")
    assess: Days = Field(2, description="confirmation to assessment, working days")
    progress: Days = Field(1, description="between two progress lines, working days")
    business_check: Days = Field(2, description="between two looks by business, working days")
    answer: Hours = Field(24, description="for business to answer an issue, hours")
    monitor: Hours = Field(24, description="of monitoring after go-live, hours")
    close_due: Days = Field(3, description="of stable running before closure, working days")
    close_overdue: Days = Field(5, description="after go-live, when closure is late, working days")
    unblock: Days = Field(3, description="for a blocked record, working days")
    due_soon: Days = Field(1, description="before the due date it counts as due soon, working days")


class LimitSettings(_Section):
    """Lengths and bands."""

    title_zh: PositiveInt = Field(20, description="characters of a Chinese title")
    title_en: PositiveInt = Field(60, description="characters of an English title")
    complexity_low: tuple[int, int] = Field((1, 3), description="working days of a low complexity")
    complexity_medium: tuple[int, int] = Field((4, 7), description="of a medium complexity")
    complexity_high: tuple[int, int] = Field((8, 250), description="of a high complexity")

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


class MailSettings(_Section):
    """How mails leave. The password never stands here."""

    send: bool = Field(
        default=False, description="false: mails are written as .eml files, none is sent"
    )
    host: str = Field("localhost", description="the SMTP server")
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field("starttls")
    user: str | None = Field(None, description="the login; without it the server is a relay")
    sender: Address | None = Field(None, description="From")
    timeout_seconds: PositiveInt = Field(30)
    ca_file: Path | None = Field(None, description="the company's own certificate authority")
    password_file: Path | None = Field(
        None, description="else the variable XLFLOW_MAIL_PASSWORD, else the keyring"
    )
    weekly: tuple[Address, ...] = Field((), description="who gets the weekly summary")
    weekly_language: Language | None = Field(None, description="default: the register's")


class ReportSettings(_Section):
    """Where results go."""

    folder: Path = Field(Path("reports"), description="for status workbooks and unsent mails")


class LedgerSettings(_Section):
    """What xlflow remembers."""

    url: str = Field(
        "sqlite:///xlflow.db", description="a local SQLite file, or postgresql+psycopg://..."
    )
    keep_days: PositiveInt = Field(30, description="how long the copies of old workbooks are kept")


class TemplateSettings(_Section):
    """What the template lists."""

    departments: tuple[str, ...] = Field((), description="full names, for the dropdown")
    password: str | None = Field(
        None, max_length=15, description="of the sheet protection: against slips, no security"
    )


class Settings(_Section):
    """The whole of ``xlflow.toml``."""

    workbook: RegisterSettings = Field(alias="register")
    calendar: CalendarSettings = CalendarSettings()
    deadlines: DeadlineSettings = DeadlineSettings()
    limits: LimitSettings = LimitSettings()
    severities: Mapping[str, Severity] = Field(
        {}, description="rule id -> error, warning, info or off"
    )
    mail: MailSettings = MailSettings()
    reports: ReportSettings = ReportSettings()
    ledger: LedgerSettings = LedgerSettings()
    template: TemplateSettings = TemplateSettings()
    folder: Path = Field(Path(), exclude=True)

    def locate(self, path: Path) -> Path:
        """`path` as seen from the folder of the settings file."""
        return path if path.is_absolute() else self.folder / path


def default_settings(register: Path = Path("register.xlsx")) -> Settings:
    """The settings of a company that decided nothing."""
    return Settings.model_validate({"register": {"path": register}})
