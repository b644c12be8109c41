"""What tests share: running iamlint in this process, and the option that rewrites golden files."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the .out files of tests/fixtures")


@dataclass(frozen=True)
class Run:
    """What a run of the command line left behind."""

    exit_code: int
    output: str
    errors: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of a run with `--format json`."""
        assert self.exit_code in (0, 1), f"exit code {self.exit_code}: {self.errors}{self.output}"
        findings: list[dict[str, Any]] = json.loads(self.output)["findings"]
        return findings


Iamlint = Callable[..., Run]


@pytest.fixture
def iamlint(monkeypatch: pytest.MonkeyPatch) -> Iamlint:
    """Runs `iamlint ARGUMENTS…` in this process: from `folder`, with `stdin`, where they are given."""

    def run(*arguments: str | Path, folder: Path | None = None, stdin: str = "") -> Run:
        from iamlint.cli.main import main

        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2)]
        given = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8", newline="")
        code: object = 0
        with monkeypatch.context() as here, redirect_stdout(streams[0]), redirect_stderr(streams[1]):
            here.setattr(sys, "argv", ["iamlint", *map(str, arguments)])
            here.setattr(sys, "stdin", given)
            if folder is not None:
                here.chdir(folder)
            try:
                main()
            except SystemExit as leaving:
                code = leaving.code or 0
        texts = []
        for stream in streams:
            stream.flush()
            stream.seek(0)
            texts.append(stream.read())
        assert isinstance(code, int), f"left with a message instead of a code: {code}"
        return Run(code, *texts)

    return run


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT
