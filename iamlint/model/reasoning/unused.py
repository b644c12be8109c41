"""Things of a stack that nothing uses, judged only where everything that could use them is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.compute import Instance
from iamlint.model.unknown import Truth, Unknown

if TYPE_CHECKING:
    from iamlint.model.identity import Group, InstanceProfile, LoginProfile, Role, User
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack

_UNCLEAR = Unknown("a reference that may mean it is not known")
_OUT_OF_VIEW = Unknown("what names it is not in view")
_ELSEWHERE = Unknown("what it is handed to may use it")
_PARTIAL = Unknown("what the deploy creates is not all in view")

# What says who is in which group, and what gives policies.
_MEMBERSHIPS = ("aws_iam_user_group_membership", "aws_iam_group_membership", "AWS::IAM::UserToGroupAddition")
_POLICIES = (
    "aws_iam_policy_attachment", "aws_iam_role_policy", "aws_iam_role_policy_attachment",
    "aws_iam_role_policies_exclusive", "aws_iam_role_policy_attachments_exclusive",
    "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy",
)  # fmt: skip

# What hands a name on to where nobody sees what it is used for: other stacks, modules, code.
_HANDING_ON = (
    "AWS::CloudFormation::", "AWS::Serverless::Application", "AWS::SSM::Parameter", "AWS::SecretsManager::",
    "AWS::Lambda::", "aws_cloudformation_", "aws_ssm_parameter", "aws_secretsmanager_", "aws_lambda_",
)  # fmt: skip
_OWN = ("AWS::", "aws_", "data.aws_")


def user_without_group(stack: Stack, user: User) -> Truth:
    """Whether a user is in no group."""
    return False if user.groups else _unseen(stack, "user", user.address, _MEMBERSHIPS)


def group_without_members(stack: Stack, group: Group) -> Truth:
    """Whether no user is in a group."""
    return False if group.members else _unseen(stack, "group", group.address, (*_MEMBERSHIPS, "AWS::IAM::User"))


def role_without_policies(stack: Stack, role: Role) -> Truth:
    """Whether a role has no policy of any kind, so that it may do nothing."""
    if role.policies or role.attachments:
        return False
    return _unseen(stack, "role", role.address, _POLICIES)


def unattached_policy(stack: Stack, policy: Policy) -> Truth:
    """Whether a managed policy is attached to nobody, and no boundary either."""
    if policy.attachment != "managed" or policy.kind not in ("identity", "unattached") or policy.holders:
        return False
    return _unnamed(stack, "policy", policy.address)


def orphan_instance_profile(stack: Stack, profile: InstanceProfile) -> Truth:
    """Whether no instance, and nothing that makes instances, uses a profile."""
    used = (one.profiles for one in stack.of_kind("instance") if isinstance(one, Instance))
    if any(profile.address == other.address for profiles in used for other in profiles):
        return False
    return _unnamed(stack, "instance profile", profile.address)


def no_password_policy(stack: Stack, login: LoginProfile) -> Truth:
    """Whether a console login is the first of a stack that says nothing of what passwords must be like."""
    if stack.of_kind("password_policy"):
        return False
    if stack.is_partial or not stack.sets_up_accounts:
        return _PARTIAL
    first = next(one for one in stack.of_kind("login_profile"))
    if first is not login or login.user is None:
        return False
    named = stack.identities.get(login.user.ref.ref) if login.user.ref is not None else None
    name = named.name if named is not None else login.user
    # A module that makes users for whoever calls it is not where the account is set up.
    return True if name is not None and name.is_known else _PARTIAL


def _unseen(stack: Stack, kind: str, address: str, adding: tuple[str, ...]) -> Truth:
    """Whether nothing but what has no say in it names a declaration; `adding` are the types that have."""
    named = _named(stack, kind, address)
    if isinstance(named, Unknown):
        return named
    for label in named:
        if label in adding or label.endswith("::MODULE"):
            return _UNCLEAR
        if not label.startswith(_OWN) or label.startswith(_HANDING_ON):
            return _ELSEWHERE
    return True


def _unnamed(stack: Stack, kind: str, address: str) -> Truth:
    """Whether nothing names a declaration."""
    named = _named(stack, kind, address)
    if isinstance(named, Unknown):
        return named
    return _ELSEWHERE if named else True


def _named(stack: Stack, kind: str, address: str) -> frozenset[str] | Unknown:
    if kind in stack.unclear:
        return _UNCLEAR
    named = stack.mentions(address) if stack.mentions is not None else None
    return _OUT_OF_VIEW if named is None else named
