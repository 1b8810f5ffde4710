"""`python -m benchmarks` lists the benchmarks; `python -m benchmarks NAME [--json FILE] [--quick]` runs one.

A benchmark is a module of this package with `TITLE` and `run(quick) -> list[Row]`. Each ratio compares two things that
were measured in the same run on the same machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from benchmarks.rows import Row, as_json, table


def names() -> list[str]:
    """Return the modules of this package that are benchmarks."""
    found = sorted(each.name for each in iter_modules([str(Path(__file__).parent)]))
    return [name for name in found if not name.startswith("_") and hasattr(_module(name), "run")]


def machine() -> dict[str, object]:
    """Say what the figures were measured on."""
    return {
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to see that it runs")
    asked = parser.parse_args(arguments)
    if asked.name is None:
        for name in names():
            print(f"{name:10} {_module(name).TITLE}")
        return 0
    if asked.name not in names():
        print(f"There is no benchmark {asked.name}; there are {', '.join(names())}.", file=sys.stderr)
        return 2
    rows: list[Row] = _module(asked.name).run(asked.quick)
    print(table(rows))
    if asked.json:
        asked.json.write_text(as_json(machine(), rows), "utf-8")
    return 0


def _module(name: str):  # type: ignore[no-untyped-def]
    return import_module(f"benchmarks.{name}")


if __name__ == "__main__":
    raise SystemExit(main())
