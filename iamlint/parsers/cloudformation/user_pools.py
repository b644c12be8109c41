"""User pools of Amazon Cognito in a template."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.thing import Setting
from iamlint.model.user_pool import UserPool
from iamlint.parsers.cloudformation.declaring import Declaring

_POLICY = "Policies.PasswordPolicy"


def _user_pool(it: Declaring) -> None:
    """A pool without a password policy gets Cognito's own; a policy that is there asks for no more than it says.

    The booleans of PasswordPolicyType are plain ones in the API's model: one that is left out is sent as false is.
    """
    kind = it.given(_POLICY) is None

    def setting(name: str, default: bool | int) -> Setting:
        return it.setting(f"{_POLICY}.{name}", default)

    at = it.at()
    it.builder.add(
        UserPool(
            name=it.text("UserPoolName"),
            mfa=it.setting("MfaConfiguration", "OFF"),
            minimum_length=setting("MinimumLength", 8),
            require_uppercase=setting("RequireUppercase", kind),
            require_lowercase=setting("RequireLowercase", kind),
            require_numbers=setting("RequireNumbers", kind),
            require_symbols=setting("RequireSymbols", kind),
            place=at.place,
            when=at.when,
            address=at.address,
        )
    )


TYPES: dict[str, Callable[[Declaring], None]] = {"AWS::Cognito::UserPool": _user_pool}
