"""Module instances: their variables, locals, outputs, resources and calls, evaluated when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from iamlint.model.unknown import ALWAYS, Guard
from iamlint.model.value import Scalar, UnknownValue, Value
from iamlint.parsers.terraform import variable_types
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.literals import WAITING, failed, unknown
from iamlint.parsers.terraform.module_calls import ModuleCall
from iamlint.parsers.terraform.references import ROOTS
from iamlint.parsers.terraform.resource_instances import Declared
from iamlint.source import hcl_syntax as syntax
from iamlint.source.span import Place, Related


class Run:
    """What all module instances of one stack share: the files, and how much may still be evaluated."""

    __slots__ = ("circles", "depth", "files", "has_secrets", "made", "modules", "most_steps", "root_folder", "steps")

    def __init__(self, files: Files, root_folder: str, most_steps: int = 1_000_000) -> None:
        self.files = files
        self.root_folder = root_folder
        self.depth = 0
        self.steps = 0
        self.most_steps = most_steps
        self.modules = 0
        self.made: set[str] = set()  # the folders of the modules that there is an instance of
        self.has_secrets = False
        self.circles: dict[tuple[str, int], tuple[str, Place]] = {}  # the locals that need themselves, by place


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
        run.made.add(declared.folder)

    def give(self, arguments: Mapping[str, Callable[[], Value]]) -> None:
        """Gives the variables values, before any of them was asked for."""
        self._arguments = arguments

    def take(self, resources: Iterable[Declared], calls: Iterable[ModuleCall]) -> None:
        """Takes resources and module calls whose instances are known already, as a plan lists them."""
        self._resources.update(((it.mode, it.kind, it.name), it) for it in resources)
        self._calls.update((call.name, call) for call in calls)

    def reference(self, expression: syntax.Reference, scope: Scope) -> Value:
        """The value of a reference to something declared in this module."""
        root, steps = expression.root, expression.steps
        if root == "resource" and steps and isinstance(steps[0], syntax.GetAttr):
            root, steps = steps[0].name, steps[1:]
        special = ROOTS.get(root)
        if special is not None:
            return special(self, steps, scope, expression)
        if not steps or not isinstance(steps[0], syntax.GetAttr):
            return failed("not declared here", expression, expression.written)
        return self.resource("resource", root, steps[0].name).referred(steps[1:], scope, expression)

    def variable(self, name: str, place: Place) -> Value:
        """The value of a variable: the caller's, or its default."""
        found = self._variables.get(name)
        if found is None:
            self._variables[name] = WAITING
            found = self._variables[name] = self._variable(name, place)
        return unknown("variables refer to each other in a circle", place) if found is WAITING else found

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
            self._locals[name] = WAITING
            found = self._locals[name] = evaluate(attribute.value, self.scope)
        if found is WAITING:
            attribute = self.declared.locals[name]
            self.run.circles[attribute.source.path, attribute.start] = (name, attribute)
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
            self._outputs[name] = WAITING
            found = self._outputs[name] = evaluate(attribute.value, self.scope)
        return unknown("outputs refer to each other in a circle", place) if found is WAITING else found

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
