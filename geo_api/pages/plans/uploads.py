"""Lists of cameras that somebody uploads: a vendor's, a council's own places, what stands already."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from starlette.datastructures import UploadFile
from starlette.requests import Request

from geo_api.context import language_of, service_of, viewer_of
from geo_api.pages.forms import porter_of
from layers.cameras import gathering, store
from layers.errors import BadInput
from layers.text import N_

if TYPE_CHECKING:
    from ingestion.cameras import Report

LARGEST = 5 * 1024 * 1024


def name_of(file: UploadFile) -> str:
    return Path(file.filename or "plan.csv").name


def read(request: Request, file: UploadFile) -> tuple[Report, list[str]]:
    """Return the report of a file of cameras and the lines of its rejects, headings first; raises BadInput."""
    from ingestion.cameras import read_sites

    content = file.file.read(LARGEST + 1)
    if not content or len(content) > LARGEST:
        raise BadInput(N_("Choose a file of up to {most} MB."), most=LARGEST >> 20)
    with porter_of(request).database.begin(viewer_of(request)) as session:
        inside = shapely.from_wkb(gathering.within_of(session, service_of(request).area))
        known = store.models(session)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name_of(file)
        path.write_bytes(content)
        report = read_sites(
            path, known, lambda lon, lat: bool(shapely.contains_xy(inside, lon, lat)), spare=Path(folder) / "no",
            say=language_of(request).gettext,
        )  # fmt: skip
        return report, report.rejects.read_text("utf-8-sig").splitlines() if report.rejects else []


def read_whole(request: Request, file: UploadFile) -> list[dict[str, Any]]:
    """Return the sites of a file that is taken whole or not at all; raises BadInput with a row that can't be used."""
    report, rejects = read(request, file)
    if report.rejected or not report.sites:
        raise BadInput(N_("{rejected} of {read} rows can't be used, and nothing was kept; for example: {row}"),
                       rejected=report.rejected, read=report.read, row="".join(rejects[1:2]))  # fmt: skip
    return report.sites
