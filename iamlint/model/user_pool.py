"""User pools of Amazon Cognito: how their users sign in."""

from __future__ import annotations

from typing import ClassVar

from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing, term
from iamlint.model.unknown import Truth, Unknown, all_of, any_of

# Below the first a password is guessed whatever is in it; from the second on, length makes up for kinds of characters.
_SHORTEST = 8
_LONG = 14


class UserPool(Thing):
    """A user pool, with Cognito's defaults where a setting is not written."""

    kind_of_thing: ClassVar[str] = "user_pool"

    name: Text | None = None
    mfa: Setting
    minimum_length: Setting
    require_uppercase: Setting
    require_lowercase: Setting
    require_numbers: Setting
    require_symbols: Setting

    @term
    def label(self) -> str:
        """What to call it in a message."""
        if self.name is not None and self.name.is_known:
            return self.name.shown
        return self.address.removeprefix("Resources/")

    @term
    def is_without_mfa(self) -> Truth:
        """Whether MFA is off, so that no user can even choose it."""
        # A bare OFF is a boolean in YAML 1.1.
        return any_of((self.mfa.equals("OFF"), self.mfa.equals(False)))

    @term
    def has_weak_password(self) -> Truth:
        """Whether passwords may be shorter than 8 characters, or than 14 without all four kinds of characters."""
        missing = any_of(setting.equals(False) for _, setting in self._kinds)
        return any_of((self._is_under(_SHORTEST), all_of((self._is_under(_LONG), missing))))

    @term
    def weakness(self) -> str:
        """What the weakest password that it takes is like, in words."""
        lacking = [name for name, setting in self._kinds if setting.equals(False) is True]
        told = "" if isinstance(self.minimum_length.value, Unknown) else f"of {self.minimum_length} characters"
        return " ".join(part for part in (told, f"without {_listed(lacking)}" if lacking else "") if part)

    @term
    def weakest(self) -> Setting:
        """The setting that makes passwords weak: the length where it alone does, else the first kind left out."""
        if self._is_under(_SHORTEST) is True:
            return self.minimum_length
        return next((setting for _, setting in self._kinds if setting.equals(False) is True), self.minimum_length)

    @property
    def _kinds(self) -> tuple[tuple[str, Setting], ...]:
        return (
            ("uppercase letters", self.require_uppercase),
            ("lowercase letters", self.require_lowercase),
            ("numbers", self.require_numbers),
            ("symbols", self.require_symbols),
        )

    def _is_under(self, length: int) -> Truth:
        value = self.minimum_length.value
        if isinstance(value, Unknown):
            return value
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value < length


def _listed(names: list[str]) -> str:
    """Words joined as in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
