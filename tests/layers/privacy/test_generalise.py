"""Where an exact place may be shown, by a rule that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from layers.privacy.generalise import Unit, cell_centres, centre_of, coarse

UTM_37N = 32637
UNITS = {
    unit.code: unit
    for unit in (
        Unit("H", "hromadas", "міська громада", (36.5, 49.8)),
        Unit("C", "settlements", "місто", (36.68, 49.83)),
        Unit("T", "settlements", "Селище", (36.6, 49.7)),
        Unit("V", "settlements", "село", (36.4, 49.9)),
        Unit("N", "settlements", "місто", None),
        Unit("S", "starosta_districts", "старостинський округ", (36.4, 49.9)),
        Unit("U", "units_2017", "район", (36.7, 49.8)),
    )
}


@pytest.mark.parametrize(
    ("codes", "point", "precision"),
    [
        (["H", "C", "U"], (36.68, 49.83), "settlement"),
        (["H", "T"], (36.6, 49.7), "settlement"),
        (["H", "V", "S"], (36.5, 49.8), "hromada"),
        (["H", "N"], (36.5, 49.8), "hromada"),  # a city whose centre nobody knows
        (["H"], (36.5, 49.8), "hromada"),
    ],
)
def test_a_town_is_shown_by_its_centre_and_a_village_by_its_hromadas(
    codes: list[str], point: tuple[float, float], precision: str
) -> None:
    shown = centre_of(codes, UNITS)
    assert shown is not None
    assert (shown.point, shown.precision) == (point, precision)


@pytest.mark.parametrize("codes", [[], ["U"], ["V"], ["unheard-of"]])
def test_without_a_town_or_hromada_no_centre_is_named(codes: list[str]) -> None:
    assert centre_of(codes, UNITS) is None


def test_codes_of_villages_and_starosta_districts_do_not_stand_beside_a_generalised_place() -> None:
    assert coarse(["H", "S", "V", "U", "unheard-of"], UNITS) == ["H", "U"]


def test_points_of_one_cell_share_its_centre_and_a_neighbours_do_not() -> None:
    # Zone 37 is centred on 39 E, where x = 500 km; on the equator y = 0: four cells meet at (39, 0).
    lon = np.array([39.001, 39.008, 38.999, 39.001])
    lat = np.array([0.001, 0.008, 0.001, -0.001])
    x, y = cell_centres(lon, lat, srid=UTM_37N)
    assert (x[0], y[0]) == (x[1], y[1])
    assert (x[2], y[3]) == (pytest.approx(78 - x[0]), pytest.approx(-y[0]))
    assert (x[0], y[0]) == (pytest.approx(39.00449, abs=1e-5), pytest.approx(0.00452, abs=1e-5))  # 500 m each way


def test_a_centre_is_its_own_centre_and_never_further_than_half_the_diagonal() -> None:
    random = np.random.default_rng(7)
    lon, lat = random.uniform(36.3, 37.2, 500), random.uniform(49.5, 50.4, 500)
    x, y = cell_centres(lon, lat, srid=UTM_37N)
    again = cell_centres(x, y, srid=UTM_37N)
    assert np.allclose(again, (x, y), atol=1e-9)
    east = (x - lon) * 111_320 * np.cos(np.radians(lat))
    north = (y - lat) * 111_250
    assert np.hypot(east, north).max() < 712  # 707 m and what degrees and the projection's scale differ by
    assert len(set(zip(x.round(9), y.round(9), strict=True))) < 500
