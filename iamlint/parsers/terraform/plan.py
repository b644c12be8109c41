"""Plans and states as `terraform show -json` prints them become stacks: every value in them stands for itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlint.model.account import FileProblem
from iamlint.model.secret import Secret
from iamlint.model.stack import Stack
from iamlint.parsers import credentials
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.terraform import lone_documents
from iamlint.parsers.terraform import module as modules
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.mentions import PlannedMentions
from iamlint.parsers.terraform.mirrors import Mirrors
from iamlint.parsers.terraform.plan_source import Names, PlanSource, source_of
from iamlint.parsers.terraform.planned_modules import Listed, PlannedModules, every_resource, items, string, within
from iamlint.parsers.terraform.planned_values import Marks, configured_of, expression_of
from iamlint.parsers.terraform.sensitive import HINT
from iamlint.parsers.terraform.sensitive_strings import sensitive_strings
from iamlint.source.document import Document
from iamlint.source.hcl_syntax import Attribute, Block, Body, Expression
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place

NEWEST = 1  # the major version of the format


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan or state gives: its stack, the folder of its source when that is at hand, and the offsets of its
    sensitive strings."""

    stack: Stack
    folder: str | None
    withheld: tuple[tuple[int, int], ...]


def is_plan(root: MappingNode) -> bool:
    """Whether a JSON object is a plan or a state as `terraform show -json` prints it."""
    if not string(root, "format_version"):
        return False
    if isinstance(root.get("planned_values"), MappingNode):
        return True
    return isinstance(within(root, "values", "root_module"), MappingNode)


def read(document: Document, root: MappingNode, files: Files, beside: str, folders: Sequence[str]) -> Plan:
    """Reads a plan or state. Its source is looked for in the folder `beside` it, then among `folders`."""
    builder = StackBuilder(document.source.path)
    version = root.get("format_version")
    if version is not None and _major(string(root, "format_version")) > NEWEST:
        builder.add(_too_new(version, document.source.path))
        return Plan(builder.build(), None, ())
    found = source_of(_names(root), files, beside, folders)
    source = found[1] if found is not None else PlanSource(None, None, "")
    module = _root_module(root, files, source)
    modules.declare_module(builder, module, set())
    configured = within(root, "configuration", "root_module")
    if isinstance(configured, MappingNode):
        lone_documents.declare_planned(builder, module, configured)
    mentions = PlannedMentions(configured) if isinstance(configured, MappingNode) else None
    builder.view(mentions, sets_up_accounts=True)
    stack = builder.build()
    withheld = sorted(set(sensitive_strings(root)))
    texts = _credentials(document, [thing for thing in stack.things if isinstance(thing, Secret)], withheld)
    whole = stack.model_copy(update={"things": (*stack.things, *texts)})
    return Plan(whole, found[0] if found is not None else None, tuple(withheld))


def _major(version: str) -> int:
    number = version.partition(".")[0]
    return int(number) if number.isdecimal() and len(number) < 9 else 0


def _too_new(version: Node, path: str) -> FileProblem:
    return FileProblem(
        kind="unreadable",
        message=f"the plan has the format {version.written}, which is newer than what iamlint reads",
        remedy="Update iamlint.",
        place=version,
        address=path,
    )


def _names(root: MappingNode) -> Names:
    """What the root module declares: from the configuration, which a state does not have."""
    configured = within(root, "configuration", "root_module")
    listed = configured if configured is not None else within(root, "values", "root_module")
    calls = within(configured, "module_calls")
    resources = {
        ("data" if string(node, "mode") == "data" else "resource", string(node, "type"), string(node, "name"))
        for node in items(listed, "resources")
    }
    return frozenset(resources), frozenset(calls.keys() if isinstance(calls, MappingNode) else ())


def _root_module(root: MappingNode, files: Files, source: PlanSource) -> Module:
    values = root.get("planned_values") or root.get("values")
    listed = Listed(root)
    listed.take(within(values, "root_module"))
    # Data sources that were read before the plan stand where what was there before stands.
    listed.take(within(root, "prior_state", "values", "root_module"), "data")
    unknown: dict[str, Node] = {}
    gone: set[str] = set()
    for change in items(root, "resource_changes"):
        address, marks = string(change, "address"), within(change, "change", "after_unknown")
        if string(change, "deposed"):
            continue
        if marks is not None:
            unknown[address] = marks
        if _actions(change) == ["delete"]:
            gone.add(address)
    configured = within(root, "configuration", "root_module")
    # The values are literals: evaluating them costs about as much as the plan is long.
    run = Run(files, "", most_steps=1_000_000 + len(root.source.text))
    planned = PlannedModules(run, unknown, frozenset(gone), Mirrors(every_resource(listed)))
    module = planned.root(listed, configured, source, _variables(root, configured))
    module.declared.providers.extend(_providers(root))
    return module


def _actions(change: Node) -> list[object]:
    return [item.value for item in items(within(change, "change"), "actions") if isinstance(item, ScalarNode)]


def _variables(root: MappingNode, configured: Node | None) -> dict[str, Expression]:
    variables = root.get("variables")
    given: dict[str, Expression] = {}
    for key, node in variables.entries if isinstance(variables, MappingNode) else ():
        value = within(node, "value")
        if value is not None:
            sensitive = within(configured, "variables", str(key.value), "sensitive")
            given[str(key.value)] = expression_of(value, Marks(sensitive=sensitive))
    return given


def _providers(root: MappingNode) -> Iterator[Block]:
    """The provider configurations, as far as they are constants or come from the root module's variables."""
    listed = within(root, "configuration", "provider_config")
    for key, node in listed.entries if isinstance(listed, MappingNode) else ():
        expressions = within(node, "expressions")
        if isinstance(expressions, MappingNode):
            yield _configured_block(key, "provider", (string(node, "name") or str(key.value),), expressions, node)


def _configured_block(key: ScalarNode, kind: str, labels: tuple[str, ...], node: MappingNode, whole: Node) -> Block:
    """A block as the configuration has it: arguments are expressions, blocks lists of the same."""

    def make() -> tuple[dict[str, Attribute], list[Block]]:
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        for name, inner in node.entries:
            if isinstance(inner, SequenceNode):
                inside = (item for item in inner.items if isinstance(item, MappingNode))
                blocks.extend(_configured_block(name, str(name.value), (), item, item) for item in inside)
            else:
                attributes[str(name.value)] = _configured_attribute(name, inner)
        return attributes, blocks

    body = Body(node.source, node.start, node.end, make)
    return Block(key.source, key.start, key.end, kind, labels, body, whole.end)


def _configured_attribute(name: ScalarNode, node: Node) -> Attribute:
    return Attribute(name.source, name.start, node.end, str(name.value), lambda: configured_of(node, node))


def _credentials(document: Document, told: list[Secret], withheld: list[tuple[int, int]]) -> Iterator[Secret]:
    """Credentials anywhere in the text, each once: a plan has the same value in several sections. What is told of a
    resource already is not told again."""
    source = document.source
    seen: set[str] = set()
    for secret in told:
        written = secret.place.written
        seen.add(written.strip('"'))
        seen.update(written[inner.start : inner.end] for inner in credentials.find(written))
    for found in credentials.find(source.text):
        written = source.text[found.start : found.end]
        if written in seen:
            continue
        seen.add(written)
        at = bisect_right(withheld, (found.start, len(source.text)))
        is_sensitive = at > 0 and found.start < withheld[at - 1][1]
        place = Place(source, found.start, found.end)
        hint = HINT if is_sensitive else found.hint
        yield Secret(
            kind=found.kind, context="text", hint=hint, is_example=found.is_example, place=place,
            address=source.path,
        )  # fmt: skip
