"""A mail as a file: what --dry-run leaves to be opened and looked at."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from xlflow.files import write_whole
from xlflow.mail.message import Message


def write_eml(message: Message, folder: Path) -> Path:
    """Write the mail into `folder` (made if need be), whole or not at all; return where.

    The name holds date, first recipient and a digest of the Message-ID, so that a rerun replaces
    the file: ``2024-03-18-zhang-1f0c9a3e.eml``.

    Raises:
        FileNotWritten
    """
    path = folder / _name(message)
    write_whole(path, message.content)
    return path


def _name(message: Message) -> str:
    local = message.recipients[0].partition("@")[0]
    whom = re.sub(r"[^A-Za-z0-9._]+", "-", local).strip("-.")[:32] or "mail"
    digest = hashlib.sha256(message.message_id.encode("ascii")).hexdigest()[:8]
    return f"{message.date:%Y-%m-%d}-{whom}-{digest}.eml"
