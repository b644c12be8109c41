"""The words that a rule may use: every subject, and every field and term of every model."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from iamlint.engine.check_types import words
from iamlint.engine.subject import SUBJECTS, scope_types
from iamlint.model.thing import Model
from iamlint.model.unknown import Unknown


class Word(NamedTuple):
    """One word: what it belongs to, its name (with parameters), its type in words, and what it says."""

    subject: str
    name: str
    type: str
    doc: str


def vocabulary() -> list[Word]:
    """All words, subject by subject."""
    found: list[Word] = []
    shown: set[type] = set()
    pending: list[tuple[str, type[Model]]] = []
    for subject in SUBJECTS:
        pending += [(name, model) for name, model in scope_types(subject).items()]
    while pending:
        subject, model = pending.pop(0)
        if model in shown:
            continue
        shown.add(model)
        for word, (kind, doc) in sorted(words(model).items()):
            if inspect.isfunction(kind):
                hints = get_type_hints(kind)
                parameters = ", ".join(
                    f"{p}: {_type(hints[p])}{'' if of.default is inspect.Parameter.empty else ' (optional)'}"
                    for p, of in inspect.signature(kind).parameters.items()
                    if p != "self"
                )
                found.append(Word(subject, f"{word}({parameters})", _type(hints["return"]), doc))
            elif not _is_lookup(kind):
                found.append(Word(subject, word, _type(kind), doc))
                pending += [(inner.__name__, inner) for inner in _models(kind)]
    return found


def _models(kind: Any) -> list[type[Model]]:
    # On 3.10 `tuple[X, ...]` passes for a class: what has an origin is asked for its arguments first.
    if get_origin(kind) is not None:
        return [model for option in get_args(kind) for model in _models(option)]
    return [kind] if isinstance(kind, type) and issubclass(kind, Model) else []


def _is_lookup(kind: Any) -> bool:
    """Whether a field is a function, which the model looks things up by and no rule can call."""
    return get_origin(kind) is Callable or any(_is_lookup(option) for option in get_args(kind))


def _type(kind: Any) -> str:
    """A type in the words of a rule writer."""
    if get_origin(kind) in (Union, types.UnionType):
        options = get_args(kind)
        if Unknown in options and bool in options and len(options) == 2:
            return "answer"
        names = [_type(option) for option in options if option not in (type(None), Unknown)]
        return " or ".join(dict.fromkeys(names)) + (" or absent" if type(None) in options else "")
    if get_origin(kind) in (tuple, frozenset):
        return f"list of {_type(get_args(kind)[0])}"
    if get_args(kind):
        return "one of " + ", ".join(str(value) for value in get_args(kind))
    plain = {bool: "answer", str: "text", int: "number", float: "number", Unknown: "unknown"}
    return plain.get(kind, getattr(kind, "__name__", str(kind)))
