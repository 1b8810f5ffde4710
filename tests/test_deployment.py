"""What is shipped: locks, licences, the wheel, the container files, the documented settings."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from geo_api.settings import Settings, environment_name

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
KNOWN = {environment_name(name) for name in Settings.model_fields}


def _pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.MULTILINE))


def _declared(extra: str | None = None) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in lines}


# --- locks


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    entries = re.split(r"\n(?=[a-z])", text.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_hold_every_declared_dependency_and_agree() -> None:
    runs, tests = _pins(LOCKS[0]), _pins(LOCKS[1])
    assert _declared() | _declared("build") <= runs.keys()
    assert _declared("dev") <= tests.keys()
    assert {name: version for name, version in runs.items() if tests.get(name) != version} == {}


# --- licences

# Apache-2.0 may be combined with these; LGPL and MPL libraries are used unchanged.
COMPATIBLE = (
    "MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "LGPL", "Lesser General Public",
    "MPL", "Mozilla", "HPND", "CMU", "Unlicense", "0BSD", "Zlib", "CC0",
)  # fmt: skip


def _closure(names: set[str]) -> set[str]:
    """Return the installed distributions that these need at run time, themselves included."""
    seen: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        seen.add(name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        wanted = {
            re.split(r"[\[<>=~! ;(]", line)[0].lower().replace("_", "-") for line in needs if "extra ==" not in line
        }
        waiting |= wanted - seen
    return seen


def _licence(name: str) -> str:
    about = metadata.metadata(name)
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return "; ".join(filter(None, [about.get("License-Expression"), *classifiers, (about.get("License") or "")[:200]]))


def _is_compatible(licence: str) -> bool:
    free = any(word in licence for word in COMPATIBLE)
    without_lesser = re.sub(r"LGPL|Lesser General Public", "", licence)
    offers_choice = " OR " in licence
    return free and (offers_choice or not re.search(r"\bA?GPL|General Public License", without_lesser))


@pytest.mark.parametrize(
    "licence", ["GPL-3.0-only", "License :: OSI Approved :: GNU Affero General Public License v3", ""]
)
def test_the_check_of_licences_refuses_what_is_not_ours_to_combine(licence: str) -> None:
    assert not _is_compatible(licence)


def test_every_library_at_run_time_has_a_licence_that_ours_allows() -> None:
    pins = _pins(LOCKS[0])
    installed = {d.metadata["Name"].lower().replace("_", "-").replace(".", "-") for d in metadata.distributions()}
    present = (_closure(_declared()) | pins.keys()) & installed
    assert len(present) > 50
    assert {name: _licence(name) for name in sorted(present) if not _is_compatible(_licence(name))} == {}


# --- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(built.glob("*.whl"))) as opened:
        yield opened


def test_the_wheel_holds_every_file_that_the_software_reads(wheel: zipfile.ZipFile) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    packages = ("geo_api/", "layers/", "ingestion/", "maps/")
    expected = {name for name in listed if name.startswith(packages) and (ROOT / name).exists()}
    if not expected:
        pytest.skip("not a git checkout")
    assert expected - set(wheel.namelist()) == set()


def test_the_wheel_carries_the_facts_and_the_command(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert any(name.endswith("share/bezpeka/data/boundaries/hromadas.csv") for name in names)
    points = next(name for name in names if name.endswith("entry_points.txt"))
    assert "bezpeka = geo_api.__main__:main" in wheel.read(points).decode()


# --- settings and containers


def test_every_setting_is_documented_as_it_is() -> None:
    assert subprocess.run([sys.executable, "scripts/settings", "--check"], cwd=ROOT, check=False).returncode == 0


def test_the_page_of_settings_lists_exactly_those_that_exist() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == KNOWN


def _compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8")))


def test_the_compose_file_uses_only_settings_that_exist() -> None:
    for name in ("migrate", "app", "worker"):
        assert set(_compose()["services"][name]["environment"]) - KNOWN == set(), name
    variables = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert variables - KNOWN == {"APP_PASSWORD", "OWNER_PASSWORD"}
    image = re.findall(r"\b(BEZPEKA_\w+|DATABASE_\w+)=", (ROOT / "Dockerfile").read_text())
    assert set(image) - KNOWN == set()


def test_no_secret_has_a_default_and_the_application_never_owns_the_tables() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for secret in ("APP_PASSWORD", "OWNER_PASSWORD", "BEZPEKA_SECRET"):
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses
        assert set(uses) == {":?"}
    services = _compose()["services"]
    assert "DATABASE_OWNER_URL" in services["migrate"]["environment"]
    assert all("DATABASE_OWNER_URL" not in services[name]["environment"] for name in ("app", "worker"))


def test_the_compose_file_waits_watches_and_keeps_what_it_must() -> None:
    compose = _compose()
    services = compose["services"]
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("app", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert all("healthcheck" in services[name] for name in ("database", "app", "worker"))
    used = {
        volume.split(":")[0] for service in services.values() for volume in service["volumes"] if volume[0] not in "./"
    }
    assert used == set(compose["volumes"])
    files = {volume.split(":")[0] for service in services.values() for volume in service["volumes"] if volume[0] == "."}
    assert all((ROOT / file).is_file() for file in files)


def test_the_image_does_not_run_as_root_and_copies_only_what_is_there() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["bezpeka"]
    copied = [
        name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]
    ]
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_docker_itself_reads_the_compose_file() -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("this machine's docker has no compose")
    given = {
        "OWNER_PASSWORD": "o",
        "APP_PASSWORD": "a",
        "BEZPEKA_SECRET": "s" * 32,
        "BEZPEKA_PUBLIC_URL": "https://a.b",
    }
    checked = subprocess.run(
        [docker, "compose", "config", "--quiet"], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
