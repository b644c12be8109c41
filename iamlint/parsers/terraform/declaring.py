"""How a resource instance is put into a stack: its place and address, its arguments as model values."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.policy import AttachmentForm, PolicyKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.model.value import UnknownValue, Value
from iamlint.parsers.assemble import At, StackBuilder, Target
from iamlint.parsers.terraform.literals import is_null, passed
from iamlint.parsers.terraform.multiplicity import Expanded, expanded
from iamlint.parsers.terraform.resource_instances import ResourceInstance
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text
from iamlint.source.hcl_syntax import Attribute, Body
from iamlint.source.span import Place, Related

_DOMAINS = ("aws_elasticsearch_domain", "aws_opensearch_domain")


class Declaring:
    """One resource instance on its way into a stack."""

    __slots__ = ("builder", "instance")

    def __init__(self, builder: StackBuilder, instance: ResourceInstance) -> None:
        self.builder = builder
        self.instance = instance

    def at(self, element: str = "", place: Place | None = None, when: Guard = ALWAYS) -> At:
        """Where the instance, or an element of it, is declared."""
        instance = self.instance
        guard = instance.when.joined(when) or instance.when
        return At(place or instance.block, instance.address, element, instance.via, guard)

    def value(self, name: str) -> Value | None:
        """The value of an argument; None when it is not written or null."""
        value = self.instance.written(name)
        return None if is_null(value) else value

    def text(self, name: str) -> Text | None:
        """An argument that is a string."""
        return text_of(self.value(name))

    def literal(self, name: str) -> str:
        """An argument that is a wholly known string; else empty."""
        value = self.text(name)
        return (value.literal or "") if value is not None else ""

    def texts(self, name: str) -> Iterator[Text]:
        """The strings of an argument that is a list."""
        value = self.value(name)
        if value is not None:
            for item in as_list(value):
                text = as_text(item)
                if text is not None:
                    yield text

    def setting(self, name: str, otherwise: bool | int | str | None = None) -> Setting:
        """An argument as a setting, with the provider's default."""
        return as_setting(self.instance.written(name), otherwise, self.instance.block)

    def blocks(self, kind: str) -> list[Expanded]:
        """The nested blocks of one type, dynamic ones expanded."""
        return expanded(self.instance.block.body, self.instance.scope, kind)

    def policy(
        self,
        name: str,
        kind: PolicyKind,
        attachment: AttachmentForm,
        targets: tuple[Target, ...] = (),
        service: str = "",
        policy_name: str = "",
    ) -> None:
        """Declares the policy document of an argument, where it is written."""
        value = self.value(name)
        attribute = self.instance.block.body.attributes.get(name)
        if value is None or attribute is None:
            return
        element = "" if name in ("policy", "content") else name
        self.document(value, attribute, self.at(element), kind, attachment, targets, service, policy_name)

    def document(
        self,
        value: Value,
        attribute: Attribute,
        at: At,
        kind: PolicyKind,
        attachment: AttachmentForm,
        targets: tuple[Target, ...] = (),
        service: str = "",
        policy_name: str = "",
    ) -> None:
        """Declares an evaluated policy document."""
        for option in alternatives(value):
            if is_null(option) or (isinstance(option, Text) and not option.shown.strip()):
                continue
            used = option
            if not isinstance(option, UnknownValue) and not _inside(option.place, attribute):
                used = passed(option, Related(attribute, f"used as the policy of {at.address}"))
            label = at.address if kind in ("resource", "vpc_endpoint", "rcp", "scp") else ""
            self.builder.policy(
                used, at, kind, attachment, targets, policy_name, service, label, service == "es" and self._in_vpc(),
                service == "secretsmanager" and self.setting("block_public_policy").equals(True) is True,
                self._buckets() if service == "s3" else (),
            )  # fmt: skip

    def _in_vpc(self) -> bool:
        """Whether a search domain is in a VPC, or the domain whose policy is declared apart from it."""
        if self.blocks("vpc_options"):
            return True
        domain = self.text("domain_name")
        if domain is None or not self.instance.declared.kind.endswith("_domain_policy"):
            return False
        module = self.instance.declared.module
        for kind, name in module.declared.resources:
            for instance in module.resource("resource", kind, name).instances if kind in _DOMAINS else ():
                named = text_of(instance.written("domain_name"))
                is_meant = domain.ref is not None and domain.ref.ref == instance.address
                if (is_meant or (named is not None and named.parts == domain.parts)) and expanded(
                    instance.block.body, instance.scope, "vpc_options"
                ):
                    return True
        return False

    def _buckets(self) -> tuple[str, ...]:
        """The names that the bucket goes by whose policy is declared: its address and its name, where known."""
        bucket = self.text("bucket")
        own = (self.instance.address,) if self.instance.declared.kind == "aws_s3_bucket" else ()
        if bucket is None:
            return own
        reference = bucket.ref
        if reference is not None:
            return (reference.ref,) if "aws_s3_bucket." in reference.ref and "data." not in reference.ref else own
        return (*own, bucket.literal) if bucket.literal else own


def text_of(value: Value | None) -> Text | None:
    """A value as a string: the first alternative that is one."""
    if value is None:
        return None
    return next((text for text in map(as_text, alternatives(value)) if text is not None), None)


def block_value(block: Expanded, name: str) -> Value | None:
    """The value of an argument of a nested block; None when it is not written or null."""
    from iamlint.parsers.terraform.expressions import evaluate

    attribute = block.body.attributes.get(name)
    value = evaluate(attribute.value, block.scope) if attribute is not None else None
    return None if is_null(value) else value


def block_setting(block: Expanded | None, name: str, otherwise: bool | int | str | None, place: Place) -> Setting:
    """An argument of a nested block as a setting."""
    return as_setting(block_value(block, name) if block is not None else None, otherwise, place)


def absent(place: Place) -> Setting:
    """A setting without value or default."""
    return Setting(value=None, place=place, declared=False)


def has_attribute(body: Body, name: str) -> bool:
    """Whether an argument is written."""
    return name in body.attributes


def _inside(place: Place, attribute: Place) -> bool:
    return place.source is attribute.source and attribute.start <= place.start <= attribute.end
