"""Feeds: the same entries as Atom (RFC 4287) and as RSS 2.0, for whoever follows a place without an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from layers.text import for_xml

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
MEDIA_TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}

register_namespace("georss", GEORSS)
register_namespace("atom", ATOM)


@dataclass(frozen=True)
class Entry:
    """One thing that is told; `id` never changes, `category` is a code and what people call it."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    summary: str
    category: tuple[str, str]
    lon: float
    lat: float


@dataclass(frozen=True)
class Feed:
    """What is told, by whom, and under which licence; `updated` counts while there are no entries."""

    id: str
    title: str
    subtitle: str
    author: str
    rights: str
    language: str
    self_link: str
    link: str
    updated: datetime
    entries: Sequence[Entry]

    @property
    def changed(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=self.updated)


def atom(feed: Feed) -> bytes:
    root = Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})  # its own namespace is the default one
    _texts(root, id=feed.id, title=feed.title, subtitle=feed.subtitle, updated=feed.changed.isoformat())
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.self_link})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.link})
    _texts(SubElement(root, "author"), name=feed.author)
    _texts(root, rights=feed.rights)
    for entry in feed.entries:
        told = SubElement(root, "entry")
        times = {"published": entry.published.isoformat(), "updated": entry.updated.isoformat()}
        _texts(told, id=entry.id, title=entry.title, **times)
        SubElement(told, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
        SubElement(told, "category", {"term": entry.category[0], "label": for_xml(entry.category[1])})
        _texts(told, summary=entry.summary)
        _place(told, entry)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def rss(feed: Feed) -> bytes:
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    _texts(channel, title=feed.title, link=feed.link, description=feed.subtitle, language=feed.language)
    _texts(channel, copyright=feed.rights, lastBuildDate=format_datetime(feed.changed))
    SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "type": "application/rss+xml", "href": feed.self_link})
    for entry in feed.entries:
        item = SubElement(channel, "item")
        _texts(item, title=entry.title, link=entry.link, description=entry.summary, category=entry.category[1])
        guid = SubElement(item, "guid", {"isPermaLink": "false"})
        guid.text = entry.id
        _texts(item, pubDate=format_datetime(entry.updated))
        _place(item, entry)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _texts(parent: Element, **values: str) -> None:
    for name, value in values.items():
        SubElement(parent, name).text = for_xml(value)


def _place(parent: Element, entry: Entry) -> None:
    SubElement(parent, f"{{{GEORSS}}}point").text = f"{entry.lat:.6f} {entry.lon:.6f}"
