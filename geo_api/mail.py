"""Sending what waits in the outbox, over SMTP, one letter a transaction."""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from geo_api.settings import Settings
from layers import mailbox
from layers.database.engine import Database
from layers.mailbox import Letter
from layers.viewer import robot

TIMEOUT_SECONDS = 30
MOST_A_RUN = 200
POSTMAN = robot("postman")


def send_due(database: Database, settings: Settings, now: datetime) -> int:
    """Send the letters whose time has come and return how many went; without a mail server they wait.

    A letter that a crash catches between the server's yes and our commit is sent again with the same Message-ID.
    """
    if not settings.smtp_host:
        return 0
    gone = 0
    for _ in range(MOST_A_RUN):
        with database.begin(POSTMAN) as session:
            letter = mailbox.take(session, now)
            if letter is None:
                break
            refusal, for_good = _send(letter, settings)
            if refusal:
                mailbox.refused(session, letter, now, error=refusal, for_good=for_good)
            else:
                mailbox.sent(session, letter, now)
                gone += 1
    return gone


def message_of(letter: Letter, settings: Settings) -> EmailMessage:
    """Return the letter as mail; a header with a line break in it is refused by the library."""
    message = EmailMessage()
    message["From"] = settings.smtp_from
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{letter.id}@{settings.smtp_from.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.body)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message


def _send(letter: Letter, settings: Settings) -> tuple[str, bool]:
    """Return a short code of what went wrong, empty if nothing did, and whether trying again is pointless."""
    try:
        message = message_of(letter, settings)
    except ValueError:
        return "malformed", True
    try:
        with _connect(settings) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _ in error.recipients.values())
        return str(code), code >= 500
    except smtplib.SMTPResponseException as error:
        # A login refused or a relay denied is the settings' fault and can be mended: the letter waits.
        refused_itself = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return str(error.smtp_code), refused_itself
    except (smtplib.SMTPException, OSError) as error:
        return type(error).__name__, False
    return "", False


def _connect(settings: Settings) -> smtplib.SMTP:
    host, port = settings.smtp_host or "", settings.smtp_port
    server: smtplib.SMTP
    if settings.smtp_security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server
