"""Whether an expression fits the model: every name, field, term and argument, checked when a rule is loaded."""

from __future__ import annotations

import inspect
import types
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from iamlint.engine.expression import ExpressionError, Tree
from iamlint.model.text import Text
from iamlint.model.thing import Model, Setting, term

_HIDDEN = frozenset({"place", "via", "when", "spellings", "parts", "places", "body", "folds_case", "kind_of_thing"})


@lru_cache(maxsize=64)
def words(model: type[Model]) -> dict[str, tuple[Any, str]]:
    """What a rule may say of a model: each field and term with its type and its documentation."""
    found: dict[str, tuple[Any, str]] = {}
    hints = get_type_hints(model)
    for name in model.model_fields:
        if name not in _HIDDEN:
            found[name] = (hints[name], model.model_fields[name].description or "")
    for cls in reversed(model.__mro__):
        for name, member in vars(cls).items():
            if isinstance(member, term) and type(member) is not cached_property:
                found[name] = (get_type_hints(member.func)["return"], _first_line(member.func))
            elif inspect.isfunction(member) and getattr(member, "__question__", False):
                found[name] = (member, _first_line(member))
    return found


def _first_line(documented: Any) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split())


def check(tree: Tree, scope: dict[str, Any]) -> Any:
    """The type of an expression's value. Raises ExpressionError with what would be right."""
    form = tree[0]
    if form == "name":
        if tree[1] not in scope:
            raise ExpressionError(f"`{tree[1]}` is not in scope; {_hint(tree[1], scope)}")
        return scope[tree[1]]
    if form == "literal":
        return type(tree[1])
    if form == "list":
        kinds = {type(item) for item in tree[1]}
        return tuple[kinds.pop(), ...] if len(kinds) == 1 else tuple[Any, ...]  # type: ignore[misc]
    if form in ("attr", "call"):
        return _member(tree, scope)
    if form == "not":
        check(tree[1], scope)
    elif form in ("and", "or"):
        for operand in tree[1]:
            check(operand, scope)
    elif form == "compare":
        _comparison(tree, scope)
    else:
        item = _item_type(check(tree[2], scope), tree[1])
        check(tree[3], {**scope, tree[1]: item})
    return bool


def _members(kind: Any) -> list[type[Model]]:
    """The models that a value of this type may be, None and Unknown aside."""
    if get_origin(kind) in (Union, types.UnionType):
        return [model for option in get_args(kind) for model in _members(option)]
    # On 3.10 `tuple[X, ...]` passes for a class, but cannot be asked whose subclass it is.
    is_class = isinstance(kind, type) and get_origin(kind) is None
    return [kind] if is_class and issubclass(kind, Model) else []


def _member(tree: Tree, scope: dict[str, Any]) -> Any:
    owner, name = check(tree[1], scope), tree[2]
    models = _members(owner)
    if not models:
        raise ExpressionError(f"{_called(owner)} has no `{name}`; it is a plain value")
    model = models[0]
    known = words(model)
    if name not in known:
        raise ExpressionError(f"{_article(model)} has no `{name}`; {_hint(name, known)}")
    kind = known[name][0]
    is_question = inspect.isfunction(kind)
    if tree[0] == "attr":
        if is_question:
            raise ExpressionError(f"`{name}` is a question: call it, as in `{name}{_signature(kind)}`")
        return kind
    if not is_question:
        raise ExpressionError(f"`{name}` is not a question: write it without parentheses")
    hints = get_type_hints(kind)
    parameters = [p for p in inspect.signature(kind).parameters.values() if p.name != "self"]
    required = sum(parameter.default is inspect.Parameter.empty for parameter in parameters)
    if not required <= len(tree[3]) <= len(parameters):
        wanted = str(required) if required == len(parameters) else f"{required} to {len(parameters)}"
        raise ExpressionError(f"`{name}` takes {wanted} argument(s): `{name}{_signature(kind)}`")
    for parameter, argument in zip(parameters, tree[3], strict=False):
        given = check(argument, scope)
        is_class = isinstance(given, type) and get_origin(given) is None
        if not (is_class and issubclass(given, hints[parameter.name])):
            raise ExpressionError(f"`{name}`: {argument[1]!r} is not {_called(hints[parameter.name])}")
    return hints["return"]


def _signature(function: Any) -> str:
    """The parameters of a question, those that may be left out in brackets: `(action[, resource])`."""
    written = ""
    for name, parameter in inspect.signature(function).parameters.items():
        comma = ", " if written else ""
        if name != "self":
            written += f"{comma}{name}" if parameter.default is inspect.Parameter.empty else f"[{comma}{name}]"
    return f"({written})"


def _comparison(tree: Tree, scope: dict[str, Any]) -> None:
    operator, left, right = tree[1], check(tree[2], scope), check(tree[3], scope)
    if operator in ("in", "not in"):
        if right is not str:
            _item_type(right, "x")
        _check_value(left, tree[3])
    elif operator in ("==", "!="):
        _check_value(left, tree[3])
    else:
        for side in (left, right):
            if side not in (int, float) and Setting not in _members(side):
                raise ExpressionError(f"`{operator}` compares numbers, not {_called(side)}")


def _check_value(left: Any, right: Tree) -> None:
    """A literal compared with a field of fixed values must be one of them; a model is compared with nothing."""
    compared = [right[1]] if right[0] == "literal" else right[1] if right[0] == "list" else []
    values = get_args(left) if get_origin(left) is Literal else ()
    for value in compared:
        if values and value not in values:
            raise ExpressionError(f"never equal to {value!r}; it is one of {', '.join(map(str, values))}")
        models = _members(left)
        if models and not any(issubclass(model, (Text, Setting)) for model in models):
            raise ExpressionError(f"{_article(models[0])} is not comparable with {value!r}; ask one of its terms")


def _item_type(kind: Any, variable: str) -> Any:
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    raise ExpressionError(f"`{variable}` cannot run over {_called(kind)}: it is not a list")


def _called(kind: Any) -> str:
    models = _members(kind)
    if models:
        return _article(models[0])
    plain = {bool: "an answer (true or false)", str: "a string", int: "a number", float: "a number"}
    return plain.get(kind, "a list" if get_origin(kind) is tuple else "an answer (true, false or unknown)")


def _article(model: type) -> str:
    name = model.__name__
    return f"an {name}" if name[0] in "AEIOU" else f"a {name}"


def _hint(name: str, known: dict[str, Any]) -> str:
    close = get_close_matches(name, known, 1, 0.7)
    listed = ", ".join(sorted(known))
    return f"did you mean `{close[0]}`? It has {listed}" if close else f"it has {listed}"
