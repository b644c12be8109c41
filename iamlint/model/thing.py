"""What every model has: frozen pydantic, a place, an address, and terms that a rule may use."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

# Looking for plugins costs a scan of every installed distribution at import; iamlint has none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from pydantic import BaseModel, ConfigDict, InstanceOf

from iamlint.model.unknown import ALWAYS, Guard, Truth, Unknown
from iamlint.source.span import Place, Related

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    derived = cached_property
    term = cached_property
else:

    class derived(cached_property):
        """A property of a model that is worked out once. Before Python 3.12 one of functools takes a lock each time,
        which a run on one thread has no use for."""

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.attrname] = self.func(instance)
            return value

    class term(derived):
        """A property of a model that rules may use; its docstring is its documentation."""


def question(method: F) -> F:
    """Marks a method of a model that rules may call with literal arguments."""
    method.__question__ = True  # type: ignore[attr-defined]
    return method


def remembered(method: F) -> F:
    """A method whose answers are kept: rules ask it of the same things again, for their messages at least."""
    name = method.__name__

    @wraps(method)
    def asked(self: Any, *arguments: Any) -> Any:
        answers = self.__dict__.setdefault("_remembered", {})
        # By the very things asked about: comparing them takes longer than to ask. They are kept, so that no other
        # gets the place of one.
        key = (name, *map(id, arguments))
        if key not in answers:
            answers[key] = (method(self, *arguments), arguments)
        return answers[key][0]

    return cast(F, asked)


class Model(BaseModel):
    """A frozen value of the model."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        defer_build=True,
        ignored_types=(cached_property,),
    )


class Placed(Model):
    """Something written at a place: where, through which other places, and under which conditions it exists."""

    place: Place
    # That these are what they say is looked at, and not that all in them is: there are very many.
    via: tuple[InstanceOf[Related], ...] = ()
    when: InstanceOf[Guard] = ALWAYS


class Thing(Placed):
    """Something that a rule can flag on its own, with the address its users call it by."""

    kind_of_thing: ClassVar[str] = ""

    address: str = ""
    element: str = ""


class Setting(Placed):
    """A setting of a thing: its value, and whether it was written or is the default.

    `value` is None when the setting is absent and has no default, and Unknown when it cannot be known.
    """

    value: bool | int | float | str | Unknown | None
    declared: bool = True

    @term
    def is_absent(self) -> bool:
        """Whether the setting has no value at all, not even a default."""
        return self.value is None

    @term
    def is_declared(self) -> bool:
        """Whether the setting is written down, as opposed to a default."""
        return self.declared

    def __str__(self) -> str:
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        return "" if self.value is None else str(self.value)

    def equals(self, other: bool | int | float | str) -> Truth:
        """Whether the setting has this value; Unknown when it cannot be known, False when it is absent."""
        return self.value if isinstance(self.value, Unknown) else self.value is not None and self.value == other
