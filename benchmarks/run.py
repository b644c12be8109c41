"""CPU of iamlint against `python -c pass` and, where they are installed, against checkov, cfn-lint and trivy.

    python benchmarks/run.py                       a cold start on one small file of each format
    python benchmarks/run.py --folder PATH         and the throughput on a folder

Every number is the CPU (user and system, children included) of a whole process, a median over runs that take turns,
so that a slow moment of the machine hits all alike. Compare the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SMALL = Path(__file__).parent / "small"
TEMPLATE_SUFFIXES = {".yaml", ".yml", ".json", ".template"}
TEMPLATE_MARK = re.compile(r"""^\s*["']?(?:AWSTemplateFormatVersion|Type["']?\s*:\s*["']?AWS::)""", re.MULTILINE)


@dataclass
class Contender:
    """A command in a race: its name, its arguments, the exit codes that mean it did its work, and its CPU per run."""

    name: str
    command: list[str]
    passes: frozenset[int] = frozenset({0, 1})
    seconds: list[float] = field(default_factory=list)
    failure: str = ""

    def run(self, scratch: str) -> None:
        """Runs it once and notes its CPU; remembers how it failed, if it did, and runs no more."""
        if self.failure:
            return
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": ""}
        done = subprocess.run(self.command, capture_output=True, text=True, cwd=scratch, env=environment, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in self.passes:
            said = (done.stderr.strip() or done.stdout.strip() or "nothing said").splitlines()[-1]
            self.failure = f"failed with exit code {done.returncode}: {said}"
        self.seconds.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)

    @property
    def median(self) -> float:
        """The median CPU of a run, in seconds."""
        return statistics.median(self.seconds)


def race(contenders: Sequence[Contender], runs: int, scratch: str) -> None:
    """Runs all contenders in turns: once to warm the caches of the disk and of each tool, then `runs` times."""
    for contender in contenders:
        contender.run(scratch)
        contender.seconds.clear()
    for _ in range(runs):
        for contender in contenders:
            contender.run(scratch)


def table(title: str, contenders: Sequence[Contender]) -> str:
    """A Markdown table: each contender's CPU, and its ratio to the first (bare Python) and the second (iamlint)."""
    bare, iamlint = contenders[0], contenders[1]
    lines = [f"### {title}", "", "| | CPU | to `python -c pass` | to iamlint |", "|---|--:|--:|--:|"]
    for contender in contenders:
        if contender.failure:
            lines.append(f"| {contender.name} | {contender.failure} | | |")
            continue
        cells = [contender.name, f"{contender.median:.3f} s", f"{contender.median / bare.median:.1f}"]
        cells.append("" if iamlint.failure or contender is bare else f"{contender.median / iamlint.median:.1f}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


@dataclass(frozen=True)
class Tools:
    """Where the tools are; None for those that are not installed."""

    python: str
    iamlint: str
    checkov: str | None
    cfn_lint: str | None
    trivy: str | None

    def on_iamlint(self, *paths: str) -> Contender:
        """iamlint as an editor or a CI job calls it."""
        return Contender("iamlint", [self.iamlint, "check", "--no-cache", "--format", "json", *paths])

    def on_checkov(self, *where: str) -> list[Contender]:
        """checkov, offline and quiet, with the two frameworks that iamlint reads: those of its checks that a rule of
        iamlint answers to, and all."""
        if self.checkov is None:
            return []
        flags = ["--quiet", "--compact", "--skip-download", "--framework", "terraform", "cloudformation"]
        command = [self.checkov, *where, *flags]
        return [
            Contender("checkov, IAM checks", [*command, "--check", ",".join(self.checks_of_checkov())]),
            Contender("checkov", command),
        ]

    def checks_of_checkov(self) -> list[str]:
        """The ids of checkov's checks that have a rule of iamlint."""
        command = [self.iamlint, "rules", "--from", "checkov", "--format", "json"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [known["id"] for known in json.loads(said) if known["rules"]]

    def on_trivy(self, path: str) -> Contender | None:
        """trivy, offline, with the checks that are built into it."""
        flags = ["--quiet", "--skip-check-update", "--misconfig-scanners", "terraform,cloudformation"]
        return Contender("trivy", [self.trivy, "config", *flags, path], frozenset({0})) if self.trivy else None

    def on_cfn_lint(self, *templates: str) -> Contender | None:
        """cfn-lint; its exit code is a sum of 2 (errors), 4 (warnings) and 8 (information)."""
        passes = frozenset(range(0, 16, 2))
        return Contender("cfn-lint", [self.cfn_lint, *templates], passes) if self.cfn_lint and templates else None


def present(*contenders: Contender | None) -> list[Contender]:
    """The contenders that are installed."""
    return [contender for contender in contenders if contender is not None]


def cold_starts(tools: Tools, runs: int, scratch: str) -> str:
    """The tables of a cold start on one small file of each format."""
    tables = []
    for name in ("policy.json", "template.yaml", "main.tf"):
        # A folder of its own: what surrounds a file is read for context.
        folder = Path(scratch) / name.replace(".", "-")
        folder.mkdir()
        path = str(shutil.copy(SMALL / name, folder))
        bare = Contender("`python -c pass`", [tools.python, "-c", "pass"])
        contenders = [bare, tools.on_iamlint(path)]
        if name != "policy.json":  # no other reads a policy file that stands alone
            contenders += tools.on_checkov("-f", path)
            contenders += present(
                tools.on_cfn_lint(path) if name.endswith(".yaml") else None,
                tools.on_trivy(path),
            )
        race(contenders, runs, scratch)
        tables.append(table(f"Cold start: {name}, {len(Path(path).read_text().splitlines())} lines", contenders))
    return "\n".join(tables)


def templates_in(folder: Path) -> list[str]:
    """The CloudFormation templates of a folder, told by their content, for cfn-lint takes nothing else."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES and path.is_file() and ".git" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            if "Resources" in text and TEMPLATE_MARK.search(text):
                found.append(str(path))
    return found


def throughput(tools: Tools, folder: Path, runs: int, scratch: str) -> str:
    """The tables of a whole folder: all tools on the folder, then cfn-lint and iamlint on its templates."""
    bare = Contender("`python -c pass`", [tools.python, "-c", "pass"])
    contenders = [bare, tools.on_iamlint(str(folder))]
    contenders += [*tools.on_checkov("-d", str(folder)), *present(tools.on_trivy(str(folder)))]
    race(contenders, runs, scratch)
    tables = [table(f"Folder: {folder.name}", contenders)]
    templates = templates_in(folder)
    if tools.cfn_lint and templates:
        contenders = [bare, tools.on_iamlint(*templates), *present(tools.on_cfn_lint(*templates))]
        bare.seconds.clear()
        race(contenders, runs, scratch)
        tables.append(table(f"Folder: {folder.name}, its {len(templates)} templates alone", contenders))
    return "\n".join(tables)


def tool(given: str | None, name: str, beside: str = "") -> str | None:
    """Where a tool is: as given, else in the folder `beside`, else on PATH."""
    if given:
        return str(Path(given).absolute())
    return shutil.which(name, path=beside or os.defpath) or shutil.which(name)


def main() -> None:
    """Reads the arguments, runs the races, prints the tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--folder", type=Path, action="append", default=[], help="measure throughput on it too")
    arguments.add_argument("--runs", type=int, default=7, help="measured runs of each cold start (default 7)")
    arguments.add_argument("--folder-runs", type=int, default=1, help="measured runs of each folder (default 1)")
    arguments.add_argument("--no-peers", action="store_true", help="iamlint and bare Python alone")
    for name in ("iamlint", "checkov", "cfn-lint", "trivy"):
        arguments.add_argument(f"--{name}", metavar="PATH", help=f"the {name} to run, if not the one on PATH")
    asked = arguments.parse_args()
    iamlint = tool(asked.iamlint, "iamlint", beside=str(Path(sys.executable).parent))
    if iamlint is None:
        arguments.error("iamlint is not installed; `pip install -e .` first, or give --iamlint PATH")
    alone = asked.no_peers
    tools = Tools(
        python=sys.executable,
        iamlint=iamlint,
        checkov=None if alone else tool(asked.checkov, "checkov"),
        cfn_lint=None if alone else tool(asked.cfn_lint, "cfn-lint"),
        trivy=None if alone else tool(asked.trivy, "trivy"),
    )
    with tempfile.TemporaryDirectory() as scratch:
        print(cold_starts(tools, asked.runs, scratch), flush=True)
        for folder in asked.folder:
            print(throughput(tools, folder.resolve(), asked.folder_runs, scratch), flush=True)


if __name__ == "__main__":
    main()
