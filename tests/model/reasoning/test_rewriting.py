"""Policies that say what a policy of AWS's own says: word by word, in another order, or nearly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iamlint.aws import managed_policies
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks

NAME = "AmazonSSMManagedInstanceCore"
WITH_CONDITIONS = "AmazonECS_FullAccess"


def written(folder: Path, statements: list[dict[str, Any]], version: str = "2012-10-17") -> Stack:
    path = folder / "policy.json"
    path.write_text(json.dumps({"Version": version, "Statement": statements}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(path),))))
    return stack


def rewritten(stack: Stack) -> str:
    (policy,) = stack.policies
    return stack.rewrites(policy)


def statements_of(name: str) -> list[dict[str, Any]]:
    found = managed_policies.granted(name)
    assert found is not None
    return [dict(one) for one in found]


def one_compared_value_changed(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (first, *_) = [one for one in statements if "StringLike" in one.get("Condition", {})]
    (key, _), *_ = first["Condition"]["StringLike"].items()
    first["Condition"]["StringLike"][key] = "another"
    return statements


@pytest.mark.parametrize("name", [NAME, WITH_CONDITIONS])
def test_what_is_copied_word_by_word_is_told_without_the_logic(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iamlint.logic.compare.is_within", lambda *_: False)
    assert rewritten(written(tmp_path, statements_of(name))) == name


def in_another_order(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "Action": one["Action"][::-1], "Sid": f"S{number}"} for number, one in enumerate(statements[::-1])]


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        pytest.param(NAME, in_another_order, NAME, id="another order"),
        pytest.param(WITH_CONDITIONS, one_compared_value_changed, "", id="another value"),
        pytest.param(NAME, lambda all_of: [{**one, "Resource": "arn:aws:s3:::a"} for one in all_of], "",
                     id="another resource"),
        pytest.param(NAME, lambda all_of: [{**all_of[0], "Effect": "Deny"}, *all_of[1:]], "", id="another effect"),
    ],
)  # fmt: skip
def test_what_is_written_otherwise_is_asked_of_the_logic(
    name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], found: str, tmp_path: Path
) -> None:
    assert rewritten(written(tmp_path, change(statements_of(name)))) == found


def test_an_answer_is_kept_for_the_policy_that_it_was_given_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = written(tmp_path, statements_of(NAME))
    asked: list[str] = []
    granted = managed_policies.granted

    def noted(name: str) -> object:
        asked.append(name)
        return granted(name)

    monkeypatch.setattr(managed_policies, "granted", noted)
    (policy,) = stack.policies
    assert (stack.rewrites(policy), stack.rewrites(policy)) == (NAME, NAME)
    assert asked == [NAME]
    narrower = policy.model_copy(update={"statements": policy.statements[:1]})
    assert stack.rewrites(narrower) == ""
