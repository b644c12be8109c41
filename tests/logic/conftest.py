"""What the tests of the logic share: policies from compact spellings, and a short list of today's actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.logic.actions import Catalogue
from iamlint.logic.policy import Policy
from iamlint.logic.reading import read_policy

_ACTIONS = {
    "s3": ("getobject", "getobjectacl", "putobject", "deleteobject", "listbucket"),
    "iam": ("createuser", "createrole", "passrole", "getrole", "getuser"),
    "sqs": ("sendmessage", "receivemessage"),
}
_PARTS = {"when": "Condition", "to": "Principal", "not_to": "NotPrincipal"}


@pytest.fixture(scope="session")
def today() -> Catalogue:
    """A short list of today's actions."""
    return Catalogue(_ACTIONS, _ACTIONS.__getitem__)


@pytest.fixture(scope="session")
def policy() -> Callable[..., Policy]:
    """Makes a policy of statements such as `("Deny", "s3:*", "*", {"when": {…}})`; resource and the rest may lack."""

    def made(*statements: tuple[Any, ...]) -> Policy:
        raw = []
        for effect, actions, *more in statements:
            one = {"Effect": effect, "Action": actions, "Resource": "*"}
            for part in more:
                one.update(
                    {_PARTS[name]: value for name, value in part.items()}
                    if isinstance(part, dict)
                    else {"Resource": part}
                )
            raw.append(one)
        return read_policy({"Version": "2012-10-17", "Statement": raw})

    return made
