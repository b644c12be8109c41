"""Where the time of a run goes: imports, rules, reading and parsing, evaluation, the report; in CPU, by line of input.

    python benchmarks/profile_run.py PATH…              the phases of `iamlint check PATH…`, in this process
    python benchmarks/profile_run.py --imports PATH…    and what each import costs (python -X importtime)
    python benchmarks/profile_run.py --functions PATH…  and the functions that take the most time (cProfile)

The first pass pays for lazy imports and for AWS's data; the second shows what the lines themselves cost.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from time import process_time
from typing import Any

TOP = 20


class Clock:
    """CPU seconds by phase."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def timed(self, phase: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, its time booked under a phase."""

        def timing(*arguments: Any) -> Any:
            start = process_time()
            try:
                return work(*arguments)
            finally:
                self.seconds[phase] += process_time() - start

        return timing

    def drawn(self, phase: str, items: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The same generator, the time that it takes to yield booked under a phase."""

        def drawing(*arguments: Any) -> Iterator[Any]:
            iterator = iter(items(*arguments))
            step = self.timed(phase, lambda: next(iterator, self))
            while (item := step()) is not self:
                yield item

        return drawing


def phases(paths: list[str]) -> Iterator[tuple[str, Clock, Any]]:
    """Runs the real pipeline twice with a clock in it; yields (pass, clock, report)."""
    clock = Clock()
    clock.timed("imports", lambda: __import__("iamlint.check"))()
    from iamlint import check as pipeline
    from iamlint.config import Config
    from iamlint.engine.rule import load_rules
    from iamlint.parsers.stacks import Inputs
    from iamlint.report.formats import render
    from iamlint.report.report import Look
    from iamlint.selection import select

    names = vars(pipeline)
    stacks, run = names["stacks"], names["run"]
    for name in ("first", "second"):
        ruleset = clock.timed("load the rules", load_rules)()
        config = Config()
        request = pipeline.Request(
            inputs=Inputs(tuple(paths), {}, {}, ()),
            rules=select(ruleset.rules, config.select, config.ignore, config.strict),
            known=ruleset.rules,
            today=datetime.now(timezone.utc).date().isoformat(),
        )
        names.update(stacks=clock.drawn("read and parse", stacks), run=clock.timed("evaluate the rules", run))
        try:
            report = clock.timed("check", pipeline.check)(request)
        finally:
            names.update(stacks=stacks, run=run)
        clock.timed("render as JSON", render)("json", report, Look(colour=False, show_ignored=False))
        clock.seconds["everything else"] = (
            clock.seconds.pop("check") - clock.seconds["read and parse"] - clock.seconds["evaluate the rules"]
        )
        yield name, clock, report
        clock = Clock()


def lines_in(paths: list[str]) -> int:
    """How many lines the files of these paths have that iamlint could read."""
    total = 0
    for given in paths:
        path = Path(given)
        files = [path] if path.is_file() else [file for file in path.rglob("*") if ".git" not in file.parts]
        for file in files:
            if file.is_file() and (file.suffix in {".tf", ".json", ".yaml", ".yml", ".template", ".tfvars"}):
                total += file.read_bytes().count(b"\n")
    return total


def imports(paths: list[str]) -> str:
    """What the imports of a cold run cost: by top-level package, and the modules that cost most by themselves."""
    code = "from iamlint.cli.main import main; main()"
    command = [sys.executable, "-X", "importtime", "-c", code, "check", "--no-cache", "--format", "json", *paths]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    by_package: Counter[str] = Counter()
    by_module: Counter[str] = Counter()
    for microseconds, module in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", said, re.MULTILINE):
        by_module[module] += int(microseconds)
        package = module.split(".")[0]
        by_package[package if package not in sys.stdlib_module_names else "(standard library)"] += int(microseconds)
    tables = []
    for title, counted in (("package", by_package), ("module, by itself", by_module)):
        rows = [f"| {name} | {microseconds / 1000:.1f} ms |" for name, microseconds in counted.most_common(TOP)]
        tables.append("\n".join([f"| {title} | import |", "|---|--:|", *rows, ""]))
    return "\n".join(tables)


def main() -> None:
    """Reads the arguments and prints what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("paths", nargs="+")
    arguments.add_argument("--imports", action="store_true", help="what each import costs")
    arguments.add_argument("--functions", action="store_true", help="the functions that take the most time")
    asked = arguments.parse_args()
    lines = lines_in(asked.paths)
    profile = cProfile.Profile()
    for name, clock, report in phases(asked.paths):
        print(f"### {name} pass: {report.files} files, {lines} lines, {len(report.findings)} findings\n")
        print("| phase | CPU | a line |\n|---|--:|--:|")
        for phase, seconds in clock.seconds.items():
            print(f"| {phase} | {seconds * 1000:.1f} ms | {seconds * 1e6 / max(lines, 1):.1f} µs |")
        print(flush=True)
    if asked.functions:
        profile.runcall(lambda: list(phases(asked.paths)))
        pstats.Stats(profile).sort_stats("tottime").print_stats(TOP * 2)
    if asked.imports:
        print(imports(asked.paths))


if __name__ == "__main__":
    main()
