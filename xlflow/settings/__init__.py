"""WHAT A COMPANY DECIDES: the settings file ``xlflow.toml``, read and checked."""

from __future__ import annotations

from xlflow.settings.company import Company as Company
from xlflow.settings.loading import SETTINGS_FILE as SETTINGS_FILE
from xlflow.settings.loading import load_company as load_company
from xlflow.settings.loading import load_settings as load_settings
from xlflow.settings.own_rules import RuleSettings as RuleSettings
from xlflow.settings.own_rules import WaiverSettings as WaiverSettings
from xlflow.settings.own_rules import filled as filled
from xlflow.settings.own_rules import placeholders as placeholders
from xlflow.settings.sections import Settings as Settings
from xlflow.settings.sections import Severity as Severity
from xlflow.settings.sections import WordsSettings as WordsSettings
from xlflow.settings.sections import default_settings as default_settings
from xlflow.settings.sections import is_smb as is_smb
from xlflow.settings.writing import settings_text as settings_text
