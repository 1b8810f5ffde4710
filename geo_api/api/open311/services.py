"""What can be reported, and what this server is: discovery, the list of services, the definition of one."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from starlette.requests import Request

from geo_api.api.open311.forms import MEDIA_TYPES
from geo_api.api.open311.resources import Answer
from geo_api.context import language_of, service_of
from geo_api.published import base_url
from layers.categories import store as categories
from layers.categories.tables import Category
from layers.errors import NotFound
from layers.initiative import store as initiative
from layers.text import N_
from layers.viewer import PUBLIC

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
PATH = "/open311/v2"
# Changes with the fields of our answers; what follows it changes with the categories.
EDITION = "2026-11-25"
ARTICLE = re.compile(r"(ст )?[\d-]+")  # of a code of law: it names a category, but nobody looks for it so
FAMILIES = {
    "place": N_("Streets and places"),
    "transport": N_("Traffic"),
    "order": N_("Public order"),
    "property": N_("Property"),
    "other": N_("Other"),
}


def discovery(request: Request) -> Answer:
    """Say what is where, in which forms, and how to get a key."""
    language, service = language_of(request), service_of(request)
    with service.database.begin(PUBLIC) as session:
        us = initiative.initiative(session)
        changeset = f"{EDITION} {_digest([_service(one, 'uk') for one in offered(session)])}"
    name = (us.name_uk if language.code == "uk" else us.name_en) or service.area.title[language.code]
    contact = ", ".join(part for part in (name, us.email, us.hotline) if part)
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{base_url(request)}{PATH}",
        "changeset": changeset,
        "type": "test" if service.settings.demo else "production",
        "formats": [media.partition(";")[0] for media in MEDIA_TYPES.values()],
    }
    key_service = language.gettext(
        N_("Reading needs no key. For a key to send reports write to: {contact}."), contact=contact
    )
    content = {"changeset": changeset, "contact": contact, "key_service": key_service, "endpoints": [endpoint]}
    return Answer("discovery", content)


def services(request: Request) -> Answer:
    with service_of(request).database.begin(PUBLIC) as session:
        found = offered(session)
    language = language_of(request)
    return Answer(
        "services",
        [
            _service(one, language.code)
            | {"group": language.gettext(FAMILIES[one.family]) if one.family in FAMILIES else one.family}
            for one in found
        ],
    )


def definition(request: Request) -> Answer:
    """Return the attributes of a service: there are none, because a form must take 60 seconds."""
    code = request.path_params["code"]
    with service_of(request).database.begin(PUBLIC) as session:
        service = one_offered(session, code)
    return Answer("service_definition", {"service_code": service.code, "attributes": []})


def offered(session: Any) -> list[Category]:
    """Return what can be reported by a program: the categories whose reports may become public.

    What only the police or nobody but the desk may see is not for a third party to carry.
    """
    return [one for one in categories.reportable(session) if one.audience == "public"]


def one_offered(session: Any, code: str) -> Category:
    found = next((one for one in offered(session) if one.code == code), None)
    if found is None:
        raise NotFound(N_("There is no service_code “{code}”; /open311/v2/services.xml lists them."), code=code)
    return found


def _service(category: Category, language: str) -> dict[str, Any]:
    is_uk = language == "uk"
    return {
        "service_code": category.code,
        "service_name": (category.problem_uk if is_uk else category.problem_en) or category.code,
        "description": category.hint_uk if is_uk else category.hint_en,
        "metadata": False,
        "type": "batch",
        "keywords": ", ".join(alias for alias in category.aliases if not ARTICLE.fullmatch(alias)),
        "group": category.family,
    }


def _digest(content: Any) -> str:
    return hashlib.blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=4).hexdigest()
