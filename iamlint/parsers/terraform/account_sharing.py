"""What Terraform shares with other accounts by naming them: one row per resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.sharing import SharedKind, SharingMeans
from iamlint.model.value import Value
from iamlint.parsers import grantees
from iamlint.parsers.terraform.declaring import Declaring
from iamlint.parsers.values import as_text, within

# type: (what is shared, by what, the path of those who get it)
_ROWS: dict[str, tuple[SharedKind, SharingMeans, str]] = {
    "aws_ecr_replication_configuration": (
        "registry", "replication", "replication_configuration.rule.destination.registry_id",
    ),
    "aws_kms_grant": ("key", "grant", "grantee_principal"),
    "aws_lakeformation_permissions": ("data lake", "grant", "principal"),
    "aws_redshift_data_share_authorization": ("data share", "authorization", "consumer_identifier"),
    "aws_redshift_endpoint_authorization": ("cluster", "authorization", "account"),
    "aws_servicecatalog_portfolio_share": ("portfolio", "portfolio share", "principal_id"),
    "aws_vpc_endpoint_service": ("endpoint service", "allowed principal", "allowed_principals"),
    "aws_vpc_endpoint_service_allowed_principal": ("endpoint service", "allowed principal", "principal_arn"),
}  # fmt: skip


def _share(it: Declaring) -> None:
    of, means, path = _ROWS[it.instance.declared.kind]
    at = it.at(path.partition(".")[0])
    for item in _at(it, path):
        text = as_text(item)
        if text is not None and text.literal != "":
            grantees.share(it.builder, at, of, means, at.address, grantees.account_or_all(text))


def _at(it: Declaring, path: str) -> Iterator[Value]:
    """The values at a path: an argument, or an argument of nested blocks."""
    name, _, inner = path.partition(".")
    if name in it.instance.block.body.attributes or (inner and it.blocks(name)):
        yield from within(it.instance.value(name), inner.split(".") if inner else ())


TYPES: dict[str, Callable[[Declaring], None]] = dict.fromkeys(_ROWS, _share)
