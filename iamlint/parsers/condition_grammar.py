"""What is wrong with a Condition by the grammar: types that do not fit, keys told twice, and what is empty."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.flaw import Flaw
from iamlint.model.text import Text
from iamlint.model.validation.condition_operators import operator_flaw
from iamlint.model.value import ListValue, MapValue, Scalar, Value
from iamlint.parsers.flaw_making import Telling, is_retyped, is_written_empty, kind_of
from iamlint.parsers.values import alternatives

# What an operator makes of an empty list, by the word that decides it
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html).
_EMPTY = (
    ("forallvalues:", "forallvalues", "it holds only when the key is absent"),
    ("foranyvalue:", "foranyvalue", "it never holds"),
)


def condition_flaws(condition: Value, told: Telling) -> Iterator[Flaw]:
    """The flaws of a statement's Condition."""
    for option in alternatives(condition):
        if not isinstance(option, MapValue):
            yield from _not_object("Condition", option, told)
            continue
        if is_written_empty(option):
            yield told.flaw("empty-object-condition", "Condition is an empty object: it tests nothing", option,
                            "Condition")  # fmt: skip
        for operator, block in option.entries:
            path = f"Condition/{operator.shown}"
            for inner in alternatives(block):
                wrong = operator_flaw(operator.literal) if operator.literal is not None else None
                if isinstance(inner, MapValue):
                    yield from _block_flaws(operator, inner, path, told)
                elif wrong is not None:
                    yield told.flaw(*wrong, operator, path)
                else:
                    yield from _not_object(f"the operator `{operator.shown}`", inner, told, path)


def _not_object(what: str, value: Value, told: Telling, path: str = "Condition") -> Iterator[Flaw]:
    found = kind_of(value)
    if found not in ("unknown", "null"):
        yield told.flaw("data-type-mismatch", f"{what} must be an object, not {found}", value, path)


def _block_flaws(operator: Text, block: MapValue, path: str, told: Telling) -> Iterator[Flaw]:
    if is_written_empty(block):
        message = f"`{operator.shown}` is an empty object: it tests nothing"
        yield told.flaw("empty-object-condition", message, block, path)
    spelled: dict[str, str] = {}
    for key, value in block.entries:
        if key.literal is not None:
            first = spelled.setdefault(key.literal.lower(), key.literal)
            if first != key.literal:
                message = f"`{key.literal}` is the same condition key as `{first}`, in another letter case"
                yield told.flaw("duplicate-keys-with-different-case", message, key, f"{path}/{key.shown}")
        for option in alternatives(value):
            yield from _value_flaws(operator, key, option, f"{path}/{key.shown}", told)


def _value_flaws(operator: Text, key: Text, value: Value, path: str, told: Telling) -> Iterator[Flaw]:
    if isinstance(value, Text):
        return
    if not isinstance(value, ListValue):
        yield from _not_scalar(key, value, path, told)
        return
    if is_written_empty(value) and operator.hole is None:
        code, meaning = _emptiness(operator.shown.lower())
        yield told.flaw(code, f"`{key.shown}` is compared with an empty list: {meaning}", value, path)
    first = ""
    for item in value.items:
        yield from _not_scalar(key, item, path, told)
        found = kind_of(item)
        if found not in ("a string", "a number", "a boolean") or (isinstance(item, Scalar) and is_retyped(item.place)):
            continue
        if first and found != first:
            message = f"`{key.shown}` is compared with {first} and {found}"
            yield told.flaw("invalid-condition-data-type", message, item, path)
            return
        first = found


def _not_scalar(key: Text, value: Value, path: str, told: Telling) -> Iterator[Flaw]:
    for option in alternatives(value):
        if isinstance(option, MapValue | ListValue):
            message = f"`{key.shown}` must be compared with strings, numbers or booleans, not {kind_of(option)}"
            yield told.flaw("invalid-condition-data-type", message, option, path)


def _emptiness(operator: str) -> tuple[str, str]:
    """The code for an empty list, and what it comes to."""
    for prefix, suffix, meaning in _EMPTY:
        if operator.startswith(prefix):
            return f"empty-array-condition-{suffix}", meaning
    if operator.endswith("ifexists"):
        return "empty-array-condition-ifexists", "it holds only when the key is absent"
    return "empty-array-condition", "the statement has no effect"
