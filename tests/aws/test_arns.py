"""How ARNs look by AWS's lists; a changed schema of the data would fail here."""

from __future__ import annotations

import pytest

from iamlint.aws import arns


def test_the_shapes_of_a_service() -> None:
    bucket = next(shape for shape in arns.shapes_of("s3") if shape.kind == "bucket")
    assert (bucket.service, bucket.region, bucket.account, bucket.resource) == ("s3", "", "", "?*")
    role = next(shape for shape in arns.own_shapes("iam") if shape.kind == "role")
    assert (role.region, role.account, role.start) == ("", "?*", "role/")
    assert arns.shapes_of("nosuch") == ()


def test_every_list_is_understood() -> None:
    assert len(arns.services()) > 300
    # In the namespace of another service than the one that lists it.
    assert any(shape.prefix != "elasticloadbalancing" for shape in arns.all_shapes("elasticloadbalancing"))


@pytest.mark.parametrize(
    ("name", "expected"), [("s3", True), ("dyanmodb", False), ("S3", False), ("elastic-inference", False)]
)
def test_services_in_arns(name: str, expected: bool) -> None:
    assert arns.is_service(name) is expected


@pytest.mark.parametrize(
    ("resource", "kinds"),
    [
        ("role/x", {"role"}),
        ("user/x*", {"user"}),
        ("rolle/x", set()),
        ("*", {shape.kind for shape in arns.own_shapes("iam")}),
    ],
)
def test_the_resource_types_that_a_resource_may_be_of(resource: str, kinds: set[str]) -> None:
    assert {shape.kind for shape in arns.of_resource(arns.own_shapes("iam"), resource)} == kinds


def test_fields_that_have_a_string_in_common() -> None:
    assert arns.may_be("s3", "s3")
    assert arns.may_be("*", "s3")
    assert arns.may_be("s?", "s3")
    assert not arns.may_be("s4", "s3")
