"""Where text goes: to stdout, quietly when nobody reads it any more, or to a file in one piece."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from iamlint.cli.asking import wrong


def to_stdout(text: str) -> None:
    """Writes to stdout. A reader that has gone (`| head`) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes stdout once more on exit; that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def to_file(path: Path, text: str) -> None:
    """Writes a file so that nobody ever sees half of it; a pipe, a device or a link is written to, not replaced."""
    try:
        if path.exists() and (path.is_symlink() or not path.is_file()):
            with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as device:
                device.write(text)
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
            Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else _new_file_mode())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        wrong(f"{path}: cannot be written: {error.strerror}")


def _new_file_mode() -> int:
    """What a plain `open` would give a new file: mkstemp's own mode is for its owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def columns() -> int | None:
    """How many columns a line may have: those of the terminal when stdout is one (COLUMNS counts too), else any."""
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else None


def has_colour() -> bool:
    """Whether stdout is a terminal that wants colours."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return False
    return os.name != "nt" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))
