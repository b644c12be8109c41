"""The modules of a plan or state, with the instances that `terraform show -json` lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from iamlint.model.value import Value
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.json_syntax import literal_of
from iamlint.parsers.terraform.mirrors import Mirrors
from iamlint.parsers.terraform.module_calls import ModuleCall
from iamlint.parsers.terraform.multiplicity import Copy
from iamlint.parsers.terraform.plan_source import PlanSource
from iamlint.parsers.terraform.planned_values import Marks, body_of, configured_of
from iamlint.parsers.terraform.resource_instances import Declared, ResourceInstance
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Attribute, Block, Body, Expression
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, Related

_MODULE = re.compile(r'module\.(?P<name>[\w-]+)(?:\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\])?$')


@dataclass(slots=True)
class Listed:
    """A module as the values list it: the nodes of its resources, and its child modules by address."""

    place: Place
    resources: list[MappingNode] = field(default_factory=list)
    children: dict[str, Listed] = field(default_factory=dict)

    def take(self, node: Node | None, mode: str = "") -> None:
        """Takes what a `root_module` or one of its `child_modules` has in it; with `mode` only resources of that."""
        pending: list[tuple[Listed, Node | None]] = [(self, node)]
        while pending:
            listed, node = pending.pop()
            for resource in items(node, "resources"):
                if isinstance(resource, MappingNode) and (not mode or string(resource, "mode") == mode):
                    listed.resources.append(resource)
            for child in items(node, "child_modules"):
                address = string(child, "address")
                if isinstance(child, MappingNode) and address:
                    pending.append((listed.children.setdefault(address, Listed(child.get("address") or child)), child))


def every_resource(listed: Listed) -> Iterator[MappingNode]:
    """The resources of a module and of those below it."""
    pending = [listed]
    while pending:
        module = pending.pop()
        pending += module.children.values()
        yield from module.resources


def items(node: Node | None, key: str) -> list[Node]:
    """The items of a list in a mapping; none of anything else."""
    inner = node.get(key) if isinstance(node, MappingNode) else None
    return inner.items if isinstance(inner, SequenceNode) else []


def string(node: Node | None, key: str) -> str:
    """A string in a mapping; empty when there is none."""
    inner = node.get(key) if isinstance(node, MappingNode) else None
    return inner.value if isinstance(inner, ScalarNode) and isinstance(inner.value, str) else ""


def within(node: Node | None, *keys: str) -> Node | None:
    """What stands in nested mappings."""
    for key in keys:
        node = node.get(key) if isinstance(node, MappingNode) else None
    return node


class PlannedInstance(ResourceInstance):
    """A resource instance of a plan, with where the source declares it."""

    __slots__ = ("source_block",)

    def __init__(self, declared: Declared, block: Block, copy: Copy, source_block: Block | None) -> None:
        super().__init__(declared, block, copy)
        self.source_block = source_block

    @property
    def via(self) -> tuple[Related, ...]:
        own = (Related(self.source_block, "declared here"),) if self.source_block is not None else ()
        return (*own, *self.declared.module.call)


class _PlannedResource(Declared):
    """A resource or data source with the instances that a plan lists."""

    __slots__ = ()

    def having(self, nodes: list[MappingNode], make: Callable[[MappingNode], Block], source: Block | None) -> None:
        """Takes the instances."""
        self._instances = [PlannedInstance(self, make(node), Copy(_key(node.get("index"))), source) for node in nodes]


class _PlannedCall(ModuleCall):
    """A module call with the instances that a plan lists."""

    __slots__ = ()

    def having(self, instances: list[tuple[Copy, Module]]) -> None:
        """Takes the instances."""
        self._instances = instances


class PlannedModules:
    """Makes the modules of a plan. `unknown` has for each address what is not known of its values; the resources at the
    addresses `gone` are deleted."""

    def __init__(self, run: Run, unknown: dict[str, Node], gone: frozenset[str], mirrors: Mirrors) -> None:
        self._run = run
        self._unknown = unknown
        self._gone = gone
        self._mirrors = mirrors

    def root(
        self, listed: Listed, configured: Node | None, source: PlanSource, variables: dict[str, Expression]
    ) -> Module:
        """The root module; `variables` are its variables' values."""
        return self._module(listed, configured, source, "", (), variables, None)

    def _module(
        self,
        listed: Listed,
        configured: Node | None,
        source: PlanSource,
        address: str,
        call: tuple[Related, ...],
        arguments: dict[str, Expression],
        caller: Module | None,
    ) -> Module:
        declared = Declarations("", (), ())
        module = Module(self._run, declared, address, None, call, depth=caller.depth + 1 if caller is not None else 0)
        scope = (caller or module).scope
        module.give({name: _evaluated(expression, scope) for name, expression in arguments.items()})
        self._outputs(declared, configured)
        resources = list(self._resources(module, listed, configured, source))
        module.take(resources, self._calls(module, listed, configured, source))
        return module

    def _resources(
        self, module: Module, listed: Listed, configured: Node | None, source: PlanSource
    ) -> Iterator[Declared]:
        expressions = {
            (string(node, "mode"), string(node, "type"), string(node, "name")): within(node, "expressions")
            or MappingNode(node.source, node.start, node.start, [])
            for node in items(configured, "resources")
        }
        by_name: dict[tuple[str, str, str], dict[str | int | None, MappingNode]] = {}
        for node in listed.resources:
            full = (string(node, "mode"), string(node, "type"), string(node, "name"))
            if all(full) and string(node, "address") not in self._gone:
                by_name.setdefault(full, {}).setdefault(_key(node.get("index")), node)
        for (mode, kind, name), by_key in by_name.items():
            nodes = [node for key, node in by_key.items() if key is not None or len(by_key) == 1]
            mode_here = "data" if mode == "data" else "resource"
            written = source.resource(mode_here, kind, name)
            own = expressions.get((mode, kind, name))
            header = _repeated(nodes[0])
            resource = _PlannedResource(module, mode_here, kind, name, header)
            resource.having(nodes, lambda node, w=written, o=own: self._block(node, o, w), written)  # type: ignore[misc]
            table = module.declared.data if mode == "data" else module.declared.resources
            table[(kind, name)] = max(
                (instance.block for instance in resource.instances), key=lambda block: len(block.body.attributes)
            )
            yield resource

    def _block(self, node: MappingNode, configured: Node | None, written: Block | None) -> Block:
        """One instance as the block that would declare it. A plan tells nothing of `lifecycle`: the source does."""
        values = node.get("values")
        place = node.get("address") or node
        index = node.get("index")
        marks = Marks(
            self._unknown.get(string(node, "address")),
            node.get("sensitive_values"),
            configured,
            index if isinstance(index, ScalarNode) else None,
        )
        lifecycle = tuple(written.body.blocks_of("lifecycle")) if written is not None else ()
        filled = values if isinstance(values, MappingNode) else MappingNode(node.source, node.start, node.end, [])
        labels = (string(node, "type"), string(node, "name"))
        body = body_of(filled, marks, lifecycle, self._mirrors.repeated(labels[0], filled))
        kind = "data" if string(node, "mode") == "data" else "resource"
        return Block(node.source, place.start, place.end, kind, labels, body, node.end)

    def _calls(
        self, module: Module, listed: Listed, configured: Node | None, source: PlanSource
    ) -> Iterator[ModuleCall]:
        by_name: dict[str, list[tuple[Copy, Module]]] = {}
        places: dict[str, Place] = {}
        for address, child in listed.children.items():
            local = address.removeprefix(f"{module.address}.") if module.address else address
            match = _MODULE.match(local)
            if match is None:
                continue
            name = match["name"]
            key = _written_key(match["key"])
            called = within(configured, "module_calls", name)
            block = source.call(name)
            via = (*module.call, Related(block, f'called as module "{name}"')) if block is not None else module.call
            inner = self._module(
                child, within(called, "module"), source.called(name), address, via, _arguments(called), module
            )
            by_name.setdefault(name, []).append((Copy(key), inner))
            places.setdefault(name, child.place)
        for name, instances in by_name.items():
            call = _PlannedCall(module, name, _header(places[name], instances[0][0].key))
            call.having(instances)
            module.declared.modules[name] = _header(places[name], instances[0][0].key)
            yield call

    def _outputs(self, declared: Declarations, configured: Node | None) -> None:
        outputs = within(configured, "outputs")
        for key, node in outputs.entries if isinstance(outputs, MappingNode) else ():
            expression = within(node, "expression")
            if expression is None:
                continue
            attributes = {"value": _given(expression, "value", configured_of(expression, expression, collects=True))}
            sensitive = within(node, "sensitive")
            if isinstance(sensitive, ScalarNode):
                attributes["sensitive"] = _given(sensitive, "sensitive", literal_of(sensitive))
            declared.outputs[str(key.value)] = _block_with(key, "output", (str(key.value),), attributes)


def _arguments(called: Node | None) -> dict[str, Expression]:
    expressions = within(called, "expressions")
    if not isinstance(expressions, MappingNode):
        return {}
    return {str(key.value): configured_of(node, node) for key, node in expressions.entries}


def _evaluated(expression: Expression, scope: Scope) -> Callable[[], Value]:
    return lambda: evaluate(expression, scope)


def _key(node: Node | None) -> str | int | None:
    value = node.value if isinstance(node, ScalarNode) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _written_key(written: str | None) -> str | int | None:
    """The key in an address; as it is written where it is no JSON."""
    if written is None:
        return None
    try:
        key: str | int = json.loads(written)
    except ValueError:
        return written.strip('"')
    return key


def _repeated(node: MappingNode) -> Block:
    """The header of a resource: it says whether there is `count` or `for_each`."""
    return _header(node.get("address") or node, _key(node.get("index")))


def _header(place: Place, key: str | int | None) -> Block:
    attributes: dict[str, Attribute] = {}
    if key is not None:
        name = "count" if isinstance(key, int) else "for_each"
        attributes[name] = _given(place, name, syntax.Pending(place.source, place.start, place.end))
    return _block_with(place, "resource", (), attributes)


def _given(place: Place, name: str, value: Expression) -> Attribute:
    return Attribute(place.source, place.start, place.end, name, lambda: value)


def _block_with(place: Place, kind: str, labels: tuple[str, ...], attributes: dict[str, Attribute]) -> Block:
    body = Body(place.source, place.start, place.end, lambda: (attributes, []))
    return Block(place.source, place.start, place.end, kind, labels, body, place.end)
