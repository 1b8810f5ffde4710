"""The worked guide of the documentation is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "cameras-in-python.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_every_block_of_the_guide_runs_in_its_order() -> None:
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    assert len(blocks) >= 7
    known: dict[str, Any] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"{GUIDE.name}, block {number}", "exec"), known)
    assert known["proof"].optimal
