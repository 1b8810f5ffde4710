import subprocess
import sys

import pytest

from geo_api.api import reports
from geo_api.app import PICTURES, REPORT, REPORTS
from geo_api.pages import picture, report

HEAVY = ("pandas", "geopandas", "folium", "scipy", "shapely", "numpy", "osmium", "typst")


def test_the_server_starts_without_what_only_long_work_needs():
    code = f"import sys, geo_api.app; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


@pytest.mark.parametrize("path", ["/no-such-page", "/api/no-such-layer", "/tiles/no-such-layer/1/0/0.mvt"])
def test_what_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


def test_the_pages_that_are_read_later_are_all_that_their_module_has():
    for known, module in ((PICTURES, picture), (REPORT, report), (REPORTS, reports)):
        assert [route.path for route in known] == list(dict.fromkeys(route.path for route in module.routes))
