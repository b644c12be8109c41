"""What a run has to tell: the findings, what was ignored, what was seen, and the rules to explain them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from iamlint.engine.finding import SEVERITIES, Finding, Severity

if TYPE_CHECKING:
    from iamlint.model.secret import Secret


class RuleText(Protocol):
    """The part of a rule that a report prints. `why`, `instead` and `references` are loaded when asked for."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def practice(self) -> int | None: ...
    @property
    def flag(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def instead(self) -> str: ...
    @property
    def also_known_as(self) -> tuple[str, ...]: ...
    @property
    def references(self) -> tuple[str, ...]: ...


@dataclass(slots=True)
class Report:
    """The outcome of a run, findings sorted and without duplicates.

    `ignored` pairs each suppressed finding with the reason its user gave; `unresolved` counts the values that could
    not be evaluated, by reason; `rules` are those that ran, by name; `secrets` are all that were read, whatever rules
    ran; `withheld` has for a file the offsets of what nothing may show, in order.
    """

    findings: list[Finding] = field(default_factory=list)
    ignored: list[tuple[Finding, str]] = field(default_factory=list)
    files: int = 0
    policies: int = 0
    statements: int = 0
    unresolved: Counter[str] = field(default_factory=Counter)
    rules: Mapping[str, RuleText] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    withheld: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity, the worst first; every severity is listed."""
        counter = Counter(finding.severity for finding in self.findings)
        return {severity: counter[severity] for severity in reversed(SEVERITIES)}


@dataclass(frozen=True, slots=True)
class Look:
    """How a report is to look: with terminal colours, with the ignored findings shown, wrapped to so many columns."""

    colour: bool = False
    show_ignored: bool = False
    columns: int | None = None
