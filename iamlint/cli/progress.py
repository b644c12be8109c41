"""A progress bar on stderr, for runs that take long enough to wonder."""

from __future__ import annotations

import sys
from time import monotonic

_PATIENCE = 1.0
_PAUSE = 0.1
_WIDTH = 30


class Progress:
    """Draws a bar once a run has taken a second, when stderr is a terminal; `clear` takes it away."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._next = monotonic() + _PATIENCE
        self._drawn = False

    def __call__(self, done: int, total: int) -> None:
        """Takes note of how far the run is."""
        if not self._on or monotonic() < self._next:
            return
        self._next = monotonic() + _PAUSE
        self._drawn = True
        full = _WIDTH * done // total if total else 0
        sys.stderr.write(f"\r[{'#' * full}{'-' * (_WIDTH - full)}] {done}/{total} files ")
        sys.stderr.flush()

    def clear(self) -> None:
        """Takes the bar off the terminal."""
        if self._drawn:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
