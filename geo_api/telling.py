"""Letters to whoever reported: what became of their report, with the link to it. No personal data in a subject."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.requests import Request

from geo_api.context import service_of
from layers import mailbox
from layers.database.engine import Session
from layers.problems.answers import Author
from layers.problems.rules import BY_CODE, REFUSALS, TAKEN_OFF
from layers.text import N_
from maps.language import Language, speak

SUBJECT = N_("Your report No. {number}: {status}")
ANSWERED = N_("Your report No. {number}: an answer")
HELLO = N_("Hello!")
# What is said of a step. Received and checked are no news: the page says them.
NEWS = {
    "needs_info": N_("We looked at your report No. {number} and have a question before we can go on:"),
    "refused": N_("We can't take your report No. {number} any further. The reason: {reason}."),
    "merged": N_(
        "Others report the same as you do in No. {number}. We joined the reports: you will hear of all that is done."
    ),
    "confirmed": N_(
        "We checked your report No. {number}. Next we pass it on to whoever answers for it, and you will hear of that."
    ),
    "forwarded": N_("We passed your report No. {number} on. It is now with: {institution}."),
    "in_work": N_("Your report No. {number} is being worked on."),
    "done": N_(
        "They say that what you reported in No. {number} is done. Is it? Please look and tell us on the page below. "
        "If we hear nothing for 14 days, we take it as done."
    ),
    "checking": N_("We look at your report No. {number} once more. The reason: {reason}."),
    "reopened": N_("Your report No. {number} is open again: the problem is still there."),
    "answer": N_("There is an answer to your report No. {number}:"),
}
PAGE = N_("Your report, and a place to write back:")
WHY = N_(
    "You get this because you left this address with your report. Only the coordinator and the hotline see it. "
    "On the page you can also withdraw the report."
)


@dataclass(frozen=True)
class News:
    """What an author is told: the step (or `answer`), its reason, whom it went to, the words and who signs them."""

    about: str
    reason: str = ""
    institution: tuple[str, str] = ("", "")  # Ukrainian and English
    words: str = ""
    signed: str = ""


def tell(request: Request, session: Session, authors: Iterable[Author], news: News) -> int:
    """Put a letter to each into the outbox, in the caller's transaction; return how many.

    None where mail can't be sent or has no public address to link to, and none of what is no news.
    """
    settings = service_of(request).settings
    if not (settings.smtp_host and settings.public_url) or news.about not in NEWS:
        return 0
    if news.about == "checking" and not news.reason:
        return 0
    sent = 0
    for author in authors:
        language = speak(author.language)
        subject = ANSWERED if news.about == "answer" else SUBJECT
        status = BY_CODE[news.about].title[language.code].lower() if news.about in BY_CODE else ""
        mailbox.put(
            session,
            to=author.email,
            subject=language.gettext(subject, number=author.number, status=status),
            body=_body(author, news, language, f"{settings.public_url}/my/{author.token}"),
        )
        sent += 1
    return sent


def _body(author: Author, news: News, language: Language, link: str) -> str:
    reasons = {**REFUSALS, **TAKEN_OFF}
    reason = reasons[news.reason][language.code] if news.reason in reasons else news.reason
    institution = news.institution[language.code != "uk"]
    # The status in `reason` begins with a capital: here it goes on in the middle of a sentence.
    told = language.gettext(
        NEWS[news.about], number=author.number, reason=reason[:1].lower() + reason[1:], institution=institution
    )
    parts = [language.gettext(HELLO), told]
    if news.words.strip():
        parts.append(news.words.strip() + (f"\n— {news.signed.strip()}" if news.signed.strip() else ""))
    parts += [f"{language.gettext(PAGE)}\n{link}", language.gettext(WHY)]
    return "\n\n".join(parts) + "\n"
