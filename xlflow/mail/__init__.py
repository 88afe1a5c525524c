"""HOW IT REACHES THEM: a mail becomes bytes once, and the same bytes go out until they arrive.

    message = build_message(sender=..., to=[...], subject=..., html=..., text=..., ...)
    results = deliver([message.outgoing(key)], connection, password, on_result=record)

`message` writes the bytes, `delivery` sends them through yagmail, `failures` says what went wrong
and whether to try again, `outbox` when, `reasons` keeps why, `eml` keeps a mail as a file instead
of sending it.
"""

from __future__ import annotations

from xlflow.mail.addresses import AddressesRefused as AddressesRefused
from xlflow.mail.addresses import Mailbox as Mailbox
from xlflow.mail.addresses import mailboxes as mailboxes
from xlflow.mail.connection import Connection as Connection
from xlflow.mail.connection import Security as Security
from xlflow.mail.delivery import Outgoing as Outgoing
from xlflow.mail.delivery import Refusal as Refusal
from xlflow.mail.delivery import Result as Result
from xlflow.mail.delivery import deliver as deliver
from xlflow.mail.delivery import probe as probe
from xlflow.mail.eml import write_eml as write_eml
from xlflow.mail.failures import Failure as Failure
from xlflow.mail.failures import MailRefused as MailRefused
from xlflow.mail.message import Attachment as Attachment
from xlflow.mail.message import Message as Message
from xlflow.mail.message import build_message as build_message
from xlflow.mail.message import message_id as message_id
from xlflow.mail.outbox import next_try as next_try
from xlflow.mail.reasons import Reason as Reason
from xlflow.mail.reasons import reasons as reasons
from xlflow.mail.reasons import stored_reasons as stored_reasons
