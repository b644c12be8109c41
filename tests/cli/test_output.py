"""Where text goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import typer

from iamlint.cli.output import has_colour, to_file
from iamlint.cli.progress import Progress
from iamlint.cli.tables import table


def test_a_file_is_replaced_in_one_piece_and_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text("old")
    file.chmod(0o640)
    to_file(file, "new\ud800\n")
    assert file.read_text() == "new\\ud800\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o640


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").touch()
    with pytest.raises(typer.Exit):
        to_file(tmp_path / "out", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(os.name != "posix", reason="named pipes are POSIX")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    # `-o /dev/null` of root would otherwise put a file in the place of the device.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        to_file(pipe, "text\n")
        assert os.read(reader, 100) == b"text\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


class Terminal:
    """A stream that says that it is a terminal, and remembers what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert has_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colour()
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colour()


def test_progress_waits_a_second_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    now = [100.0]
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("iamlint.cli.progress.monotonic", lambda: now[0])
    progress = Progress()
    progress(1, 10)
    assert terminal.text == ""
    now[0] += 1.5
    progress(5, 10)
    assert "5/10 files" in terminal.text
    progress.clear()
    assert terminal.text.endswith("\r\033[K")


def test_a_table_for_a_terminal_breaks_its_last_column(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "one two three four five six seven eight nine ten eleven"
    rows = [("a", words), ("b", "short")]
    wide = table(("Name", "Words"), rows, "text")
    assert wide.splitlines() == ["Name  Words", f"a     {words}", "b     short"]
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "50")
    narrow = table(("Name", "Words"), rows, "text").splitlines()
    assert narrow[1:] == ["a     one two three four five six seven eight nine", "      ten eleven", "b     short"]
    below = table(("Name", "Level", "Words"), [("a" * 30, "low", words)], "text").splitlines()
    assert below[1:] == [f"{'a' * 30}  low", "    one two three four five six seven eight nine", "    ten eleven"]
    assert table(("Name", "Words"), rows, "markdown").splitlines()[2] == f"| a | {words} |"
