"""Terraform's functions: a table of small functions over evaluated values, and the few that need the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import collection_functions, operators, set_functions, string_functions
from iamlint.parsers.terraform.files import below
from iamlint.parsers.terraform.literals import failed, has_failed, unknown
from iamlint.source.hcl_syntax import Call, Expression
from iamlint.source.span import Place

if TYPE_CHECKING:
    from iamlint.parsers.terraform.expressions import Scope

Evaluate = Callable[[Expression, "Scope"], Value]
Function = Callable[[list[Value], Place], Value]

_TABLE: dict[str, Function] = {**string_functions.TABLE, **collection_functions.TABLE, **set_functions.TABLE}


def called(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    """The value of a function call."""
    name = call.name.removeprefix("core::")
    special = _SPECIAL.get(name)
    if special is not None and not call.expands:
        return special(call, scope, evaluate)
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
        with_files = _WITH_FILES.get(name)
        if with_files is None:
            return unknown(f"the function {name} is not evaluated", call, _written(call))
        return with_files(arguments, call, scope)
    choices = [index for index, argument in enumerate(arguments) if isinstance(argument, Choice)]
    if choices and name not in _TAKES_CHOICES:

        def make(chosen: list[Value]) -> Value:
            mixed = list(arguments)
            for index, value in zip(choices, chosen, strict=True):
                mixed[index] = value
            return _carried(function, mixed, call)

        return operators.distributed(tuple(arguments[index] for index in choices), make, call)
    return _carried(function, arguments, call)


_TAKES_CHOICES = frozenset({"jsonencode", "flatten", "concat", "compact", "distinct", "toset", "tolist", "merge"})


def _carried(function: Function, arguments: list[Value], call: Call) -> Value:
    """The function's value; too few arguments or ones of a wrong type are what Terraform would refuse."""
    try:
        result = function(arguments, call)
    except (IndexError, TypeError, ValueError, KeyError, OverflowError):
        return failed(f"{call.name} does not take these arguments", call, _written(call))
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
        if not has_failed(value):
            return value
    return value


def _can(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    value = evaluate(call.arguments[0], scope) if call.arguments else failed("nothing", call)
    if isinstance(value, UnknownValue) and not has_failed(value):
        return value
    return Scalar(not has_failed(value), call)


def _templatefile(call: Call, scope: Scope, evaluate: Evaluate) -> Value:
    from iamlint.parsers.terraform.template_files import rendered_file

    if not call.arguments:
        return failed("templatefile needs a path", call)
    path = evaluate(call.arguments[0], scope)
    variables = evaluate(call.arguments[1], scope) if len(call.arguments) > 1 else None
    names: dict[str, Value] = {}
    if isinstance(variables, MapValue):
        names = {key.literal: value for key, value in variables.entries if key.literal is not None}
    return rendered_file(path, names, scope, call)


def _file(arguments: list[Value], call: Call, scope: Scope) -> Value:
    from iamlint.parsers.terraform.template_files import file_content

    return file_content(arguments[0], scope, call) if arguments else failed("file needs a path", call)


def _fileexists(arguments: list[Value], call: Call, scope: Scope) -> Value:
    path = arguments[0] if arguments else None
    if not isinstance(path, Text) or path.literal is None:
        return unknown("a path that is not known", call, _written(call))
    run = scope.module.run
    folders = (run.root_folder, scope.module.declared.folder)
    found = [run.files.exists(below(folder, path.literal)) for folder in folders]
    if any(found):
        return Scalar(True, call)
    return unknown("a path outside of what is checked", call) if None in found else Scalar(False, call)


def _arn_build(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`provider::aws::arn_build(partition, service, region, account, resource)`."""
    return string_functions.join([_text(":", call), ListValue((_text("arn", call), *arguments), call)], call)


def _arn_parse(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`provider::aws::arn_parse(arn)`."""
    literal = arguments[0].literal if arguments and isinstance(arguments[0], Text) else None
    if literal is None:
        return unknown("an ARN that is not known", call, _written(call))
    fields = literal.split(":", 5)
    if len(fields) < 6:
        return failed("not an ARN", call)
    names = ("partition", "service", "region", "account_id", "resource")
    entries = tuple((_text(name, call), _text(field, call)) for name, field in zip(names, fields[1:], strict=True))
    return MapValue(entries, call)


def _text(content: str, place: Place) -> Text:
    return Text(parts=(content,), place=place)


_SPECIAL: dict[str, Callable[[Call, Scope, Evaluate], Value]] = {
    "try": _try,
    "can": _can,
    "templatefile": _templatefile,
}

_WITH_FILES: dict[str, Callable[[list[Value], Call, Scope], Value]] = {
    "file": _file,
    "fileexists": _fileexists,
    "provider::aws::arn_build": _arn_build,
    "provider::aws::arn_parse": _arn_parse,
}
