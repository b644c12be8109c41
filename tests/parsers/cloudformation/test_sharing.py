"""Each way of sharing in a template becomes a share with its grantee, and each block what it blocks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.sharing import PublicAccessBlock, Share
from iamlint.model.sign_in import FederationProvider, MfaDevice
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown

Made = Callable[[str], Stack]
IMAGES = "{AmiDistributionConfiguration: {LaunchPermissionConfiguration: {%s}}}"


def template_of(kind: str, properties: str) -> str:
    return f"Resources:\n  It:\n    Type: {kind}\n    Properties: {properties}\n"


def shares(stack: Stack) -> list[Share]:
    return [thing for thing in stack.of_kind("share") if isinstance(thing, Share)]


def blocks(stack: Stack) -> list[PublicAccessBlock]:
    return [thing for thing in stack.of_kind("public_access_block") if isinstance(thing, PublicAccessBlock)]


@pytest.mark.parametrize(
    ("kind", "properties", "of", "grantees"),
    [
        ("AWS::S3::Bucket", "{AccessControl: PublicRead}", "bucket", [("anyone", "public-read")]),
        ("AWS::S3::Bucket", "{AccessControl: PublicReadWrite}", "bucket", [("anyone", "public-read-write")]),
        ("AWS::S3::Bucket", "{AccessControl: AuthenticatedRead}", "bucket", [("anyone", "authenticated-read")]),
        ("AWS::S3::Bucket", "{AccessControl: LogDeliveryWrite}", "bucket", [("service", "log-delivery-write")]),
        ("AWS::S3::Bucket", "{AccessControl: Private}", "bucket", []),
        ("AWS::S3::Bucket", "{AccessControl: BucketOwnerFullControl}", "bucket", []),
        ("AWS::Lambda::Url", "{AuthType: NONE}", "function", [("anyone", "NONE")]),
        ("AWS::Lambda::Url", "{AuthType: AWS_IAM}", "function", []),
        (
            "AWS::Serverless::Function",
            "{Role: r, FunctionUrlConfig: {AuthType: NONE}}",
            "function",
            [("anyone", "NONE")],
        ),
        ("AWS::RAM::ResourceShare", '{Principals: ["111122223333"]}', "resource share", [("aws", "111122223333")]),
        (
            "AWS::ImageBuilder::DistributionConfiguration",
            f"{{Distributions: [{IMAGES % 'UserGroups: [all], UserIds: [1]'}]}}",
            "image",
            [("aws", "1"), ("anyone", "all")],
        ),
        ("AWS::ImageBuilder::DistributionConfiguration", "{Distributions: [{Region: r}]}", "image", []),
    ],
)
def test_shares(template: Made, kind: str, properties: str, of: str, grantees: list[tuple[str, str]]) -> None:
    found = shares(template(template_of(kind, properties)))
    assert {(share.of, share.address, share.label) for share in found} <= {(of, "Resources/It", "It")}
    assert [(s.grantee.kind, s.grantee.name.shown) for s in found if s.grantee is not None] == grantees


def test_a_share_is_placed_at_its_grantee(template: Made) -> None:
    (share,) = shares(template(template_of("AWS::S3::Bucket", "{AccessControl: PublicRead}")))
    assert share.grantee is not None
    assert share.grantee.place.written.strip('"') == "PublicRead"


def test_an_unknown_grantee_is_counted_and_neither_public_nor_not(template: Made) -> None:
    made = template(
        "Parameters:\n  Acl: {Type: String}\n" + template_of("AWS::S3::Bucket", "{AccessControl: !Ref Acl}")
    )
    (share,) = shares(made)
    assert isinstance(share.is_public, Unknown)
    assert made.unresolved


def test_a_resource_share_of_nobody_says_who_may_be_given_it(template: Made) -> None:
    (share,) = shares(template(template_of("AWS::RAM::ResourceShare", "{Name: s}")))
    assert share.grantee is None
    assert share.external is not None
    assert (share.external.value, share.external.declared) == (True, False)


SETTINGS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


@pytest.mark.parametrize(
    ("kind", "block", "of", "off"),
    [
        ("AWS::S3::Bucket", "{BlockPublicAcls: true, BlockPublicPolicy: 'true'}", "bucket", SETTINGS[1::2]),
        ("AWS::S3::Bucket", "{}", "bucket", SETTINGS),
        ("AWS::S3::AccessPoint", "{BlockPublicAcls: true}", "access point", ()),
        ("AWS::S3::AccessPoint", "{BlockPublicAcls: false}", "access point", SETTINGS[:1]),
        ("AWS::S3::MultiRegionAccessPoint", "{RestrictPublicBuckets: false}", "access point", SETTINGS[3:]),
    ],
)
def test_blocks(template: Made, kind: str, block: str, of: str, off: tuple[str, ...]) -> None:
    (made,) = blocks(template(template_of(kind, f"{{PublicAccessBlockConfiguration: {block}}}")))
    assert (made.of, made.off, made.address) == (of, off, "Resources/It")


def test_a_bucket_without_a_block_has_none(template: Made) -> None:
    assert not blocks(template(template_of("AWS::S3::Bucket", "{BucketName: b}")))


BRANCHES = """
Conditions:
  IsOpen: !Equals [!Ref 'AWS::Region', eu-west-1]
Resources:
  It:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: %s
      PublicAccessBlockConfiguration: %s
  Other:
    Type: AWS::S3::Bucket
    Properties: {PublicAccessBlockConfiguration: {IgnorePublicAcls: true}}
"""
BLOCK = "{IgnorePublicAcls: true}"


@pytest.mark.parametrize(
    ("acl", "block", "ignored"),
    [
        ("PublicRead", BLOCK, True),
        ("PublicRead", "{IgnorePublicAcls: false}", False),
        ("PublicRead", "!Ref 'AWS::NoValue'", False),
        ("PublicRead", f"!If [IsOpen, {BLOCK}, !Ref 'AWS::NoValue']", None),
        ("!If [IsOpen, PublicRead, Private]", f"!If [IsOpen, {BLOCK}, !Ref 'AWS::NoValue']", True),
        ("!If [IsOpen, PublicRead, Private]", f"!If [IsOpen, !Ref 'AWS::NoValue', {BLOCK}]", False),
    ],
)
def test_a_block_hides_the_acl_of_its_own_bucket(template: Made, acl: str, block: str, ignored: bool | None) -> None:
    made = template(BRANCHES % (acl, block))
    (share,) = shares(made)
    answer = made.ignores_acl(share)
    assert (None if isinstance(answer, Unknown) else answer) is ignored


def test_identity_providers_and_mfa_devices(template: Made) -> None:
    made = template("""
    Resources:
      Oidc:
        Type: AWS::IAM::OIDCProvider
        Properties: {Url: 'https://gitlab.com', ClientIdList: [a], ThumbprintList: [b]}
      Saml: {Type: 'AWS::IAM::SAMLProvider', Properties: {Name: idp}}
      Mfa: {Type: 'AWS::IAM::VirtualMFADevice', Properties: {VirtualMfaDeviceName: mfa, Users: [ann]}}
    """)
    oidc, saml = (thing for thing in made.of_kind("federation_provider") if isinstance(thing, FederationProvider))
    assert (oidc.kind, oidc.host, saml.kind) == ("oidc", "gitlab.com", "saml")
    assert [text.shown for text in (*oidc.client_ids, *oidc.thumbprints)] == ["a", "b"]
    (device,) = made.of_kind("mfa_device")
    assert isinstance(device, MfaDevice)
    assert [user.shown for user in device.users] == ["ann"]
