"""Pieces become a stack: policies find their holders, attachments their policies, keys and logins their users."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from iamlint.model.compute import Instance
from iamlint.model.identity import (
    AccessKey,
    Attachment,
    Group,
    Identity,
    LoginProfile,
    PermissionSet,
    Role,
    User,
)
from iamlint.model.policy import Holder, Policy
from iamlint.model.policy_reference import Boundary
from iamlint.model.stack import Stack, Unresolved
from iamlint.model.text import Text
from iamlint.model.thing import Thing
from iamlint.model.unknown import Unknown
from iamlint.parsers.branching import Allow, anything
from iamlint.parsers.pieces import At, DeclaredCredential, DeclaredIdentity, Pieces, Target
from iamlint.parsers.role_users import RoleUsers

_MODELS: dict[str, type[Identity]] = {
    "user": User,
    "group": Group,
    "role": Role,
    "permission_set": PermissionSet,
}


def link(pieces: Pieces, allow: Allow = anything) -> Stack:
    """The stack that the pieces make; `allow` says which of its branches can be taken together."""
    return _Linker(pieces, allow).stack()


class _Directory:
    """Finds declarations by address, by reference, by name, by ARN."""

    def __init__(self) -> None:
        self._addresses: set[str] = set()
        self._stems: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}

    def enter(self, kind: str, address: str, name: Text | None) -> None:
        self._addresses.add(address)
        # One instance stands for all when a reference does not say which: `aws_iam_role.x` of `aws_iam_role.x["a"]`.
        self._stems.setdefault(address.partition("[")[0] if address.endswith("]") else address, address)
        if name is not None and name.literal:
            self._names.setdefault((kind, name.literal), address)

    def find(self, kind: str, text: Text | None, address: str = "") -> str:
        """The address that is meant; empty when it is not declared here."""
        if address:
            return address if address in self._addresses else self._stems.get(address, "")
        if text is None:
            return ""
        for part in text.parts:
            ref = "" if isinstance(part, str) else part.ref
            if ref in self._addresses:
                return ref
            if ref in self._stems:
                return self._stems[ref]
        # The name, or the last segment of an ARN (a path may stand before the name).
        return self._names.get((kind, text.shown)) or self._names.get((kind, text.shown.rpartition("/")[2]), "")


class _Linker:
    def __init__(self, pieces: Pieces, allow: Allow) -> None:
        self._pieces = pieces
        self._allow = allow
        self._directory = _Directory()
        for address, identity in pieces.identities.items():
            self._directory.enter(identity.kind, address, identity.name)
        for declared in pieces.policies:
            policy = declared.policy
            if policy.attachment == "managed":
                name = Text(parts=(policy.name,), place=policy.place) if policy.name else None
                self._directory.enter("policy", policy.address, name)
        for target, boundary in pieces.boundaries:
            bounded = pieces.identities.get(self._directory.find(target.kind, target.name, target.address))
            if bounded is not None:
                bounded.extra["boundary"] = boundary

    def stack(self) -> Stack:
        attachments, given = self._attachments()
        boundaries = self._boundaries()
        policies: list[Policy] = []
        held: dict[str, list[Policy]] = defaultdict(list)
        trusts: dict[str, Policy] = {}
        inline: Counter[str] = Counter()
        for declared in self._pieces.policies:
            targets = [*declared.targets, *given.get(declared.policy.address, ())]
            policy = self._held(declared.policy, targets, declared.policy.address in boundaries)
            if policy.is_direct and policy.size is not None:
                policy = _after(policy, policy.size.packed, inline)
            policies.append(policy)
            for holder in policy.holders:
                if policy.kind == "trust":
                    trusts[holder.address] = policy
                elif policy.kind == "identity":
                    held[holder.address].append(policy)
        for policy in self._only_named(policies):
            policies.append(policy)
            held[policy.holders[0].address].append(policy)
        keys = self._access_keys()
        logins = self._logins({address for address, _ in keys if address})
        groups = self._groups()
        members: dict[str, list[str]] = defaultdict(list)
        for user, listed in groups.items():
            for group in listed:
                members[group].append(user)
        users = RoleUsers(self._pieces, self._directory.find, self._directory.enter, self._key_label, self._allow)
        managed = {policy.address: policy for policy in policies if policy.attachment == "managed"}
        identities = [
            self._identity(address, declared, held, attachments, trusts, keys, logins, groups, members, users, managed)
            for address, declared in self._pieces.identities.items()
        ]
        credentials = [*(key for _, key in keys), *(login for _, login in logins)]
        loose = [attachment for listed in attachments.values() for attachment in listed]
        unresolved = tuple(
            Unresolved(reason=reason, count=count) for reason, count in sorted(self._pieces.unknowns.items())
        )
        supplied = self._supplied(users.things)
        bounds = [
            Boundary(policy=text, **_where(declared.at))
            for declared in self._pieces.identities.values()
            if (text := declared.extra.get("boundary")) is not None
        ]
        things = (*identities, *policies, *loose, *bounds, *credentials, *map(supplied, users.things))
        return Stack(
            root=self._pieces.root, things=things, unresolved=unresolved, is_partial=self._pieces.is_partial,
            sets_up_accounts=self._pieces.sets_up_accounts, mentions=self._pieces.mentions,
            unclear=frozenset(self._unclear()),
        )  # fmt: skip

    def _unclear(self) -> Iterator[str]:
        """The kinds of things that some reference may mean of which it is not known what it means."""
        pieces = self._pieces
        named: list[tuple[str, Text | None]] = [("group", group) for _, group in pieces.members]
        named += [("policy", declared.policy) for declared in pieces.attachments]
        named += [("policy", identity.extra.get("boundary")) for identity in pieces.identities.values()]
        named += [("instance profile", runner.profile) for runner in pieces.runners.values()]
        targets = [target for target, _ in pieces.members]
        targets += [declared.target for declared in pieces.attachments]
        targets += [target for declared in pieces.policies for target in declared.targets]
        named += [(target.kind, target.name) for target in targets if not target.address]
        for kind, text in named:
            if text is not None and _may_be_any(text) and not self._directory.find(kind, text):
                yield kind

    def _label(self, address: str, text: Text | None) -> str:
        declared = self._pieces.identities.get(address)
        name = declared.name if declared is not None else text
        if name is not None and name.is_known:
            return name.shown
        return address.removeprefix("Resources/") or (name.shown if name is not None else "")

    def _held(self, policy: Policy, targets: list[Target], bounds: bool) -> Policy:
        holders = list(policy.holders)
        for target in targets:
            address = self._directory.find(target.kind, target.name, target.address)
            label = self._label(address, target.name)
            holders.append(Holder(kind=target.kind, label=label, address=address or target.address))
        holders = list(dict.fromkeys(holders))
        if not holders and (bounds or _demands_itself(policy)):
            return policy.model_copy(update={"kind": "boundary"})
        if not holders:
            return policy
        attached = {"kind": "identity"} if targets and policy.kind == "unattached" else {}
        return policy.model_copy(update={"holders": tuple(holders), **attached})

    def _only_named(self, policies: list[Policy]) -> list[Policy]:
        """The inline policies of which only the name is in the code; those whose content is there too are left out."""
        unwritten = []
        for declared in self._pieces.inline_names:
            unknown = Unknown("an inline policy whose content is not in the code", declared.name.shown)
            policy = Policy(
                kind="identity", attachment="inline", name=declared.name.shown, unresolved=unknown,
                **_where(declared.at),
            )  # fmt: skip
            policy = self._held(policy, [declared.target], bounds=False)
            written = [p for p in policies if p.is_direct and not set(p.holders).isdisjoint(policy.holders)]
            if _is_among(declared.name, written):
                continue
            self._pieces.unknowns[unknown.reason] += 1
            # An unknown name on either side may be the same one.
            if declared.name.is_known and all(p.name for p in written):
                unwritten.append(policy)
        return unwritten

    def _attachments(self) -> tuple[dict[str, list[Attachment]], dict[str, list[Target]]]:
        """The attachments by the holder's address, and the targets that attachments add to declared policies."""
        by_holder: dict[str, list[Attachment]] = defaultdict(list)
        given: dict[str, list[Target]] = defaultdict(list)
        for declared in self._pieces.attachments:
            target, at = declared.target, declared.at
            address = self._directory.find(target.kind, target.name, target.address)
            policy = self._directory.find("policy", declared.policy)
            by_holder[address].append(
                Attachment(
                    policy=declared.policy,
                    holder_kind=target.kind,
                    holder=self._label(address, target.name),
                    exclusive=declared.exclusive,
                    declared=policy,
                    **_where(at),
                )
            )
            if policy:
                given[policy].append(Target(target.kind, target.name, address or target.address))
        return by_holder, given

    def _boundaries(self) -> set[str]:
        texts = (identity.extra.get("boundary") for identity in self._pieces.identities.values())
        return {self._directory.find("policy", text) for text in texts if text is not None} - {""}

    def _key_label(self, address: str) -> str:
        """What to call the access key that is declared at an address."""
        key = next((key for key in self._pieces.keys if key.at.address == address), None)
        user = self._user(key)[1] if key is not None else ""
        return f"the access key of {user}" if user else f"the access key {address.removeprefix('Resources/')}"

    def _supplied(self, things: list[Thing]) -> Callable[[Thing], Thing]:
        """What marks the launch templates whose users give their instances a role."""
        if not self._pieces.supplied:
            return lambda thing: thing
        for thing in things:
            if isinstance(thing, Instance):
                self._directory.enter("launch template", thing.address, None)
        found = {self._directory.find("launch template", text) for text in self._pieces.supplied}

        def marked(thing: Thing) -> Thing:
            if isinstance(thing, Instance) and thing.address in found:
                return thing.model_copy(update={"role_supplied": True})
            return thing

        return marked

    def _groups(self) -> dict[str, list[str]]:
        """For each user's address the groups it is in: their addresses, or their names when not declared here."""
        groups: dict[str, list[str]] = defaultdict(list)
        for target, group in self._pieces.members:
            user = self._directory.find("user", target.name, target.address)
            groups[user].append(self._directory.find("group", group) or group.shown)
        return groups

    def _user(self, credential: DeclaredCredential) -> tuple[str, str]:
        address = self._directory.find("user", credential.user)
        return address, self._label(address, credential.user)

    def _access_keys(self) -> list[tuple[str, AccessKey]]:
        counted: Counter[str] = Counter()
        keys = []
        for declared in self._pieces.keys:
            address, label = self._user(declared)
            counted[address or label] += 1
            key = AccessKey(
                user=declared.user,
                user_label=label,
                number=counted[address or label],
                **declared.settings,
                **_where(declared.at),
            )
            keys.append((address, key))
        return keys

    def _logins(self, users_with_keys: set[str]) -> list[tuple[str, LoginProfile]]:
        logins = []
        for declared in self._pieces.logins:
            address, label = self._user(declared)
            login = LoginProfile(
                user=declared.user,
                user_label=label,
                has_access_key=address in users_with_keys,
                **declared.settings,
                **_where(declared.at),
            )
            logins.append((address, login))
        return logins

    def _identity(
        self, address: str, declared: DeclaredIdentity, held: dict[str, list[Policy]],
        attachments: dict[str, list[Attachment]], trusts: dict[str, Policy],
        keys: list[tuple[str, AccessKey]], logins: list[tuple[str, LoginProfile]], groups: dict[str, list[str]],
        members: dict[str, list[str]], users: RoleUsers, managed: dict[str, Policy],
    ) -> Identity:  # fmt: skip
        fields = dict(declared.extra)
        if "boundary" in fields:
            fields["boundary_policy"] = managed.get(self._directory.find("policy", fields["boundary"]))
        if declared.kind == "user":
            mine = tuple(groups.get(address, ()))
            fields["groups"] = mine
            named = [self._pieces.identities[group].name for group in mine if group in self._pieces.identities]
            fields["group_names"] = tuple(name.literal for name in named if name is not None and name.literal)
            fields["group_policies"] = tuple(policy for group in mine for policy in held.get(group, ()))
            fields["group_attachments"] = tuple(one for group in mine for one in attachments.get(group, ()))
            fields["access_keys"] = tuple(key for user, key in keys if user == address)
            fields["login"] = next((login for user, login in logins if user == address), None)
        elif declared.kind == "group":
            fields["members"] = tuple(members.get(address, ()))
        elif declared.kind == "role":
            fields["trust"] = trusts.get(address)
            fields |= users.of_role(address)
        return _MODELS[declared.kind](
            name=declared.name,
            policies=tuple(held.get(address, ())),
            attachments=tuple(attachments.get(address, ())),
            **fields,
            **_where(declared.at),
        )


def _after(policy: Policy, length: int, inline: Counter[str]) -> Policy:
    """An inline policy that knows how long those before it are; `inline` has that for each holder's address."""
    addresses = [holder.address for holder in policy.holders if holder.address]
    before = max([inline[address] for address in addresses], default=0)
    if not policy.when.branches:  # else it may be the alternative of another
        for address in addresses:
            inline[address] += length
    return policy.model_copy(update={"before": before}) if before else policy


def _may_be_any(text: Text) -> bool:
    """Whether the name in a text, the last segment where it is an ARN, may be that of anything."""
    for part in reversed(text.parts):
        if isinstance(part, Unknown):
            return "aws_iam_" not in part.ref
        if "/" in part:
            return False
    return False


def _is_among(name: Text, policies: list[Policy]) -> bool:
    """Whether one of these policies has the name, or is the one that the name is taken from."""
    ref = name.ref.ref if name.ref is not None else ""
    return any(
        policy.name == name.literal or (ref and ref.partition("[")[0] == policy.address.partition("[")[0])
        for policy in policies
    )


def _demands_itself(policy: Policy) -> bool:
    """Whether a managed policy denies what is done without itself as the boundary: then a boundary is what it is."""
    return bool(policy.name) and any(
        condition.key.shown.lower() == "iam:permissionsboundary"
        and any(value.shown.rpartition("/")[2] == policy.name for value in condition.values)
        for statement in policy.statements
        if statement.denies is True
        for condition in statement.conditions
    )


def _where(at: At) -> dict[str, Any]:
    return {"place": at.place, "address": at.address, "element": at.element, "via": at.via, "when": at.when}
