"""Requirements of compliance frameworks, and what a selection takes in."""

from __future__ import annotations

import pytest

from iamlint.engine.frameworks import covers, is_requirement, speaks_of_framework


@pytest.mark.parametrize(
    "text", ["cis-3.0:1.16", "cis-1.4:2.1.5", "fsbp:IAM.1", "nist-800-53:AC-2(1)", "nist-800-53:IA-5"]
)
def test_requirements(text: str) -> None:
    assert is_requirement(text)


@pytest.mark.parametrize("text", ["cis-3.1:1.16", "fsbp", "fsbp:", "IAM.1", "nist-800-53:AC 2", "cis-3.0:1.16:2"])
def test_what_is_no_requirement(text: str) -> None:
    assert not is_requirement(text)


@pytest.mark.parametrize(
    ("term", "requirement", "answer"),
    [
        ("cis-3.0", "cis-3.0:1.16", True),
        ("cis-3.0.0", "cis-3.0:1.16", True),
        ("CIS-4.0.1:1.16", "cis-4.0:1.16", True),
        ("cis-3.0", "cis-1.4:1.16", False),
        ("cis", "cis-1.4:1.16", True),
        ("cis:1.16", "cis-5.0:1.16", True),
        ("cis", "fsbp:IAM.1", False),
        ("cis-3.0:1", "cis-3.0:1.16", True),
        ("cis-3.0:1.1", "cis-3.0:1.16", False),
        ("fsbp:iam.1", "fsbp:IAM.1", True),
        ("fsbp:IAM", "fsbp:IAM.21", True),
        ("fsbp:IAM.2", "fsbp:IAM.21", False),
        ("nist-800-53:AC-2", "nist-800-53:AC-2(1)", True),
        ("nist-800-53-r5:AC-2(1)", "nist-800-53:AC-2(1)", True),
        ("nist-800-53:AC-2(1)", "nist-800-53:AC-2(12)", False),
    ],
)
def test_what_a_selection_covers(term: str, requirement: str, answer: bool) -> None:
    assert speaks_of_framework(term)
    assert covers(term, requirement) is answer


@pytest.mark.parametrize("term", ["cis-9.9", "checkov", "practice:8", "CKV_AWS_1", "cisco"])
def test_other_terms_are_no_frameworks(term: str) -> None:
    assert not speaks_of_framework(term)
