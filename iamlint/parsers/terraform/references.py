"""What the names at the start of a reference mean: `var`, `local`, `data`, `module`, `path` and the like."""

from __future__ import annotations

import os.path
from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.value import Choice, UnknownValue, Value
from iamlint.parsers.terraform.expressions import Scope, stepped
from iamlint.parsers.terraform.literals import failed, passed, shortened, text, unknown
from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_syntax import Step
from iamlint.source.span import Place, Related

if TYPE_CHECKING:
    from iamlint.parsers.terraform.instances import Module


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
    return passed(value, Related(place, f"used as {shortened(place)}"))


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


ROOTS: dict[str, Callable[[Module, tuple[Step, ...], Scope, Place], Value]] = {
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
