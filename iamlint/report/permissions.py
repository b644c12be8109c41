"""What `can` and `public` have to tell: an answer for each holder of policies, and the statements that lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from iamlint.aws.actions import spelled
from iamlint.logic.permission import Permission
from iamlint.logic.policy import Statement, shown
from iamlint.logic.question import Doubt, Grant
from iamlint.logic.request import Request
from iamlint.model.access import Access
from iamlint.model.account import FileProblem
from iamlint.model.stack import Stack
from iamlint.source.span import SourceSpan

Answer = Literal["yes", "no", "unknown"]


class Source(NamedTuple):
    """A statement as a report names it: what it is in which policy, and where it, or what brings it in, is written."""

    statement: str
    policy: str = ""
    address: str = ""
    span: SourceSpan | None = None


class Way(NamedTuple):
    """A statement through which a request passes, what it grants of what was asked, and such a request."""

    source: Source
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    request: Request


class Question(NamedTuple):
    """What keeps an answer from being one: the construct that cannot be decided, and the statement that it is in."""

    source: Source
    actions: tuple[str, ...]
    construct: str


class Stop(NamedTuple):
    """A statement that would let a request pass, and the Denies, or the limits in words, that keep it from doing so."""

    source: Source
    denies: tuple[Source, ...] = ()
    limits: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """The answer for one holder: an identity with all its policies, or one policy by itself."""

    kind: str  # role, user, …, resource policy, trust policy, policy, file
    label: str
    address: str
    span: SourceSpan
    answer: Answer
    ways: tuple[Way, ...] = ()
    questions: tuple[Question, ...] = ()
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Permissions:
    """All answers to one question, in the order of the files. `asked` is the question for programs, `left_out` how many
    who may were left out on request."""

    asked: Mapping[str, object]
    verdicts: Sequence[Verdict]
    assumptions: tuple[str, ...]
    left_out: int = 0

    def with_answer(self, answer: Answer) -> list[Verdict]:
        """Those with this answer."""
        return [verdict for verdict in self.verdicts if verdict.answer == answer]

    @property
    def answer(self) -> Answer:
        """The answer for all together: yes when one is, no only when all are."""
        answers = {verdict.answer for verdict in self.verdicts}
        return "yes" if "yes" in answers else "unknown" if "unknown" in answers else "no"


def source_of(access: Access, statement: Statement) -> Source:
    """Where a statement comes from, as a report names it."""
    origin = access.origin(statement)
    span = origin.place.span if origin.place is not None else None
    if origin.policy is None:
        return Source(str(origin), span=span)
    policy = origin.policy
    label = {"trust": "the trust policy", "resource": "the resource policy"}.get(policy.kind, "")
    if not label and policy.name:
        label = f"{'inline policy' if policy.is_inline else 'policy'} `{policy.name}`"
    return Source(str(origin), label, policy.address, span)


def _spelled(access: Access, statement: Statement, actions: Iterable[str]) -> tuple[str, ...]:
    """Actions in the letters that the statement has them in, else in AWS's."""
    written = access.origin(statement).statement
    own = {action.shown.lower(): action.shown for action in written.actions} if written is not None else {}
    return tuple(own.get(action) or spelled(action) for action in actions)


def ways_of(access: Access, grants: Iterable[Grant]) -> tuple[Way, ...]:
    """Grants, with the statements that they come from."""
    found = []
    for statement, actions, resources, request in grants:
        request = request._replace(action=spelled(request.action))
        shown_resources = tuple(map(shown, resources))
        actions = _spelled(access, statement, actions)
        found.append(Way(source_of(access, statement), actions, shown_resources, request))
    return tuple(found)


def questions_of(access: Access, doubts: Iterable[Doubt]) -> tuple[Question, ...]:
    """Doubts, with the statements that they are about."""
    return tuple(
        Question(source_of(access, statement), _spelled(access, statement, actions), construct)
        for statement, actions, construct in doubts
    )


def stops_of(access: Access, found: Permission) -> tuple[Stop, ...]:
    """What keeps requests from passing, with the statements that it comes from."""
    return tuple(
        Stop(
            source_of(access, stop.statement),
            tuple(source_of(access, deny) for deny in stop.denies),
            tuple(access.limit_labels[number] for number in stop.limits),
        )
        for stop in found.stops
    )


def unread(stack: Stack, focus: Collection[str]) -> Iterator[Verdict]:
    """The files of a stack that could not be read, of which nothing is known."""
    for problem in stack.of_kind("problem"):
        span = problem.place.span
        if isinstance(problem, FileProblem) and problem.is_unreadable and span.path in focus:
            doubt = Question(Source("the file", span=span), (), f"it could not be read: {problem.message}")
            yield Verdict("file", problem.address, problem.address, span, "unknown", questions=(doubt,))


def once(found: Iterable[Verdict]) -> list[Verdict]:
    """In the order of the files, each once: of what several stacks say of one declaration the worst."""
    worst: dict[tuple[object, ...], Verdict] = {}
    ranks = {"no": 0, "unknown": 1, "yes": 2}
    for verdict in found:
        key = (verdict.kind, verdict.label, verdict.address, verdict.span)
        if ranks[verdict.answer] > ranks[worst.setdefault(key, verdict).answer]:
            worst[key] = verdict
    return sorted(worst.values(), key=lambda verdict: (verdict.span, verdict.address, verdict.label))
