"""The inputs of a module that is not at hand: policies, statements and attachments in them are taken as such."""

from __future__ import annotations

import re
from dataclasses import replace

from iamlint.model.policy import AttachmentForm, HolderKind, PolicyKind
from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import ListValue, MapValue, Scalar, UnknownValue, Value, measure
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.policy_shapes import is_bare, statement_of
from iamlint.parsers.terraform import called_modules, multiplicity
from iamlint.parsers.terraform.access import several
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.literals import hole, is_null, shown_key, text
from iamlint.parsers.terraform.module_calls import ModuleCall
from iamlint.parsers.terraform.resource_instances import META
from iamlint.parsers.terraform.statement_elements import ObjectArguments, statement
from iamlint.parsers.values import alternatives, reworked
from iamlint.source.hcl_syntax import Attribute
from iamlint.source.span import Related

DEEPEST = 8
MOST_VALUES = 20_000

# What a module is about, by its name: the service whose resources its `policy` is attached to.
_SERVICES = {
    "s3-bucket": "s3", "sqs": "sqs", "sns": "sns", "sns-topic": "sns", "kms": "kms", "kms-key": "kms", "ecr": "ecr",
    "secrets-manager": "secretsmanager", "dynamodb-table": "dynamodb", "efs": "elasticfilesystem",
    "opensearch": "es", "elasticsearch": "es", "kinesis": "kinesis", "eventbridge": "events", "sqs-queue": "sqs",
}  # fmt: skip
_MODULE = re.compile(
    r"(?:terraform-aws-|/)(" + "|".join(sorted(_SERVICES, key=len, reverse=True)) + r")(?=/aws|\.git|[/?]|$)"
)
_TRUST = re.compile(r"assume_role|trust")
# Policies of roles and the like, in a module that makes a resource of the service too.
_OF_IDENTITY = re.compile(r"iam|role|identity|inline|task|user|group")
_STATEMENTS = re.compile(r"statement|polic|permission|iam")
_ATTACHED = re.compile(r"polic(?:y|ies)")
_DOCUMENT = re.compile(r"(?:^|_)polic(?:y|ies)(?:_json|_document|_documents|_statements)?$")
_SWITCHES = ("create", "enabled")
_LISTED = ("actions", "not_actions")
_OTHERS = ("resources", "not_resources", "effect", "principals", "sid")
_MANAGED_ARN = re.compile(r":iam:[^:]*:[^:]*:policy/")


def declare(builder: StackBuilder, call: ModuleCall) -> None:
    """Puts what the inputs of a module call say into the stack."""
    block = call.block
    if block is None:
        return
    called_modules.declare(builder, call)
    for copy in multiplicity.copies(block.body, call.module.scope):
        scope = call.module.scope.binding(copy.names) if copy.names else call.module.scope
        if _is_off(block.body.attributes, scope):
            continue
        address = call.address + (shown_key(copy.key) if copy.key is not None else "")
        when = call.module.when.joined(copy.when) or copy.when
        inputs = _Inputs(builder, call, address, when)
        for name, attribute in block.body.attributes.items():
            if name not in META and name not in ("source", "version", "providers"):
                inputs.take(name, attribute, scope)


def _is_off(attributes: dict[str, Attribute], scope: Scope) -> bool:
    """Whether the call says that nothing is to be made."""
    for name in _SWITCHES:
        attribute = attributes.get(name)
        value = evaluate(attribute.value, scope) if attribute is not None else None
        if isinstance(value, Scalar) and value.value is False:
            return True
    return False


class _Inputs:
    """The inputs of one instance of a module call."""

    def __init__(self, builder: StackBuilder, call: ModuleCall, address: str, when: Guard) -> None:
        self.builder = builder
        self.call = call
        self.address = address
        self.when = when
        match = _MODULE.search(call.source)
        self.service = _SERVICES[match[1]] if match is not None else ""

    def take(self, name: str, attribute: Attribute, scope: Scope) -> None:
        """Takes one input: whatever in it is a policy, a list of statements or a managed policy's ARN."""
        value = evaluate(attribute.value, scope)
        if isinstance(value, UnknownValue) and _DOCUMENT.search(name):
            self.builder.note_unknown(value.unknown)
        if measure(value)[0] > MOST_VALUES:
            self.builder.note_unknown(Unknown("an input of a module that is too large", name))
            return
        self._walk(value, (name,), attribute, 0)

    def _walk(self, value: Value, path: tuple[str, ...], attribute: Attribute, depth: int) -> None:
        if depth > DEEPEST:
            return
        for option in alternatives(value):
            if isinstance(option, Text):
                self._text(option, path, attribute)
            elif isinstance(option, MapValue | ListValue):
                self._composite(option, path, attribute, depth)

    def _composite(self, option: MapValue | ListValue, path: tuple[str, ...], attribute: Attribute, depth: int) -> None:
        if isinstance(option, MapValue) and _is_document(option):
            self._document(option, path, attribute)
            return
        items = _items(option)
        statements = [item for _, item in items if isinstance(item, UnknownValue) or _is_statement(item)]
        if _is_statement(option):
            statements, items = [option], []
        if any(map(_is_statement, statements)) and any(_STATEMENTS.search(name) for name in path):
            self._statements(option, statements, path, attribute)
            return
        for key, item in items:
            inner = reworked(item, (*option.via, *item.via), option.when.joined(item.when) or item.when)
            self._walk(inner, (*path, key) if key else path, attribute, depth + 1)

    def _text(self, value: Text, path: tuple[str, ...], attribute: Attribute) -> None:
        first = value.parts[0] if value.parts else ""
        if isinstance(first, str) and first.lstrip()[:1] == "{" and "tatement" in value.shown:
            document = read_json_text(value)
            if isinstance(document, MapValue) and (is_bare(document) or statement_of(document) is not None):
                self._document(value, path, attribute)
        elif _ATTACHED.search(" ".join(path)) and _MANAGED_ARN.search(value.shown) and "boundar" not in path[-1]:
            holder = text(self.address, self.call.block or attribute)
            self.builder.attach(value, self._at(path, value.when), _holder(path, self.call.source), holder)

    def _statements(
        self, whole: MapValue | ListValue, found: list[Value], path: tuple[str, ...], attribute: Attribute
    ) -> None:
        """Statements that are written as objects: one document of them."""
        place = whole.place
        fills_in = self._kind(path) == "resource"
        rendered = ListValue(tuple(_rendered(item, fills_in) for item in found), place)
        entries = ((text("Version", place), text("2012-10-17", place)), (text("Statement", place), rendered))
        self._document(MapValue(entries, place, via=whole.via, when=whole.when), path, attribute)

    def _document(self, value: Value, path: tuple[str, ...], attribute: Attribute) -> None:
        kind = self._kind(path)
        label = self.address if kind == "resource" else ""
        inside = value.place.source is attribute.source and attribute.start <= value.place.start <= attribute.end
        if not inside:
            used = Related(attribute, f"used as the {path[0]} of {self.address}")
            value = reworked(value, (used, *value.via), value.when)
        at = self._at(path)
        form: AttachmentForm = "resource" if kind == "resource" else "unattached"
        self.builder.policy(
            value, at, kind, form, (), "", self.service if label else "", label, complete=kind != "resource"
        )

    def _kind(self, path: tuple[str, ...]) -> PolicyKind:
        """What the document is for: nothing but trust and the resource of a well-known module is plain."""
        words = " ".join(path)
        if _TRUST.search(words):
            return "trust"
        return "resource" if self.service and not _OF_IDENTITY.search(words) else "unattached"

    def _at(self, path: tuple[str, ...], when: Guard | None = None) -> At:
        assert self.call.block is not None
        guard = self.when if when is None else self.when.joined(when) or self.when
        return At(self.call.block, self.address, "/".join(path), self.call.module.call, guard)


def _items(value: MapValue | ListValue) -> list[tuple[str, Value]]:
    """The items with their keys; of lists, without."""
    if isinstance(value, ListValue):
        return [("", item) for item in value.items]
    return [(key.literal or "", item) for key, item in value.entries]


def _is_document(value: MapValue) -> bool:
    """Whether an object is a policy document, in IAM's spelling."""
    inner = value.get("Statement")
    return isinstance(inner, MapValue | ListValue)


def _rendered(item: Value, fills_in: bool) -> Value:
    """A statement in IAM's spelling; any number of them for what is not known. A module that makes the resource itself
    names it where the statement does not."""
    if isinstance(item, UnknownValue):
        return hole(several(item.unknown), item.place)
    if not isinstance(item, MapValue):
        return item
    made = statement(ObjectArguments(item))
    if fills_in and made.get("Resource") is None and made.get("NotResource") is None:
        resource = hole(Unknown("the resource that a module makes", "resource"), item.place)
        return replace(made, entries=(*made.entries, (text("Resource", item.place), resource)))
    return made


def _is_statement(value: Value) -> bool:
    """Whether an object is a statement, in the spelling of the provider's arguments."""
    if not isinstance(value, MapValue):
        return False
    actions = next((item for name in _LISTED if (item := value.get(name)) is not None and not is_null(item)), None)
    return actions is not None and any(value.get(name) is not None for name in _OTHERS)


def _holder(path: tuple[str, ...], source: str) -> HolderKind:
    """To whom a managed policy goes: a role, unless the input or the module speaks of users or groups."""
    named = next((name for name in reversed(path) if _ATTACHED.search(name)), "")
    words = f"{named} {source.rpartition('//')[2]}"
    kinds: tuple[HolderKind, ...] = ("group", "user")
    return next((kind for kind in kinds if kind in words), "role")
