"""Who is measured: our own server, tipg in a virtual environment of its own, and the database alone through pgbench."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import platformdirs

from benchmarks.generator import Load
from layers.database.binaries import find_binaries
from layers.geometry import WORLD
from layers.layer import Face
from layers.query import Query
from layers.serving import tile_sql

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
IDENTITY = "Accept-Encoding: identity\r\n"
TIPG = "tipg==1.6.1"
TIPG_SETTINGS = {
    "TIPG_TILE_BUFFER": "64",
    "TIPG_MAX_FEATURES_PER_TILE": "1000000",
    "TIPG_DB_TABLES": '["public.incidents_public"]',
    "DB_MIN_CONN_SIZE": "8",
    "DB_MAX_CONN_SIZE": "8",
}
# Served as ours is: on the socket itself (see benchmarks/server.py).
TIPG_SERVER = """
import socket, sys, uvicorn
config = uvicorn.Config("tipg.main:app", http="httptools", access_log=False, log_level="warning")
uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
"""
Tile = tuple[int, int, int]


@dataclass(frozen=True)
class Server:
    """One that answers HTTP on a free port of this machine."""

    port: int

    def load(self, paths: Sequence[str], seconds: float) -> Load:
        """Put the load on it from a process of its own."""
        orders = {"host": "127.0.0.1", "port": self.port, "paths": list(paths), "seconds": seconds}
        orders |= {"connections": CONNECTIONS, "headers": IDENTITY}
        command = [sys.executable, "-m", "benchmarks.generator"]
        done = subprocess.run(command, input=json.dumps(orders), capture_output=True, text=True, check=True, cwd=ROOT)
        found = Load(**json.loads(done.stdout))
        if set(found.statuses) - {"200", "204"}:
            raise RuntimeError(f"port {self.port} answered {found.statuses}")
        return found

    def get(self, path: str, timeout: float = 60) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=timeout) as answer:
            content: bytes = answer.read()
        return content


@contextmanager
def _served(command: Sequence[str], environment: Mapping[str, str], ready: str) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = str(listener.fileno())
        process = subprocess.Popen(
            [part.replace("FD", number) for part in command],
            env={**os.environ, **environment},
            pass_fds=[listener.fileno()],
            cwd=ROOT,
        )
        server = Server(listener.getsockname()[1])
    try:
        _wait(server, process, ready)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _wait(server: Server, process: subprocess.Popen[bytes], path: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            server.get(path, timeout=2)
            return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("a server of this benchmark does not start; see what it says above") from error
            time.sleep(0.1)


@contextmanager
def ours(database_url: str, home: Path, *, cache_mb: int) -> Iterator[Server]:
    """Our server as it is run, with a route beside the others that returns static bytes."""
    environment = {"DATABASE_URL": database_url, "BEZPEKA_HOME": str(home), "BEZPEKA_CACHE_MB": str(cache_mb)}
    environment["BEZPEKA_REPORTS_PER_HOUR"] = str(10**6)
    with _served([sys.executable, "-m", "benchmarks.server", "FD"], environment, "/healthz") as server:
        yield server


@contextmanager
def tipg(database_url: str) -> Iterator[Server]:
    """The peer: one uvicorn worker with the same parser of HTTP, as many connections as it is asked on."""
    python = _tipg_python()
    environment = {**TIPG_SETTINGS, "DATABASE_URL": _with_host(database_url)}
    with _served([str(python), "-c", TIPG_SERVER, "FD"], environment, "/healthz") as server:
        yield server


def _with_host(url: str) -> str:
    """Return the address of a database on a unix socket as tipg's settings take it: the folder in the host's place."""
    parts = urlsplit(url)
    words = dict(parse_qsl(parts.query))
    return f"postgresql://{parts.username}@{quote(words['host'], safe='')}:{words['port']}{parts.path}"


def _tipg_python() -> Path:
    folder = platformdirs.user_cache_path("bezpeka") / "benchmarks" / TIPG.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", TIPG, "uvicorn", "httptools"], check=True)
        (folder / "made").touch()
    return python


def tipg_tile(tile: Tile, columns: Sequence[str]) -> str:
    z, x, y = tile
    words = f"geom-column=geom_3857&properties={','.join(columns)}"
    return f"/collections/public.incidents_public/tiles/WebMercatorQuad/{z}/{x}/{y}?{words}"


# --- pgbench ----------------------------------------------------------------------------------------------------------


def pgbench(database_url: str, face: Face, tiles: Sequence[Tile], seconds: float, *, role: str = "resident") -> float:
    """Return the tiles a second of the same statement prepared, on as many connections, without anything of ours.

    The tiles are all below the zoom of single places or all from it on: one statement.
    """
    options = f"-c plan_cache_mode=force_custom_plan -c timezone=UTC -c bezpeka.role={role}"
    command = [find_binaries().program("pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1"]
    command += ["-T", str(max(1, round(seconds))), "-D", "i=0", "-f", "/dev/stdin", database_url]
    done = subprocess.run(
        command,
        input=_script(face, tiles),
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": options},
        check=False,
    )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not found:
        raise RuntimeError(done.stderr or done.stdout)
    return float(found[1])


def _script(face: Face, tiles: Sequence[Tile]) -> str:
    """Return a script that goes through the tiles in turn, each client from its own place on."""
    codes = [z << 48 | x << 24 | y for z, x, y in tiles]
    sql, values = tile_sql(face, "incidents", Query(), *tiles[0])
    sql = re.sub(r"%\((\w+)\)s", lambda m: f"'{values['layer']}'" if m[1] == "layer" else f":{m[1]}", sql)
    cells = face.cluster.cells if face.cluster else 1
    return "\n".join(
        (
            f"\\set i mod(:i + {CONNECTIONS}, {len(codes)})",
            f"\\set j mod(:i + :client_id, {len(codes)})",
            f"\\set code {_chosen(codes, 0, len(codes))}",
            f"\\set side {2 * WORLD!r} / (1 << (:code >> 48))",
            f"\\set w -{WORLD!r} + ((:code >> 24) & 16777215) * :side",
            f"\\set n {WORLD!r} - (:code & 16777215) * :side",
            "\\set e :w + :side",
            "\\set s :n - :side",
            "\\set margin :side / 64",
            "\\set bw :w - :margin",
            "\\set bs :s - :margin",
            "\\set be :e + :margin",
            "\\set bn :n + :margin",
            f"\\set cell :side / {cells}",
            sql + ";",
        )
    )


def _chosen(codes: Sequence[int], first: int, last: int) -> str:
    """Return an expression that finds the code of :j by halving."""
    if last - first == 1:
        return str(codes[first])
    middle = (first + last) // 2
    return f"case when :j < {middle} then {_chosen(codes, first, middle)} else {_chosen(codes, middle, last)} end"
