"""A backup comes back whole, or says what is wrong and leaves everything as it was."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from layers.database.backup import Manifest, backup, elsewhere, fingerprints, restore
from layers.database.cluster import Cluster
from layers.database.engine import Database
from layers.errors import BadInput, Conflict
from layers.files import actions
from tests.database import viewer

SECRET = b"the key of the house"


@pytest.fixture
def filled(cluster: Cluster, new_database: Callable[[], str]) -> str:
    """Return the name of a database of an area with a file and a line of history in it."""
    name = new_database()
    database = Database(cluster.url("app", name))
    with database.begin(viewer("admin")) as session:
        actions.keep(session, name="a.pdf", media_type="application/pdf", content=b"\x00bytes\xff", audience="staff")
    database.close()
    with psycopg.connect(cluster.url("owner", name)) as connection:
        connection.execute("INSERT INTO area (id) VALUES ('somewhere')")
        connection.execute(
            "INSERT INTO history (audience, subject, subject_id, event) VALUES ('public', 'їжак', '1', 'made')"
        )
    return name


def bring_back(cluster: Cluster, name: str, home: Path | None, file: Path, *, replace: bool = False) -> Manifest:
    return restore(cluster.url("owner", "postgres"), name, home, file, replace=replace, say=lambda _: None)


def test_a_restored_home_equals_the_one_that_was_backed_up(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    (old / "secret.key").write_bytes(SECRET)
    made = backup(cluster.url("owner", filled), old, tmp_path / "a.bezpeka")
    bring_back(cluster, f"{filled}_again", new, tmp_path / "a.bezpeka")
    with psycopg.connect(cluster.url("owner", f"{filled}_again")) as connection:
        found = fingerprints(connection)
    assert found == made.tables
    assert found["public.files"].rows == 1
    assert (new / "secret.key").read_bytes() == SECRET
    assert (tmp_path / "a.bezpeka").stat().st_mode & 0o077 == 0


def test_the_application_works_on_what_was_restored(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    backup(cluster.url("owner", filled), None, tmp_path / "b.bezpeka")
    bring_back(cluster, f"{filled}_works", None, tmp_path / "b.bezpeka")
    database = Database(cluster.url("app", f"{filled}_works"))
    with database.begin(viewer("deputy")) as session:
        assert session.scalar(text("SELECT count(*) FROM files")) == 1
        assert session.scalar(text("SELECT count(*) FROM history")) == 1
    with database.begin(viewer("resident")) as session:
        assert session.scalar(text("SELECT count(*) FROM files")) == 0
    database.close()


def test_data_in_the_way_are_kept_aside_and_only_when_asked(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    file = tmp_path / "c.bezpeka"
    backup(cluster.url("owner", filled), None, file)
    with psycopg.connect(cluster.url("owner", filled)) as connection:
        connection.execute(
            "INSERT INTO history (audience, subject, subject_id, event) VALUES ('public', 'x', '2', 'y')"
        )
    with pytest.raises(Conflict, match="--replace"):
        bring_back(cluster, filled, None, file)
    bring_back(cluster, filled, None, file, replace=True)
    with psycopg.connect(cluster.url("owner", filled)) as connection:
        assert connection.execute("SELECT count(*) FROM history").fetchone() == (1,)
        aside = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{filled}_before_%"]
        ).fetchone()
    assert aside is not None
    with psycopg.connect(elsewhere(cluster.url("owner"), aside[0])) as connection:
        assert connection.execute("SELECT count(*) FROM history").fetchone() == (2,)


def test_a_backup_never_overwrites_a_file(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    (tmp_path / "d.bezpeka").write_text("something dear")
    with pytest.raises(Conflict, match="exists already"):
        backup(cluster.url("owner", filled), None, tmp_path / "d.bezpeka")


@pytest.mark.parametrize("spoil", ["missing", "words", "cut", "no dump"])
def test_a_file_that_is_no_whole_backup_is_refused(cluster: Cluster, filled: str, tmp_path: Path, spoil: str) -> None:
    file = tmp_path / "e.bezpeka"
    if spoil == "words":
        file.write_text("not a backup")
    elif spoil == "cut":
        backup(cluster.url("owner", filled), None, file)
        file.write_bytes(file.read_bytes()[:3000])
    elif spoil == "no dump":
        with tarfile.open(file, "w"):
            pass
    with pytest.raises(BadInput):
        bring_back(cluster, f"{filled}_refused", None, file)
