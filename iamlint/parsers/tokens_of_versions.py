"""Versions of the instance metadata service in the words of EC2: whether session tokens are required."""

from __future__ import annotations

from iamlint.model.thing import Setting

_TOKENS = {"1": "optional", "2": "required"}


def tokens_of(version: Setting) -> Setting:
    """The least version that is taken (`1`, `2`), as EC2 would say it; where nothing is written it stays unwritten."""
    if not version.declared:
        return version.model_copy(update={"value": None})
    told = _TOKENS.get(str(version.value))
    return version if told is None else version.model_copy(update={"value": told})
