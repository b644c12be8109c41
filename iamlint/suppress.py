"""Ignores that users write: in comments, in CloudFormation Metadata, in the configuration; what they keep back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from iamlint.engine.finding import Finding
from iamlint.model.account import Ignore
from iamlint.source.document import Comment, Document
from iamlint.source.extent import last_lines, lines_of
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.path_glob import address_matches, path_matches
from iamlint.source.span import Place

# What every ignore has in it, whatever the format; a file without it is not looked at any further.
_MARK = "iamlint"
_IGNORE = r"\biamlint:[ \t]*ignore\b"
_COMMENT = re.compile(rf"{_IGNORE}[ \t]*(?:\[([^\]\n]*)\])?((?:(?!{_IGNORE}).)*)", re.DOTALL)
_UNTIL = re.compile(r"\buntil[ \t]*[=:][ \t]*([0-9][0-9-]*)[ \t]*,?")
_NAME = re.compile(r"[^\s,]+")


class ConfiguredIgnore(Protocol):
    """An ignore of the configuration."""

    @property
    def rules(self) -> tuple[str, ...]: ...
    @property
    def place(self) -> Place: ...
    @property
    def path(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def sid(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def until(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms ignores count.

    `today` is the date of the run, `YYYY-MM-DD`; `ran` are the rules that ran; `explain` says in words what is wrong
    with a rule's name, or nothing; `meant` are the rules that a name stands for, itself or those of another tool's id;
    `locate` turns a reported path into one relative to the configuration's folder.
    """

    today: str
    ran: frozenset[str]
    explain: Callable[[str], str]
    meant: Callable[[str], tuple[str, ...]] = lambda name: (name,)
    require_reason: bool = False
    locate: Callable[[str], str] = str


@dataclass(slots=True)
class Written:
    """One rule that an ignore names: where, why, until when, and for what (lines of `path`, or what `table` says)."""

    rule: str
    place: Place
    reason: str = ""
    until: str = ""
    first: int = 0
    last: int = 0
    table: ConfiguredIgnore | None = None
    note: str = ""
    expired: bool = False
    used: bool = False


@dataclass(slots=True)
class Kept:
    """What is left of the findings, what was ignored and why, and the ignores themselves, for the rules on them."""

    findings: list[Finding] = field(default_factory=list)
    ignored: list[tuple[Finding, str]] = field(default_factory=list)
    ignores: list[Ignore] = field(default_factory=list)


def keep(
    findings: Iterable[Finding],
    documents: Iterable[Document],
    tables: Sequence[ConfiguredIgnore],
    terms: Terms,
) -> Kept:
    """Parts the findings into those that stay and those that an ignore covers."""
    kept = Kept()
    written = [w for document in documents if _MARK in document.source.text for w in written_in(document)]
    written += [Written(rule, t.place, t.reason, t.until, table=t) for t in tables for rule in t.rules]
    if not written:
        kept.findings.extend(findings)
        return kept
    by_rule: dict[str, list[Written]] = {}
    for ignore in written:
        _judge(ignore, terms)
        for rule in terms.meant(ignore.rule):
            by_rule.setdefault(rule, []).append(ignore)
    for finding in findings:
        candidates = by_rule.get(finding.rule)
        covering = _covering(finding, candidates, terms) if candidates else None
        if covering is None:
            kept.findings.append(finding)
        else:
            kept.ignored.append((finding, covering.reason))
    kept.ignores = [_as_thing(ignore) for ignore in written if _is_judged(ignore, terms)]
    return kept


def written_in(document: Document) -> Iterator[Written]:
    """The ignores in a file: those in its comments, then those in its Metadata."""
    own_lines = {
        line
        for comment in document.comments
        if comment.own_line
        for line in range(comment.place.span.line, comment.place.span.end_line + 1)
    }
    written = [w for c in document.comments if _MARK in c.text for w in _in_comment(c, own_lines)]
    if written:
        reach = last_lines(document, {ignore.first for ignore in written})
        for ignore in written:
            ignore.last = reach.get(ignore.first, ignore.first)
    yield from written
    yield from _in_metadata(document.root)


def _in_comment(comment: Comment, own_lines: set[int]) -> Iterator[Written]:
    place = comment.place
    span = place.span
    line = span.line
    if comment.own_line:
        # An ignore may stand anywhere in the block of comment lines above what it is for.
        line = span.end_line + 1
        while line in own_lines:
            line += 1
    for match in _COMMENT.finditer(place.written):
        names, rest = match.groups()
        reason, until = _reason(rest)
        if not (names or "").strip():
            at = Place(place.source, place.start + match.start(), place.start + match.start() + len("iamlint: ignore"))
            yield Written("", at, reason, until, line, line, note="it names no rule: write `ignore[rule]`")
            continue
        for name in _NAME.finditer(names):
            start = place.start + match.start(1)
            at = Place(place.source, start + name.start(), start + name.end())
            yield Written(name.group(), at, reason, until, line, line)


def _reason(rest: str) -> tuple[str, str]:
    """What follows the bracket as (reason, until)."""
    until = _UNTIL.search(rest)
    if until is not None:
        rest = rest[: until.start()] + rest[until.end() :]
    words = " ".join(rest.replace("*/", " ").split())
    return words.strip(" #/*;,:-\u2013\u2014"), until.group(1) if until is not None else ""


def _in_metadata(root: Node | None) -> Iterator[Written]:
    if not isinstance(root, MappingNode):
        return
    yield from _entries(root.get("Metadata"), root)
    resources = root.get("Resources")
    if isinstance(resources, MappingNode):
        for name, resource in resources.entries:
            if isinstance(resource, MappingNode):
                whole = Place(name.source, name.start, max(name.end, resource.end))
                yield from _entries(resource.get("Metadata"), whole)


def _entries(metadata: Node | None, around: Place) -> Iterator[Written]:
    ours = metadata.get(_MARK) if isinstance(metadata, MappingNode) else None
    if ours is None:
        return
    first, last = lines_of(around)
    listed = ours.get("ignore") if isinstance(ours, MappingNode) else None
    items = listed.items if isinstance(listed, SequenceNode) else [listed] if listed is not None else []
    if not items:
        yield Written("", ours, note="Metadata of iamlint is `ignore:` with a list of `rule:` and `reason:`")
    for item in items:
        names = _rule_nodes(item)
        reason, until = (_text(item, "reason"), _text(item, "until")) if isinstance(item, MappingNode) else ("", "")
        if not names:
            yield Written("", item, reason, until, note="it names no rule: write `rule:`")
        for name in names:
            yield Written(str(name.value), name, reason, until, first, last)


def _rule_nodes(item: Node) -> list[ScalarNode]:
    """The names in an entry: a string alone, or `rule:` (also `rules:`) with a string or a list of them."""
    named = [item.get("rule"), item.get("rules")] if isinstance(item, MappingNode) else [item]
    nodes: list[Node] = []
    for node in named:
        if isinstance(node, SequenceNode):
            nodes += node.items
        elif node is not None:
            nodes.append(node)
    return [node for node in nodes if isinstance(node, ScalarNode) and isinstance(node.value, str)]


def _text(item: MappingNode, key: str) -> str:
    node = item.get(key)
    if not isinstance(node, ScalarNode) or node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.written.strip()


def _judge(ignore: Written, terms: Terms) -> None:
    """Marks an ignore as expired, or notes why it does not count."""
    if ignore.note:
        return
    ignore.note = terms.explain(ignore.rule)
    if not ignore.note and ignore.until:
        if not _is_date(ignore.until):
            ignore.note = f"`{ignore.until}` is not a date: write `until=YYYY-MM-DD`"
        else:
            ignore.expired = terms.today > ignore.until
    if not ignore.note and terms.require_reason and not ignore.reason:
        ignore.note = "it gives no reason, which the configuration asks for"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _covering(finding: Finding, candidates: list[Written], terms: Terms) -> Written | None:
    """The first ignore that covers a finding, when all the declarations that it stands for are covered."""
    here = _covering_here(finding, candidates, terms)
    others = [
        _covering_here(replace(finding, address=address, scopes=scopes), candidates, terms)
        for address, scopes in finding.elsewhere
    ]
    return here if all(others) else None


def _covering_here(finding: Finding, candidates: list[Written], terms: Terms) -> Written | None:
    """The first ignore that covers a finding. Every one that would is used, also one that has expired."""
    places = [(place.span.path, place.span.line) for place in (finding.place, *finding.scopes)]
    covering: Written | None = None
    for ignore in candidates:
        if ignore.note:
            continue
        if ignore.table is not None:
            covers = _table_covers(ignore.table, finding, terms)
        else:
            path = ignore.place.source.path
            covers = any(at == path and ignore.first <= line <= ignore.last for at, line in places)
        if covers:
            ignore.used = True
            if covering is None and not ignore.expired:
                covering = ignore
    return covering


def _table_covers(table: ConfiguredIgnore, finding: Finding, terms: Terms) -> bool:
    return (
        (not table.sid or table.sid == finding.sid)
        and (not table.address or address_matches(table.address, finding.address))
        and (not table.path or path_matches(table.path, terms.locate(finding.span.path)))
    )


def _is_judged(ignore: Written, terms: Terms) -> bool:
    """Whether it can be said of an ignore that it is unused: only when its rules ran, or can never run."""
    return bool(ignore.note) or ignore.expired or terms.ran.issuperset(terms.meant(ignore.rule))


def _as_thing(ignore: Written) -> Ignore:
    return Ignore(
        place=ignore.place,
        rules=(ignore.rule,) if ignore.rule else (),
        reason=ignore.reason,
        until=ignore.until,
        used=ignore.used,
        expired=ignore.expired,
        note=ignore.note,
    )
