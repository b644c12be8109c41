"""The model lowers itself into the plain data of the logic: statements with their holes, guards and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.logic import policy as logic
from iamlint.logic import reading
from iamlint.logic.glob import ANY, Hole, Token, Tokens
from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown

if TYPE_CHECKING:
    from iamlint.aws.managed_policies import StatementData
    from iamlint.model.condition import Condition
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.statement import Statement
    from iamlint.model.thing import Placed
    from iamlint.source.span import Place

# Letters that stand for the holes of a text while it is cut into tokens; Unicode keeps them for private use.
_MARKS = 0x10F000
_MOST_MARKS = 0xFFF

# What is the same in every module and template of a deploy, however its data source is called there.
_DEPLOY_WIDE = {
    "data.aws_caller_identity.account_id": "AWS::AccountId",
    "data.aws_partition.partition": "AWS::Partition",
    "data.aws_partition.id": "AWS::Partition",
    "data.aws_partition.dns_suffix": "AWS::URLSuffix",
    "data.aws_region.name": "AWS::Region",
    "data.aws_region.id": "AWS::Region",
    "data.aws_region.region": "AWS::Region",
}


class Origin(NamedTuple):
    """Where a lowered statement comes from: the policy and its statement, or the words for what has neither here, and
    the place that brings it in; `granted` is what an AWS managed policy has."""

    policy: Policy | None = None
    statement: Statement | None = None
    label: str = ""
    place: Place | None = None
    granted: Sequence[StatementData] = ()

    def __str__(self) -> str:
        return self.label if self.statement is None else str(self.statement)


class Lowering:
    """Lowers policies one after the other; `origins` finds, by a lowered statement's name, where it comes from."""

    def __init__(self) -> None:
        self.origins: dict[str, Origin] = {}

    def policy(self, policy: Policy, around: Guard = ALWAYS) -> tuple[logic.Statement, ...]:
        """The statements of a policy, each with the conditions of the template under which it is there. A document
        that could not be resolved allows nobody knows what."""
        guard = around.joined(policy.when)
        if guard is None:
            return ()
        if policy.unresolved is not None:
            written = policy.unresolved.written or policy.name or policy.address
            name = self._named(Origin(policy, None, f"the policy document {written}", policy.place))
            return (_unknown_allow(f"the unresolved policy document {written}", guard, name),)
        version = policy.version
        variables = version is not None and (version.literal is None or version.literal == "2012-10-17")
        lowered: list[logic.Statement] = []
        for statement in policy.statements:
            whole = guard.joined(statement.around)
            joined = whole.joined(statement.when) if whole is not None else None
            if joined is not None:
                cutter = _Cutter(variables, policy.address)
                lowered += cutter.statement(
                    statement, joined, self._named(Origin(policy, statement, "", statement.place))
                )
        return tuple(lowered)

    def managed(
        self, name: str, granted: Sequence[StatementData], guard: Guard, place: Place
    ) -> tuple[logic.Statement, ...]:
        """The statements of an AWS managed policy that is named at a place."""
        label = self._named(Origin(label=f"AWS managed policy {name}", place=place, granted=granted))
        return tuple(
            statement._replace(guards=tuple(guard.branches), name=label) for statement in _managed(name, granted)
        )

    def unread(self, what: str, guard: Guard, place: Place) -> logic.Statement:
        """What stands for a policy that is named at a place and not in the code: it allows nobody knows what."""
        return _unknown_allow(what, guard, self._named(Origin(label=what, place=place)))

    def everything(self, label: str, place: Place) -> logic.Statement:
        """An Allow of everything that AWS, not the code, puts there: `FullAWSAccess` beside the Denies of an SCP."""
        return logic.Statement(True, ((ANY,),), name=self._named(Origin(label=label, place=place)))

    def _named(self, origin: Origin) -> str:
        name = f"#{len(self.origins)}"
        self.origins[name] = origin
        return name


def arn_of(text: Text, home: str) -> Tokens:
    """The tokens of an ARN beside a policy, such as a boundary's; `home` is the address of what it belongs to."""
    return _Cutter(True, home).arn(text)


def _managed(name: str, granted: Sequence[StatementData]) -> tuple[logic.Statement, ...]:
    found = _MANAGED.get(name)
    if found is None:
        found = reading.read_policy({"Version": "2012-10-17", "Statement": list(granted)}).statements
        _MANAGED[name] = found
    return found


_MANAGED: dict[str, tuple[logic.Statement, ...]] = {}  # as read; many identities have the same ones


def _unknown_allow(what: str, guard: Guard, name: str) -> logic.Statement:
    return logic.Statement(True, ((ANY,),), guards=tuple(guard.branches), doubts=(what,), name=name)


class _Cutter:
    """Cuts the texts of one policy into tokens. `home` is its address: it tells one module's holes from another's."""

    def __init__(self, variables: bool, home: str) -> None:
        self._variables = variables
        self._home = _module_of(home)

    def statement(self, written: Statement, guard: Guard, name: str) -> list[logic.Statement]:
        """The statement as plain data: both an Allow and a Deny when nobody knows which."""
        resources = written.resources or written.not_resources
        principals = written.principals or written.not_principals
        doubts = [*self._mixed(written), *self._unnamed(principals)]
        lowered = logic.Statement(
            allow=True,
            actions=tuple(self._action(action) for action in written.actions or written.not_actions),
            resources=self._each(resources) if resources or _has(written, "Resource") else None,
            principals=self._principals(principals) if principals or _has(written, "Principal") else None,
            conditions=tuple(self._condition(condition) for condition in written.conditions),
            not_actions=bool(written.not_actions),
            not_resources=bool(written.not_resources),
            not_principals=bool(written.not_principals),
            guards=tuple(guard.branches),
            doubts=tuple(doubts),
            name=name,
        )
        allows, denies = written.allows, written.denies
        if isinstance(allows, Unknown) or isinstance(denies, Unknown):
            both = ((True, f"the effect {written.effect}"), (False, f"the effect {written.effect}, which may be Deny"))
            return [lowered._replace(allow=allow, doubts=(*doubts, unsure)) for allow, unsure in both]
        return [lowered._replace(allow=allows)] if allows or denies else []

    @staticmethod
    def _mixed(written: Statement) -> list[str]:
        """What is said of a statement with more branches than were taken apart."""
        lists: tuple[Sequence[Placed], ...] = (
            written.actions, written.not_actions, written.resources, written.not_resources, written.principals,
            written.not_principals, written.conditions,
        )  # fmt: skip
        own = set(written.when.branches) | set(written.around.branches)
        loose = {branch for items in lists for item in items for branch in item.when.branches} - own
        return [f"a list that depends on {Guard((branch,))}" for branch in sorted(loose)]

    @staticmethod
    def _unnamed(principals: Sequence[Principal]) -> list[str]:
        return [f"the principal {principal.name}" for principal in principals if principal.kind == "unknown"]

    def _action(self, action: Text) -> Tokens:
        if action.literal is not None:
            return reading.pattern(action.literal.strip().lower(), variables=False)
        tokens = self._cut(action, wild=True, variables=False)
        return tuple([token.lower() if isinstance(token, str) else token for token in tokens])

    def arn(self, text: Text) -> Tokens:
        """The tokens of one ARN."""
        return self._cut(text, True, self._variables)

    def _each(self, texts: Sequence[Text]) -> tuple[Tokens, ...]:
        return tuple(self._cut(text, True, self._variables) for text in texts)

    def _principals(self, principals: Sequence[Principal]) -> tuple[logic.Principal, ...]:
        return tuple(
            logic.Principal("anyone") if p.kind == "anyone" else logic.Principal(p.kind, self._cut(p.name, True, False))
            for p in principals
            if p.kind != "unknown"
        )

    def _condition(self, written: Condition) -> logic.Condition:
        operator = written.operator.shown
        wild = reading.globbing(operator)
        variables = self._variables and reading.has_variables(operator)
        values = tuple(self._cut(value, wild, variables) for value in written.values)
        return reading.condition(operator, written.key.shown, values)

    def _cut(self, text: Text, wild: bool, variables: bool) -> Tokens:
        if text.literal is not None:
            return _pattern(text.literal, wild, variables)
        holes = [part for part in text.parts if isinstance(part, Unknown)]
        if len(holes) > _MOST_MARKS:
            return (Hole(text.shown),)
        marks = {chr(_MARKS + number): self._hole(hole) for number, hole in enumerate(holes)}
        unused = iter(marks)
        masked = "".join([part if isinstance(part, str) else next(unused) for part in text.parts])
        return tuple([_unmarked(token, marks) for token in reading.pattern(masked, wild, variables)])

    def _hole(self, unknown: Unknown) -> Hole:
        """The opaque letter of an unknown part: what is written alike in one module is the same value."""
        address = f"{unknown.ref}.{unknown.attribute}".rstrip(".")
        if unknown.ref and address.endswith(unknown.written):
            return Hole(address)  # an attribute of what is declared, wherever it is spoken of
        head, _, attribute = unknown.written.rpartition(".")
        wide = _DEPLOY_WIDE.get(f"{head.rpartition('.')[0]}.{attribute}")
        if wide is not None or unknown.written.startswith("AWS::"):
            return Hole(wide or unknown.written)
        written = unknown.written or f"{unknown.reason} in {self._home or 'the file'}"
        return Hole(f"{self._home}.{written}" if self._home else written)


@lru_cache(maxsize=16384)
def _pattern(text: str, wild: bool, variables: bool) -> Tokens:
    return reading.pattern(text, wild, variables)


def _unmarked(token: Token, marks: dict[str, Hole]) -> Token:
    """The token with the holes that its marks stand for; a variable whose name has a hole is one of that name."""
    if isinstance(token, str):
        return marks.get(token, token)
    if isinstance(token, logic.Variable) and any(mark in token.name for mark in marks):
        name = token.name
        for mark, hole in marks.items():
            name = name.replace(mark, repr(hole).lower())
        return logic.Variable(name, token.default)
    return token


def _has(statement: Statement, element: str) -> bool:
    return statement.written(element) is not None or statement.written(f"Not{element}") is not None


def _module_of(address: str) -> str:
    """The module of a Terraform address: `module.net["a"]` of `module.net["a"].aws_iam_policy.x`; else empty."""
    return address.partition(".aws_")[0] if address.startswith("module.") else ""
