"""`can`: reads what the paths lead to, and asks of all that grants something there whether some request may pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from iamlint.asked import AskedError, Words, asked_of
from iamlint.aws import extras
from iamlint.aws.edition import data_date
from iamlint.config import Config
from iamlint.diff.subjects import Subject, subjects
from iamlint.logic.glob import covers, overlap
from iamlint.logic.permission import Asked
from iamlint.logic.policy import Principal, shown
from iamlint.logic.reading import pattern
from iamlint.model.unknown import Truth, Unknown
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.report.permissions import (
    Answer,
    Permissions,
    Question,
    Verdict,
    once,
    questions_of,
    stops_of,
    unread,
    ways_of,
)
from iamlint.source.path_glob import address_matches

_TAKING_ROLES = pattern("sts:*")
_UNCOUNTED = (
    "each holder is judged by itself: an identity by its policies and boundary, a resource by its own policy",
    "service control policies, resource control policies, session policies and VPC endpoint policies are not counted",
    "what is not in these files is not counted: modules and templates from elsewhere, and what is attached there",
)


@dataclass(slots=True)
class Request:
    """What is asked of which files. `closed`: only actions that AWS has today are actions; `only` and `excepted` are
    globs of addresses, or of files, of those who are asked and of those who may."""

    inputs: Inputs
    words: Words
    closed: bool = True
    only: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    config: Config = field(default_factory=Config)
    progress: Callable[[int, int], None] | None = None


def can(request: Request) -> Permissions:
    """The answer of each identity and of each policy. Raises AskedError."""
    config = request.config
    extras.configure(extras.Extras(config.extra_actions, config.extra_services, config.extra_condition_keys))
    asked = asked_of(request.words)
    reading = Reading(request.inputs, config.exclude, config.folder, request.progress)
    found: list[Verdict] = []
    left_out = 0
    for stack in stacks(reading):
        found += unread(stack, reading.focus)
        for subject in subjects(stack, stack.root):
            if not subject.paths & reading.focus or not _is_among(subject, request.only, default=True):
                continue
            verdict = _verdict(subject, asked, request.closed)
            if verdict is None:
                continue
            if verdict.answer != "no" and _is_among(subject, request.excepted, default=False):
                left_out += 1
                continue
            found.append(verdict)
    if not reading.ours and not found:
        raise AskedError(f"{', '.join(request.inputs.paths)}: no template, no Terraform and no policy is there")
    world = f"actions are those of AWS's list of {data_date()}" if request.closed else "every string is an action"
    return Permissions(_asked(request), once(found), (world, *_UNCOUNTED), left_out)


def _verdict(subject: Subject, asked: Asked, closed: bool) -> Verdict | None:
    """The answer of one holder; None for one that cannot make such a request, or only limits what others grant."""
    if subject.only_limits or subject.is_shadow:
        return None
    sends = _sends(subject, asked)
    if sends is False:
        return None
    access = subject.access
    found = access.asked(asked, closed)
    ways, questions, stops = ways_of(access, found.grants), questions_of(access, found.doubts), stops_of(access, found)
    answer: Answer = found.answer
    if isinstance(sends, Unknown) and answer == "yes":
        answer = "unknown"
        questions += tuple(Question(way.source, way.actions, sends.reason) for way in ways)
        ways = ()
    place = subject.place.span
    return Verdict(subject.kind, subject.label, subject.address, place, answer, ways, questions, stops)


def _sends(subject: Subject, asked: Asked) -> Truth:
    """Whether a holder is asked: a trust policy about taking roles only, what names no principals by who it is."""
    if subject.kind == "trust policy":
        return any(overlap(action, _TAKING_ROLES) for action in asked.actions)
    if subject.kind == "resource policy" or asked.principals is None or subject.names_principals:
        return True
    doubt: Unknown | None = None
    for principal in asked.principals:
        answer = _is_it(subject, principal)
        if answer is True:
            return True
        doubt = answer if isinstance(answer, Unknown) else doubt
    return False if doubt is None else doubt


def _is_it(subject: Subject, principal: Principal) -> Truth:
    """Whether an identity is what an ARN names. A name is one in its account, whatever its path."""
    if principal.kind != "aws":
        return False
    text = shown(principal.name)
    entity = text.split(":", 5)[-1]
    if text.isdigit() or entity in ("root", "*"):
        return True
    kind, _, rest = entity.partition("/")
    name = rest.partition("/")[0] if kind in ("assumed-role", "federated-user") else rest.rpartition("/")[2]
    doubt = Unknown(f"whether it is that of {text}")
    if subject.kind == "policy":
        return doubt
    if subject.kind == "group":
        return Unknown(f"whether {text} is in it") if kind == "user" else False
    if kind not in (("user", "federated-user") if subject.kind == "user" else ("role", "assumed-role")):
        return False
    if subject.kind == "permission set":
        return doubt if overlap(pattern(name), pattern(f"AWSReservedSSO_{subject.name or '*'}_*")) else False
    if subject.name:
        whose = pattern(subject.name, wild=False, variables=False)
        return covers(pattern(name, variables=False), whose) is True
    return doubt


def _is_among(subject: Subject, globs: tuple[str, ...], default: bool) -> bool:
    """Whether a holder is among those that globs of addresses or files name."""
    names = (subject.address, subject.label, *subject.paths)
    return any(address_matches(glob, name) for glob in globs for name in names) if globs else default


def _asked(request: Request) -> dict[str, object]:
    words = request.words
    return {
        "question": str(words),
        "actions": list(words.actions),
        "resources": list(words.resources),
        "principals": list(words.principals),
        "context": list(words.context),
        "closed": request.closed,
    }
