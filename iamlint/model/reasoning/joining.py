"""Paths that two identities of a stack open together: one does a part of the steps itself, the others as the identity
that it can become."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from iamlint.aws import escalation as known
from iamlint.model.reasoning import paths
from iamlint.model.reasoning.chains import called, reachable
from iamlint.model.reasoning.making import makes
from iamlint.model.reasoning.paths import Given, Way
from iamlint.model.unknown import certain

if TYPE_CHECKING:
    from iamlint.logic.glob import Tokens
    from iamlint.model.identity import Identity
    from iamlint.model.reasoning.paths import Judge
    from iamlint.model.stack import Stack

# What starts, or calls, what is there already with its role: no call of these passes the role, and so may be made by
# somebody else than who passed it (the services' API references).
_BY_ITSELF = frozenset(
    {
        "lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping", "dynamodb:CreateTable",
        "dynamodb:PutItem", "codebuild:StartBuild", "codebuild:StartBuildBatch", "glue:StartJobRun",
        "glue:CreateTrigger", "glue:GetDevEndpoint", "glue:RunStatement",
        "sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl", "states:StartExecution",
        "batch:SubmitJob", "kinesisanalytics:StartApplication", "amplify:StartJob", "iam:CreateInstanceProfile",
    }
)  # fmt: skip
# How many others are looked at, of those that one identity can become.
_MOST_OTHERS = 16
# What takes in all there are of a kind: `function:*`.
_ALL_OF_A_KIND = re.compile(r"\*|[\w-]+[:/]\*")


class Joiner:
    """Looks for what identities can do together; `mask_of` has the bits of the actions that one may have, and `strong`
    are those that need nobody else."""

    def __init__(self, stack: Stack, strong: Mapping[str, str], mask_of: Callable[[Identity], int]) -> None:
        self._stack = stack
        self._masks = {
            identity.address: mask
            for identity in stack.identities.values()
            if identity.address not in strong and (mask := mask_of(identity))
        }
        self._judges: dict[str, Judge] = {}

    def ways(self) -> Iterator[tuple[Identity, Way]]:
        """The identities that can do more with another than either alone, each with the first such way."""
        together = 0
        for mask in self._masks.values():
            together |= mask
        if len(self._masks) < 2 or not any(path.bits & ~together == 0 for path in _paths()):
            return
        from iamlint.model.reasoning.trusting import trusted

        trusting = trusted(self._stack, self._masks)
        for address, mask in self._masks.items():
            identity = self._stack.identities[address]
            name = identity.name.literal if identity.name is not None else None
            named = [*trusting.get(address, ()), *trusting.get(name or "", ())]
            way = self._first(identity, mask, named)
            if way is not None:
                yield identity, way

    def _first(self, identity: Identity, mask: int, trusting: list[str]) -> Way | None:
        others = reachable(self._stack, identity, mask, self._masks, trusting)
        for other, verb, reaching in islice(others, _MOST_OTHERS):
            theirs = self._masks[other.address]
            for path in _paths():
                if path.bits & ~(mask | theirs) or not path.bits & ~mask or not path.bits & ~theirs:
                    continue
                given = _Both(self._judge(identity), self._judge(other)).path(path)
                if given is not None:
                    how = f"{path.how}, in part as {other.kind_of_thing} {called(other)}: it can {verb} it"
                    # It is told of at what is the identity's own.
                    return Way(path._replace(how=how), tuple(sorted((*given, *reaching), key=_is_not_of(identity))))
        return None

    def _judge(self, identity: Identity) -> Judge:
        if identity.address not in self._judges:
            self._judges[identity.address] = paths.of(identity)
        return self._judges[identity.address]


@cache
def _paths() -> tuple[known.Path, ...]:
    """The paths of several steps that end at the whole account, or at any role."""
    return tuple(path for path in known.paths() if len(path.actions) > 1 and path.gain in ("account", "role"))


class _Both:
    """What two identities are given, in sessions of their own."""

    def __init__(self, own: Judge, other: Judge) -> None:
        self._judges = (own, other)

    def path(self, path: known.Path) -> tuple[Given, ...] | None:
        """What gives each action of a path; None when one is missing, or one identity needs nobody else."""
        if path.makes:
            given = makes(self, path)
        elif path.actions[0] == "iam:PassRole":
            given = next((found for one in self._judges if (found := self._passed(path, one)) is not None), None)
        else:
            each = [self._any(action, number == 0) for number, action in enumerate(path.actions)]
            given = tuple(one for one in each if one is not None)
        if given is None or len(given) < len(path.actions) or not any(one.place is not None for one in given):
            return None
        return given

    def on(self, action: str, resource: Tokens) -> Given | None:
        """What gives one of them an action on one resource."""
        return next((one for judge in self._judges if (one := judge.on(action, resource)) is not None), None)

    def patterns(self, action: str) -> Iterator[Tokens]:
        """The resources that an action is given for."""
        for judge in self._judges:
            yield from judge.patterns(action)

    def _passed(self, path: known.Path, passer: Judge) -> tuple[Given, ...] | None:
        """The path where one of them passes the role in all calls that take it."""
        for service in path.services:
            given: list[Given] = []
            for number, action in enumerate(path.actions):
                one = passer.action(action, number == 0, service if number == 0 else "")
                if one is None and action in _BY_ITSELF:
                    one = next((found for found in self._wide(action)), None)
                if one is None:
                    break
                given.append(one)
            else:
                return tuple(given)
        return None

    def _any(self, action: str, decides: bool) -> Given | None:
        found = (judge.action(action, decides, "") for judge in self._judges)
        return next((one for one in found if one is not None and (decides or _is_wide(one))), None)

    def _wide(self, action: str) -> Iterator[Given]:
        for judge in self._judges:
            given = judge.action(action, False, "")
            if given is not None and _is_wide(given):
                yield given


def _is_not_of(identity: Identity) -> Callable[[Given], bool]:
    def of_others(given: Given) -> bool:
        holders = given.policy.holders if given.policy is not None else ()
        return all(holder.address != identity.address for holder in holders)

    return of_others


def _is_wide(given: Given) -> bool:
    """Whether an action is given for whatever there is, and so for what the other has made."""
    if given.statement is None:
        return True
    return any(
        certain(resource.is_wildcard) or _ALL_OF_A_KIND.fullmatch(resource.masked.split(":", 5)[-1])
        for resource in given.statement.resources
    )
