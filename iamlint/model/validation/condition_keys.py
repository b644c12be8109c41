"""Condition keys: that AWS knows them, that what they need stands beside them, and that they are told the truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import condition_keys as catalogue
from iamlint.aws import extras
from iamlint.aws.global_keys import AS_OF, REPLACED, VPCE_OWNER_KEYS, global_names, vpce_owner_services
from iamlint.model.flaw import Flaw
from iamlint.model.unknown import certain, possible
from iamlint.model.validation.condition_operators import flaw_at

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

_TAGS = ("aws:resourcetag", "aws:requesttag", "aws:principaltag")
_FORGEABLE = {"aws:useragent": "the User-Agent header", "aws:referer": "the Referer header"}

# A key that says too little without one of some others (the key page's notes on each).
_VPC_KEYS = ("aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn")
_SOURCE_VPC = "aws:ec2instancesourcevpc"

# What a session can only be given by an action of its own
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts).
_NEEDED_ACTIONS = {
    "sts:sourceidentity": ("sts:SetSourceIdentity",),
    "sts:transitivetagkeys": ("sts:TagSession",),
    "aws:requesttag/": ("sts:TagSession",),
    "aws:tagkeys": ("sts:TagSession",),
}
_ASSUMING = ("sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity")


def check(policy: Policy) -> Iterator[Flaw]:
    """Keys that do not exist, and those that say nothing where they stand."""
    if policy.is_aws_written or policy.attachment == "aws_managed":
        return
    for statement in policy.statements:
        for condition in statement.conditions:
            key = condition.key.literal
            if key is None or "${" in key:
                continue
            lowered = key.lower()
            wrong = key_flaw(key)
            if wrong is not None:
                yield flaw_at(*wrong, statement, condition, condition.key)
            elif not catalogue.is_of_provider(key):
                yield from _of_known(policy, statement, condition, lowered)


def key_flaw(key: str) -> tuple[str, str] | None:
    """What is wrong with a key: the code and the message; None when it is right or the claim of a provider."""
    lowered = key.lower()
    prefix, colon, name = lowered.partition(":")
    if catalogue.find_key(key) is not None:
        return None
    if not colon or not prefix or not name:
        return "invalid-condition-key-format", f"`{key}` is no condition key: it must have the form `service:name`"
    if catalogue.is_of_provider(key):
        return None
    bare = lowered.rstrip("/")
    if bare in _TAGS or _is_tag_key(prefix, bare):
        written = key.rstrip("/")
        return "missing-tag-key-in-condition", f"`{key}` must be followed by the key of a tag: `{written}/team`"
    if prefix == "aws":
        return _unknown_global(key)
    if not catalogue.is_prefix(prefix):
        return None if extras.has_service(prefix) else ("invalid-service", _no_service(prefix, key))
    if catalogue.is_listed_elsewhere(key):
        return None
    known = catalogue.service_keys(prefix)
    names = (*(info.name for info in known.names.values()), *(t.info.name for t in known.templates))
    near = catalogue.nearest_key(key, names)
    return "invalid-service-condition-key", f"the service `{prefix}` has no condition key `{key}`{_dated()}{near}"


def _no_service(prefix: str, key: str) -> str:
    from iamlint.aws.nearest import hint_at_service

    hint = hint_at_service(prefix)
    return f"there is no service `{prefix}`, which the condition key `{key}` begins with{_dated()}{hint}"


def _unknown_global(key: str) -> tuple[str, str]:
    lowered = key.lower()
    if lowered == "aws:arn":
        message = f"`{key}` is not supported: use `aws:PrincipalArn` or `aws:SourceArn`"
        return "unsupported-global-condition-key", message
    if lowered in REPLACED:
        return "deprecated-global-condition-key", f"`{key}` is only kept for old policies: use `{REPLACED[lowered]}`"
    near = catalogue.nearest_key(key, global_names())
    return "invalid-global-condition-key", f"there is no global condition key `{key}` (as of {AS_OF}){near}"


def _dated() -> str:
    from iamlint.aws.edition import data_date

    return f" (as of {data_date()})"


def _is_for_services(statement: Statement) -> bool:
    """Whether a statement names AWS services only: Amazon SES documented to say its customer's account as Referer."""
    return bool(statement.principals) and all(principal.kind == "service" for principal in statement.principals)


def _is_tag_key(prefix: str, bare: str) -> bool:
    """Whether a key is that of a service's tags without the tag."""
    start = bare + "/"
    return any(t.start == start and "tag" in bare and not t.end for t in catalogue.service_keys(prefix).templates)


def _of_known(policy: Policy, statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """What is wrong with a key that exists, where it stands."""
    if key in _FORGEABLE and not _is_for_services(statement):
        message = f"`{condition.key.shown}` is {_FORGEABLE[key]}, which callers set as they like: it proves nothing"
        yield flaw_at("untrustworthy-condition-key", message, statement, condition, condition.key)
    elif key == "aws:vpcsourceip" and not _tests(statement, _VPC_KEYS):
        message = f"`{condition.key.shown}` names an address that any VPC may have: test `aws:SourceVpc` beside it"
        yield flaw_at("missing-paired-condition-keys", message, statement, condition, condition.key)
    elif key == "aws:ec2instancesourceprivateipv4" and not any(_tests(s, (_SOURCE_VPC,)) for s in policy.statements):
        message = f"`{condition.key.shown}` names an address that any VPC may have: test `aws:Ec2InstanceSourceVpc` too"
        yield flaw_at("missing-paired-condition-keys", message, statement, condition, condition.key)
    elif key in VPCE_OWNER_KEYS:
        yield from _vpce_owner(statement, condition)
    elif key == "dynamodb:attributes":
        yield from _attributes(statement, condition)
    elif key == "s3:prefix":
        yield from _prefix(statement, condition)
    elif key == "s3:resourceaccount" and policy.kind == "resource" and policy.service == "s3":
        message = f"`{condition.key.shown}` says nothing in the policy of a bucket, whose account is always the same"
        yield flaw_at("irrelevant-condition-key-in-policy", message, statement, condition, condition.key)
    if policy.kind == "trust":
        yield from _missing_action(policy, statement, condition, key)


def _tests(statement: Statement, keys: tuple[str, ...]) -> bool:
    """Whether a condition of the statement tests one of the keys, or may."""
    return any(c.key.literal is None or c.key.literal.lower() in keys for c in statement.conditions)


def _vpce_owner(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """AWS's keys of the endpoint's owner, where an action is of a service that does not send them."""
    supported = vpce_owner_services()
    for action in statement.actions:
        service = action.service
        if certain(action.is_wildcard):
            which = "most services"
        elif service and not set("*?") & set(service) and service not in supported and service != "${":
            which = f"`{service}`"
        else:
            continue
        message = f"requests to {which} do not carry `{condition.key.shown}`, but `{action.shown}` takes them in"
        code = "use-condition-key-only-with-supported-services"
        yield flaw_at(code, message, statement, condition, condition.key)
        return


def _attributes(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """The attributes of a DynamoDB item are only those asked for where SPECIFIC_ATTRIBUTES must be selected."""
    if condition.family == "null" or _tests(statement, ("dynamodb:select",)):
        return
    reads = any(
        certain(action.overlaps("dynamodb:Query")) or certain(action.overlaps("dynamodb:Scan"))
        for action in statement.actions
    )
    if reads or statement.not_actions:
        message = f"queries for all attributes do not carry `{condition.key.shown}`: test `dynamodb:Select` too"
        yield flaw_at("dynamodb-attributes-without-select", message, statement, condition, condition.key)


def _prefix(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """A prefix that must not be listed is listed all the same by asking for a shorter one."""
    if condition.family != "string" or not any(value.shown for value in condition.values):
        return
    where = ""
    if certain(statement.denies) and not condition.negated:
        where = "a Deny"
    elif certain(statement.allows) and condition.negated:
        where = "an Allow with a negated operator"
    if where:
        message = f"`{condition.key.shown}` in {where} is got round by listing with a shorter prefix"
        yield flaw_at("s3-prefix-in-negative-context", message, statement, condition, condition.key)


def _missing_action(policy: Policy, statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """Keys of what is set for a session, where no statement of a trust policy lets it be set."""
    needed = next((actions for start, actions in _NEEDED_ACTIONS.items() if _begins(key, start)), ())
    if not needed or not certain(statement.allows) or condition.if_exists or condition.family == "null":
        return
    if not any((action.literal or "").lower() in _ASSUMING for action in statement.actions):
        return
    for name in needed:
        if any(possible(other.speaks_of(name)) for other in policy.statements if possible(other.allows)):
            continue
        message = f"`{condition.key.shown}` is only set by `{name}`, which no statement of the trust policy allows"
        yield flaw_at("missing-action-for-condition-key", message, statement, condition, condition.key)


def _begins(key: str, start: str) -> bool:
    return key.startswith(start) if start.endswith("/") else key == start
