"""What a template shares without a policy, and what blocks that: one row per resource type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from iamlint.model.sharing import BlockedKind, PublicAccessBlock, Share
from iamlint.model.sign_in import FederationProvider, MfaDevice
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers import grantees
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text
from iamlint.source.span import Place

# S3's canned ACLs as `AccessControl` spells them.
_CANNED: dict[str, str] = {
    "PublicRead": "public-read",
    "PublicReadWrite": "public-read-write",
    "AuthenticatedRead": "authenticated-read",
    "LogDeliveryWrite": "log-delivery-write",
    "AwsExecRead": "aws-exec-read",
}

_SETTINGS: tuple[tuple[str, str], ...] = (
    ("block_public_acls", "BlockPublicAcls"),
    ("ignore_public_acls", "IgnorePublicAcls"),
    ("block_public_policy", "BlockPublicPolicy"),
    ("restrict_public_buckets", "RestrictPublicBuckets"),
)

_LAUNCHERS = ("UserIds", "UserGroups", "OrganizationArns", "OrganizationalUnitArns")


def _texts(value: Value | None) -> Iterator[Text]:
    """The strings that a value is or lists; what is unknown as a hole."""
    for item in as_list(value) if value is not None else ():
        text = as_text(item)
        if text is not None:
            yield text


def _bucket(it: Declaring) -> None:
    at = it.at("AccessControl")
    for text in _texts(it.value("AccessControl")):
        found = grantees.canned_acl(text, None if text.literal is None else _CANNED.get(text.literal, text.literal))
        if found is not None:
            whom, permission = found
            grantees.share(
                it.builder, at, "bucket", "ACL", it.logical_id, whom,
                permission=permission, resource=it.text("BucketName"), resource_address=it.address,
            )  # fmt: skip
    _block(it, "bucket", False)


def _block(it: Declaring, of: BlockedKind, otherwise: bool | None) -> None:
    """The public access block of a bucket or access point, whose settings, where left out, are `otherwise`."""
    name = "PublicAccessBlockConfiguration"
    value = it.value(name)
    for option in alternatives(value) if value is not None else ():
        if isinstance(option, UnknownValue):
            it.builder.note_unknown(option.unknown)
        if isinstance(option, (MapValue, UnknownValue)):
            place = _header(it, name)
            settings = {ours: _setting(option, theirs, otherwise, place) for ours, theirs in _SETTINGS}
            _add_block(it, of, name, option, settings, place)


def _setting(block: MapValue | UnknownValue, name: str, otherwise: bool | None, place: Place) -> Setting:
    if isinstance(block, UnknownValue):
        return Setting(value=block.unknown, place=block.place)
    value = block.get(name)
    if value is None and block.rest is not None:
        return Setting(value=block.rest, place=block.place)
    setting = as_setting(value, False, place)
    return setting if setting.declared else setting.model_copy(update={"value": otherwise})


def _add_block(
    it: Declaring, of: BlockedKind, element: str, block: Value, settings: dict[str, Any], place: Place
) -> None:
    for setting in settings.values():
        if isinstance(setting.value, Unknown) and isinstance(block, MapValue):
            it.builder.note_unknown(setting.value)
    at = it.at(element, when=block.when)
    is_bucket = of == "bucket"
    it.builder.add(
        PublicAccessBlock(
            of=of, label=it.logical_id, resource=it.text("BucketName") if is_bucket else None,
            resource_address=it.address if is_bucket else "", state=_absent(place), **settings,
            place=place, via=block.via, when=at.when, address=at.address, element=element,
        )
    )  # fmt: skip


def _header(it: Declaring, name: str) -> Place:
    """The place of a property's name."""
    key = it.properties.key(name) if it.properties is not None else None
    return key if key is not None else it.header


def _absent(place: Place) -> Setting:
    return Setting(value=None, place=place, declared=False)


def _access_point(it: Declaring) -> None:
    """What an access point leaves out is not documented to be off."""
    _block(it, "access point", None)


def _snapshot_block(it: Declaring) -> None:
    at = it.at()
    settings: dict[str, Any] = {ours: _absent(at.place) for ours, _ in _SETTINGS}
    state = it.setting("State")
    if isinstance(state.value, Unknown):
        it.builder.note_unknown(state.value)
    it.builder.add(
        PublicAccessBlock(
            of="volume snapshots", label=it.logical_id, state=state, **settings,
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _function_url(it: Declaring, name: str = "AuthType") -> None:
    """Without an authorization type of AWS_IAM anybody on the Internet may call the function."""
    at = it.at(name.replace(".", "/"))
    for text in _texts(it.value(name)):
        if text.literal is None or text.literal == "NONE":
            whom = grantees.grantee("anyone" if text.literal else "unknown", text)
            grantees.share(
                it.builder, at, "function", "function URL", it.logical_id, whom, permission="lambda:InvokeFunctionUrl"
            )


def _serverless_function_url(it: Declaring) -> None:
    """The URL that a function of the Serverless Application Model has."""
    _function_url(it, "FunctionUrlConfig.AuthType")


def _resource_share(it: Declaring) -> None:
    external = it.setting("AllowExternalPrincipals", True)
    named = False
    for element, text in it.texts("Principals"):
        named = True
        whom = grantees.account_or_all(text)
        grantees.share(it.builder, it.at(element), "resource share", "RAM", it.logical_id, whom, external=external)
    if not named:
        at = it.at()
        it.builder.add(
            Share(
                of="resource share", means="RAM", label=it.logical_id, external=external,
                place=at.place, when=at.when, address=at.address,
            )
        )  # fmt: skip


def _resource_share_permission(it: Declaring) -> None:
    """The template has neither principal nor resource: a resource share completes it."""
    it.builder.note_unknown(Unknown("the policy template of a RAM permission"))


def _image_distribution(it: Declaring) -> None:
    """EC2 Image Builder gives the images that it makes their launch permissions."""
    for element, item in it.items("Distributions"):
        value: Value | None = item
        for name in ("AmiDistributionConfiguration", "LaunchPermissionConfiguration"):
            value = value.get(name) if isinstance(value, MapValue) else value
        if isinstance(value, UnknownValue):
            it.builder.note_unknown(value.unknown)
        for name in _LAUNCHERS if isinstance(value, MapValue) else ():
            for text in _texts(value.get(name) if isinstance(value, MapValue) else None):
                at = it.at(element, when=item.when)
                whom = grantees.account_or_all(text)
                grantees.share(it.builder, at, "image", "launch permission", it.logical_id, whom)


def _oidc_provider(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        FederationProvider(
            kind="oidc", url=it.text("Url"), client_ids=tuple(text for _, text in it.texts("ClientIdList")),
            thumbprints=tuple(text for _, text in it.texts("ThumbprintList")),
            place=at.place, when=at.when, address=at.address,
        )
    )  # fmt: skip


def _saml_provider(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        FederationProvider(kind="saml", name=it.text("Name"), place=at.place, when=at.when, address=at.address)
    )


def _mfa_device(it: Declaring) -> None:
    at = it.at()
    name = it.text("VirtualMfaDeviceName")
    users = tuple(text for _, text in it.texts("Users"))
    it.builder.add(MfaDevice(name=name, users=users, place=at.place, when=at.when, address=at.address))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::AccessPoint": _access_point,
    "AWS::S3::MultiRegionAccessPoint": _access_point,
    "AWS::EC2::SnapshotBlockPublicAccess": _snapshot_block,
    "AWS::Lambda::Url": _function_url,
    "AWS::RAM::ResourceShare": _resource_share,
    "AWS::RAM::Permission": _resource_share_permission,
    "AWS::ImageBuilder::DistributionConfiguration": _image_distribution,
    "AWS::Serverless::Function": _serverless_function_url,
    "AWS::IAM::OIDCProvider": _oidc_provider,
    "AWS::IAM::SAMLProvider": _saml_provider,
    "AWS::IAM::VirtualMFADevice": _mfa_device,
}
