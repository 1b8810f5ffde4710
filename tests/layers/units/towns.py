"""A town small enough to check by hand: three square hromadas of 0.1 degree in a row, two settlements in each."""

from __future__ import annotations

from pathlib import Path

import shapely
from shapely import MultiPolygon

from layers.area import Area, load_profile
from layers.units.drawing import Limits

PROFILE = """
id = "squares"
name = { uk = "Квадрати", en = "Squares" }
timezone = "Europe/Kyiv"
[outline]
bbox = [36.0, 50.0, 36.3, 50.1]
[[units]]
id = "raion"
title = { uk = "Район", en = "Raion" }
code_in = ["katottg"]
units = [{ code = "R", name_uk = "Район" }]
[[units]]
id = "hromadas"
title = { uk = "Громади", en = "Hromadas" }
facts = "hromadas.csv"
code_in = ["katottg"]
other_names = ["old_name"]
source = "measured by hand"
licence = "CC0"
parent = { system = "raion", code = "R", filled = true }
[[units]]
id = "settlements"
title = { uk = "Села", en = "Villages" }
facts = "settlements.csv"
columns = { parent_code = "hromada" }
code_in = ["katottg"]
kind = "село"
parent = { system = "hromadas" }
[[units]]
id = "starosta_districts"
title = { uk = "Старостинські округи", en = "Starosta districts" }
kind = "старостинський округ"
parent = { system = "hromadas" }
members = { system = "settlements" }
[[units]]
id = "units_2017"
title = { uk = "Райони 2017 року", en = "Units of 2017" }
code_in = ["koatuu"]
valid = { until = 2020-07-19 }
members = { system = "settlements", column = "koatuu" }
units = [{ code = "63", name_uk = "Старий район", members = "63" }]
"""
# A square of 0.1 degree at 50° N: 7.17 by 11.12 km.
HROMADAS = """code,name_uk,old_name,area_km2,population_2022
A,Абрикосова,,79.68,100
B,Бузкова,Стара,79.68,200
C,Вишнева,,79.68,300
"""
SETTLEMENTS = """code,hromada,name_uk,koatuu,lat,lon
a1,A,Ясне,631,50.05,36.02
a2,A,Лозова,631,50.05,36.06
b1,B,Зелене,632,50.05,36.12
b2,B,Іванівка,632,50.05,36.18
c1,C,Їжакове,77,50.05,36.22
c2,C,Іванівка,77,50.05,36.28
"""


def town(folder: Path) -> Area:
    (folder / "area.toml").write_text(PROFILE, "utf-8")
    (folder / "hromadas.csv").write_text(HROMADAS, "utf-8")
    (folder / "settlements.csv").write_text(SETTLEMENTS, "utf-8")
    return load_profile(folder / "area.toml")


def square(west: float, south: float = 50.0, side: float = 0.1) -> MultiPolygon:
    return MultiPolygon([shapely.box(west, south, west + side, south + side)])


def limits_of_hromadas() -> dict[str, Limits]:
    shapes = {"A": square(36.0), "B": square(36.1), "C": square(36.2)}
    return {code: Limits(shape, "a test", "CC0") for code, shape in shapes.items()}
