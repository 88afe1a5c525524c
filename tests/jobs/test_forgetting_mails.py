from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from company import NOW, Company

from xlflow.jobs.keeping import open_ledger
from xlflow.jobs.mailing.sending import forget_old_mails

DAY = timedelta(days=1)


def test_the_text_of_a_sent_mail_is_kept_as_long_as_the_settings_say(tmp_path: Path) -> None:
    settings = Company(tmp_path / "company", mail={"keep_days": 30}).settings
    with open_ledger(settings) as ledger:
        for key in ("sent", "dead", "waits"):
            ledger.outbox.put(key, f"<{key}@example.com>", ["li@example.com"], b"text", NOW)
        ledger.outbox.sent("sent", NOW)
        ledger.outbox.dead("dead", "", NOW + DAY)

        assert forget_old_mails(ledger, settings, NOW + 30 * DAY) == 0
        assert forget_old_mails(ledger, settings, NOW + 31 * DAY) == 1
        assert forget_old_mails(ledger, settings, NOW + 32 * DAY) == 1
        held = {key: ledger.outbox.get(key) for key in ("sent", "dead", "waits")}
        assert {key: mail and mail.content for key, mail in held.items()} == {
            "sent": b"",
            "dead": b"",
            "waits": b"text",
        }
        assert not ledger.outbox.put("sent", "<x@example.com>", ["li@example.com"], b"new", NOW)
