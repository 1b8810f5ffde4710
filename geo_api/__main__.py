"""The program `bezpeka`, apart from the rest, so that Ctrl-C while that is imported ends without a traceback."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command and return its exit code."""
    try:
        from geo_api.cli import main as run
    except KeyboardInterrupt:
        return 1
    return run()


if __name__ == "__main__":
    sys.exit(main())
