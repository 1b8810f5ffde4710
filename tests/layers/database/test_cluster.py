"""The private PostGIS, provoked for real."""

from __future__ import annotations

import psycopg

from layers.database.cluster import Cluster


def test_it_listens_on_a_private_socket_only_and_keeps_what_was_written(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner")) as connection:
        show = {
            name: connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            for name in ("listen_addresses", "data_checksums", "server_encoding", "jit")
        }
        ctype = connection.execute("SELECT datctype FROM pg_database WHERE datname = 'bezpeka'").fetchone()
    assert show == {
        "listen_addresses": ("",),
        "data_checksums": ("on",),
        "server_encoding": ("UTF8",),
        "jit": ("off",),
    }
    assert ctype == ("C.UTF-8",)
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
