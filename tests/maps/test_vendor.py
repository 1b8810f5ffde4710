"""What others wrote and we serve: unchanged, licensed, and nothing more than is used."""

from __future__ import annotations

import hashlib
from pathlib import Path

from maps.styles import icons

VENDOR = Path(__file__).parents[2] / "maps" / "static" / "vendor"


def test_every_vendored_file_is_as_it_was_fetched() -> None:
    listed = dict(reversed(line.split("  ")) for line in (VENDOR / "CHECKSUMS").read_text("utf-8").splitlines())
    there = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "CHECKSUMS"
    }
    assert there == listed


def test_every_vendored_library_has_its_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert len(folders) >= 7
    for folder in folders:
        assert len((folder / "LICENSE").read_text("utf-8")) > 200, folder.name


def test_only_the_icons_in_use_are_kept() -> None:
    kept = {
        f"{folder.name.split('-')[0]}/{path.stem}" for folder in VENDOR.glob("*maki-*") for path in folder.glob("*.svg")
    }
    assert kept == icons()
