"""Letters of alerts: the one that asks to confirm, and the digest; plain text and simple HTML, public facts only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from geo_api.home import find_home
from geo_api.settings import Settings
from layers import mailbox
from layers.alerts import actions, rules
from layers.alerts.actions import Digest, Item, Subscription
from layers.area import Area
from layers.database.engine import Database, Session
from layers.errors import Unavailable
from layers.layer import Title
from layers.people.credentials import Keys
from layers.text import N_, NN_
from layers.viewer import robot
from maps.language import Language, speak
from maps.pages import Frame, render

log = logging.getLogger(__name__)

ALERTS = robot(rules.ALERTS)
MOST_A_RUN = 500

CONFIRM_SUBJECT = N_("Confirm: letters about new reports, {area}")
CONFIRM_BODY = N_(
    "Hello!\n\n"
    "Somebody gave this address on the safety map of {area} and asked for letters:\n\n"
    "{wish}\n\n"
    "If it was you, open this link within 48 hours and press the button:\n{link}\n\n"
    "If it wasn't, do nothing: nothing will come, and in 48 hours the address is erased.\n"
    "To erase it at once: {stop}\n"
)
REPORTS = NN_("{area}: {n} report is new or changed", "{area}: {n} reports are new or changed")
DIGEST_BODY = N_(
    "{lines}\n\n"
    "You get this letter because you asked for it:\n{wish}\n\n"
    "No more letters, and erase my address (one click): {stop}\n"
    "Don't answer this letter: nobody reads that box. In an emergency call 102 or 112.\n"
)


def is_possible(settings: Settings) -> bool:
    """Tell whether letters can go: there is a mail server, and an address that links may name."""
    return bool(settings.smtp_host and settings.public_url)


def confirming(
    session: Session, settings: Settings, area: Area, subscription: Subscription, confirm: str, stop: str
) -> None:
    """Put the letter that asks to confirm into the outbox, in the caller's transaction."""
    language = speak(subscription.language)
    title = area.title[language.code]
    links = {"link": f"{_base(settings)}/alerts/confirm/{confirm}", "stop": _stop_link(settings, stop)}
    wish = wish_in_words(language, subscription)
    html = _html("alerts/confirm_letter.html", language, title, wish=wish, subject="", **links)
    words = "\n".join(f"- {line}" for line in wish)
    letter = mailbox.put(
        session,
        to=subscription.email,
        subject=language.gettext(CONFIRM_SUBJECT, area=title),
        body=language.gettext(CONFIRM_BODY, area=title, wish=words, **links),
        html=html,
        headers=_headers(settings, stop),
    )
    actions.note_letter(session, subscription, letter)


def write_due(database: Database, settings: Settings, area: Area, now: datetime) -> int:
    """Find what is news and put what is due into the outbox, one subscriber a transaction; return how many letters.

    A worker that is killed leaves either the letter or what it would have told, never both and never neither.
    """
    if not is_possible(settings):
        return 0
    keys = Keys(find_home(settings).secret(settings))
    with database.begin(ALERTS) as session:
        actions.gather(session, now)
    written = 0
    while written < MOST_A_RUN:
        with database.begin(ALERTS) as session:
            digest = actions.take(session, keys, area, now=now)
            if digest is None:
                break
            _put(session, settings, area, digest)
            written += 1
    return written


def _put(session: Session, settings: Settings, area: Area, digest: Digest) -> None:
    language = speak(digest.subscription.language)
    title, base = area.title[language.code], _base(settings)
    subject, stop = _subject(language, digest, title), _stop_link(settings, digest.stop)
    wish = wish_in_words(language, digest.subscription)
    lines = [_line(language, base, item) for item in digest.items]
    more = _more(language, digest.more)
    body = language.gettext(
        DIGEST_BODY,
        lines="\n\n".join([*lines, *([f"{more}: {base}/"] if more else [])]),
        wish="\n".join(f"- {line}" for line in wish),
        stop=stop,
    )
    html = _html(
        "alerts/letter.html", language, title, subject=subject, items=digest.items, base=base, more=more, wish=wish,
        stop=stop,
    )  # fmt: skip
    actions.put(session, digest, subject=subject, body=body, html=html, headers=_headers(settings, digest.stop))


# --- words ------------------------------------------------------------------------------------------------------------


def wish_in_words(language: Language, wish: Subscription) -> list[str]:
    """Return what somebody subscribed to: where, what, when, a line each."""
    _ = language.gettext
    where = [title[language.code] for title in wish.units]
    where += [wish.street[language.code]] if wish.street else []
    where += [_(N_("the place you drew on the map"))] if wish.is_drawn else []
    lines = [_(N_("where: {words}"), words=_listed(where) or _(N_("the whole area")))]
    lines.append(_(N_("about: {words}"), words=_codes(language, wish.categories) or _(N_("all categories"))))
    if wish.statuses:
        lines.append(_(N_("in the status: {words}"), words=_codes(language, wish.statuses)))
    lines.append(_(N_("which: {words}"), words=rules.CHANGES[wish.changes][language.code]))
    lines.append(_(N_("when: {words}"), words=rules.PACES[wish.pace][language.code]))
    return lines


def _codes(language: Language, titles: Sequence[Title]) -> str:
    return _listed([title[language.code] for title in titles])


def _listed(names: Sequence[str]) -> str:
    return "; ".join(names)


def _subject(language: Language, digest: Digest, area: str) -> str:
    if len(digest.items) == 1:
        item = digest.items[0]
        news = language.gettext(N_("New report") if item.is_new else N_("Report changed"))
        return f"{news}: {item.category[language.code]}, {item.place[language.code]}"
    n = len(digest.items) + digest.more
    return language.ngettext(
        "{area}: {n} report is new or changed", "{area}: {n} reports are new or changed", n, area=area
    )


def _line(language: Language, base: str, item: Item) -> str:
    code = language.code
    news = language.gettext(N_("New report") if item.is_new else N_("Report changed"))
    return (
        f"{news}: {item.category[code]}\n{item.place[code]}\n"
        f"{item.status[code]} · {language.month(item.month)}\n{base}/problems/{item.id}"
    )


def _more(language: Language, n: int) -> str:
    return language.ngettext("{n} more report on the map", "{n} more reports on the map", n) if n else ""


def _html(template: str, language: Language, area: str, **values: object) -> str:
    return render(template, language, Frame(area=area), **values)


# --- links ------------------------------------------------------------------------------------------------------------


def _headers(settings: Settings, stop: str) -> dict[str, str]:
    """Return what lets a mail program offer «unsubscribe» and do it by one click (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{_stop_link(settings, stop)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _stop_link(settings: Settings, stop: str) -> str:
    return f"{_base(settings)}/alerts/stop/{stop}"


def _base(settings: Settings) -> str:
    if not settings.public_url:
        raise Unavailable(N_("Letters need the map's public address: set BEZPEKA_PUBLIC_URL."))
    return settings.public_url.rstrip("/")
