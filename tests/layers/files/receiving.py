"""Cleans every file of a folder in a process of its own, and says of each what became of it, one JSON line each.

Run as `python receiving.py FOLDER`: one after the other, in an address space of 512 MB. With `--at-once`: each in a
thread of its own, all at the same time, however long they wait for a place; without the limit then, because threads
reserve what they never use.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from layers.errors import BadInput
from layers.files import images

MOST = 512 << 20


def receive(path: Path) -> dict[str, object]:
    began = time.process_time()
    try:
        picture = images.clean(path.read_bytes())
    except BadInput as refusal:
        found: dict[str, object] = {"refused": refusal.message}
    else:
        path.with_suffix(".clean").write_bytes(picture.content)
        found = {"size": [picture.width, picture.height], "position": picture.position, "type": picture.media_type}
    return found | {"name": path.stem, "seconds": time.process_time() - began, "peak": peak()}


def peak() -> int:
    """Return the most memory this process has had; getrusage would count its parent's from before it began."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    files = sorted(Path(sys.argv[1]).glob("*.upload"))
    if "--at-once" in sys.argv:
        images.PHOTO_PATIENCE_SECONDS = 300
        with ThreadPoolExecutor(len(files)) as people:
            outcomes = list(people.map(receive, files))
    else:
        resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
        outcomes = list(map(receive, files))
    sys.stdout.writelines(json.dumps(outcome) + "\n" for outcome in outcomes)
