"""Module instances and what is declared in them: variables, locals, resources and data, evaluated when asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import computed, multiplicity, variable_types
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.expressions import Scope, evaluate, key_of, stepped
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.literals import failed, hole, passed, shown_key, text, unknown
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Block, Step
from iamlint.source.span import Place, Related

DEEPEST_MODULE = 16
MOST_MODULES = 2000
_WAITING = UnknownValue.__new__(UnknownValue)


class Run:
    """What all module instances of one stack share: the files, and how much may still be evaluated."""

    __slots__ = ("depth", "files", "has_secrets", "modules", "most_steps", "root_folder", "steps")

    def __init__(self, files: Files, root_folder: str, most_steps: int = 1_000_000) -> None:
        self.files = files
        self.root_folder = root_folder
        self.depth = 0
        self.steps = 0
        self.most_steps = most_steps
        self.modules = 0
        self.has_secrets = False


class Module:
    """One instance of a module: the root module, or what one call of a local module makes.

    `address` is empty for the root module, else `module.net["a"]`; `call` says how it is reached, for the things it
    makes; `arguments` are the caller's values.
    """

    def __init__(
        self,
        run: Run,
        declared: Declarations,
        address: str = "",
        arguments: Mapping[str, Callable[[], Value]] | None = None,
        call: tuple[Related, ...] = (),
        when: Guard = ALWAYS,
        depth: int = 0,
    ) -> None:
        self.run = run
        self.declared = declared
        self.address = address
        self.call = call
        self.when = when
        self.depth = depth
        self.scope = Scope(self, {})
        self._arguments = arguments or {}
        self._variables: dict[str, Value] = {}
        self._locals: dict[str, Value] = {}
        self._outputs: dict[str, Value] = {}
        self._resources: dict[tuple[str, str, str], Declared] = {}
        self._calls: dict[str, ModuleCall] = {}
        run.modules += 1

    def give(self, arguments: Mapping[str, Callable[[], Value]]) -> None:
        """Gives the variables values, before any of them was asked for."""
        self._arguments = arguments

    def reference(self, expression: syntax.Reference, scope: Scope) -> Value:
        """The value of a reference to something declared in this module."""
        root, steps = expression.root, expression.steps
        if root == "resource" and steps and isinstance(steps[0], syntax.GetAttr):
            root, steps = steps[0].name, steps[1:]
        special = _ROOTS.get(root)
        if special is not None:
            return special(self, steps, scope, expression)
        if not steps or not isinstance(steps[0], syntax.GetAttr):
            return failed("not declared here", expression, expression.written)
        return self.resource("resource", root, steps[0].name).referred(steps[1:], scope, expression)

    def variable(self, name: str, place: Place) -> Value:
        """The value of a variable: the caller's, or its default."""
        found = self._variables.get(name)
        if found is None:
            self._variables[name] = _WAITING
            found = self._variables[name] = self._variable(name, place)
        return unknown("variables refer to each other in a circle", place) if found is _WAITING else found

    def _variable(self, name: str, place: Place) -> Value:
        value = self._untyped_variable(name, place)
        block = self.declared.variables.get(name)
        kind = block.body.attributes.get("type") if block is not None else None
        if kind is None or isinstance(value, UnknownValue):
            return value
        return variable_types.converted(value, kind.value, lambda default: evaluate(default, self.scope))

    def _untyped_variable(self, name: str, place: Place) -> Value:
        given = self._arguments.get(name)
        block = self.declared.variables.get(name)
        default = block.body.attributes.get("default") if block is not None else None
        if given is not None:
            value = given()
            nullable = block.body.attributes.get("nullable") if block is not None else None
            is_null = isinstance(value, Scalar) and value.value is None
            if not (is_null and nullable is not None and nullable.written.endswith("false")):
                return value
        if default is not None:
            return evaluate(default.value, self.scope)
        reason = "a variable without a default" if block is not None else "a variable that is not declared"
        return unknown(reason, block if block is not None else place, f"var.{name}")

    def local(self, name: str, place: Place) -> Value:
        """The value of a local."""
        found = self._locals.get(name)
        if found is None:
            attribute = self.declared.locals.get(name)
            if attribute is None:
                return failed("a local that is not declared", place, f"local.{name}")
            self._locals[name] = _WAITING
            found = self._locals[name] = evaluate(attribute.value, self.scope)
        if found is _WAITING:
            return unknown("locals refer to each other in a circle", place, f"local.{name}")
        return found

    def output(self, name: str, place: Place) -> Value:
        """The value of an output, for the caller."""
        found = self._outputs.get(name)
        if found is None:
            block = self.declared.outputs.get(name)
            attribute = block.body.attributes.get("value") if block is not None else None
            if attribute is None:
                return failed("an output that is not declared", place, name)
            self._outputs[name] = _WAITING
            found = self._outputs[name] = evaluate(attribute.value, self.scope)
        return unknown("outputs refer to each other in a circle", place) if found is _WAITING else found

    def resource(self, mode: str, kind: str, name: str) -> Declared:
        """The resource or data source of that type and name."""
        key = (mode, kind, name)
        found = self._resources.get(key)
        if found is None:
            table = self.declared.resources if mode == "resource" else self.declared.data
            found = self._resources[key] = Declared(self, mode, kind, name, table.get((kind, name)))
        return found

    def called(self, name: str) -> ModuleCall:
        """The call of a module."""
        found = self._calls.get(name)
        if found is None:
            found = self._calls[name] = ModuleCall(self, name, self.declared.modules.get(name))
        return found

    def addressed(self, local: str) -> str:
        """The address of something of this module, as Terraform prints it."""
        return f"{self.address}.{local}" if self.address else local


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
        return self.block is not None and not _REPEATING.isdisjoint(self.block.body.attributes)

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


_REPEATING = frozenset({"count", "for_each"})


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

    def written(self, name: str) -> Value | None:
        """The value of an attribute that is written; None when it is not."""
        attribute = self.block.body.attributes.get(name)
        return None if attribute is None else self.value(name)

    def value(self, name: str, place: Place | None = None) -> Value:
        """The value of an attribute: as written, or known of its type, or unknown."""
        found = self._values.get(name)
        if found is None:
            self._values[name] = _WAITING
            found = self._values[name] = self._value(name)
        if found is _WAITING:
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
            elif written and step.name == "name" and computed.has_holes(value):
                value = hole(self.unknown("name"), value.place)
            if not isinstance(value, UnknownValue):
                value = passed(value, Related(place, f"used as {_short(place)}"))
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
        names = [name for name in self.block.body.attributes if name not in _META]
        names += [name for name in computed.known_names(self.declared.kind) if name not in names]
        entries = tuple((text(name, place), self.value(name, place)) for name in names)
        return MapValue(entries, place, Unknown("known after apply", self.declared.local_address, self.address))


_META = frozenset({"count", "for_each", "depends_on", "provider", "lifecycle"})


class ModuleCall:
    """A `module` block: its instances when it calls a local module, nothing but unknown outputs otherwise."""

    __slots__ = ("_instances", "block", "module", "name", "source")

    def __init__(self, module: Module, name: str, block: Block | None) -> None:
        self.module = module
        self.name = name
        self.block = block
        self.source = _literal_source(block)
        self._instances: list[tuple[multiplicity.Copy, Module]] | None = None

    @property
    def address(self) -> str:
        """The address without key: `module.net`."""
        return self.module.addressed(f"module.{self.name}")

    @property
    def instances(self) -> list[tuple[multiplicity.Copy, Module]]:
        """The module instances that the call makes, with their keys; none for a module that is not at hand."""
        if self._instances is None:
            self._instances = []
            declared = self._declarations()
            if declared is not None and self.block is not None:
                copies = multiplicity.copies(self.block.body, self.module.scope)
                self._instances = [(copy, self._instance(declared, self.block, copy)) for copy in copies]
        return self._instances

    def _declarations(self) -> Declarations | None:
        run = self.module.run
        if self.module.depth >= DEEPEST_MODULE or run.modules >= MOST_MODULES:
            return None
        folder = local_folder(self.module.declared.folder, self.source) or run.files.downloaded(
            run.root_folder, self.address
        )
        return run.files.declarations(folder) if folder is not None else None

    def _instance(self, declared: Declarations, block: Block, copy: multiplicity.Copy) -> Module:
        caller = self.module
        scope = caller.scope.binding(copy.names) if copy.names else caller.scope
        arguments: dict[str, Callable[[], Value]] = {}
        for name, attribute in block.body.attributes.items():
            if name not in _META and name not in ("source", "version", "providers"):
                arguments[name] = _argument(attribute, scope)
        key = shown_key(copy.key) if copy.key is not None else ""
        return Module(
            caller.run,
            declared,
            self.address + key,
            arguments,
            (*caller.call, Related(block, f'called as module "{self.name}"')),
            caller.when.joined(copy.when) or caller.when,
            caller.depth + 1,
        )

    def referred(self, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
        """The value of `module.name` followed by steps."""
        if not self.instances:
            return self._unavailable(steps, scope, place)
        repeated = self.block is not None and not _REPEATING.isdisjoint(self.block.body.attributes)
        if not repeated:
            return _output(self.instances[0][1], steps, scope, place)
        step = steps[0] if steps else None
        if isinstance(step, syntax.Splat):
            items = tuple(_output(module, step.steps, scope, place) for _, module in self.instances)
            return stepped(ListValue(items, place), steps[1:], scope, place)
        if isinstance(step, syntax.Index):
            key = key_of(evaluate(step.key, scope))
            chosen = [m for copy, m in self.instances if copy.key == key or not copy.is_known]
            if chosen:
                return _output(chosen[0], steps[1:], scope, place)
            return failed("there is no such instance", place, place.written[:120])
        if step is not None:
            return _output(self.instances[0][1], steps, scope, place)
        return self._all(scope, place)

    def _all(self, scope: Scope, place: Place) -> Value:
        wholes = [(copy, _output(module, (), scope, place)) for copy, module in self.instances]
        if self.block is not None and "count" in self.block.body.attributes:
            return ListValue(tuple(whole for _, whole in wholes), place)
        entries = tuple((text(str(copy.key), place), whole) for copy, whole in wholes if copy.is_known)
        rest = None if len(entries) == len(wholes) else Unknown("a module instance that is not known")
        return MapValue(entries, place, rest)

    def _unavailable(self, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
        local = local_folder(self.module.declared.folder, self.source) is not None
        if self.block is not None and self._declarations() is not None:
            if steps and isinstance(steps[0], syntax.Splat):
                return ListValue((), place)
            return failed("the module is not called (count is 0)", place, place.written[:120])
        reason = "a module outside of what is checked" if local else "a module that is not at hand"
        return unknown(reason, place, place.written[:120])


def _argument(attribute: syntax.Attribute, scope: Scope) -> Callable[[], Value]:
    return lambda: evaluate(attribute.value, scope)


def _output(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    if not steps:
        names = module.declared.outputs
        return MapValue(tuple((text(name, place), module.output(name, place)) for name in names), place)
    step = steps[0]
    name: str | int | None = step.name if isinstance(step, syntax.GetAttr) else None
    if isinstance(step, syntax.Index):
        name = key_of(evaluate(step.key, scope))
        if name == 0:
            return _output(module, steps[1:], scope, place)
    if not isinstance(name, str):
        return failed("not an output", place, place.written[:120])
    return stepped(module.output(name, place), steps[1:], scope, place)


def local_folder(folder: str, source: str) -> str | None:
    """The folder of a local module (`./x`, `../x`), as seen from the caller's folder; None for any other source."""
    if not source.startswith(("./", "../")) and source not in (".", ".."):
        return None
    return os.path.normpath(f"{folder or '.'}/{source}")


def _literal_source(block: Block | None) -> str:
    attribute = block.body.attributes.get("source") if block is not None else None
    value = attribute.value if attribute is not None else None
    return (value.literal or "") if isinstance(value, syntax.Template) else ""


def _short(place: Place) -> str:
    written = " ".join(place.written.split())
    return written if len(written) <= 60 else written[:59] + "…"


def _from_variable(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    if not steps or not isinstance(steps[0], syntax.GetAttr):
        return failed("not a variable", place, place.written[:120])
    value = module.variable(steps[0].name, place)
    return stepped(_used(value, place), steps[1:], scope, place)


def _from_local(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    if not steps or not isinstance(steps[0], syntax.GetAttr):
        return failed("not a local", place, place.written[:120])
    value = module.local(steps[0].name, place)
    return stepped(_used(value, place), steps[1:], scope, place)


def _used(value: Value, place: Place) -> Value:
    """The value with one more place that it came through; what is not known needs none."""
    if isinstance(value, UnknownValue | Choice) or len(value.via) > 12:
        return value
    return passed(value, Related(place, f"used as {_short(place)}"))


def _from_data(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    if len(steps) < 2 or not isinstance(steps[0], syntax.GetAttr) or not isinstance(steps[1], syntax.GetAttr):
        return failed("not a data source", place, place.written[:120])
    return module.resource("data", steps[0].name, steps[1].name).referred(steps[2:], scope, place)


def _from_module(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    if not steps or not isinstance(steps[0], syntax.GetAttr):
        return failed("not a module", place, place.written[:120])
    return module.called(steps[0].name).referred(steps[1:], scope, place)


def _from_path(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    name = steps[0].name if steps and isinstance(steps[0], syntax.GetAttr) else ""
    if name in ("root", "cwd"):
        return text(".", place)
    if name == "module":
        here = os.path.relpath(module.declared.folder or ".", module.run.root_folder or ".")
        return text(here.replace(os.sep, "/"), place)
    return failed("not a path", place, place.written[:120])


def _from_terraform(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    return unknown("known when Terraform runs", place, place.written[:120])


def _unbound(module: Module, steps: tuple[Step, ...], scope: Scope, place: Place) -> Value:
    return unknown("known only in an instance", place, place.written[:120])


_ROOTS: dict[str, Callable[[Module, tuple[Step, ...], Scope, Place], Value]] = {
    "var": _from_variable,
    "local": _from_local,
    "data": _from_data,
    "ephemeral": _from_data,
    "module": _from_module,
    "path": _from_path,
    "terraform": _from_terraform,
    "tofu": _from_terraform,
    "each": _unbound,
    "count": _unbound,
    "self": _unbound,
}
