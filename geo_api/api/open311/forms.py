"""XML and JSON of one answer: JSON follows from the XML by the Spark convention, as the specification wants it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from layers.errors import BezpekaError
from layers.text import N_, for_xml

MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ACCEPTED = {
    "text/xml": "xml",
    "application/xml": "xml",
    "text/*": "xml",
    "application/json": "json",
    "application/*": "json",
    "*/*": "xml",
}
# What the parts of a list are called.
PARTS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "notes": "note",
    "photos": "media_url",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


class NotAcceptable(BezpekaError):
    """The client takes no form of answer that we have: HTTP 406."""


def form_of(suffix: str | None, accept: str) -> str:
    """Return xml or json: as the address ends, or else as the Accept header wants it; raises NotAcceptable."""
    if suffix is not None:
        if suffix in MEDIA_TYPES:
            return suffix
    elif not accept.strip():
        return "xml"
    else:
        for media in _wanted(accept):
            if media in ACCEPTED:
                return ACCEPTED[media]
    raise NotAcceptable(N_("Answers come as XML or JSON: end the address with .xml or .json."))


def _wanted(accept: str) -> list[str]:
    """Return the media types of an Accept header, the most wanted first, without those that are refused."""
    weighted = []
    for part in accept.lower().split(","):
        media, *words = (word.strip() for word in part.split(";"))
        weight = next((word.removeprefix("q=") for word in words if word.startswith("q=")), "1")
        try:
            weighted.append((float(weight), media))
        except ValueError:
            continue
    return [media for weight, media in sorted(weighted, key=lambda one: -one[0]) if weight > 0]


def write(form: str, root: str, content: Any) -> bytes:
    """Return an answer's bytes; `root` is the name of its first element, which JSON leaves out."""
    if form == "json":
        return json.dumps(content, ensure_ascii=False).encode()
    element = Element(root)
    _fill(element, content)
    return bytes(tostring(element, encoding="utf-8", xml_declaration=True))


def _fill(element: Element, content: Any) -> None:
    if isinstance(content, dict):
        for name, value in content.items():
            _fill(SubElement(element, name), value)
    elif isinstance(content, list):
        for value in content:
            _fill(SubElement(element, PARTS[element.tag]), value)
    else:
        element.text = _text(content)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else for_xml(str(value))
