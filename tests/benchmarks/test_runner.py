"""`python -m benchmarks`: what it lists, prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks.rows import Row, as_json, table


def test_the_list_names_every_benchmark_and_what_it_measures(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("load ") and "COPY" in line for line in lines)


def test_an_unknown_name_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["speed"]) == 2
    assert "load" in capsys.readouterr().err


def test_a_row_says_whether_its_target_is_met() -> None:
    assert (Row("x", 50, "rows/s", "peer", 100, 0.4).ratio, Row("x", 50, "rows/s", "peer", 100, 0.4).met) == (0.5, True)
    assert Row("x", 30, "rows/s", "peer", 100, 0.4).met is False
    assert Row("x", 30, "rows/s").met is None


def test_the_json_has_the_fields_that_others_rely_on() -> None:
    content = json.loads(as_json({"cpus": 2}, [Row("load", 8936.4, "rows/s", "COPY", 15245.0, 0.4)]))
    assert set(content) == {"machine", "rows"}
    assert set(content["rows"][0]) == {"what", "ours", "unit", "peer", "theirs", "ratio", "target", "met"}


def test_the_table_aligns_its_figures() -> None:
    lines = table([Row("a", 8936.4, "rows/s", "COPY", 15245.0, 0.4), Row("bb", 3.14159, "ms")]).splitlines()
    assert lines[1].split() == ["a", "8,936", "rows/s", "15,245", "COPY", "0.59", "0.40", "yes"]
    assert lines[2].split() == ["bb", "3.14", "ms"]
    assert lines[1].index("8,936") + 5 == lines[2].index("3.14") + 4


@pytest.mark.slow
def test_loading_runs_and_writes_its_figures(tmp_path: Path) -> None:
    assert runner.main(["load", "--quick", "--json", str(tmp_path / "load.json")]) == 0
    rows = json.loads((tmp_path / "load.json").read_text())["rows"]
    assert all(row["ours"] > 0 and row["theirs"] > 0 for row in rows)
