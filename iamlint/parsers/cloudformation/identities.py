"""IAM's own resources: roles, users, groups, their policies and keys; Identity Center and Organizations."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.identity import InstanceProfile
from iamlint.model.policy import HolderKind, PolicyKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue
from iamlint.parsers.assemble import Target
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.misplaced import in_item, in_properties
from iamlint.parsers.values import alternatives, as_setting, as_text

_HOLDERS: tuple[tuple[str, HolderKind], ...] = (("Roles", "role"), ("Users", "user"), ("Groups", "group"))


def inline_policies(it: Declaring, kind: HolderKind, name: str = "Policies") -> None:
    """The `Policies` of an identity, items that are conditional or come from elsewhere included."""
    for element, item in it.items(name):
        at = it.at(element, item.place, item.when)
        document, astray = in_item(item)
        named = item.get("PolicyName") if isinstance(item, MapValue) else None
        text = as_text(named) if named is not None else None
        if document is not None:
            target = [Target(kind, address=it.address)]
            label = text.shown if text is not None else ""
            it.builder.policy(document, at, "identity", "inline", target, label, astray=astray)
    document = it.value("PolicyDocument")
    if document is not None and name == "Policies":
        at, target = it.at("PolicyDocument"), [Target(kind, address=it.address)]
        astray = f"`PolicyDocument` is no property of `{it.kind}`: it belongs in an item of `Policies`"
        it.builder.policy(document, at, "identity", "inline", target, it.literal("PolicyName"), astray=astray)


def managed_policies(it: Declaring, kind: HolderKind, name: str = "ManagedPolicyArns") -> None:
    """The managed policies that an identity names."""
    for element, policy in it.texts(name):
        at = it.at(element, policy.place, policy.when)
        at.via = policy.via
        it.builder.attach(policy, at, kind, holder_address=it.address)


def _role(it: Declaring) -> None:
    session = it.setting("MaxSessionDuration", 3600)
    it.builder.identity("role", it.at(), it.text("RoleName"), it.text("PermissionsBoundary"), session)
    trust = it.value("AssumeRolePolicyDocument")
    if trust is not None:
        at = it.at("AssumeRolePolicyDocument")
        it.builder.policy(trust, at, "trust", "inline", [Target("role", address=it.address)])
    inline_policies(it, "role")
    managed_policies(it, "role")


def _user(it: Declaring) -> None:
    it.builder.identity("user", it.at(), it.text("UserName"), it.text("PermissionsBoundary"))
    inline_policies(it, "user")
    managed_policies(it, "user")
    for _, group in it.texts("Groups"):
        it.builder.member(group, user_address=it.address)
    login = it.value("LoginProfile")
    for option in alternatives(login) if login is not None else ():
        if isinstance(option, MapValue):
            reset = as_setting(option.get("PasswordResetRequired"), False, option.place)
            at = it.at("LoginProfile", option.place, option.when)
            it.builder.login(at, it.itself(), reset, _nowhere(it))


def _group(it: Declaring) -> None:
    it.builder.identity("group", it.at(), it.text("GroupName"))
    inline_policies(it, "group")
    managed_policies(it, "group")


def _policy(it: Declaring) -> None:
    """AWS::IAM::Policy: one inline policy on each holder."""
    document, astray = in_properties(it)
    if document is not None:
        at = it.at("PolicyDocument")
        it.builder.policy(document, at, "identity", "inline", _targets(it), it.literal("PolicyName"), astray=astray)


def _policy_of(kind: HolderKind, holder: str) -> Callable[[Declaring], None]:
    def declare(it: Declaring) -> None:
        document, astray = in_properties(it)
        if document is not None:
            at = it.at("PolicyDocument")
            name = it.text(holder)
            targets = [Target(kind, name)] if name is not None else []
            it.builder.policy(document, at, "identity", "inline", targets, it.literal("PolicyName"), astray=astray)

    return declare


def _managed_policy(it: Declaring) -> None:
    document, astray = in_properties(it)
    if document is None:
        return
    name = it.text("ManagedPolicyName")
    shown = name.shown if name is not None else ""
    it.builder.policy(document, it.at(), "identity", "managed", _targets(it), shown, astray=astray)
    for listed, kind in _HOLDERS:
        for element, holder in it.texts(listed):
            at = it.at(element, holder.place, holder.when)
            it.builder.attach(it.itself(), at, kind, holder)


def _targets(it: Declaring) -> list[Target]:
    return [Target(kind, name) for listed, kind in _HOLDERS for _, name in it.texts(listed)]


def _instance_profile(it: Declaring) -> None:
    role = next((text for _, text in it.texts("Roles")), None)
    at = it.at()
    name = it.text("InstanceProfileName")
    it.builder.add(InstanceProfile(name=name, role=role, place=at.place, when=at.when, address=at.address))


def _membership(it: Declaring) -> None:
    group = it.text("GroupName")
    for _, user in it.texts("Users"):
        if group is not None:
            it.builder.member(group, user)


def _access_key(it: Declaring) -> None:
    rotation = it.setting("Serial")
    if rotation.declared:
        rotation = rotation.model_copy(update={"value": "replaced by its serial number"})
    it.builder.access_key(it.at(), it.text("UserName"), it.setting("Status", "Active"), rotation, _nowhere(it))


def _nowhere(it: Declaring) -> Setting:
    """CloudFormation keeps no state that people can read a secret in."""
    return Setting(value=True, place=it.header)


def _permission_set(it: Declaring) -> None:
    boundary = it.text("PermissionsBoundary.ManagedPolicyArn")
    session = it.setting("SessionDuration", "PT1H")
    it.builder.identity("permission_set", it.at(), it.text("Name"), boundary, session)
    document = it.value("InlinePolicy")
    if document is not None:
        target = [Target("permission_set", address=it.address)]
        it.builder.policy(document, it.at("InlinePolicy"), "identity", "inline", target)
    managed_policies(it, "permission_set", "ManagedPolicies")
    for element, item in it.items("CustomerManagedPolicyReferences"):
        named = item.get("Name") if isinstance(item, MapValue) else None
        name = as_text(named) if named is not None else None
        if name is not None:
            at = it.at(element, name.place, item.when)
            it.builder.attach(name, at, "permission_set", holder_address=it.address)


_ORGANIZATION_KINDS: dict[str, PolicyKind] = {
    "SERVICE_CONTROL_POLICY": "scp",
    "RESOURCE_CONTROL_POLICY": "rcp",
}


def _organization_policy(it: Declaring) -> None:
    kind = _ORGANIZATION_KINDS.get(it.literal("Type"))
    document = it.value("Content")
    if document is None:
        return
    if kind is not None:
        target = [Target("organization", Text(parts=("the organization",), place=it.header))]
        it.builder.policy(document, it.at("Content"), kind, "managed", target, it.literal("Name"))
    elif it.text("Type") is None or not it.literal("Type"):
        it.builder.note_unknown(Unknown("the type of an organization's policy"))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::IAM::Role": _role,
    "AWS::IAM::User": _user,
    "AWS::IAM::Group": _group,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::RolePolicy": _policy_of("role", "RoleName"),
    "AWS::IAM::UserPolicy": _policy_of("user", "UserName"),
    "AWS::IAM::GroupPolicy": _policy_of("group", "GroupName"),
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::InstanceProfile": _instance_profile,
    "AWS::IAM::UserToGroupAddition": _membership,
    "AWS::IAM::AccessKey": _access_key,
    "AWS::SSO::PermissionSet": _permission_set,
    "AWS::Organizations::Policy": _organization_policy,
}
