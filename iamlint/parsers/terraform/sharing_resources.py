"""What Terraform shares without a policy, and what blocks that: one row per resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iamlint.model.sharing import BlockedKind, PublicAccessBlock, Share, SharedKind, SharingMeans
from iamlint.model.sign_in import FederationProvider, MfaDevice
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue, Value
from iamlint.parsers import grantees
from iamlint.parsers.terraform.declaring import Declaring, absent, block_setting, block_value, text_of
from iamlint.parsers.terraform.multiplicity import Expanded, expanded
from iamlint.parsers.values import alternatives, as_list, as_text
from iamlint.source.hcl_syntax import Block

_SETTINGS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")

_MOST_STEPS = 5  # from one setting of a bucket to the next

# The arguments of a launch permission that name a grantee.
_LAUNCHERS = ("account_id", "group", "organization_arn", "organizational_unit_arn")
_LAUNCHERS_LISTED = ("user_ids", "user_groups", "organization_arns", "organizational_unit_arns")


def _texts(value: Value | None) -> Iterator[Text]:
    """The strings that a value is or lists; what is unknown as a hole."""
    for item in as_list(value) if value is not None else ():
        text = as_text(item)
        if text is not None:
            yield text


def _share(it: Declaring, of: SharedKind, means: SharingMeans, value: Value | None, element: str) -> None:
    """Shares with the accounts, organizations or `all` that a value lists."""
    for text in _texts(value):
        whom = grantees.account_or_all(text)
        at = it.at(element)
        grantees.share(it.builder, at, of, means, at.address, whom)


def _bucket_named(it: Declaring) -> Text | None:
    """The bucket that a resource speaks of, also when it is named through another setting of that bucket
    (`aws_s3_bucket_ownership_controls.b.bucket`, which orders what depends on it)."""
    module, text = it.instance.declared.module, it.text("bucket")
    for _ in range(_MOST_STEPS):
        reference = text.ref if text is not None else None
        if text is None or reference is None:
            return text
        local = reference.ref.removeprefix(f"{module.address}.") if module.address else reference.ref
        kind, _, rest = local.partition(".")
        if not kind.startswith("aws_s3_bucket_"):
            # A bucket that is only looked up may be any: without the reference, it is one that is not known.
            looked_up = "data.aws_s3_bucket." in reference.ref
            return text if "aws_s3_bucket." in reference.ref and not looked_up else None
        instances = module.resource("resource", kind, rest.partition("[")[0]).instances
        through = next((instance for instance in instances if instance.address == reference.ref), None)
        text = text_of(through.written("bucket")) if through is not None else None
    return None


def _launch_permission(it: Declaring) -> None:
    for name in _LAUNCHERS:
        _share(it, "image", "launch permission", it.value(name), name)


def _image_distribution(it: Declaring) -> None:
    """EC2 Image Builder gives the images that it makes their launch permissions."""
    for distribution in it.blocks("distribution"):
        for images in expanded(distribution.body, distribution.scope, "ami_distribution_configuration"):
            for permission in expanded(images.body, images.scope, "launch_permission"):
                for name in _LAUNCHERS_LISTED:
                    _share(it, "image", "launch permission", block_value(permission, name), name)


def _volume_permission(it: Declaring) -> None:
    _share(it, "volume snapshot", "snapshot permission", it.value("account_id"), "account_id")


def _shared_accounts(it: Declaring) -> None:
    _share(it, "database snapshot", "snapshot permission", it.value("shared_accounts"), "shared_accounts")


def _document(it: Declaring) -> None:
    """The permissions of a document are a map with the accounts in one string, commas between them; a block of old."""
    value = it.value("permissions")
    for option in alternatives(value) if value is not None else ():
        ids = option.get("account_ids") if isinstance(option, MapValue) else None
        names = [name for text in _texts(ids) for name in grantees.listed(text)]
        if not isinstance(option, MapValue) or (ids is None and option.rest is not None):
            names = [text for text in [as_text(option)] if text is not None]
            if not names:
                it.builder.note_unknown(Unknown("the permissions of a document"))
        for name in names:
            _share_document(it, name.model_copy(update={"when": name.when.joined(option.when) or name.when}))
    for block in it.blocks("permissions"):
        for text in _texts(block_value(block, "account_ids")):
            for name in grantees.listed(text):
                _share_document(it, name)


def _share_document(it: Declaring, name: Text) -> None:
    at = it.at("permissions")
    grantees.share(it.builder, at, "document", "document permission", at.address, grantees.account_or_all(name))


def _function_url(it: Declaring) -> None:
    at = it.at("authorization_type")
    for text in _texts(it.value("authorization_type")):
        if text.literal is None or text.literal == "NONE":
            whom = grantees.grantee("anyone" if text.literal else "unknown", text)
            grantees.share(
                it.builder, at, "function", "function URL", at.address, whom, permission="lambda:InvokeFunctionUrl"
            )


def _resource_share(it: Declaring) -> None:
    """A share names its principals elsewhere, in associations."""
    at = it.at()
    it.builder.add(
        Share(
            of="resource share", means="RAM", label=at.address, external=it.setting("allow_external_principals", False),
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _resource_share_principal(it: Declaring) -> None:
    for text in _texts(it.value("principal")):
        at = it.at("principal")
        whom = grantees.account_or_all(text)
        grantees.share(
            it.builder, at, "resource share", "RAM", at.address, whom, resource=it.text("resource_share_arn")
        )


def _acl(it: Declaring, of: SharedKind, bucket: Text | None, bucket_address: str = "") -> None:
    """A canned ACL."""
    at = it.at("acl")
    for text in _texts(it.value("acl")):
        found = grantees.canned_acl(text, text.literal)
        if found is not None:
            whom, permission = found
            grantees.share(
                it.builder, at, of, "ACL", at.address, whom,
                permission=permission, resource=bucket, resource_address=bucket_address,
            )  # fmt: skip


def _grants(
    it: Declaring, grants: list[tuple[Expanded, Expanded, str]], bucket: Text | None, address: str = ""
) -> None:
    """The grants of an ACL: each with its grantee's block, its permissions' block and the argument of these."""
    at = it.at("grant")
    for grantee, permitted, name in grants:
        permissions = ", ".join(text.shown for text in _texts(block_value(permitted, name)))
        for argument in ("uri", "id", "email_address"):
            for text in _texts(block_value(grantee, argument)):
                whom = grantees.group_by_uri(text) if argument == "uri" else grantees.owner_by_id(text)
                at.when = it.at(when=permitted.when).when
                grantees.share(
                    it.builder, at, "bucket", "ACL", at.address, whom,
                    permission=permissions, resource=bucket, resource_address=address,
                )  # fmt: skip


def _bucket(it: Declaring) -> None:
    """A bucket with an ACL of its own, as it was written before version 4 of the provider."""
    address, name = it.instance.address, it.text("bucket")
    _acl(it, "bucket", name, address)
    _grants(it, [(block, block, "permissions") for block in it.blocks("grant")], name, address)


def _bucket_acl(it: Declaring) -> None:
    bucket = _bucket_named(it)
    _acl(it, "bucket", bucket)
    grants = []
    for policy in it.blocks("access_control_policy"):
        for grant in expanded(policy.body, policy.scope, "grant"):
            grants += [(g, grant, "permission") for g in expanded(grant.body, grant.scope, "grantee")]
    _grants(it, grants, bucket)


def _object(it: Declaring) -> None:
    _acl(it, "object", _bucket_named(it))


def _block_of(it: Declaring, of: BlockedKind, block: Expanded | None, otherwise: bool | None, **more: Setting) -> None:
    """A public access block whose settings, where they are left out, are `otherwise`."""
    at = it.at("", block.block if block is not None else None)
    settings: dict[str, Any]
    if block is not None:
        settings = {name: block_setting(block, name, otherwise, block.block) for name in _SETTINGS}
    elif more:
        settings = {name: absent(at.place) for name in _SETTINGS}
    else:
        settings = {name: it.setting(name, otherwise) for name in _SETTINGS}
    _note_unknown(it, (*settings.values(), *more.values()))
    is_bucket = of == "bucket"
    it.builder.add(
        PublicAccessBlock(
            of=of, label=at.address, resource=_bucket_named(it) if is_bucket else None,
            state=more.get("state") or absent(at.place), **settings,
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _note_unknown(it: Declaring, settings: tuple[Setting, ...]) -> None:
    for setting in settings:
        if isinstance(setting.value, Unknown):
            it.builder.note_unknown(setting.value)


def _bucket_block(it: Declaring) -> None:
    _block_of(it, "bucket", None, False)


def _account_block(it: Declaring) -> None:
    _block_of(it, "account", None, False)


def _access_point_block(it: Declaring) -> None:
    """The block of an access point; the provider sets what is left out to true."""
    for block in it.blocks("public_access_block_configuration"):
        _block_of(it, "access point", block, True)


def _multi_region_block(it: Declaring) -> None:
    for details in it.blocks("details"):
        for block in expanded(details.body, details.scope, "public_access_block"):
            _block_of(it, "access point", block, True)


def _state_block(of: BlockedKind) -> Callable[[Declaring], None]:
    return lambda it: _block_of(it, of, None, None, state=it.setting("state"))


def _oidc_provider(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        FederationProvider(
            kind="oidc", url=it.text("url"), client_ids=tuple(it.texts("client_id_list")),
            thumbprints=tuple(it.texts("thumbprint_list")),
            place=at.place, via=at.via, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _saml_provider(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        FederationProvider(
            kind="saml", name=it.text("name"), place=at.place, via=at.via, when=at.when, address=at.address
        )
    )


def _mfa_device(it: Declaring) -> None:
    """Terraform makes the device; a person assigns it to a user by hand."""
    at = it.at()
    name = it.text("virtual_mfa_device_name")
    it.builder.add(MfaDevice(name=name, place=at.place, via=at.via, when=at.when, address=at.address))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_ami_launch_permission": _launch_permission,
    "aws_imagebuilder_distribution_configuration": _image_distribution,
    "aws_snapshot_create_volume_permission": _volume_permission,
    "aws_lambda_function_url": _function_url,
    "aws_ram_resource_share": _resource_share,
    "aws_ram_principal_association": _resource_share_principal,
    "aws_s3_bucket_acl": _bucket_acl,
    "aws_s3_bucket_public_access_block": _bucket_block,
    "aws_s3_account_public_access_block": _account_block,
    "aws_ebs_snapshot_block_public_access": _state_block("volume snapshots"),
    "aws_ec2_image_block_public_access": _state_block("images"),
    "aws_iam_openid_connect_provider": _oidc_provider,
    "aws_iam_saml_provider": _saml_provider,
    "aws_iam_virtual_mfa_device": _mfa_device,
}

# Types that share only when they have one of these arguments or blocks: nothing else of them is looked at.
SHARING_ARGUMENTS: dict[str, tuple[tuple[str, ...], Callable[[Declaring], None]]] = {
    "aws_s3_bucket": (("acl", "grant"), _bucket),
    "aws_s3_object": (("acl",), _object),
    "aws_s3_bucket_object": (("acl",), _object),
    "aws_s3_object_copy": (("acl",), _object),
    "aws_db_snapshot": (("shared_accounts",), _shared_accounts),
    "aws_db_snapshot_copy": (("shared_accounts",), _shared_accounts),
    "aws_db_cluster_snapshot": (("shared_accounts",), _shared_accounts),
    "aws_rds_cluster_snapshot_copy": (("shared_accounts",), _shared_accounts),
    "aws_ssm_document": (("permissions",), _document),
    "aws_s3_access_point": (("public_access_block_configuration",), _access_point_block),
    "aws_s3control_multi_region_access_point": (("details",), _multi_region_block),
}


def shares(kind: str, block: Block) -> bool:
    """Whether a resource of a type that need not share anything does."""
    row = SHARING_ARGUMENTS.get(kind)
    if row is None:
        return False
    names = row[0]
    return any(name in block.body.attributes for name in names) or any(
        inner.kind in names or (inner.kind == "dynamic" and inner.labels[:1] and inner.labels[0] in names)
        for inner in block.body.blocks
    )


def declare(it: Declaring) -> None:
    """Puts what such a resource shares into the stack."""
    row = SHARING_ARGUMENTS.get(it.instance.declared.kind)
    if row is not None:
        row[1](it)
