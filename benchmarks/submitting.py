"""Residents' phones, as a process of its own: reports at a steady rate, every fifth with a photo, while others read.

Each report has its moment in a timetable; a late answer makes no later report wait, and time is counted from the
timetable, so that a stall is seen by all who would have felt it.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

BOUNDARY = "----bezpeka"
PHOTO_EVERY = 5
PATIENCE = 30  # seconds for one answer


@dataclass
class Outcome:
    """What came of it: milliseconds by kind, statuses by kind, and our own share of one processor."""

    submit_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)  # key -> receipt
    processor: float = 0.0


class Phone:
    """One browser: a token that is good for its cookie, and a connection that it keeps."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.cookie = self.token = ""

    def get(self, path: str) -> int:
        """Ask for a page; once more where the server has hung up a connection that lay idle, as a browser does."""
        try:
            return self._got(path)
        except (http.client.RemoteDisconnected, ConnectionResetError):
            self.connection.close()
            return self._got(path)

    def _got(self, path: str) -> int:
        self.connection.request("GET", path, headers={"Accept": "*/*"})
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def enter(self) -> None:
        self.connection.request("GET", "/api/reports/token")
        answer = self.connection.getresponse()
        self.token = json.load(answer)["token"]
        self.cookie = (answer.getheader("set-cookie") or "").split(";", 1)[0]

    def report(self, words: dict[str, str], photo: bytes | None) -> tuple[int, dict[str, Any]]:
        """Send a report as the outbox does; return the status and what was answered."""
        if not self.token:
            self.enter()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "X-CSRF-Token": self.token,
            "Cookie": self.cookie,
            "Accept": "application/json",
        }
        self.connection.request("POST", "/api/reports", _multipart(words, photo), headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")

    def close(self) -> None:
        self.connection.close()


def _multipart(words: dict[str, str], photo: bytes | None) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in words.items()
    ]
    if photo:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
        parts.append(f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + photo + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def report_words(number: int, places: Sequence[Sequence[float]], random: Random) -> dict[str, str]:
    """Return the fields of one report: a lamp, somewhere around one of the places."""
    lon, lat = random.choice(places)
    return {
        "category": "lighting",
        "words": f"Не світить ліхтар номер {number}",
        "lon": f"{lon + random.gauss(0, 0.004):.6f}",
        "lat": f"{lat + random.gauss(0, 0.003):.6f}",
        "key": f"report-{number}",
        "device": f"device-{number}",
    }


class Crowd:
    """Everybody at once, for so many seconds."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.photo = Path(orders["photo"]).read_bytes()
        self.outcome = Outcome()
        self._lock = threading.Lock()
        self._mine = threading.local()

    def run(self) -> Outcome:
        worked, began = time.process_time(), time.perf_counter()
        until = began + self.orders["seconds"]
        readers = [
            threading.Thread(target=self._read, args=(number, until)) for number in range(self.orders["readers"])
        ]
        for reader in readers:
            reader.start()
        with ThreadPoolExecutor(self.orders["at_once"]) as phones:
            random = Random(1)
            for number in range(round(self.orders["rate"] * self.orders["seconds"])):
                due = began + number / self.orders["rate"]
                time.sleep(max(0.0, due - time.perf_counter()))
                words = report_words(number, self.orders["places"], random)
                phones.submit(self._report, words, self.photo if number % PHOTO_EVERY == 0 else None, due)
        for reader in readers:
            reader.join()
        self.outcome.processor = (time.process_time() - worked) / (time.perf_counter() - began)
        return self.outcome

    def _report(self, words: dict[str, str], photo: bytes | None, due: float) -> None:
        phone: Phone = self._mine.__dict__.setdefault("phone", Phone(self.orders["port"]))
        try:
            status, answer = phone.report(words, photo)
        except OSError as error:
            phone.close()
            status, answer = type(error).__name__, {}  # type: ignore[assignment]
        with self._lock:
            self.outcome.submit_ms.append(1000 * (time.perf_counter() - due))
            self._count("submit", status)
            if "receipt" in answer:
                self.outcome.acknowledged[words["key"]] = answer["receipt"]

    def _read(self, number: int, until: float) -> None:
        """Move the map every so many seconds, as a reader does: the list and the tiles of another view."""
        random, phone = Random(number), Phone(self.orders["port"])
        time.sleep(random.uniform(0, self.orders["pause"]))
        while time.perf_counter() < until:
            for path in random.choice(self.orders["views"]):
                began = time.perf_counter()
                try:
                    status: object = phone.get(path)
                except OSError as error:
                    phone.close()
                    status = type(error).__name__
                with self._lock:
                    self.outcome.read_ms.append(1000 * (time.perf_counter() - began))
                    self._count("read", status)
            time.sleep(self.orders["pause"])

    def _count(self, kind: str, status: object) -> None:
        name = f"{kind} {status}"
        self.outcome.statuses[name] = self.outcome.statuses.get(name, 0) + 1


if __name__ == "__main__":
    json.dump(asdict(Crowd(json.load(sys.stdin)).run()), sys.stdout)
