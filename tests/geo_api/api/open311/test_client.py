"""A client that others wrote drives GeoReport v2 over real HTTP, and the XML is what the specification lists."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest
from georeport import GeoReport
from lxml import etree

from tests.geo_api.api.open311.conftest import ANSWER, NOW, Town

# The elements that https://wiki.open311.org/GeoReport_v2 lists, in its order, and those it lets be left out.
SERVICE = ("service_code", "service_name", "description", "metadata", "type", "keywords", "group")
REQUEST = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
)  # fmt: skip
REQUIRED = ("service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime")
ATTRIBUTE = ("variable", "code", "datatype", "required", "datatype_description", "order", "description")
ENDPOINT = ("specification", "url", "changeset", "type", "formats")
DISCOVERY = ("changeset", "contact", "key_service", "endpoints")


@pytest.fixture(scope="module", params=["json", "xml"])
def geo(request: pytest.FixtureRequest, site: str) -> GeoReport:
    return GeoReport(f"{site}/open311/v2", jurisdiction="town", output_format=request.param)


def test_the_client_lists_services_and_reads_each_definition_as_the_list_says(geo: GeoReport) -> None:
    services = geo.get_service_list()
    codes = [service["service_code"] for service in services]
    assert {"lighting", "road", "animals"} < set(codes)
    assert not {"drugs", "police_work"} & set(codes)
    for service in services:
        definition = geo.get_service_definition(service["service_code"])
        assert definition["service_code"] == service["service_code"]
        has_attributes = bool(definition["attributes"])
        assert service["metadata"] == ("true" if has_attributes else "false") or service["metadata"] is has_attributes


def test_the_client_finds_what_is_published_and_reads_one(geo: GeoReport, filled: Town) -> None:
    found = {one["service_request_id"]: one for one in geo.get_service_requests()}
    assert set(found) == {str(filled.lamp), str(filled.road)}
    one = geo.get_service_request(str(filled.lamp))
    assert one == found[str(filled.lamp)]
    assert (one["status"], one["service_code"]) == ("open", "lighting")
    assert one["status_notes"].startswith(ANSWER)
    assert one["agency_responsible"] == "Обленерго"


def test_the_clients_filters_narrow(site: str, filled: Town) -> None:
    geo = GeoReport(f"{site}/open311/v2")

    def ids(**words: str) -> set[str]:
        return {one["service_request_id"] for one in geo.get_service_requests(**words)}

    assert ids(status="closed") == {str(filled.road)}
    assert ids(status="open,closed") == {str(filled.lamp), str(filled.road)}
    assert ids(service_code="road,animals") == {str(filled.road)}
    assert ids(service_request_id=f"{filled.old},{filled.road}") == {str(filled.old), str(filled.road)}
    assert ids(start_date="2020-01-01T00:00:00Z", end_date="2020-03-01T00:00:00Z") == set()


def _xml(site: str, path: str) -> etree._Element:
    answer = httpx.get(f"{site}/open311/v2/{path}")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.lower().startswith((b"<?xml version='1.0' encoding='utf-8'?>", b'<?xml version="1.0"'))
    return etree.fromstring(answer.content)


def test_the_list_of_services_has_the_elements_of_the_specification(site: str) -> None:
    root = _xml(site, "services.xml")
    assert root.tag == "services"
    for service in root:
        assert service.tag == "service"
        assert tuple(part.tag for part in service) == SERVICE
        assert service.findtext("metadata") in ("true", "false")
        assert service.findtext("type") in ("realtime", "batch", "blackbox")
        assert service.findtext("service_code")
        assert service.findtext("service_name")


def test_a_definition_has_the_elements_of_the_specification(site: str) -> None:
    for code in _xml(site, "services.xml").xpath("service/service_code/text()"):
        root = _xml(site, f"services/{code}.xml")
        assert root.tag == "service_definition"
        assert [part.tag for part in root] == ["service_code", "attributes"]
        assert root.findtext("service_code") == code
        for attribute in root.find("attributes"):
            assert set(ATTRIBUTE) <= {part.tag for part in attribute}


@pytest.mark.parametrize("path", ["requests.xml", "requests/{lamp}.xml"])
def test_requests_have_the_elements_of_the_specification_and_times_with_their_zone(
    site: str, filled: Town, path: str
) -> None:
    root = _xml(site, path.format(lamp=filled.lamp))
    assert root.tag == "service_requests"
    assert len(root) in (1, 2)
    for request in root:
        assert request.tag == "request"
        assert tuple(part.tag for part in request) == REQUEST
        assert [name for name in REQUIRED if not request.findtext(name)] == []
        assert request.findtext("status") in ("open", "closed")
        for name in ("requested_datetime", "updated_datetime"):
            moment = datetime.fromisoformat(request.findtext(name))
            assert moment.tzinfo is not None
            assert (moment.day, moment.hour, moment.minute) == (1, 0, 0)


def test_extensions_add_the_public_steps_and_nothing_else_changes(site: str, filled: Town) -> None:
    root = _xml(site, f"requests/{filled.lamp}.xml?extensions=true")
    request = root.find("request")
    assert tuple(part.tag for part in request) == (*REQUEST, "notes", "extended_attributes")
    assert request.xpath("notes/note/type/text()") == ["confirmed", "forwarded", "answer", "answer"]
    assert request.xpath("notes/note/datetime/text()") == [request.findtext("requested_datetime")] * 4
    plain = _xml(site, f"requests/{filled.lamp}.xml").find("request")
    assert [part.text for part in plain] == [part.text for part in request][: len(REQUEST)]


def test_discovery_has_the_elements_of_the_specification(site: str) -> None:
    root = _xml(site, "discovery.xml")
    assert root.tag == "discovery"
    assert tuple(part.tag for part in root) == DISCOVERY
    [endpoint] = root.find("endpoints")
    assert tuple(part.tag for part in endpoint) == ENDPOINT
    assert endpoint.findtext("specification") == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint.findtext("url") == f"{site}/open311/v2"
    assert endpoint.findtext("type") in ("production", "test")
    assert endpoint.xpath("formats/format/text()") == ["text/xml", "application/json"]
    assert httpx.get(f"{endpoint.findtext('url')}/services.json").status_code == 200


def test_a_report_sent_over_http_comes_back_by_its_token_once_it_is_approved(
    site: str, api_key: str, filled: Town
) -> None:
    base = f"{site}/open311/v2"
    form = {"api_key": api_key, "service_code": "damage", "address_string": "біля ринку", "description": "Розбита лава"}
    sent = httpx.post(f"{base}/requests.xml", data=form)
    assert sent.status_code == 201
    request = etree.fromstring(sent.content).find("request")
    assert [part.tag for part in request] == ["token", "service_notice", "account_id"]
    token = request.findtext("token")
    waiting = etree.fromstring(httpx.get(f"{base}/tokens/{token}.xml").content).find("request")
    assert [(part.tag, part.text) for part in waiting] == [("service_request_id", None), ("token", token)]

    problem = _problem_of(filled, token)
    _place(filled, problem)
    public = filled.desk.publish(problem, "Розбита лава на зупинці", now=NOW)

    [told] = httpx.get(f"{base}/tokens/{token}.json").json()
    assert told == {"service_request_id": str(public), "token": token}
    assert GeoReport(base).get_service_request(str(public))["description"] == "Розбита лава на зупинці"
    filled.desk.move(problem, "checking", now=NOW, reason="mistake")  # off the map again: the other tests count
    assert httpx.get(f"{base}/tokens/{token}.json").json()[0]["service_request_id"] is None


def _problem_of(filled: Town, token: str):
    from layers.problems import receipts, rules
    from layers.viewer import robot

    with filled.desk.database.begin(robot(rules.REPORTER)) as session:
        return receipts.open_receipt(session, filled.desk.keys, token).problem


def _place(filled: Town, problem) -> None:
    from layers.problems import actions
    from tests.reports import COORDINATOR, DOOR

    with filled.desk.database.begin(COORDINATOR) as session:
        found = actions.get(session, problem)
        lon, lat = DOOR
        actions.place(session, COORDINATOR, filled.desk.area, problem, lon=lon, lat=lat, version=found.version)
