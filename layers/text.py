"""Words: marking messages for translation, folding text for search, and Latin letters for Ukrainian names."""

from __future__ import annotations

import unicodedata

# ' ’ ` and ʼ are typed for one letter of the Ukrainian alphabet; PostgreSQL's parser splits on the first two.
APOSTROPHE = "ʼ"
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʹ′"), APOSTROPHE)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark a message for translation where it is written; the edge translates it where it is shown."""
    return message


def fold(text: str) -> str:
    """Return the text as it is searched: NFC, lower case, one apostrophe, single spaces."""
    composed = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).casefold()
    return " ".join(composed.split())
