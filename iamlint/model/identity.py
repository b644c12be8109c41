"""Identities: users, groups, roles and permission sets, with what is attached to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from iamlint.aws import managed_policies
from iamlint.model.policy import Grant, HolderKind, Policy
from iamlint.model.policy_reference import PolicyReference
from iamlint.model.text import Text
from iamlint.model.thing import Placed, Setting, Thing, derived, question, term
from iamlint.model.unknown import Truth, Unknown, all_of, any_of

if TYPE_CHECKING:
    from iamlint.model.access import Access


# As of ISO 8601, which permission sets are given: PT8H, P1DT2H30M.
_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?")


class Attachment(PolicyReference, Grant):
    """A managed policy attached to an identity, by ARN, name or reference; `declared` is its address where it is
    declared in the stack."""

    kind_of_thing: ClassVar[str] = "attachment"

    holder_kind: HolderKind
    holder: str
    exclusive: bool = False
    declared: str = ""

    @term
    def is_direct(self) -> bool:
        """Whether it goes to the identity itself: an attachment always does."""
        return True

    @term
    def holder_kinds(self) -> tuple[str, ...]:
        """The kind of the identity that the policy is attached to."""
        return (self.holder_kind,)

    @term
    def label(self) -> str:
        """What to call the attachment in a message."""
        holes = (part for part in self.policy.parts if isinstance(part, Unknown))
        reference = next((hole.ref for hole in holes if hole.ref), "")
        return f"`{self.policy_name or reference.removeprefix('Resources/') or self.policy.shown}`"

    @term
    def holder_label(self) -> str:
        """What to call the identity in a message."""
        kind = self.holder_kind.replace("_", " ")
        return f"{kind} {self.holder}" if self.holder else f"a {kind}"

    @term
    def is_administrator(self) -> bool:
        """Whether the policy is AWS's AdministratorAccess."""
        return self.policy_name in managed_policies.ADMINISTRATOR

    @term
    def is_broad(self) -> bool:
        """Whether the AWS managed policy gives (or lets its holder take) nearly everything, like PowerUserAccess."""
        return self.policy_name in managed_policies.BROAD

    @term
    def is_full_access(self) -> bool:
        """Whether the AWS managed policy gives all of a service, like AmazonS3FullAccess."""
        return managed_policies.is_full_access(self.policy_name)

    @term
    def is_aws_managed(self) -> bool:
        """Whether the policy is one that AWS manages."""
        return bool(self.policy_name)


class Opening(Placed):
    """An action by which an identity can take off its own permissions boundary, where it is given; `how` in words."""

    action: str
    how: str

    def __str__(self) -> str:
        return self.action


class Identity(Thing):
    """What every identity has. `policies` are the inline ones and those customer-managed ones declared in the stack;
    `group_policies` and `group_attachments` what a user has through groups; `boundary_policy` is the boundary, where
    it is declared in the stack."""

    name: Text | None
    policies: tuple[Policy, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    group_policies: tuple[Policy, ...] = ()
    group_attachments: tuple[Attachment, ...] = ()
    boundary: Text | None = None
    boundary_policy: Policy | None = None
    max_session: Setting | None = None

    @derived
    def access(self) -> Access:
        """What it may do, everything taken together."""
        from iamlint.model.access import of_identity

        return of_identity(self)

    @question
    def may(self, action: str, resource: str = "") -> Truth:
        """Whether its policies taken together, denies taken off and within its boundary, allow the action (or one of
        a pattern) on some resource, or on this one (or one of a pattern)."""
        return self.access.may(action, resource)

    @term
    def session_seconds(self) -> int:
        """How many seconds a session of a role or permission set may last at most; 0 when that is not known."""
        value = self.max_session.value if self.max_session is not None else None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if not isinstance(value, str):
            return 0
        if value.isascii() and value.isdecimal():
            return int(value[:9])
        found = _DURATION.fullmatch(value)
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds

    @term
    def session_label(self) -> str:
        """How long a session may last at most, in hours and minutes."""
        hours, minutes = divmod(self.session_seconds // 60, 60)
        return f"{hours} h" + (f" {minutes} min" if minutes else "")

    @term
    def boundary_openings(self) -> tuple[Opening, ...]:
        """How the identity can free itself of its permissions boundary, the boundary and denies counted."""
        if self.boundary is None:
            return ()
        from iamlint.model.reasoning.boundary import openings

        return openings(self)

    @term
    def boundary_opening(self) -> str:
        """The first of these, in words; empty when there is none."""
        return self.boundary_openings[0].how if self.boundary_openings else ""

    @term
    def label(self) -> str:
        """What to call it in a message."""
        return self.name.shown if self.name is not None and self.name.is_known else self.address

    @term
    def enforces_mfa(self) -> Truth:
        """Whether a Deny of its policies stops everything sensitive without MFA, long-term keys included."""
        return any_of(policy.enforces_mfa for policy in self.policies)


class Credential(Thing):
    """What a long-term access key and a console login have in common."""

    user: Text | None
    user_label: str = ""
    encrypted_to: Setting

    @term
    def what(self) -> str:
        """What it is, in words."""
        return "secret access key" if self.kind_of_thing == "access_key" else "password"

    @term
    def kept_in_state(self) -> bool:
        """Whether the secret is written to a Terraform state in clear."""
        return self.encrypted_to.is_absent


_ROTATED = 90  # days; CIS AWS Foundations Benchmark, "access keys are rotated every 90 days or less"


class KeyRotation(Thing):
    """What says how old an access key may grow: the key itself, or what watches over all of an account. `rotation` is
    after how many days it is replaced, or how, in words."""

    rotation: Setting

    @property
    def is_late(self) -> bool:
        """Whether it is known to come later than it should."""
        days = self.rotation.value
        return isinstance(days, int) and days > _ROTATED

    @term
    def without_rotation(self) -> str:
        """What is missing for keys to be replaced every 90 days, in words; empty where nothing is."""
        return ""


class AccessKey(Credential, KeyRotation):
    """A long-term access key of an IAM user."""

    kind_of_thing: ClassVar[str] = "access_key"

    number: int = 1
    status: Setting

    @term
    def without_rotation(self) -> str:
        """What is missing for the key to be replaced every 90 days, in words; empty where nothing is."""
        key = f"the access key of {self.user_label}"
        if self.rotation.is_absent:
            return f"nothing rotates {key}"
        return f"only every {self.rotation.value} days something rotates {key}" if self.is_late else ""

    @term
    def is_for_root(self) -> Truth:
        """Whether the key is declared for the root user."""
        if self.user is None:
            return False
        names = ("root", "<root_account>", "<root>")
        return any_of(self.user.equals(name) for name in names)


class LoginProfile(Credential):
    """A console login of an IAM user."""

    kind_of_thing: ClassVar[str] = "login_profile"

    reset_required: Setting
    has_access_key: bool = False


class User(Identity):
    """An IAM user. `groups` has the addresses of its groups, or their names when they are not declared in the stack;
    `group_names` the names, as far as they are known."""

    kind_of_thing: ClassVar[str] = "user"

    groups: tuple[str, ...] = ()
    group_names: tuple[str, ...] = ()
    access_keys: tuple[AccessKey, ...] = ()
    login: LoginProfile | None = None

    @term
    def has_console_login(self) -> bool:
        """Whether a console login is declared for the user."""
        return self.login is not None

    @term
    def has_access_key(self) -> bool:
        """Whether an access key is declared for the user."""
        return bool(self.access_keys)

    @term
    def only_sends_mail(self) -> Truth:
        """Whether all that the user is allowed is to send mail by Amazon SES, whose SMTP knows nothing but users."""
        if any(not given.declared for given in (*self.attachments, *self.group_attachments)):
            return False
        policies = (*self.policies, *self.group_policies)
        unread = next((policy.unresolved for policy in policies if policy.unresolved is not None), None)
        if unread is not None:
            return unread
        allowing = [one for policy in policies for one in policy.statements if one.allows is not False]
        if not allowing:
            return False
        # What is not actions (`NotAction`) is a lot more than mail.
        return all_of(
            all_of(action.within("ses:Send*") for action in one.actions) if one.actions else False for one in allowing
        )


class Group(Identity):
    """An IAM group and its members: the users' addresses, or their names when they are not declared in the stack."""

    kind_of_thing: ClassVar[str] = "group"

    members: tuple[str, ...] = ()


class Role(Identity):
    """An IAM role. `used_by` are the workloads and instances of the stack that run as it, instance profiles between
    them included; `public_instances` and `private_instances` those of them of which the address is known."""

    kind_of_thing: ClassVar[str] = "role"

    trust: Policy | None = None
    used_by: tuple[str, ...] = ()
    public_instances: tuple[str, ...] = ()
    private_instances: tuple[str, ...] = ()


class PermissionSet(Identity):
    """A permission set of IAM Identity Center."""

    kind_of_thing: ClassVar[str] = "permission_set"


class InstanceProfile(Thing):
    """An instance profile and the role in it; `role_address` is the role's, where it is declared in the stack."""

    kind_of_thing: ClassVar[str] = "instance_profile"

    name: Text | None = None
    role: Text | None
    role_address: str = ""

    @term
    def label(self) -> str:
        """What to call it in a message."""
        if self.name is not None and self.name.is_known:
            return self.name.shown
        return self.address.removeprefix("Resources/")

    @term
    def has_role(self) -> Truth:
        """Whether there is a role in it; unknown when what is given may be nothing."""
        return False if self.role is None else names_something(self.role)


def names_something(text: Text) -> Truth:
    """Whether a string that names a role or profile is more than the empty string."""
    if text.literal is not None:
        return bool(text.literal.strip())
    if any(part.strip() if isinstance(part, str) else part.ref for part in text.parts):
        return True
    return text.doubt
