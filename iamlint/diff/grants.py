"""The logic's answers in the words of the code: grants with the actions, resources and conditions as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlint.aws import actions as catalogue
from iamlint.diff.subjects import Subject
from iamlint.logic import policy as logic
from iamlint.logic.evaluator import applies
from iamlint.logic.question import Doubt, Grant
from iamlint.logic.request import Request
from iamlint.model.lowering import Origin
from iamlint.model.unknown import Guard
from iamlint.report.difference import Granted, Held, Undecided, Witness

_MANY = 20
_WEIGHTY = ("*", "iam", "sts", "organizations", "sso", "kms", "secretsmanager", "ssm", "s3", "lambda", "ec2", "rds")


def granted(grants: Iterable[Grant], subject: Subject, other: Subject | None) -> Iterator[Granted]:
    """What the grants of a subject say; `other` is the subject in the state that does not have them."""
    for grant in grants:
        origin = subject.access.origin(grant.statement)
        yield Granted(
            place=origin.place or subject.place,
            policy=_policy(origin),
            number=origin.statement.index + 1 if origin.statement is not None else None,
            sid=_sid(origin),
            actions=_actions(grant, origin),
            resources=_resources(grant, origin),
            principals=_principals(origin),
            conditions=tuple(_conditions(grant.statement, origin)),
            branches=(str(Guard(grant.statement.guards)).removeprefix("when "),),
            witness=_witness(grant.witness, grant.statement),
            because=_because(grant.witness, other),
            holders=(subject.label,),
            addresses=(subject.address,),
        )


def undecided(doubts: Iterable[Doubt], subject: Subject) -> Iterator[Undecided]:
    """What stayed unknown of a subject."""
    for doubt in doubts:
        origin = subject.access.origin(doubt.statement)
        yield Undecided(
            place=origin.place or subject.place,
            policy=_policy(origin),
            number=origin.statement.index + 1 if origin.statement is not None else None,
            sid=_sid(origin),
            actions=tuple(_spelled(action, origin) for action in doubt.actions),
            reason=doubt.construct,
            holders=(subject.label,),
            addresses=(subject.address,),
        )


def _sid(origin: Origin) -> str:
    statement = origin.statement
    return statement.sid.shown if statement is not None and statement.sid is not None else ""


def _policy(origin: Origin) -> str:
    """What to call the policy that a statement is in."""
    policy = origin.policy
    if policy is None:
        return origin.label
    if policy.kind in ("trust", "resource"):
        return f"the {policy.kind} policy"
    return policy.label if policy.is_inline else f"policy {policy.name or policy.address}"


def _actions(grant: Grant, origin: Origin) -> tuple[str, ...]:
    if grant.actions:
        return tuple(_by_importance(_spelled(action, origin) for action in grant.actions))
    listed = [_spelled(logic.shown(tokens), origin) for tokens in grant.statement.actions]
    return (f"everything but {', '.join(listed)}",)


def _by_importance(actions: Iterable[str]) -> Iterable[str]:
    """A long list with what matters most first: readers see its beginning."""
    listed = list(actions)
    if len(listed) < _MANY:
        return listed
    rank = {service: number for number, service in enumerate(_WEIGHTY)}
    return sorted(listed, key=lambda action: rank.get(action.partition(":")[0].lower(), len(rank)))


def _spelled(action: str, origin: Origin) -> str:
    """An action in the spelling of the statement, or else of AWS; the logic has it in lower case, perhaps with what is
    excepted from it."""
    pattern, excepted, others = action.partition(" except ")
    if excepted:
        listed = ", ".join(_spelled(other, origin) for other in others.split(", "))
        return f"{_spelled(pattern, origin)}{excepted}{listed}"
    for text in _written(origin):
        if text.strip().lower() == action:
            return text.strip()
    prefix, _, name = action.partition(":")
    service = catalogue.service(prefix) if name else None
    info = service.action(name) if service is not None else None
    return f"{prefix}:{info.name}" if info is not None else action


def _written(origin: Origin) -> Iterator[str]:
    """The actions of a statement, or of an AWS managed policy, as they stand there."""
    if origin.statement is not None:
        for text in (*origin.statement.actions, *origin.statement.not_actions):
            yield text.shown
    for granted in origin.granted:
        listed = granted.get("Action", granted.get("NotAction", ()))
        yield from (listed,) if isinstance(listed, str) else listed


def _resources(grant: Grant, origin: Origin) -> tuple[str, ...]:
    if grant.statement.resources is None:
        return ()
    listed = [logic.shown(tokens) for tokens in grant.statement.resources]
    if origin.statement is not None:
        listed = [text.shown for text in origin.statement.resources or origin.statement.not_resources]
    if grant.statement.not_resources:
        return (f"everything but {', '.join(listed)}",)
    wanted = set(grant.resources)
    written = zip(grant.statement.resources, listed, strict=True)
    return tuple(dict.fromkeys(text for tokens, text in written if tokens in wanted))


def _principals(origin: Origin) -> tuple[str, ...]:
    statement = origin.statement
    if statement is None:
        return ()
    if statement.not_principals:
        return (f"everybody but {', '.join(str(principal) for principal in statement.not_principals)}",)
    return tuple(str(principal) for principal in statement.principals)


def _conditions(lowered: logic.Statement, origin: Origin) -> Iterator[Held]:
    if origin.statement is not None:
        for condition in origin.statement.conditions:
            values = tuple(value.shown for value in condition.values)
            yield Held(condition.operator.shown, condition.key.shown, values)
        return
    for plain in lowered.conditions:
        qualifier = f"{plain.qualifier}:" if plain.qualifier else ""
        operator = f"{qualifier}{plain.operator}{'ifexists' if plain.if_exists else ''}"
        yield Held(operator, plain.key, tuple(logic.shown(value) for value in plain.values))


def _witness(request: Request, statement: logic.Statement) -> Witness:
    own = {hole.name for text in logic.texts(statement) for hole in logic.holes(text)}
    fillings = sorted(request.fillings.items(), key=lambda filling: (filling[0] not in own, filling[0]))
    return Witness(
        action=_spelled(request.action, Origin()),
        resource=request.resource if statement.resources is not None else "",
        principal=str(request.caller) if request.caller is not None else "",
        context=dict(sorted(request.context.items())),
        fillings={f"${{{name}}}": value for name, value in fillings},
        when=str(Guard(tuple(sorted(request.guards.items())))),
    )


def _because(witness: Request, other: Subject | None) -> str:
    """What stands in the way of the witness in the other state, when some statement of it would allow it."""
    if other is None:
        return ""
    policy = other.access.policy
    if not any(applies(statement, witness) for statement in policy.statements if statement.allow):
        return ""
    for deny in policy.denies:
        if applies(deny, witness):
            origin = other.access.origin(deny)
            at = f" ({origin.place.span})" if origin.place is not None else ""
            return f"denied by {origin}{at}"
    for label, limit in zip(other.access.limit_labels, policy.limits, strict=True):
        if not any(applies(statement, witness) for statement in limit if statement.allow):
            return f"stopped by {label}"
    return ""
