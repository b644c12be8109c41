"""What a template shares with other accounts by naming them: one row per resource type."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.sharing import SharedKind, SharingMeans
from iamlint.parsers import grantees
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.values import as_text, within

# type: (what is shared, by what, the path of those who get it)
_ROWS: dict[str, tuple[SharedKind, SharingMeans, str]] = {
    "AWS::EC2::VPCEndpointServicePermissions": ("endpoint service", "allowed principal", "AllowedPrincipals"),
    "AWS::ECR::ReplicationConfiguration": (
        "registry", "replication", "ReplicationConfiguration.Rules.Destinations.RegistryId",
    ),
    "AWS::LakeFormation::Permissions": ("data lake", "grant", "DataLakePrincipal.DataLakePrincipalIdentifier"),
    "AWS::LakeFormation::PrincipalPermissions": ("data lake", "grant", "Principal.DataLakePrincipalIdentifier"),
    "AWS::Redshift::EndpointAuthorization": ("cluster", "authorization", "Account"),
    "AWS::ServiceCatalog::PortfolioShare": ("portfolio", "portfolio share", "AccountId"),
}  # fmt: skip


def _share(it: Declaring) -> None:
    of, means, path = _ROWS[it.kind]
    name, _, inner = path.partition(".")
    value = it.value(name)
    for item in within(value, inner.split(".") if inner else ()) if value is not None else ():
        text = as_text(item)
        if text is not None and text.literal != "":
            whom = grantees.account_or_all(text)
            grantees.share(it.builder, it.at(name), of, means, it.logical_id, whom)


TYPES: dict[str, Callable[[Declaring], None]] = dict.fromkeys(_ROWS, _share)
