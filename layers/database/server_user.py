"""Who runs the private server and owns its files: whoever runs us, but `postgres` for root, whom PostgreSQL refuses."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path
from typing import Any

from layers.errors import Unavailable
from layers.text import N_


def server_user() -> pwd.struct_passwd:
    """Return the user of the server's processes and files."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as error:
        raise Unavailable(
            N_(
                "PostgreSQL refuses to run as root, and there is no user postgres to run it."
                " Install it: sudo apt install postgresql-postgis."
            )
        ) from error


def run_as_server(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program as the server's user, away from the terminal's signals and from PG* variables of ours."""
    user = server_user()
    how: dict[str, Any] = {}
    if os.geteuid() == 0:
        how = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **how,
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        # Told to stop: a half-started server could not be found and stopped again, so let this finish first.
        process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def make_folder(folder: Path) -> None:
    """Make a folder that only the server's user (and root) can enter; refuse one that is somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    user = server_user()
    if os.geteuid() == 0 and folder.stat().st_uid == 0:
        os.chown(folder, user.pw_uid, user.pw_gid)
    if folder.is_symlink() or folder.stat().st_uid != user.pw_uid:
        raise Unavailable(
            N_("{folder} belongs to another user. Run this as that user, or choose another --home."), folder=folder
        )
    folder.chmod(0o700)
    _check_way(folder, user.pw_name)


def write_file(file: Path, content: str) -> None:
    """Write a file that the server can read."""
    file.write_text(content)
    if os.geteuid() == 0:
        os.chown(file, server_user().pw_uid, server_user().pw_gid)


def _check_way(folder: Path, user: str) -> None:
    """Refuse a home that the server's user can't reach: root's own home folder above all."""
    script = 'for each; do test -x "$each" || { echo "$each"; exit 1; }; done'
    closed = run_as_server("sh", "-c", script, "sh", *map(str, [*reversed(folder.parents), folder]))
    if closed.returncode:
        raise Unavailable(
            N_(
                "The database runs as the user {user}, who can't enter {closed}."
                " Choose a home elsewhere: --home /var/lib/bezpeka."
            ),
            user=user,
            closed=closed.stdout.strip(),
        )
