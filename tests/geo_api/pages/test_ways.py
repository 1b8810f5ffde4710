"""From each public page to the others: nobody has to know an address by heart."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from geo_api.places import WAYS

HTML = {"accept": "text/html"}
PAGES = [href for href, _ in WAYS]


@pytest.mark.parametrize("path", PAGES)
def test_each_public_page_leads_to_all_others_and_not_to_itself(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    [ways] = re.findall(r'<nav class="ways".*?</nav>', answer.text, re.S)
    assert set(re.findall(r'href="([^"]+)"', ways)) == set(PAGES) - {path}


def test_the_form_of_a_report_leads_nowhere_else(client: TestClient) -> None:
    assert 'class="ways"' not in client.get("/report", headers=HTML).text
