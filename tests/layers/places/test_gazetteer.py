"""What people type, and what they mean: settlements of the default area, streets and places made by hand in them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from shapely import LineString, Point
from sqlalchemy.orm import Session

from layers.area import Area
from layers.database.engine import Database
from layers.errors import BadInput
from layers.places.actions import replace_facts
from layers.places.facts import Facts, Place, Road
from layers.places.gazetteer import Found, mentioned, resolve, search, street_words
from layers.text import transliterate
from layers.units.actions import ensure_units
from layers.viewer import PUBLIC, robot
from tests.layers.places.made import camera

# Settlement points of the codifier: Чугуїв 49.8353, 36.6860; Малинівка 49.7983, 36.7261 (both approximate here).
CHUHUIV = (36.686, 49.835)
MALYNIVKA = (36.726, 49.798)
TSENTRALNA = "вулиця Центральна"


def street(identity: int, name: str, lon: float, lat: float) -> Road:
    line = LineString([(lon, lat), (lon + 0.001, lat)])
    nodes = np.array([identity * 10, identity * 10 + 1])
    latin = transliterate(name)
    return Road(
        f"way/{identity}", "residential", name, latin, None, 0, True, True, False, False, None, None, line, nodes
    )


def place(identity: int, kind: str, name: str | None, lon: float, lat: float) -> Place:
    return Place(f"node/{identity}", kind, name, transliterate(name or "") or None, None, None, Point(lon, lat))


def facts() -> Facts:
    x, y = CHUHUIV
    a, b = MALYNIVKA
    return Facts(
        roads=[
            street(1, TSENTRALNA, a, b),
            street(2, TSENTRALNA, a + 0.0015, b),
            street(3, TSENTRALNA, x, y),
            street(4, "вулиця Музейна", x, y + 0.001),
            street(5, "провулок Музейний", x, y + 0.002),
            street(6, "вулиця Тараса Шевченка", x, y + 0.003),
            street(7, "вулиця Знам’янська", x, y + 0.004),
            street(8, "вулиця Шевченка", a, b + 0.001),
            street(9, "провулок Шевченка", a, b + 0.002),
            street(10, "Набережна вулиця", x, y + 0.005),
        ],
        places=[
            place(20, "school", "Чугуївський ліцей № 1", x + 0.001, y),
            place(21, "stop", "Центр", x, y), place(22, "stop", "Центр", x + 0.0002, y),
            place(23, "lamp", None, x, y),
        ],
        restricted=[camera("node/66", x, y + 0.0005)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def filled(database: Database, area: Area) -> Database:
    with database.begin(robot("test")) as session:
        ensure_units(session, area)
        replace_facts(session, facts(), metric_srid=area.metric_srid)
    return database


@pytest.fixture
def asking(filled: Database) -> Iterator[Session]:
    with filled.begin(PUBLIC) as session:
        yield session


def first(found: list[Found]) -> tuple[str, str, str | None]:
    return found[0].what, found[0].name.uk, found[0].settlement.uk if found[0].settlement else None


@pytest.mark.parametrize(
    "typed", ["Чугуїв", "чугуїв", "ЧУГУЇВ", "м. Чугуїв", "місто Чугуїв", "Чугуів", "Chuhuiv", " Чугуїв, "]
)
def test_a_settlement_is_found_however_it_is_written(asking: Session, typed: str) -> None:
    found = search(asking, typed)
    assert first(found) == ("settlement", "Чугуїв", None)
    assert found[0].hromada is not None
    assert found[0].hromada.uk == "Чугуївська"
    west, south, east, north = found[0].bbox
    assert west < found[0].point[0] < east
    assert south < found[0].point[1] < north


@pytest.mark.parametrize(
    "typed", ["вулиця Музейна", "вул. Музейна", "Музейна", "музейна вул", "Vul. Muzeina", "Музейна, 5"]
)
def test_a_street_is_found_however_it_is_written(asking: Session, typed: str) -> None:
    found = search(asking, typed)
    assert first(found) == ("street", "вулиця Музейна", "Чугуїв")
    assert found[0].kind_title.uk == "вулиця"


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "`", ""])
def test_every_apostrophe_is_one(asking: Session, apostrophe: str) -> None:
    assert first(search(asking, f"Знам{apostrophe}янська"))[1] == "вулиця Знам’янська"


def test_the_beginning_of_any_word_will_do(asking: Session) -> None:
    names = [found.name.uk for found in search(asking, "шевч") if found.what == "street"]
    assert set(names) == {"вулиця Шевченка", "провулок Шевченка", "вулиця Тараса Шевченка"}


def test_a_slip_of_the_finger_is_forgiven(asking: Session) -> None:
    assert first(search(asking, "Малиновка"))[:2] == ("settlement", "Малинівка")
    assert "вулиця Тараса Шевченка" in [found.name.uk for found in search(asking, "Тараса Шевчинка")]


def test_a_lane_is_not_the_street_of_that_name(asking: Session) -> None:
    assert [f.name.uk for f in search(asking, "провулок Шевченка") if f.fit == 2] == ["провулок Шевченка"]
    assert [f.name.uk for f in search(asking, "вулиця Шевченка") if f.fit == 2] == ["вулиця Шевченка"]


def test_settlements_come_before_streets_and_streets_before_places(asking: Session) -> None:
    whats = [found.what for found in search(asking, "Чугу") if found.fit == 1]
    assert whats[0] == "settlement"
    assert whats == sorted(whats, key=["settlement", "street", "place"].index)


@pytest.mark.parametrize(
    ("typed", "settlement"),
    [
        ("вулиця Центральна, Чугуїв", "Чугуїв"),
        ("Малинівка, вул. Центральна", "Малинівка"),
        ("Центральна Чугуїв", "Чугуїв"),
        ("Малинівка Центральна", "Малинівка"),
        ("вул. Центральна, 12, селище Малинівка", "Малинівка"),
        ("tsentralna, chuhuiv", "Чугуїв"),
    ],
)
def test_a_street_in_a_settlement(asking: Session, typed: str, settlement: str) -> None:
    assert first(search(asking, typed)) == ("street", TSENTRALNA, settlement)


def test_roads_of_one_name_that_lie_together_are_one_street(asking: Session) -> None:
    found = [f for f in search(asking, TSENTRALNA) if f.what == "street" and f.name.uk == TSENTRALNA]
    assert sorted(f.settlement.uk for f in found if f.settlement) == ["Малинівка", "Чугуїв"]
    malynivka = next(f for f in found if f.settlement and f.settlement.uk == "Малинівка")
    assert malynivka.bbox == pytest.approx((36.726, 49.798, 36.7285, 49.798))


def test_stops_of_one_name_are_shown_once(asking: Session) -> None:
    assert [f.name.uk for f in search(asking, "Центр") if f.kind == "stop"] == ["Центр"]


def test_nothing_restricted_is_ever_found(filled: Database) -> None:
    with filled.begin(robot("test")) as session:
        found = [f for typed in ("камера", "К", "66", "camera", "військова частина") for f in search(session, typed)]
    assert "node/66" not in {f.id for f in found}


@pytest.mark.parametrize("typed", ["", " ", ",", "12", "№ 5", "%", "_", "'", "ъ" * 300, "а\0б", "((("])
def test_nothing_comes_of_nothing_and_nothing_breaks(asking: Session, typed: str) -> None:
    assert len(search(asking, typed)) <= 10


def test_a_search_is_fast(asking: Session) -> None:
    search(asking, "центр")
    began = time.perf_counter()
    for typed in ("ш", "шев", "вулиця Шевченка", "Малинівка Центральна"):
        search(asking, typed)
    assert (time.perf_counter() - began) / 4 < 0.5  # about 0.05 s on an idle machine


# --- One answer or a reason ---


def test_a_street_in_its_settlement_resolves_to_a_point_on_it(asking: Session) -> None:
    spot = resolve(asking, settlement="м. Чугуїв", street="вул. Центральна")
    assert spot.precision == "street"
    assert spot.point == pytest.approx((36.6865, 49.835))


def test_a_street_unknown_there_resolves_to_the_settlement(asking: Session) -> None:
    spot = resolve(asking, settlement="Малинівка", street="вулиця Невідома")
    assert (spot.precision, spot.found.name.uk) == ("settlement", "Малинівка")


def test_a_settlement_resolves_to_its_point(asking: Session) -> None:
    assert resolve(asking, settlement="чугуїв").precision == "settlement"


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"settlement": "Нетутешнє"}, "There is no settlement “Нетутешнє” here"),
        ({"settlement": "Безпалівка"}, "There are 2 settlements “Безпалівка” here"),
        ({"street": "вулиця Центральна"}, "There are 2 streets “вулиця Центральна” here"),
        ({"street": "вулиця Невідома"}, "There is no street “вулиця Невідома” here"),
        ({}, "Neither a settlement nor a street"),
        ({"settlement": "Чугу"}, "There is no settlement"),
    ],
)
def test_what_is_not_one_point_says_why(asking: Session, asked: dict[str, str], reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        resolve(asking, **asked)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("name", "kind", "bare"),
    [
        ("вулиця Музейна", "street", "музейна"),
        ("Музейна вулиця", "street", "музейна"),
        ("просп. Миру", "avenue", "миру"),
        ("б-р Комарова", "boulevard", "комарова"),
        ("вʼїзд Тихий", "drive", "тихий"),
        ("Набережна", "", "Набережна"),
        ("Rue Grimaldi", "", "Rue Grimaldi"),
    ],
)
def test_a_streets_name_and_the_word_for_what_it_is(name: str, kind: str, bare: str) -> None:
    assert street_words(name, None)[:2] == (kind, bare)


def test_a_street_that_is_called_like_a_kind_of_street_is_found(asking: Session) -> None:
    for typed in ("Набережна", "Набережна вулиця", "вул. Набережна", "Чугуїв Набережна"):
        assert first(search(asking, typed)) == ("street", "Набережна вулиця", "Чугуїв"), typed


@pytest.mark.parametrize(
    ("text", "name", "settlement"),
    [
        ("На Музейній темно", "вулиця Музейна", "Чугуїв"),
        ("У Малинівці на Центральній яма", "вулиця Центральна", "Малинівка"),
        ("селище Малинівка, пров. Шевченка, темно", "провулок Шевченка", "Малинівка"),
        ("Коло Чугуївського ліцею № 1 собаки", "Чугуївський ліцей № 1", "Чугуїв"),
        ("У Малинівці темно", "Малинівка", None),
    ],
)
def test_a_text_speaks_of_a_place(asking: Session, text: str, name: str, settlement: str | None) -> None:
    best = mentioned(asking, text)[0].found
    assert (best.name.uk, best.settlement.uk if best.settlement else None) == (name, settlement)


def test_a_street_that_many_settlements_have_is_offered_in_each(asking: Session) -> None:
    homes = {
        each.found.settlement.uk for each in mentioned(asking, "На вулиці Центральній темно") if each.found.settlement
    }
    assert homes == {"Чугуїв", "Малинівка"}


def test_a_text_without_places_speaks_of_none(asking: Session) -> None:
    assert mentioned(asking, "Нічого не працює, темно й страшно") == []
