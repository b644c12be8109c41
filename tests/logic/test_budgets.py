"""Every question ends within its budget: adversarial policies, counted in steps; and always with the same words."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from iamlint.logic.compare import compare
from iamlint.logic.languages import Budget
from iamlint.logic.outsiders import public
from iamlint.logic.permission import Asked, may
from iamlint.logic.policy import Policy
from iamlint.logic.reading import pattern, read_policy

ROOT = Path(__file__).parents[2]


def document(*statements: dict[str, Any]) -> Policy:
    return read_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource: Any = "*", action: Any = "s3:GetObject", **condition: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def every_way(keys: int) -> list[dict[str, Any]]:
    """Allows for each way in which so many tags may match, so that together they allow all."""
    statements = []
    for ways in product((True, False), repeat=keys):
        names = {way: [f"aws:PrincipalTag/{n}" for n, w in enumerate(ways) if w is way] for way in (True, False)}
        blocks = {"StringLike": names[True], "StringNotLike": names[False]}
        statements.append(allow(**{name: dict.fromkeys(found, "a*") for name, found in blocks.items() if found}))
    return statements


ADVERSARIAL = {
    "a union that needs all subsets": (
        document(allow("*a" + "?" * 26 + "b*")),
        document(allow(["*a" + "?" * 31, "*b" + "?" * 30])),
    ),
    "many stars": (document(allow("*" + "a*" * 60)), document(allow(["*" + "ab*" * 20, "*" + "ba*" * 20]))),
    "many resources": (
        document(allow([f"arn:aws:s3:::*{n}*x" for n in range(150)])),
        document(allow([f"arn:aws:s3:::*{n}*" for n in range(150, 300)])),
    ),
    "actions that overlap": (
        document(allow(action=[f"*{n % 7}*{n}*:*" for n in range(50)])),
        document(allow(action=[f"*{n}*{n % 7}:x*" for n in range(50)])),
    ),
    "many networks": (
        document(allow(IpAddress={"aws:SourceIp": [f"{n % 250}.{n // 250}.0.0/24" for n in range(900)]})),
        document(allow(IpAddress={"aws:SourceIp": [f"{n % 250}.{n // 250}.0.0/25" for n in range(900)]})),
    ),
    "many ways": (document(allow()), document(*every_way(8))),
    "resources of stars": (
        document(allow([f"arn:aws:s3:::*{'a*' * n}b{n}" for n in range(40)])),
        document(allow([f"arn:aws:s3:::*{'b*' * n}a{n}" for n in range(40)])),
    ),
    "many statements": (
        document(*[allow(f"*{n}*{n + 1}*") for n in range(60)]),
        document(*[allow(f"*{n}*", StringLike={f"aws:PrincipalTag/{n % 9}": f"*{n}*"}) for n in range(60, 120)]),
    ),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_a_comparison_ends(name: str) -> None:
    new, old = ADVERSARIAL[name]
    budget = Budget(steps=30_000, per_search=3_000)
    answer = compare(new, old, None, budget)
    assert answer.answer != "unknown" or all("too many possibilities" in doubt.construct for doubt in answer.doubts)
    # No single thing that it does after the last look at the budget is large.
    assert budget.left > -30_000


@pytest.mark.parametrize("name", ADVERSARIAL)
def test_other_questions_end(name: str) -> None:
    new, old = ADVERSARIAL[name]
    fenced = Policy((*new.statements, *(statement._replace(allow=False) for statement in old.statements)))
    for policy in (fenced, new._replace(limits=(old.statements,))):
        for_may, for_public = Budget(30_000, 3_000), Budget(30_000, 3_000)
        permission = may(policy, Asked((pattern("s3:getobject"),), (pattern("arn:aws:s3:::*a*"),)), None, for_may)
        publicity = public(policy, "default", None, for_public)
        for answer in (permission, publicity):
            assert (answer.answer == "unknown") is bool(answer.doubts and not answer.grants)
            assert all("too many possibilities" in doubt.construct for doubt in answer.doubts)
        assert for_may.left > -30_000 and for_public.left > -30_000


def test_all_ways_of_some_keys_are_all_there_is() -> None:
    ways = every_way(7)
    assert compare(document(allow()), document(*ways)).answer == "pass"
    (grant,) = compare(document(allow()), document(*ways[:-1])).grants
    assert not any(text.startswith("a") for texts in grant.witness.context.values() for text in texts)


def test_what_was_found_before_the_budget_ran_out_stays() -> None:
    hard = allow("*a" + "?" * 26 + "b*")
    old = document(allow(["*a" + "?" * 31, "*b" + "?" * 30, "a*"]))
    answer = compare(document(allow(action="iam:GetUser"), hard), old, None, Budget(per_search=2_000))
    assert (answer.answer, len(answer.grants), len(answer.doubts)) == ("fail", 1, 1)
    assert "*a?" in answer.doubts[0].construct


@pytest.mark.parametrize("steps", [0, 3, 10, 50, 200, 1_000])
def test_every_question_ends_with_any_budget(steps: int) -> None:
    identity = document(allow("arn:aws:s3:::*b*", ["s3:*", "*:Get*"]), {**allow(action="s3:Put*"), "Effect": "Deny"})
    limited = identity._replace(limits=(document(allow("*a*")).statements,))
    asked = Asked((pattern("s3:getobject"),), (pattern("arn:aws:s3:::a*"),))
    assert may(limited, asked, None, Budget(steps)).answer in ("yes", "unknown")
    assert public(limited, "default", None, Budget(steps)).answer in ("public", "unknown")
    assert compare(limited, Policy(()), None, Budget(steps)).answer in ("fail", "unknown")


_ASKING = """
from iamlint.logic.compare import compare
from iamlint.logic.policy import Policy
from iamlint.logic.reading import read_policy
tags = {f"ForAnyValue:{name}": {"aws:TagKeys": value} for name, value in [
    ("StringEquals", "team"), ("StringLike", "cost*"), ("StringNotLike", "x*"), ("StringEqualsIgnoreCase", "Stage"),
    ("ArnLike", "arn:aws:s3:::b*"), ("StringNotEquals", "y"), ("StringNotEqualsIgnoreCase", "z")]}
new = {"Effect": "Allow", "Action": ["s3:Get*", "*:Put*"], "Resource": "*", "Condition": tags}
print(compare(read_policy({"Version": "2012-10-17", "Statement": new}), Policy(())))
"""


def test_the_same_question_has_the_same_answer_in_every_run() -> None:
    outputs = set()
    for seed in ("1", "2", "3"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _ASKING]
        outputs.add(subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout)
    assert len(outputs) == 1
    assert "Request(" in outputs.pop()
