"""User pools of Amazon Cognito in a template."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.user_pool import UserPool
from iamlint.parsers.cloudformation.declaring import Declaring

_POLICY = "Policies.PasswordPolicy"


def _user_pool(it: Declaring) -> None:
    """A pool without a password policy gets Cognito's own; what a policy that is there leaves out is not documented."""
    left_out = None if it.value(_POLICY) is None else Unknown("a part of a password policy that is left out")

    def setting(name: str, default: bool | int) -> Setting:
        found = it.setting(f"{_POLICY}.{name}", default)
        if left_out is None or found.declared:
            return found
        return found.model_copy(update={"value": left_out})

    at = it.at()
    it.builder.add(
        UserPool(
            name=it.text("UserPoolName"),
            mfa=it.setting("MfaConfiguration", "OFF"),
            minimum_length=setting("MinimumLength", 8),
            require_uppercase=setting("RequireUppercase", True),
            require_lowercase=setting("RequireLowercase", True),
            require_numbers=setting("RequireNumbers", True),
            require_symbols=setting("RequireSymbols", True),
            place=at.place,
            when=at.when,
            address=at.address,
        )
    )


TYPES: dict[str, Callable[[Declaring], None]] = {"AWS::Cognito::UserPool": _user_pool}
