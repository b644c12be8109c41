"""Terraform's functions: a table of small functions over evaluated values, and the few that need the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import (
    collection_functions,
    conversion_functions,
    encoding_functions,
    file_functions,
    format_functions,
    hash_functions,
    network_functions,
    number_functions,
    operators,
    provider_functions,
    regex_functions,
    set_functions,
    string_functions,
    time_functions,
)
from iamlint.parsers.terraform.lifting import Function
from iamlint.parsers.terraform.literals import LONGEST, Failed, failed, has_failed, unknown
from iamlint.parsers.terraform.signatures import SIGNATURES, fitted
from iamlint.source.hcl_syntax import Call, Expression

if TYPE_CHECKING:
    from iamlint.parsers.terraform.expressions import Scope

Evaluate = Callable[[Expression, "Scope"], Value]

_TABLE: dict[str, Function] = {
    **collection_functions.TABLE,
    **conversion_functions.TABLE,
    **encoding_functions.TABLE,
    **file_functions.PATHS,
    **format_functions.TABLE,
    **hash_functions.TABLE,
    **network_functions.TABLE,
    **number_functions.TABLE,
    **provider_functions.TABLE,
    **regex_functions.TABLE,
    **set_functions.TABLE,
    **string_functions.TABLE,
    **time_functions.TABLE,
}
_TAKES_CHOICES = frozenset({"jsonencode", "flatten", "concat", "compact", "distinct", "toset", "tolist", "merge"})


def called(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    """The value of a function call."""
    name = call.name.removeprefix("core::")
    special = _SPECIAL.get(name)
    if special is not None and (name == "can" or not call.expands):
        return special(call, scope, evaluate)
    if name == "try":
        # `try(list...)`: the items are evaluated before, and none of them can fail any more.
        items = _expanded([evaluate(argument, scope) for argument in call.arguments])
        return next((item for item in items if not has_failed(item)), failed("no argument works", call, _written(call)))
    arguments = [evaluate(argument, scope) for argument in call.arguments]
    if call.expands and arguments:
        rest = arguments.pop()
        if isinstance(rest, Choice):
            return operators.distributed(
                (*arguments, rest), lambda chosen: _applied(name, _expanded(chosen), call, scope), call
            )
        arguments = _expanded([*arguments, rest])
    return _applied(name, arguments, call, scope)


def _expanded(arguments: list[Value]) -> list[Value]:
    """The arguments with the items of the last one in its place."""
    *first, last = arguments
    return [*first, *last.items] if isinstance(last, ListValue) else arguments


def _applied(name: str, arguments: list[Value], call: Call, scope: Scope) -> Value:
    function = _TABLE.get(name)
    if function is None:
        with_files = file_functions.TABLE.get(name)
        if with_files is None:
            return unknown(f"the function {name} is not evaluated", call, _written(call))
        function = lambda fit, place: with_files(fit, call, scope)  # noqa: E731
    run = scope.module.run
    run.steps += sum(map(cost, arguments))
    if name in regex_functions.TABLE and len(arguments) > 1:
        run.steps += regex_functions.cost(name, arguments)
    if run.steps > run.most_steps:
        return unknown("too much to evaluate", call)
    result: Value
    choices = [index for index, argument in enumerate(arguments) if isinstance(argument, Choice)]
    if choices and name not in _TAKES_CHOICES:

        def make(chosen: list[Value]) -> Value:
            mixed = list(arguments)
            for index, value in zip(choices, chosen, strict=True):
                mixed[index] = value
            return _carried(name, function, mixed, call)

        result = operators.distributed(tuple(arguments[index] for index in choices), make, call)
    else:
        result = _carried(name, function, arguments, call)
    made = cost(result)
    run.steps += made
    return result if made <= MOST_MADE else unknown("a value too large", call, _written(call))


MOST_MADE = LONGEST >> 7


def cost(value: Value) -> int:
    """What a value costs that a function takes or makes, in steps of evaluation."""
    if isinstance(value, Text):
        return sum([len(part) for part in value.parts if isinstance(part, str)]) >> 7
    if isinstance(value, ListValue):
        return len(value.items) >> 2
    return len(value.entries) >> 2 if isinstance(value, MapValue) else 0


def _carried(name: str, function: Function, arguments: list[Value], call: Call) -> Value:
    """The function's value; too few arguments or ones of a wrong type are what Terraform would refuse."""
    refused = False
    try:
        result = function(fitted(name, arguments) if name in SIGNATURES else arguments, call)
        if isinstance(result, UnknownValue):
            refused = not has_failed(result) and any(map(has_failed, arguments))
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return failed(f"{call.name} does not take these arguments", call, _written(call))
    if refused and isinstance(result, UnknownValue):
        return failed(result.unknown.reason, call, _written(call))
    if isinstance(result, UnknownValue) and not result.unknown.written:
        u = result.unknown
        return UnknownValue(type(u)(u.reason, _written(call), u.ref, u.attribute, u.many), result.place)
    return result


def _written(call: Call) -> str:
    return " ".join(call.written.split())[:120]


def _try(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    """The first argument that does not fail. What is not known might fail; then it is taken for what it would be."""
    value: Value = failed("no argument of try works", call, _written(call))
    for argument in call.arguments:
        value = evaluate(argument, scope)
        if not _fails(value, argument):
            return value
    return value


def _can(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    """Whether the argument can be evaluated."""
    if len(call.arguments) != 1 or call.expands:
        return failed("can takes one expression", call)
    value = evaluate(call.arguments[0], scope)
    if _fails(value, call.arguments[0]):
        return Scalar(False, call)
    return value if isinstance(value, UnknownValue) else Scalar(True, call)


def _fails(value: Value, argument: Expression) -> bool:
    """Whether evaluating an argument of `try` is an error: of itself, or of something that is written in it. What
    failed in the values that it refers to has failed there."""
    if has_failed(value):
        return True
    if isinstance(value, ListValue):
        parts = value.items
    elif isinstance(value, MapValue):
        parts = tuple([item for _, item in value.entries])
    else:
        return False
    rest = value.rest if isinstance(value, MapValue) else None
    start, end, source = argument.start, argument.end, argument.source
    if value.place.source is not source or not start <= value.place.start <= end:
        return False
    if isinstance(rest, Failed):
        return True
    for part in parts:
        inside = part.place.source is source and start <= part.place.start <= end
        if inside and _fails(part, argument):
            return True
    return False


_SPECIAL: dict[str, Callable[[Call, Scope, Evaluate], Value]] = {"try": _try, "can": _can}

NAMES = frozenset({*_TABLE, *file_functions.TABLE, *_SPECIAL})
