"""The letter with a one-time link, and where that link leads."""

from __future__ import annotations

from starlette.requests import Request

from geo_api.context import language_of, service_of
from layers import mailbox
from layers.database.engine import Session
from layers.people.actions import Invitation
from layers.people.store import Person
from layers.text import N_

SUBJECT = N_("Your account: {area}")
BODY = N_(
    "Hello, {name}!\n\n"
    "An administrator made an account for you on the safety map of {area}, or made it new.\n"
    "Open this link within 24 hours, set a password and connect an app for one-time codes:\n\n"
    "{link}\n\n"
    "The link works once. Nobody of us will ever ask you for the password or a code.\n"
    "If you don't expect this letter, do nothing: without the link nobody gets in.\n"
)


def link_of(request: Request, invited: Invitation) -> str:
    """Return the link's whole address: at the public address if one is set, or where this request came."""
    public = service_of(request).settings.public_url
    base = public or f"{request.url.scheme}://{request.url.netloc}"
    return f"{base}/welcome/{invited.token}"


def send_invitation(request: Request, session: Session, person: Person, invited: Invitation) -> bool:
    """Put the letter into the outbox, in the caller's transaction, if mail can be sent; return whether it can.

    A repeated submission is told so again and sends nothing twice.
    """
    service = service_of(request)
    # Without a public address the link would name whatever host the browser was told.
    if not (service.settings.smtp_host and service.settings.public_url and person.email):
        return False
    if invited.repeated:
        return True
    language = language_of(request)
    words = {"area": service.area.title[language.code], "name": person.name, "link": link_of(request, invited)}
    subject = language.gettext(SUBJECT, area=words["area"])
    mailbox.put(session, to=person.email, subject=subject, body=language.gettext(BODY, **words))
    return True
