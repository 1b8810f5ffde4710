"""What every test may ask for.

`cluster` is one private PostGIS for the whole run, in a folder of its own, without fsync; it is stopped at the end.
`cluster_url` is its superuser's address: what `DATABASE_OWNER_URL` would be.
`database`, `session` and their kin are in tests/database.py: clones of one migrated template on that cluster.
`shared_data` is the folder of real input beside the repository, or the test is skipped.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.database.cluster import Cluster
from tests.database import (  # noqa: F401 (fixtures; see there)
    area,
    database,
    database_name,
    database_url,
    new_database,
    owner_url,
    see_as,
    session,
    template,
)

# Two processes that compile at once spoil each other's cache, so each has its own, and no run one of another code.
COMPILED = tempfile.mkdtemp(prefix="bezpeka-compiled-")
os.environ["NUMBA_CACHE_DIR"] = COMPILED
atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # Not pytest's tmp_path: under root the server runs as `postgres`, who can't enter it.
    home = Path(tempfile.mkdtemp(prefix="bezpeka-test-"))
    home.chmod(0o755)
    try:
        with Cluster(home, settings=QUICK).running() as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster_url(cluster: Cluster) -> str:
    return cluster.url("owner")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}")
    return folder
