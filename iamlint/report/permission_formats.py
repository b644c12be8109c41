"""The answers of `can` and `public`, for people and as stable JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from iamlint import __version__
from iamlint.aws import edition
from iamlint.aws.condition_keys import find_key
from iamlint.logic.request import Request
from iamlint.report.closing import number
from iamlint.report.permissions import Answer, Permissions, Question, Source, Stop, Verdict, Way
from iamlint.report.printable import printable

FORMAT_VERSION = 1
_MOST_LISTED = 8
_ORDER: tuple[Answer, ...] = ("yes", "unknown", "no")
_OF_ONE_POLICY = ("trust policy", "resource policy", "policy")
_COLOURS: dict[Answer, str] = {"yes": "1;31", "unknown": "33", "no": "32"}


class Wording(NamedTuple):
    """What the answers are called: in a line about one holder, and in JSON."""

    shown: Mapping[Answer, str]
    named: Mapping[Answer, str]
    who: str  # in the summary: identity or policy


CAN = Wording(
    {"yes": "may", "unknown": "unknown", "no": "may not"}, {"yes": "yes", "unknown": "unknown", "no": "no"}, "holder"
)
PUBLIC = Wording(
    {"yes": "public", "unknown": "unknown", "no": "private"},
    {"yes": "public", "unknown": "unknown", "no": "private"},
    "policy",
)


def as_text(found: Permissions, wording: Wording, *, every: bool, colour: bool, title: str) -> str:
    """Those who may and those of whom nobody knows, with the statements and a request each; then one line that counts.

    With `every` those who may not are told too, with what stops them.
    """
    told = [verdict for verdict in found.verdicts if verdict.answer != "no" or every]
    blocks = ["\n".join(_verdict(verdict, wording, colour)) for verdict in told]
    closing = _closing(found, wording, title)
    blocks.append(f"\033[1m{closing}\033[0m" if colour else closing)
    return "\n\n".join(blocks) + "\n"


def _verdict(verdict: Verdict, wording: Wording, colour: bool) -> Iterator[str]:
    word = wording.shown[verdict.answer]
    if verdict.kind == "file":
        yield f"{word}: {_at(verdict.span)}: {printable(verdict.questions[0].construct)}"
        return
    told = f"\033[{_COLOURS[verdict.answer]}m{word}\033[0m" if colour else word
    address = f", {verdict.address}" if verdict.address not in verdict.label else ""
    yield f"{told}: {printable(verdict.label + address)} ({_at(verdict.span)})"
    for way in verdict.ways:
        yield f"  {_source(way.source, verdict)}: {_granted(way)}"
        yield f"    such as {_request(way.request, verdict)}"
    for question in verdict.questions:
        yield f"  {_source(question.source, verdict)}{_undecided(question)}"
    for stop in verdict.stops if verdict.answer == "no" else ():
        yield f"  {_source(stop.source, verdict)}"
        yield f"    {_stopped(stop, verdict)}"
    if verdict.answer == "no" and not verdict.stops and wording is CAN:
        yield "  no statement allows it"


def _source(source: Source, verdict: Verdict) -> str:
    """A statement in words: its place, what it is called, and in which policy."""
    at = f"{_at(source.span)}: " if source.span is not None else ""
    # One policy of several of a declaration has its element after the address.
    own = (verdict.address, verdict.address.rpartition(" ")[0])
    elsewhere = "" if source.address in own else source.address
    if verdict.kind in _OF_ONE_POLICY and not elsewhere:
        return at + printable(source.statement)
    within = f"{source.policy} ({elsewhere})" if source.policy and elsewhere else source.policy or elsewhere
    return at + printable(f"{source.statement} of {within}" if within else source.statement)


def _undecided(question: Question) -> str:
    if question.construct == question.source.statement:
        return ""
    about = f" for {_listed(question.actions)}" if question.actions else ""
    return f": undecided{about}: {printable(question.construct)}"


def _stopped(stop: Stop, verdict: Verdict) -> str:
    if stop.limits:
        return f"not within {_listed(stop.limits)}"
    if not stop.denies:
        return "what stops it takes too long to tell"
    together = ", together" if len(stop.denies) > 1 else ""
    return f"denied{together} by {'; '.join(_source(deny, verdict) for deny in stop.denies)}"


def _granted(way: Way) -> str:
    actions = _listed(way.actions) or "all that its NotAction leaves"
    return actions + (f" on {_listed(way.resources)}" if way.resources else "")


def _listed(items: Sequence[str]) -> str:
    shown = [printable(item) for item in items[:_MOST_LISTED]]
    more = len(items) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _request(request: Request, verdict: Verdict) -> str:
    """A request in words. A role is what its trust policy is about."""
    said = printable(request.action)
    if request.resource and verdict.kind != "trust policy":
        said += f" on {printable(request.resource)}"
    if request.caller is not None:
        said += f" by {printable(str(request.caller))}"
    facts = [f"{_key(key)} = {_listed(values)}" for key, values in sorted(request.context.items())]
    if facts:
        said += f" with {'; '.join(facts)}"
    where = [f"{name} is `{text}`" for name, text in sorted(request.fillings.items()) if text in said]
    where += [f"{name} is {'true' if holds else 'false'}" for name, holds in sorted(request.guards.items())]
    return said + (f", when {printable(' and '.join(where))}" if where else "")


def _key(name: str) -> str:
    """A condition key in AWS's spelling."""
    info = find_key(name)
    return printable(name if info is None or "$" in info.name or "<" in info.name else info.name)


def _at(span: Any) -> str:
    return printable(str(span))


def _closing(found: Permissions, wording: Wording, title: str) -> str:
    counts = {answer: len(found.with_answer(answer)) for answer in _ORDER}
    parts = [f"{counts[answer]} {wording.shown[answer]}" for answer in _ORDER if counts[answer] or answer == "yes"]
    refused = found.with_answer("no")
    if wording is CAN and refused:
        stopped = sum(bool(verdict.stops) for verdict in refused)
        if stopped:
            parts[-1] += f" ({stopped} kept from it by a Deny or a boundary)"
    if found.left_out:
        parts.append(f"{found.left_out} left out by --except")
    asked = number(len(found.verdicts), wording.who)
    return printable(f"{title}: {', '.join(parts)}, of {asked}")


def as_json(found: Permissions, wording: Wording) -> str:
    """The answers as one JSON object."""
    content: dict[str, Any] = {
        "version": FORMAT_VERSION,
        "iamlint": __version__,
        "data": {"iam_actions": edition.data_date()},
        "asked": dict(found.asked),
        "answer": wording.named[found.answer],
        "holders": [_object(verdict, wording) for verdict in found.verdicts],
        "assumptions": list(found.assumptions),
        "summary": {
            **{wording.named[answer]: len(found.with_answer(answer)) for answer in _ORDER},
            "left_out": found.left_out,
        },
    }
    return json.dumps(content, indent=2) + "\n"


def _object(verdict: Verdict, wording: Wording) -> dict[str, Any]:
    return {
        "kind": verdict.kind,
        "label": verdict.label,
        "address": verdict.address,
        "path": verdict.span.path,
        "line": verdict.span.line,
        "column": verdict.span.column,
        "answer": wording.named[verdict.answer],
        "grants": [_way(way) for way in verdict.ways],
        "undecided": [_question(question) for question in verdict.questions],
        "stopped": [_stop(stop) for stop in verdict.stops],
    }


def _way(way: Way) -> dict[str, Any]:
    request = way.request
    caller = request.caller
    return {
        "statement": _statement(way.source),
        "actions": list(way.actions),
        "resources": list(way.resources),
        "request": {
            "action": request.action,
            "resource": request.resource,
            "caller": {"kind": caller.kind, "name": caller.name} if caller is not None else None,
            "context": {key: list(values) for key, values in sorted(request.context.items())},
            "unresolved": dict(sorted(request.fillings.items())),
            "conditions": dict(sorted(request.guards.items())),
        },
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "statement": _statement(question.source),
        "actions": list(question.actions),
        "construct": question.construct,
    }


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "statement": _statement(stop.source),
        "denies": [_statement(deny) for deny in stop.denies],
        "limits": list(stop.limits),
    }


def _statement(source: Source) -> dict[str, Any]:
    span = source.span
    return {
        "name": source.statement,
        "policy": source.policy,
        "address": source.address,
        "path": span.path if span is not None else None,
        "line": span.line if span is not None else None,
        "column": span.column if span is not None else None,
    }
