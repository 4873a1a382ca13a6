"""Mail through the owner's own mailbox: SMTP with TLS (RFC 8314), or on this machine without."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from etl.http.errors import NotAuthorised, PlatformDown, Refused, Unsure
from etl.notifications.message import Message

SECONDS = 30
IMPLICIT_TLS = 465
LOCAL = ("127.0.0.1", "::1", "localhost")


def send(settings: Mapping[str, str], message: Message) -> None:
    """Hand one mail to the mailbox's server; raises PlatformDown, NotAuthorised, `Refused` or Unsure."""
    host, port = settings["host"], int(settings.get("port", IMPLICIT_TLS))
    email = _email(settings, message)
    handed_over = False
    try:
        with _server(host, port) as server:
            if settings.get("user"):
                server.login(settings["user"], settings.get("password", ""))
            handed_over = True
            server.send_message(email)
    except smtplib.SMTPAuthenticationError as problem:
        raise NotAuthorised(platform="mail", found=str(problem.smtp_code)) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
        raise Refused(platform="mail", found="recipient.or-sender") from None
    except (smtplib.SMTPException, OSError) as problem:
        if handed_over:
            raise Unsure(platform="mail") from None
        raise PlatformDown(platform="mail", found=type(problem).__name__) from None


def _server(host: str, port: int) -> smtplib.SMTP:
    """A connection that is encrypted, unless it stays on this machine."""
    context = ssl.create_default_context()
    if port == IMPLICIT_TLS:
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if host not in LOCAL:
        server.starttls(context=context)
    return server


def _email(settings: Mapping[str, str], message: Message) -> EmailMessage:
    email = EmailMessage()
    email["From"] = settings.get("from") or settings["user"]
    email["To"] = settings["to"]
    email["Subject"] = message.title
    email["Date"] = formatdate(localtime=False)
    email["Message-ID"] = make_msgid(domain="kilnboard.invalid")
    email.set_content(message.text)
    if message.picture:
        email.add_attachment(message.picture, maintype="image", subtype="png", filename="card.png")
    return email
