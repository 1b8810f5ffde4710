import re
import subprocess
import sys

import pytest
from starlette.routing import Match

from geo_api.app import LATER, READ_LATER
from geo_api.later import routes_of

HEAVY = ("pandas", "geopandas", "folium", "scipy", "shapely", "numpy", "osmium", "typst")


def test_the_server_starts_without_what_only_long_work_needs():
    code = f"import sys, geo_api.app; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


@pytest.mark.parametrize("path", ["/no-such-page", "/api/no-such-layer", "/tiles/no-such-layer/1/0/0.mvt"])
def test_what_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("module", READ_LATER)
def test_every_path_of_a_module_that_is_read_later_leads_to_it(module):
    for route in routes_of(module):
        path = re.sub(r"{.*?}", "x", route.path)
        scope = {"type": "http", "path": path, "method": "GET"}
        first = next(later for later in LATER if later.matches(scope)[0] is not Match.NONE)
        assert first.endpoint.module == module, path
