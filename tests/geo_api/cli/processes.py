"""`bezpeka up` as a process of its own, and what a test asks about it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
AREA = """
id = "tiny"
name = { uk = "Мала", en = "Tiny" }
timezone = "Europe/Kyiv"
[outline]
bbox = [36.5, 49.5, 37.5, 50.5]
"""


NOTHING = signal.SIGCONT  # a signal that ends nothing


class Up:
    """One `bezpeka up` of a home."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        area = home.with_suffix(".toml")
        area.write_text(AREA)
        self.home = home
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [*BEZPEKA, "up", "--home", str(home), "--area", str(area), "--port", "0", *arguments],
            cwd=ROOT, env={**environment_of_ours(), **environment}, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def wait_until_ready(self) -> str:
        """Return the address of the one line it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Bezpeka: http://127.0.0.1:"), f"{line!r} {self.end()}"
        return line.split()[1]

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Send a signal, and return the exit code and what else was printed."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors


BEZPEKA = (sys.executable, "-m", "geo_api")


def environment_of_ours() -> dict[str, str]:
    # PYTHONDONTWRITEBYTECODE: a machine of somebody's keeps what it compiled.
    ours = ("BEZPEKA_", "DATABASE_", "LC_", "LANG", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {"BEZPEKA_LANG": "en"}


def bezpeka(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*BEZPEKA, *arguments, "--home", str(home)]
    return subprocess.run(command, cwd=ROOT, env=environment_of_ours(), text=True, capture_output=True, check=False)


def processes(home: Path) -> dict[int, str]:
    """Return every process that names the home in its command line or environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if os.fsencode(home) in command + (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()
    return found


def worker_of(home: Path) -> int:
    return next((process for process, command in processes(home).items() if " worker " in command), 0)


def health(address: str) -> dict[str, bool]:
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
        return dict(json.load(answer))


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


@contextlib.contextmanager
def home_to_be() -> Iterator[Path]:
    """Give a path for a home that isn't there yet, and see that nothing of it runs on."""
    folder = Path(tempfile.mkdtemp(prefix="bezpeka-up-"))
    folder.chmod(0o755)
    yield folder / "home"
    for process in processes(folder / "home"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
