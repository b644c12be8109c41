"""Options of `iamlint check` alone: what to look for, how to report it, what to exit with."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from iamlint.report.formats import Format

Level = Literal["info", "low", "medium", "high", "critical"]

PathsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[PATHS]...", help="Files and folders; `-` reads stdin. Default: the current folder."),
]
StdinFilenameOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="The file whose text stdin replaces, for `-`.")
]

SelectOption = Annotated[
    list[str] | None,
    typer.Option(metavar="RULE,...", help="Run only these: rule names, ids of other tools, practice:N, group:NAME, "
                 "a severity, a framework or what it requires (`cis-3.0`, `fsbp:IAM.1`, `nist-800-53:AC-6`), "
                 "`default`, `all`. Repeatable."),
]  # fmt: skip
IgnoreOption = Annotated[
    list[str] | None, typer.Option(metavar="RULE,...", help="Do not run these; named like --select. Repeatable.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Run the strict rules too.")]

SeverityOption = Annotated[Level | None, typer.Option(help="Report findings from this severity on.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="The format of the report on stdout.")]
OutputOption = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="FILE | FORMAT=FILE", help="Write the report to a file: FILE takes it "
                 "instead of stdout, FORMAT=FILE a further one. Repeatable."),
]  # fmt: skip
ShowIgnoredOption = Annotated[bool, typer.Option("--show-ignored", help="Show ignored findings too, marked.")]
NoIgnoreOption = Annotated[bool, typer.Option("--no-ignore", help="Take no notice of ignores.")]
StatisticsOption = Annotated[
    bool,
    typer.Option("--statistics", help="Count findings by rule, and unresolved values by reason: after a report for "
                 "people, else on stderr."),
]  # fmt: skip

FailOnOption = Annotated[
    Level | None, typer.Option(help="Exit with 1 from this severity on.  [default: low]", show_default=False)
]
ExitZeroOption = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when there are findings.")]
VersionOption = Annotated[bool, typer.Option("--version", help="Print the version and exit.")]

JobsOption = Annotated[
    int, typer.Option("--jobs", min=1, metavar="N", help="For scripts that give it: a run is one process.")
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="For scripts that give it: iamlint keeps no cache of results.")
]
