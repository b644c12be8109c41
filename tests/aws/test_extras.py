"""What the configuration knows beyond AWS's data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iamlint.aws import condition_keys, extras


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    yield
    extras.configure(extras.Extras())


def test_nothing_is_known_unless_configured() -> None:
    assert not extras.has_action("s3:GetObject")
    assert not extras.has_service("newservice")


def test_actions_are_globs_in_any_letter_case_and_bring_their_service() -> None:
    extras.configure(extras.Extras(actions=("NewService:Do*",)))
    assert extras.has_action("newservice:dothis")
    assert extras.has_action("newservice:*This")
    assert not extras.has_action("newservice:Undo")
    assert extras.has_service("NEWSERVICE")
    assert not extras.has_service("newserv")


def test_a_service_brings_all_its_actions() -> None:
    extras.configure(extras.Extras(services=("NewService",)))
    assert extras.has_service("newservice")
    assert extras.has_action("newservice:Anything")


def test_condition_keys_are_known_until_configured_otherwise() -> None:
    assert condition_keys.find_key("s3:BrandNewKey") is None
    extras.configure(extras.Extras(condition_keys=("s3:BrandNewKey",)))
    assert condition_keys.find_key("S3:brandnewkey") is not None
    extras.configure(extras.Extras())
    assert condition_keys.find_key("s3:BrandNewKey") is None
