"""What is wrong with a policy document by the grammar of its elements, seen where the document is parsed.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iamlint.model.flaw import Flaw
from iamlint.model.policy import AttachmentForm, PolicyKind
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed
from iamlint.model.value import ListValue, MapValue, Scalar, Value
from iamlint.parsers.condition_grammar import condition_flaws
from iamlint.parsers.flaw_making import Telling, is_retyped, is_written_empty, kind_of
from iamlint.parsers.policy_characters import character_flaws
from iamlint.parsers.policy_shapes import OF_POLICY, OF_STATEMENT, is_bare, nearest, statement_of
from iamlint.parsers.values import alternatives, as_list
from iamlint.source.span import Place

_VERSIONS = ("2012-10-17", "2008-10-17")
_PRINCIPAL_KEYS = ("AWS", "CanonicalUser", "Federated", "Service")
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))

# The policies of these resources speak of the resource that they are in: AWS's own examples have no Resource
# (AmazonECR userguide/repository-policy-examples, efs ug/security_iam_resource-based-policy-examples); a function's
# policy is written by AddPermission.
_RESOURCE_IMPLIED = ("ecr", "ecr-public", "elasticfilesystem", "lambda", "")


class Written(NamedTuple):
    """A statement as an object, the elements that it has in one combination of its branches, and what became of it."""

    item: MapValue
    elements: dict[str, Value]
    statement: Statement


class Subject(NamedTuple):
    """What decides which elements a policy must and must not have."""

    kind: PolicyKind
    attachment: AttachmentForm
    service: str

    @property
    def family(self) -> str:
        """The policy type as AWS's validator tells them apart: identity, trust, resource, scp, rcp; else unattached."""
        if self.kind in ("boundary", "session") or (self.kind == "unattached" and self.attachment == "managed"):
            return "identity"
        return "resource" if self.kind == "vpc_endpoint" else self.kind


def flaws(body: Value, written: Sequence[Written], subject: Subject) -> Iterator[Flaw]:
    """What is wrong with a document and its statements. What AWS or iamlint wrote has nothing wrong with it."""
    if not isinstance(body, MapValue) or subject.attachment in ("generated", "aws_managed"):
        return
    made = _is_made(body)
    if not made:
        yield from _document_flaws(body)
    yield from _version_flaws(body, made)
    is_permission = made and body.get("Version") is None
    is_of_endpoint = any(_is_for_endpoint(each, subject) for each in written)
    for each in written:
        told = Telling(each.statement)
        yield from _element_flaws(each, told)
        if not (is_permission and _is_composed(each)):
            yield from _missing(each, told, subject)
            yield from _principal_flaws(each, told, subject)
        yield from _of_kind(each, told, subject, is_of_endpoint)
        if subject.family in ("identity", "trust") and not body.place.source.text.isascii():
            yield from character_flaws(each.elements, told)


def _is_made(body: MapValue) -> bool:
    """Whether the document is put together from what is written otherwise: its Statement then has no place of its
    own."""
    return any(key.literal == "Statement" and key.place is body.place for key, _ in body.entries)


def _is_composed(each: Written) -> bool:
    """Whether a statement is made of the properties of a permission: nobody wrote its Effect."""
    effect = each.elements.get("Effect")
    return effect is not None and effect.place is each.item.place


def _document_flaws(body: MapValue) -> Iterator[Flaw]:
    told = Telling()
    if is_bare(body):
        yield bare(body)
        return
    names = [key.literal for key, _ in body.entries]
    for key, _ in body.entries:
        if key.literal is not None and key.literal not in OF_POLICY:
            hint = _hint(key.literal, OF_POLICY, OF_STATEMENT, "a statement")
            yield told.flaw("invalid-policy-element", f"`{key.shown}` is no element of a policy{hint}", key, key.shown)
    folded = {name.lower() for name in names if name is not None}
    is_whole = body.rest is None and None not in names
    if is_whole and "version" not in folded:
        message = "the policy has no Version, so that policy variables in it are plain text"
        yield told.flaw("missing-version", message, start_of(body), "Version")
    statement = statement_of(body)
    if statement is None:
        if is_whole:
            yield told.flaw("missing-statement", "the policy has no Statement", start_of(body), "Statement")
        return
    for option in alternatives(statement):
        if isinstance(option, ListValue) and is_written_empty(option):
            yield told.flaw("missing-statement", "the Statement of the policy is an empty list", option, "Statement")
    for item in as_list(statement):
        found = kind_of(item)
        if found not in ("an object", "unknown") and not (isinstance(item, Text) and item.shown.lstrip()[:1] in "[{"):
            message = f"a statement must be an object, not {found}"
            yield told.flaw("data-type-mismatch", message, item, "Statement")


def bare(body: ListValue | MapValue) -> Flaw:
    """What is wrong with statements that stand where a document belongs."""
    found = "a list of statements" if isinstance(body, ListValue) else "a bare statement"
    message = f"the policy is {found}, which belongs in the `Statement` of an object with a `Version`"
    at = start_of(body) if isinstance(body, MapValue) else body
    return Telling().flaw("missing-statement", message, at, "Statement")


def _version_flaws(body: MapValue, made: bool) -> Iterator[Flaw]:
    told = Telling()
    for key, value in body.entries:
        if (key.literal or "").lower() in ("version", "id") and not made:
            yield from _not_string(key.literal or "", value, told)
        if (key.literal or "").lower() != "version":
            continue
        for option in alternatives(value):
            if isinstance(option, Text) and not any(option.equals(version) is not False for version in _VERSIONS):
                message = f"the Version `{option.shown}` is neither `2012-10-17` nor `2008-10-17`"
                yield told.flaw("invalid-version", message, option, "Version")


def _element_flaws(each: Written, told: Telling) -> Iterator[Flaw]:
    """Unknown elements, values of the wrong type, values that are not allowed, and what is empty."""
    for key, _ in each.item.entries:
        name = key.literal
        if name is not None and name not in OF_STATEMENT:
            hint = _hint(name, OF_STATEMENT, OF_POLICY, "the policy, beside Statement")
            yield told.flaw("invalid-policy-element", f"`{name}` is no element of a statement{hint}", key, name)
    for name, value in each.elements.items():
        if name in ("Sid", "Effect"):
            yield from _not_string(name, value, told)
            yield from _word_flaws(name, value, told)
        elif name in ("Action", "NotAction", "Resource", "NotResource"):
            yield from _list_flaws(name, value, told)
        elif name == "Condition":
            yield from condition_flaws(value, told)
    for name, opposite in _PAIRS:
        if name in each.elements and opposite in each.elements:
            message = f"the statement has both {name} and {opposite}"
            key = _key_of(each.item, opposite)
            yield told.flaw("unsupported-element-combination", message, key, opposite)


def _word_flaws(name: str, value: Value, told: Telling) -> Iterator[Flaw]:
    for option in alternatives(value):
        if not isinstance(option, Text):
            continue
        if name == "Sid" and option.literal == "" and not option.via:
            yield told.flaw("empty-sid-value", "the Sid is empty", option, "Sid")
        if name == "Effect" and option.equals("Allow") is False and option.equals("Deny") is False:
            folded = option.shown.strip().capitalize()
            hint = f"; did you mean `{folded}`?" if folded in ("Allow", "Deny") else ""
            yield told.flaw("invalid-effect", f"the Effect `{option.shown}` is neither `Allow` nor `Deny`{hint}",
                            option, "Effect")  # fmt: skip


def _list_flaws(name: str, value: Value, told: Telling) -> Iterator[Flaw]:
    """A string or strings."""
    code = f"empty-array-{name.removeprefix('Not').lower()}"
    for option in alternatives(value):
        if isinstance(option, ListValue):
            if is_written_empty(option):
                yield told.flaw(code, f"{name} is an empty list, so that the statement is about nothing", option, name)
            for item in option.items:
                if not isinstance(item, Text):
                    yield from _not_string(name, item, told)
        else:
            yield from _not_string(name, option, told)


def _not_string(name: str, value: Value, told: Telling) -> Iterator[Flaw]:
    if isinstance(value, Text):
        return
    for option in alternatives(value):
        found = kind_of(option)
        if found in ("a string", "unknown", "null") or (isinstance(option, Scalar) and is_retyped(option.place)):
            continue
        yield told.flaw("data-type-mismatch", f"{name} must be a string, not {found}", option, name)


def _missing(each: Written, told: Telling, subject: Subject) -> Iterator[Flaw]:
    item, elements = each.item, each.elements
    if item.rest is not None or any(key.literal is None for key, _ in item.entries):
        return
    place = start_of(item)
    if "Effect" not in elements:
        yield told.flaw("missing-effect", "the statement has no Effect", place)
    if "Action" not in elements and "NotAction" not in elements:
        yield told.flaw("missing-action", "the statement has neither Action nor NotAction", place)
    family = subject.family
    if "Principal" not in elements and "NotPrincipal" not in elements and family in ("resource", "trust", "rcp"):
        of = {"trust": "role trust policy", "rcp": "resource control policy"}.get(family, "resource policy")
        yield told.flaw("missing-principal", f"a statement of a {of} must have a Principal", place)
    needs = family in ("identity", "scp", "rcp") or (family == "resource" and subject.service not in _RESOURCE_IMPLIED)
    if needs and "Resource" not in elements and "NotResource" not in elements:
        yield told.flaw("missing-resource", "the statement has neither Resource nor NotResource", place)


def _principal_flaws(each: Written, told: Telling, subject: Subject) -> Iterator[Flaw]:
    """What a Principal is made of, in the policies that have one."""
    if subject.family in ("identity", "scp"):
        return
    for name in ("Principal", "NotPrincipal"):
        value = each.elements.get(name)
        for option in alternatives(value) if value is not None else ():
            found = kind_of(option)
            if found in ("unknown", "null"):
                continue
            if isinstance(option, MapValue):
                yield from _principal_object(name, option, told)
            elif not isinstance(option, Text) or option.equals("*") is False:
                shown = f"`{option.shown}`" if isinstance(option, Text) else found
                message = f'{name} must be `"*"` or an object such as `{{"AWS": …}}`, not {shown}'
                yield told.flaw("invalid-principal-format", message, option, name)


def _principal_object(name: str, value: MapValue, told: Telling) -> Iterator[Flaw]:
    if is_written_empty(value):
        yield told.flaw("empty-object-principal", f"{name} is an empty object: nobody is named", value, name)
    for key, named in value.entries:
        path = f"{name}/{key.shown}"
        if key.literal is not None and key.literal not in _PRINCIPAL_KEYS:
            hint = nearest(key.literal, _PRINCIPAL_KEYS)
            told_of = f"; did you mean `{hint}`?" if hint else ": there are AWS, CanonicalUser, Federated and Service"
            yield told.flaw("invalid-principal-key", f"`{key.shown}` is no kind of principal{told_of}", key, path)
        for option in alternatives(named):
            if isinstance(option, ListValue):
                if is_written_empty(option):
                    yield told.flaw("empty-array-principal", f"{path} is an empty list: nobody is named", option, path)
                for item in option.items:
                    yield from _not_string(path, item, told)
            else:
                yield from _not_string(path, option, told)


def _of_kind(each: Written, told: Telling, subject: Subject, is_of_endpoint: bool) -> Iterator[Flaw]:
    """Elements that a policy of this kind must not have."""
    family = subject.family
    if family not in ("identity", "scp", "trust"):
        return
    for name in ("Principal", "NotPrincipal"):
        if name not in each.elements:
            continue
        key = _key_of(each.item, name)
        if family == "identity":
            message = f"an identity policy cannot have a {name}: it is for whoever it is attached to"
            yield told.flaw("unsupported-principal", message, key, name)
        elif family == "scp":
            message = f"a service control policy cannot have a {name}: it is for every principal of the accounts"
            yield told.flaw("scp-syntax-error-principal", message, key, name)
        elif name == "NotPrincipal":
            message = "a role trust policy cannot have a NotPrincipal: it names who may assume the role"
            yield told.flaw("role-trust-policy-syntax-error-notprincipal", message, key, name)
    if family == "trust" and not is_of_endpoint:
        yield from _trust_flaws(each, told)


def _trust_flaws(each: Written, told: Telling) -> Iterator[Flaw]:
    for name in ("Resource", "NotResource"):
        if name in each.elements:
            message = f"a role trust policy cannot have a {name}: it is about the role that it is in"
            yield told.flaw("role-trust-policy-syntax-error-resource", message, _key_of(each.item, name), name)
    principal = each.elements.get("Principal")
    for option in alternatives(principal) if principal is not None else ():
        if isinstance(option, Text) and option.literal == "*":
            message = 'a role trust policy takes no bare `"*"` as Principal, only `{"AWS": "*"}`'
            yield told.flaw("role-trust-policy-unsupported-wildcard-in-principal", message, option, "Principal")


def _is_for_endpoint(each: Written, subject: Subject) -> bool:
    """Whether what looks like a trust policy by its actions is the policy of a VPC endpoint of STS, or of an
    organization: a statement for everybody, on resources."""
    if subject.kind != "trust" or subject.attachment != "unattached":
        return False
    principal = each.elements.get("Principal")
    return isinstance(principal, Text) and principal.literal == "*" and "Resource" in each.elements


def start_of(value: MapValue) -> Placed:
    """Where an object begins: its brace, or its first key; what is missing in it is flagged there."""
    place = value.place
    end = min(place.end, place.start + 1)
    if place.source.text[place.start : end] != "{":
        first = value.entries[0][0].place if value.entries else place
        return Placed(place=first if first.start == place.start else place, via=value.via)
    return Placed(place=Place(place.source, place.start, end), via=value.via)


def _key_of(item: MapValue, name: str) -> Text:
    """The key of an element, in whatever case it is written."""
    named = [key for key, _ in item.entries if (key.literal or "").lower() == name.lower()]
    return named[0] if named else item.entries[0][0]  # misspelled, which is told of its own


def _hint(name: str, here: Sequence[str], elsewhere: Sequence[str], where: str) -> str:
    if name in elsewhere:
        return f"; it belongs in {where}"
    near = nearest(name, here)
    if near:
        return f"; did you mean `{near}`?"
    if "comment" in name.lower() or name.startswith(("_", "/", "#", "$")):
        return "; JSON policies have no comments"
    return ""
