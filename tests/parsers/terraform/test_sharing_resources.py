"""Each way of sharing in Terraform becomes a share with its grantee, and each block what it blocks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iamlint.model.sharing import PublicAccessBlock, Share
from iamlint.model.sign_in import FederationProvider, MfaDevice
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown

Made = Callable[..., Stack]
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"


def shares(stack: Stack) -> list[Share]:
    return [thing for thing in stack.of_kind("share") if isinstance(thing, Share)]


def written(share: Share) -> str:
    """The text of the grantee, where it is written."""
    return share.grantee.place.written.strip('"') if share.grantee is not None else ""


def blocks(stack: Stack) -> list[PublicAccessBlock]:
    return [thing for thing in stack.of_kind("public_access_block") if isinstance(thing, PublicAccessBlock)]


@pytest.mark.parametrize(
    ("kind", "body", "of", "grantees"),
    [
        ("aws_ami_launch_permission", 'group = "all"', "image", [("anyone", "all")]),
        ("aws_ami_launch_permission", 'account_id = "111122223333"', "image", [("aws", "111122223333")]),
        ("aws_ami_launch_permission", 'organization_arn = "arn:aws:o"', "image", [("aws", "arn:aws:o")]),
        ("aws_snapshot_create_volume_permission", 'account_id = "1"', "volume snapshot", [("aws", "1")]),
        ("aws_db_snapshot", 'shared_accounts = ["1", "all"]', "database snapshot", [("aws", "1"), ("anyone", "all")]),
        ("aws_db_snapshot_copy", 'shared_accounts = ["all"]', "database snapshot", [("anyone", "all")]),
        ("aws_db_cluster_snapshot", 'shared_accounts = ["all"]', "database snapshot", [("anyone", "all")]),
        ("aws_rds_cluster_snapshot_copy", 'shared_accounts = ["all"]', "database snapshot", [("anyone", "all")]),
        ("aws_ssm_document", 'permissions = { account_ids = "All" }', "document", [("anyone", "All")]),
        ("aws_ssm_document", 'permissions = { account_ids = "1, 2" }', "document", [("aws", "1"), ("aws", "2")]),
        (
            "aws_ssm_document",
            'permissions {\n type = "Share"\n account_ids = "All"\n}',
            "document",
            [("anyone", "All")],
        ),
        ("aws_ssm_document", 'permissions = { type = "Share" }', "document", []),
        ("aws_lambda_function_url", 'authorization_type = "NONE"', "function", [("anyone", "NONE")]),
        ("aws_lambda_function_url", 'authorization_type = "AWS_IAM"', "function", []),
        ("aws_ram_principal_association", 'principal = "111122223333"', "resource share", [("aws", "111122223333")]),
        ("aws_s3_bucket_acl", 'acl = "public-read"', "bucket", [("anyone", "public-read")]),
        ("aws_s3_bucket_acl", 'acl = "log-delivery-write"', "bucket", [("service", "log-delivery-write")]),
        ("aws_s3_bucket_acl", 'acl = "private"', "bucket", []),
        ("aws_s3_bucket_acl", 'acl = "bucket-owner-full-control"', "bucket", []),
        ("aws_s3_bucket", 'acl = "authenticated-read"', "bucket", [("anyone", "authenticated-read")]),
        ("aws_s3_bucket", f'grant {{\n uri = "{ALL_USERS}"\n}}', "bucket", [("anyone", ALL_USERS)]),
        ("aws_s3_bucket", 'grant {\n id = "79a5"\n}', "bucket", [("canonical", "79a5")]),
        ("aws_s3_object", 'acl = "public-read"', "object", [("anyone", "public-read")]),
        ("aws_s3_bucket_object", 'acl = "public-read"', "object", [("anyone", "public-read")]),
        ("aws_s3_object_copy", 'acl = "public-read"', "object", [("anyone", "public-read")]),
    ],
)
def test_shares(stack: Made, kind: str, body: str, of: str, grantees: list[tuple[str, str]]) -> None:
    found = shares(stack(f'resource "{kind}" "it" {{\n{body}\n}}\n'))
    assert {share.of for share in found} <= {of}
    assert {share.address for share in found} <= {f"{kind}.it"}
    assert [(s.grantee.kind, s.grantee.name.shown) for s in found if s.grantee is not None] == grantees
    assert [written(share) for share in found] == [name for _, name in grantees]


def test_the_grants_of_an_access_control_policy(stack: Made) -> None:
    (share,) = shares(
        stack(f"""
        resource "aws_s3_bucket_acl" "a" {{
          bucket = "b"
          access_control_policy {{
            grant {{
              permission = "FULL_CONTROL"
              grantee {{
                type = "Group"
                uri  = "{ALL_USERS}"
              }}
            }}
            owner {{
              id = "79a5"
            }}
          }}
        }}
        """)
    )
    assert (share.permission, share.whom, share.is_public) == ("FULL_CONTROL", "anyone", True)
    assert share.resource is not None
    assert share.resource.literal == "b"


def test_the_accounts_in_one_string_have_places_of_their_own(stack: Made) -> None:
    found = shares(
        stack('resource "aws_ssm_document" "d" {\n  permissions = { account_ids = "111122223333, All" }\n}\n')
    )
    assert [written(share) for share in found] == ["111122223333", "All"]
    assert [share.account for share in found] == ["111122223333", ""]


def test_an_unknown_grantee_is_counted_and_neither_public_nor_not(stack: Made) -> None:
    made = stack('variable "g" {}\nresource "aws_ami_launch_permission" "p" {\n  group = var.g\n}\n')
    (share,) = shares(made)
    assert isinstance(share.is_public, Unknown)
    assert [(unresolved.reason, unresolved.count) for unresolved in made.unresolved] == [
        ("a variable without a default", 1)
    ]


def test_an_acl_that_is_one_of_two_is_public_in_one_branch(stack: Made) -> None:
    (share,) = shares(
        stack(
            'variable "open" {}\nresource "aws_s3_bucket_acl" "a" {\n'
            '  bucket = "b"\n  acl = var.open ? "public-read" : "private"\n}\n'
        )
    )
    assert share.is_public is True
    assert share.when.branches


def test_a_resource_share_says_who_may_be_given_it(stack: Made) -> None:
    written, left_out = shares(
        stack(
            'resource "aws_ram_resource_share" "a" {\n  allow_external_principals = true\n}\n'
            'resource "aws_ram_resource_share" "b" {\n}\n'
        )
    )
    assert written.external is not None
    assert written.external.value is True
    assert left_out.external is not None
    assert left_out.external.value is False
    assert (written.is_public, written.whom, written.account) == (False, "nobody yet", "")


SETTINGS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


@pytest.mark.parametrize(
    ("kind", "body", "of", "off"),
    [
        ("aws_s3_bucket_public_access_block", 'bucket = "b"', "bucket", SETTINGS),
        ("aws_s3_bucket_public_access_block", "block_public_acls = true", "bucket", SETTINGS[1:]),
        ("aws_s3_account_public_access_block", "", "account", SETTINGS),
        ("aws_s3_access_point", "public_access_block_configuration {\n}", "access point", ()),
        (
            "aws_s3_access_point",
            "public_access_block_configuration {\n ignore_public_acls = false\n}",
            "access point",
            ("ignore_public_acls",),
        ),
        (
            "aws_s3control_multi_region_access_point",
            "details {\n public_access_block {\n restrict_public_buckets = false\n}\n}",
            "access point",
            ("restrict_public_buckets",),
        ),
        ("aws_ebs_snapshot_block_public_access", 'state = "unblocked"', "volume snapshots", ("all blocking",)),
        ("aws_ebs_snapshot_block_public_access", 'state = "block-all-sharing"', "volume snapshots", ()),
        ("aws_ec2_image_block_public_access", 'state = "unblocked"', "images", ("all blocking",)),
    ],
)
def test_blocks(stack: Made, kind: str, body: str, of: str, off: tuple[str, ...]) -> None:
    (block,) = blocks(stack(f'resource "{kind}" "it" {{\n{body}\n}}\n'))
    assert (block.of, block.off, block.address) == (of, off, f"{kind}.it")


def test_an_unknown_setting_of_a_block_is_not_off(stack: Made) -> None:
    made = stack(
        'variable "v" {}\nresource "aws_s3_bucket_public_access_block" "b" {\n  block_public_acls = var.v\n}\n'
    )
    (block,) = blocks(made)
    assert block.off == SETTINGS[1:]
    assert made.unresolved


BUCKET = """
resource "aws_s3_bucket" "data" {
  %s
}
resource "aws_s3_bucket" "other" {
  bucket_prefix = "other-"
}
resource "aws_s3_bucket_ownership_controls" "data" {
  bucket = aws_s3_bucket.data.id
}
resource "aws_s3_bucket_acl" "data" {
  bucket = %s
  acl    = "public-read"
}
resource "aws_s3_bucket_public_access_block" "data" {
  bucket             = %s
  ignore_public_acls = true
}
"""


@pytest.mark.parametrize(
    ("name", "of_acl", "of_block", "ignored"),
    [
        ('bucket = "data"', "aws_s3_bucket.data.id", "aws_s3_bucket.data.bucket", True),
        ('bucket = "data"', "aws_s3_bucket.data.id", '"data"', True),
        ('bucket = "data"', '"data"', '"data"', True),
        ('bucket = "data"', '"data"', '"other"', False),
        ('bucket_prefix = "data-"', "aws_s3_bucket.data.id", "aws_s3_bucket.data.bucket", True),
        ('bucket_prefix = "data-"', "aws_s3_bucket.data.id", "aws_s3_bucket.other.id", False),
        ('bucket_prefix = "data-"', "aws_s3_bucket.data.id", '"other"', False),
        ('bucket_prefix = "data-"', "aws_s3_bucket_ownership_controls.data.bucket", "aws_s3_bucket.data.id", True),
        ('bucket_prefix = "data-"', "aws_s3_bucket_ownership_controls.data.id", "aws_s3_bucket.data.id", True),
        ('bucket = "${var.v}-data"', '"${var.v}-data"', '"${var.v}-data"', True),
        ('bucket_prefix = "data-"', "aws_s3_bucket.data.id", "var.v", None),
        ('bucket_prefix = "data-"', "data.aws_s3_bucket.looked_up.id", "aws_s3_bucket.data.id", None),
    ],
)
def test_which_bucket_a_block_is_of(stack: Made, name: str, of_acl: str, of_block: str, ignored: bool | None) -> None:
    more = 'variable "v" {}\ndata "aws_s3_bucket" "looked_up" {\n  bucket = var.v\n}\n'
    made = stack(more + BUCKET % (name, of_acl, of_block))
    (share,) = shares(made)
    answer = made.ignores_acl(share)
    assert (None if isinstance(answer, Unknown) else answer) is ignored


def test_the_block_of_one_instance_is_not_that_of_another(stack: Made) -> None:
    made = stack("""
    resource "aws_s3_bucket" "b" {
      for_each      = toset(["x", "y"])
      bucket_prefix = each.key
    }
    resource "aws_s3_bucket_acl" "x" {
      bucket = aws_s3_bucket.b["x"].id
      acl    = "public-read"
    }
    resource "aws_s3_bucket_public_access_block" "y" {
      bucket             = aws_s3_bucket.b["y"].id
      ignore_public_acls = true
    }
    """)
    assert made.ignores_acl(shares(made)[0]) is False


def test_a_block_that_may_not_be_there_decides_nothing(stack: Made) -> None:
    made = stack("""
    variable "block" {}
    resource "aws_s3_bucket_acl" "b" {
      bucket = "b"
      acl    = "public-read"
    }
    resource "aws_s3_bucket_public_access_block" "b" {
      count              = var.block ? 1 : 0
      bucket             = "b"
      ignore_public_acls = true
    }
    """)
    assert isinstance(made.ignores_acl(shares(made)[0]), Unknown)


def test_the_block_of_the_account_is_of_every_bucket(stack: Made) -> None:
    made = stack(
        'resource "aws_s3_bucket_acl" "b" {\n  bucket = "b"\n  acl = "public-read"\n}\n'
        'resource "aws_s3_account_public_access_block" "a" {\n  ignore_public_acls = true\n}\n'
    )
    assert made.ignores_acl(shares(made)[0]) is True


def test_identity_providers_and_mfa_devices(stack: Made) -> None:
    made = stack("""
    resource "aws_iam_openid_connect_provider" "github" {
      url             = "https://token.actions.githubusercontent.com"
      client_id_list  = ["sts.amazonaws.com"]
      thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
    }
    resource "aws_iam_saml_provider" "idp" {
      name = "idp"
    }
    resource "aws_iam_virtual_mfa_device" "mfa" {
      virtual_mfa_device_name = "mfa"
    }
    """)
    oidc, saml = (thing for thing in made.of_kind("federation_provider") if isinstance(thing, FederationProvider))
    assert (oidc.kind, oidc.host) == ("oidc", "token.actions.githubusercontent.com")
    assert [text.shown for text in (*oidc.client_ids, *oidc.thumbprints)] == [
        "sts.amazonaws.com", "6938fd4d98bab03faadb97b34396831e3780aea1",
    ]  # fmt: skip
    assert saml.kind == "saml"
    assert saml.name is not None
    assert (saml.name.shown, saml.host) == ("idp", "")
    (device,) = made.of_kind("mfa_device")
    assert isinstance(device, MfaDevice)
    assert device.name is not None
    assert (device.name.shown, device.users) == ("mfa", ())


INLINE = """
resource "aws_iam_role" "r" {
  name               = "app"
  assume_role_policy = "{}"
  inline_policy {
    name   = "block"
    policy = jsonencode({ Statement = [] })
  }
}
resource "aws_iam_role_policy" "p" {
  name   = "declared"
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policy" "prefixed" {
  name_prefix = "prefixed-"
  role        = %s
  policy      = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policies_exclusive" "r" {
  role_name    = aws_iam_role.r.name
  policy_names = %s
}
variable "v" {}
"""


@pytest.mark.parametrize(
    ("other_role", "names", "found"),
    [
        ('"other"', '["declared", "block"]', []),
        ('"other"', "[aws_iam_role_policy.p.name]", []),
        ('"other"', '["elsewhere"]', ["elsewhere"]),
        ('"other"', "[]", []),
        ('"other"', "var.v", None),
        ('"other"', "[var.v]", None),
        # A policy of the same role whose name only AWS knows may be the one.
        ("aws_iam_role.r.id", '["elsewhere"]', None),
        ("aws_iam_role.r.id", "[aws_iam_role_policy.prefixed.name]", []),
    ],
)
def test_exclusive_names_are_policies_where_the_stack_has_no_content(
    stack: Made, other_role: str, names: str, found: list[str] | None
) -> None:
    made = stack(INLINE % (other_role, names))
    named = [policy for policy in made.policies if policy.address == "aws_iam_role_policies_exclusive.r"]
    assert [policy.name for policy in named] == (found or [])
    assert bool(made.unresolved) is (found is None or bool(found))
    for policy in named:
        assert (policy.kind, policy.attachment, policy.holder) == ("identity", "inline", "role app")
        assert policy.place.written == '"elsewhere"'
        assert policy.unresolved is not None


def test_a_resource_is_looked_at_only_for_what_it_shares(stack: Made) -> None:
    made = stack("""
    resource "aws_s3_bucket" "b" {
      bucket = "b"
    }
    resource "aws_db_snapshot" "s" {
      db_snapshot_identifier = "s"
    }
    resource "aws_ssm_document" "d" {
      name = "d"
    }
    resource "aws_s3_object" "o" {
      key = "o"
    }
    """)
    assert (made.things, made.unresolved) == ((), ())


def test_dynamic_grants_are_looked_at_too(stack: Made) -> None:
    (share,) = shares(
        stack(f"""
        resource "aws_s3_bucket" "b" {{
          dynamic "grant" {{
            for_each = ["READ"]
            content {{
              uri         = "{ALL_USERS}"
              permissions = [grant.value]
            }}
          }}
        }}
        """)
    )
    assert (share.permission, share.is_public) == ("READ", True)
