"""A finding: which rule, what it says, and where."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, get_args

from iamlint.source.span import Place, Related, SourceSpan

Severity = Literal["info", "low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity reaches a threshold."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(threshold)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    `place` is the literal that is wrong; `related` explains it; `address` and `element` name the declaration;
    `sid` is the Sid of its statement, for ignores; `scopes` are places around it (its statement, its declaration,
    the module calls that lead to it), on which an ignore also counts; `unit` tells which other rules it silences;
    `is_secret` says that the flagged text is a secret, which must not leave the file; `same` is, where its message
    does not tell, what makes it the same as another finding of its rule at its place; `elsewhere` has for the other
    declarations that the same text reaches their addresses and scopes: an ignore must cover them too.
    """

    rule: str
    severity: Severity
    message: str
    place: Place
    related: tuple[Related, ...] = ()
    address: str = ""
    element: str = ""
    sid: str = ""
    scopes: tuple[Place, ...] = ()
    unit: object = None
    is_secret: bool = False
    same: str = ""
    elsewhere: tuple[tuple[str, tuple[Place, ...]], ...] = ()

    @property
    def span(self) -> SourceSpan:
        """Where the flagged text stands."""
        return self.place.span

    @property
    def fingerprint(self) -> str:
        """Identifies the finding across edits: rule, file, address, element and flagged text; no line numbers.

        A secret is left out: a digest of a weak password could be searched for.
        """
        path = self.span.path
        flagged = "" if self.is_secret else self.place.written
        identity = "\0".join((self.rule, path, self.address, self.element, flagged, self.message))
        # JSON can spell half of a character, `"\\ud800"`, which no encoding takes.
        return blake2b(identity.encode(errors="surrogatepass"), digest_size=16).hexdigest()

    @property
    def problem(self) -> tuple[SourceSpan, str, str]:
        """What it has in common with a finding that says the same: place, rule, and message unless `same` is set."""
        return (self.span, self.rule, self.same or self.message)

    @property
    def order(self) -> tuple[SourceSpan, str, str]:
        """What findings are sorted by: place, rule, message."""
        return (self.span, self.rule, self.message)
