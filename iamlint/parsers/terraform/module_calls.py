"""Calls of modules: local ones become module instances, of others nothing is known but that they are called."""

from __future__ import annotations

import os.path
from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, MapValue, Value
from iamlint.parsers.terraform import multiplicity
from iamlint.parsers.terraform.access import key_of
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.expressions import Scope, evaluate, stepped
from iamlint.parsers.terraform.literals import failed, shown_key, text, unknown
from iamlint.parsers.terraform.resource_instances import META, REPEATING
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Block, Step
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.parsers.terraform.instances import Module

DEEPEST_MODULE = 16
MOST_MODULES = 20_000


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

    @property
    def is_at_hand(self) -> bool:
        """Whether the module's own files are there to be evaluated."""
        return bool(self.instances) or self._declarations() is not None

    @property
    def is_one_too_many(self) -> bool:
        """Whether it is not evaluated as there are that many already, or as modules go on calling each other."""
        return self.module.depth >= DEEPEST_MODULE or self.module.run.modules >= MOST_MODULES

    def _declarations(self) -> Declarations | None:
        run = self.module.run
        if self.is_one_too_many:
            return None
        folder = local_folder(self.module.declared.folder, self.source) or run.files.downloaded(
            run.root_folder, self.address
        )
        return run.files.declarations(folder) if folder is not None else None

    def _instance(self, declared: Declarations, block: Block, copy: multiplicity.Copy) -> Module:
        from iamlint.parsers.terraform.instances import Module

        caller = self.module
        scope = caller.scope.binding(copy.names) if copy.names else caller.scope
        arguments: dict[str, Callable[[], Value]] = {}
        for name, attribute in block.body.attributes.items():
            if name not in META and name not in ("source", "version", "providers"):
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
        repeated = self.block is not None and not REPEATING.isdisjoint(self.block.body.attributes)
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
