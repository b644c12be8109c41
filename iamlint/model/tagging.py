"""Tags by which conditions tell what an identity may act on, and the actions by which it can change them."""

from __future__ import annotations

from iamlint.model.thing import Placed


class Tagging(Placed):
    """An action that sets a tag on which a condition of the same identity relies; `key` is the condition's."""

    action: str
    key: str

    def __str__(self) -> str:
        return f"`{self.key}` by {self.action}"
