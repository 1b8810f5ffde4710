from starlette.testclient import TestClient

from geo_api.app import create_app
from tests.geo_api.conftest import make_settings


def test_health_says_what_works_and_what_is_missing(client: TestClient):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"alive": True, "database": True, "migrations": True, "worker": False}
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_database_it_is_alive_and_not_healthy(tmp_path):
    app = create_app(make_settings("postgresql://bezpeka_app@/nothing?host=/nonexistent", tmp_path))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"alive": True, "database": False, "migrations": False, "worker": False}
        refused = client.get("/tiles/hromadas/10/1/1.mvt")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "10"
        assert "nonexistent" not in refused.text


def _metrics(client: TestClient, host: str = "127.0.0.1", **headers: str):
    asking = TestClient(client.app, client=(host, 50000))
    return asking.get("/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_figures_are_for_loopback_alone(client: TestClient):
    assert _metrics(client).status_code == 200
    assert _metrics(client, "192.0.2.7").status_code == 403
    assert _metrics(client, x_forwarded_for="192.0.2.7").status_code == 403, "a proxy here is not this machine"


def test_figures_are_for_the_token_from_anywhere(database_url, tmp_path):
    app = create_app(make_settings(database_url, tmp_path, metrics_token="s3cret-for-figures"))
    with TestClient(app) as client:
        assert _metrics(client, "192.0.2.7", authorization="Bearer s3cret-for-figures").status_code == 200
        assert _metrics(client, "192.0.2.7", authorization="Bearer another").status_code == 403


def test_figures_are_prometheus_text(client: TestClient):
    client.get("/tiles/hromadas/10/1/1.mvt")
    text = _metrics(client).text
    assert 'bezpeka_up{part="database"} 1\n' in text
    assert 'bezpeka_answers_total{result="miss"}' in text
    for line in text.splitlines():
        assert line.startswith("# ") or len(line.rsplit(" ", 1)) == 2
        if not line.startswith("#"):
            float(line.rsplit(" ", 1)[1])
