"""Resources and data sources as declared, and their instances, whose attributes are evaluated when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import Guard, Unknown
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.terraform import computed, multiplicity
from iamlint.parsers.terraform.access import key_of
from iamlint.parsers.terraform.expressions import Scope, evaluate, stepped
from iamlint.parsers.terraform.literals import WAITING, failed, hole, passed, shortened, shown_key, text, unknown
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Block, Step
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.parsers.terraform.instances import Module

REPEATING = frozenset({"count", "for_each"})
META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle"})


class Declared:
    """A resource or data source as declared, before `count` and `for_each`."""

    __slots__ = ("_instances", "block", "kind", "mode", "module", "name")

    def __init__(self, module: Module, mode: str, kind: str, name: str, block: Block | None) -> None:
        self.module = module
        self.mode = mode
        self.kind = kind
        self.name = name
        self.block = block
        self._instances: list[ResourceInstance] | None = None

    @property
    def local_address(self) -> str:
        """`aws_iam_role.app`, or `data.aws_iam_role.app`."""
        prefix = "data." if self.mode == "data" else ""
        return f"{prefix}{self.kind}.{self.name}"

    @property
    def address(self) -> str:
        """The address with the module's."""
        return self.module.addressed(self.local_address)

    @property
    def is_repeated(self) -> bool:
        """Whether it has `count` or `for_each`."""
        return self.block is not None and not REPEATING.isdisjoint(self.block.body.attributes)

    @property
    def instances(self) -> list[ResourceInstance]:
        """The instances: one when not repeated, none when `count` is 0, a representative when that is not known."""
        if self._instances is None:
            self._instances = []  # a count that refers to its own resource finds none
            if self.block is not None:
                copies = multiplicity.copies(self.block.body, self.module.scope)
                self._instances = [ResourceInstance(self, self.block, copy) for copy in copies]
        return self._instances

    def referred(self, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
        """The value of a reference to this resource followed by steps."""
        if self.block is None:
            return unknown("not declared in this module", place, place.written[:120])
        if not self.is_repeated:
            (instance,) = self.instances or [ResourceInstance(self, self.block, multiplicity.Copy())]
            return instance.stepped(steps, scope, place)
        instances = self.instances
        if not steps:
            return self._all(instances, place)
        step = steps[0]
        if isinstance(step, syntax.Splat):
            items = tuple(instance.stepped(step.steps, scope, place) for instance in instances)
            return stepped(ListValue(items, place), steps[1:], scope, place)
        if isinstance(step, syntax.GetAttr):
            if not instances:
                return failed("there is no instance of it", place, place.written[:120])
            return instances[0].stepped(steps, scope, place)
        return self._at(instances, step, steps[1:], scope, place)

    def _at(
        self, instances: list[ResourceInstance], step: syntax.Index, rest: tuple[Step, ...], scope: Scope, place: Place
    ) -> Value:
        key = key_of(evaluate(step.key, scope))
        for instance in instances:
            if instance.copy.key == key and key is not None:
                return instance.stepped(rest, scope, place)
        representative = next((instance for instance in instances if not instance.copy.is_known), None)
        if representative is None and key is None and instances:
            representative = instances[0] if len(instances) == 1 else None
        if representative is not None:
            return representative.stepped(rest, scope, place)
        if key is None and instances:
            attribute = rest[0].name if rest and isinstance(rest[0], syntax.GetAttr) else ""
            return unknown("an instance that is not known", place, place.written[:120], self.address, attribute)
        return failed("there is no such instance", place, place.written[:120])

    def _all(self, instances: list[ResourceInstance], place: Place) -> Value:
        """All instances as one value: a list with `count`, a map with `for_each`."""
        assert self.block is not None
        if "for_each" not in self.block.body.attributes:
            return ListValue(tuple(instance.whole(place) for instance in instances), place)
        known = [instance for instance in instances if instance.copy.is_known]
        entries = tuple((text(str(i.copy.key), place), i.whole(place)) for i in known)
        rest = None
        if len(known) < len(instances):
            rest = Unknown("an instance that is not known", self.local_address, self.address)
        return MapValue(entries, place, rest)


class ResourceInstance:
    """One instance of a resource or data source; its attributes are evaluated when asked for."""

    __slots__ = ("_blocks", "_values", "block", "copy", "declared", "scope")

    def __init__(self, declared: Declared, block: Block, copy: multiplicity.Copy) -> None:
        self.declared = declared
        self.block = block
        self.copy = copy
        scope = declared.module.scope
        self.scope = scope.binding(copy.names) if copy.names else scope
        self._values: dict[str, Value] = {}

    @property
    def address(self) -> str:
        """The address with module and key: `module.net.aws_iam_user.u["ci"]`."""
        key = self.copy.key
        return self.declared.address + (shown_key(key) if key is not None else "")

    @property
    def when(self) -> Guard:
        """Under which conditions it exists."""
        return self.declared.module.when.joined(self.copy.when) or self.copy.when

    @property
    def via(self) -> tuple[Related, ...]:
        """Through which places it is reached: the module calls that lead to it, before them CDKTF's construct."""
        if isinstance(self.block, syntax.ConstructBlock):
            path = self.block.construct
            return (Related(path, f"construct {path.written.strip(chr(34))}"), *self.declared.module.call)
        return self.declared.module.call

    def written(self, name: str) -> Value | None:
        """The value of an attribute that is written; None when it is not."""
        attribute = self.block.body.attributes.get(name)
        return None if attribute is None else self.value(name)

    def value(self, name: str, place: Place | None = None) -> Value:
        """The value of an attribute: as written, or known of its type, or unknown."""
        found = self._values.get(name)
        if found is None:
            self._values[name] = WAITING
            found = self._values[name] = self._value(name)
        if found is WAITING:
            return unknown("resources refer to each other in a circle", place or self.block)
        return found

    def _value(self, name: str) -> Value:
        attribute = self.block.body.attributes.get(name)
        if attribute is not None:
            return evaluate(attribute.value, self.scope)
        made = computed.attribute(self, name)
        if made is not None:
            return made
        blocks = multiplicity.expanded(self.block.body, self.scope, name)
        if blocks:
            return ListValue(tuple(multiplicity.object_of(b.body, b.scope, b.block) for b in blocks), self.block)
        return hole(self.unknown(name), self.block)

    def unknown(self, name: str) -> Unknown:
        """The Unknown for an attribute that is known only after apply."""
        declared = self.declared
        reason = "known after apply" if declared.mode == "resource" else "read at deploy time"
        return Unknown(reason, f"{declared.local_address}.{name}", self.address, name)

    def stepped(self, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
        """The value after steps taken from this instance."""
        if not steps:
            return self.whole(place)
        step = steps[0]
        if isinstance(step, syntax.GetAttr):
            value = self.value(step.name, place)
            written = step.name in self.block.body.attributes
            if written and isinstance(value, UnknownValue):
                value = hole(Unknown(value.unknown.reason, value.unknown.written, self.address, step.name), value.place)
            elif written:
                value = computed.as_link(self, step.name, value)
            if isinstance(value, Text) and value.place is self.block:
                # Nothing is written there but what makes it: the reference is the literal to change.
                value = value.model_copy(update={"place": place})
            elif not isinstance(value, UnknownValue):
                value = passed(value, Related(place, f"used as {shortened(place)}"))
            return stepped(value, steps[1:], scope, place)
        if isinstance(step, syntax.Splat):
            inner = self.stepped(step.steps, scope, place)
            return stepped(ListValue((inner,), place), steps[1:], scope, place)
        key = evaluate(step.key, scope)
        name = key_of(key)
        if name == 0:  # an index on what has no count: older modules are called both ways
            return self.stepped(steps[1:], scope, place)
        if isinstance(name, str):
            return stepped(self.value(name, place), steps[1:], scope, place)
        return failed("it is not repeated", place, place.written[:120])

    def whole(self, place: Place) -> Value:
        """The instance as one object: what is written and what is known of its type; the rest is unknown."""
        names = [name for name in self.block.body.attributes if name not in META]
        names += [name for name in computed.known_names(self.declared.kind) if name not in names]
        entries = tuple((text(name, place), self.value(name, place)) for name in names)
        return MapValue(entries, place, Unknown("known after apply", self.declared.local_address, self.address))
