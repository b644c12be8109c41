"""Statements of a policy, and what they allow."""

from __future__ import annotations

from iamlint.aws import actions as catalogue
from iamlint.aws import execution_roles, exposure, sensitive
from iamlint.logic import glob
from iamlint.model import restraint
from iamlint.model.caller import denies_strangers
from iamlint.model.condition import Condition
from iamlint.model.conditioned import Conditioned
from iamlint.model.patterns import Action, Resource
from iamlint.model.principal import Principal
from iamlint.model.text import Text
from iamlint.model.thing import Placed, derived, question, term
from iamlint.model.unknown import ALWAYS, Guard, Truth, all_of, any_of, certain, negation, possible

# These have rules of their own, which know more about them.
_JUDGED_APART = ("iam:passrole", "sts:assumerole", "iam:createservicelinkedrole")
_OF_NOTE = ("iam:PutRolePolicy", "iam:PassRole", "sts:AssumeRole", "s3:GetObject")


class Statement(Conditioned):
    """One statement of a policy. Lists keep the order written; an unknown rest of a list is an item with a hole.

    A statement with branches in it becomes several, one for each combination: `branches` says how many, and `around`
    under which conditions the whole is there.
    """

    sid: Text | None = None
    effect: Text | None
    actions: tuple[Action, ...] = ()
    not_actions: tuple[Action, ...] = ()
    resources: tuple[Resource, ...] = ()
    not_resources: tuple[Resource, ...] = ()
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    index: int = 0
    branches: int = 1
    around: Guard = ALWAYS
    places: tuple[tuple[str, Placed], ...] = ()

    def __str__(self) -> str:
        return self.sid.shown if self.sid is not None else f"statement {self.index + 1}"

    @question
    def written(self, element: str) -> Placed | None:
        """Where an element (`NotAction`) is written as a whole."""
        return next((placed for name, placed in self.places if name == element), None)

    @term
    def allows(self) -> Truth:
        """Whether the effect is Allow."""
        return False if self.effect is None else self.effect.equals("Allow")

    @term
    def denies(self) -> Truth:
        """Whether the effect is Deny."""
        return False if self.effect is None else self.effect.equals("Deny")

    @term
    def uses_not_action(self) -> bool:
        """Whether the statement has a NotAction."""
        return bool(self.not_actions)

    @term
    def uses_not_resource(self) -> bool:
        """Whether the statement has a NotResource."""
        return bool(self.not_resources)

    @term
    def uses_not_principal(self) -> bool:
        """Whether the statement has a NotPrincipal."""
        return bool(self.not_principals)

    @derived
    def services(self) -> frozenset[str] | None:
        """The prefixes of the actions, in lower case; None where one of them may be of any service."""
        found = {action.service for action in self.actions}
        return None if any(not one or "*" in one or "?" in one for one in found) else frozenset(found)

    def _is_silent_on(self, action: str) -> bool:
        """Whether a glance says that none of the actions takes in an action: it is of another service."""
        if self.services is None:
            return False
        service = action.partition(":")[0].lower()
        return service not in self.services and "*" not in service and "?" not in service

    @question
    def speaks_of(self, action: str) -> Truth:
        """Whether the statement's Action or NotAction takes in every action of the pattern `action`."""
        if self.not_actions:
            return negation(any_of(a.overlaps(action) for a in self.not_actions))
        if self._is_silent_on(action):
            return False
        return any_of(a.covers(action) for a in self.actions)

    @derived
    def exact_actions(self) -> tuple[Action, ...]:
        """The actions that are known and say more than a service's name."""
        return tuple(
            action
            for action in self.actions
            if (literal := action.literal) is not None
            and ("*" not in literal or not (certain(action.is_wildcard) or certain(action.is_service_wildcard)))
        )

    @derived
    def exposing_actions(self) -> dict[str, list[tuple[Action, tuple[str, ...]]]]:
        """Those of the exact actions that expose something, by the ways in which they do, each with the actions of its
        pattern that do so."""
        found: dict[str, list[tuple[Action, tuple[str, ...]]]] = {}
        for action in self.exact_actions:
            for way, single in exposure.exposures(action.literal or "").items():
                found.setdefault(way, []).append((action, single))
        return found

    @question
    def grants(self, action: str) -> Truth:
        """Whether the statement allows the action, on some resource and under some conditions."""
        return all_of((self.allows, self.speaks_of(action)))

    @term
    def covers_every_action(self) -> Truth:
        """Whether no action of note is left out: `*`, or a NotAction that leaves out neither IAM nor STS."""
        if self.not_actions:
            return all_of(self.speaks_of(action) for action in _OF_NOTE)
        return any_of(action.is_wildcard for action in self.actions if "*" in (action.literal or "*"))

    @term
    def covers_every_resource(self) -> Truth:
        """Whether no resource is left out: `*` in any spelling. (NotResource always leaves something out.)"""
        return any_of(resource.is_wildcard for resource in self.resources)

    @term
    def allows_everything(self) -> Truth:
        """Whether this is an administrator: Allow on every action and resource, with nothing that restricts it."""
        return all_of(
            (self.allows, self.covers_every_action, self.covers_every_resource, negation(self.narrows_resources))
        )

    @term
    def enforces_mfa(self) -> Truth:
        """Whether this is a Deny that stops what matters when MFA is missing, long-term keys included."""
        return all_of(
            (
                self.denies,
                self.covers_every_resource,
                any_of((self.speaks_of("iam:CreateAccessKey"), self.covers_every_action)),
                any_of(condition.denies_without_mfa for condition in self.conditions),
                len(self.conditions) <= 1,
            )
        )

    @term
    def restrictable_actions(self) -> tuple[str, ...]:
        """Those of the listed actions that could be limited to a resource ARN, as written; wildcards of a whole
        service, and actions that AWS's list does not have, are left out. So is a minority of such actions in a list
        that only looks at one service: a spelled-out `ec2:Describe*` needs its `*` as much as the pattern does."""
        found: dict[str, str] = {}
        looks: dict[str, list[bool]] = {}
        reading = tuple(action.literal for action in self.actions if action.literal and exposure.reads(action.literal))
        for action in self.exact_actions:
            assert action.literal is not None
            folded = action.literal.strip().lower()
            apart = folded in _JUDGED_APART or exposure.goes_with_reading(action.literal, reading)
            restrictable = not apart and catalogue.can_be_restricted(action.literal)
            if restrictable:
                found.setdefault(folded, action.literal)
            if catalogue.matching(action.literal) and catalogue.only_looks(action.literal):
                looks.setdefault(action.service, []).append(restrictable)
        few = {service for service, answers in looks.items() if 2 * sum(answers) < len(answers)}
        return tuple(
            action
            for folded, action in found.items()
            if folded.partition(":")[0] not in few or not catalogue.only_looks(action)
        )

    @term
    def only_looks(self) -> bool:
        """Whether the restrictable actions only list and describe what there is, without its content."""
        return all(catalogue.only_looks(action) for action in self.restrictable_actions)

    @term
    def is_routine(self) -> bool:
        """Whether the restrictable actions only list and describe, or are what AWS's own policies for execution roles
        give on every resource: log lines, network interfaces of functions, pulling images, the SSM agent's reports."""
        return all(
            execution_roles.is_routine(action) or catalogue.only_looks(action) for action in self.restrictable_actions
        )

    @term
    def only_inspects(self) -> bool:
        """Whether all actions, each a known one, only list and describe; a bucket's ACL is described so too."""
        return bool(self.actions) and all(
            action.literal is not None and catalogue.matching(action.literal) and catalogue.only_looks(action.literal)
            for action in self.actions
        )

    @question
    def restrictable_on(self, resource: Resource) -> tuple[str, ...]:
        """Those of the restrictable actions that are for a resource of the statement; one that is for none of them,
        as far as AWS's lists know, counts for each."""
        if len(self.resources) < 2 or certain(resource.is_wildcard):
            return self.restrictable_actions
        from iamlint.model.validation.action_resources import is_for

        return tuple(
            action
            for action in self.restrictable_actions
            if is_for(action, resource) or not any(is_for(action, other) for other in self.resources)
        )

    @question
    def resource_shapes(self, resource: Resource) -> tuple[str, ...]:
        """The ARN shapes that can stand in a resource's place, at most three: those of its type, where it is every
        one of a type, else those that the actions for it take."""
        if certain(resource.is_every_of_type):
            kind = resource.masked.split(":", 5)[5].rstrip("*/:")
            return catalogue.shapes_of_type(resource.service, kind)[:3]
        own = f":{resource.service}:" if certain(resource.is_every_of_service) else ":"
        shapes: dict[str, bool] = {}
        for action in self.restrictable_on(resource):
            for shape in catalogue.arn_shapes(action):
                shapes.setdefault(shape, own in shape)
            if sum(shapes.values()) >= 3:
                break
        return tuple(shape for shape, is_own in shapes.items() if is_own)[:3] or tuple(shapes)[:3]

    @question
    def covers_otherwise(self, resource: Resource) -> Truth:
        """Whether another, wider resource of the statement takes in all of this one: `arn:aws:s3:::*/*` beside
        `arn:aws:s3:::*`."""
        if len(self.resources) < 2:
            return False
        mine = _with_fixed_holes(resource)
        return any(
            glob.covers(wider, mine) is True and glob.covers(mine, wider) is not True
            for wider in map(_with_fixed_holes, self.resources)
        )

    @term
    def is_for_own_user(self) -> bool:
        """Whether every resource is the caller's own user, by `${aws:username}`."""
        return bool(self.resources) and all("${aws:username}" in resource.shown for resource in self.resources)

    @term
    def is_for_own_device(self) -> bool:
        """Whether every resource is the caller's own user, or an MFA device, as for who sets one up."""
        own = ("${aws:username}", ":mfa/")
        return bool(self.resources) and all(any(text in one.shown for text in own) for one in self.resources)

    @term
    def mfa_worthy_actions(self) -> tuple[str, ...]:
        """The actions worth MFA that an Allow gives, as written; not what a user does with its own credentials."""
        if not certain(self.allows):
            return ()
        if self.not_actions:
            return ("everything but the NotAction list",) if certain(self.covers_every_action) else ()
        every_role = certain(all_of((self.assumes_any_role, negation(self.narrows_resources))))
        return tuple(
            action.shown
            for action in self.actions
            if action.literal
            and sensitive.mfa_worthy(action.literal, every_role)
            and not (self.is_for_own_user and sensitive.is_self_service(action.literal))
        )

    @term
    def pass_role_actions(self) -> tuple[Action, ...]:
        """The actions that give iam:PassRole by name or by a pattern narrower than `iam:*`."""
        return self._giving("iam:PassRole")

    @term
    def assume_role_actions(self) -> tuple[Action, ...]:
        """The actions that give sts:AssumeRole by name or by a pattern narrower than `sts:*`."""
        return self._giving("sts:AssumeRole")

    def _giving(self, wanted: str) -> tuple[Action, ...]:
        if self._is_silent_on(wanted):
            return ()
        return tuple(
            action
            for action in self.actions
            if certain(action.covers(wanted))
            and not certain(action.is_wildcard)
            and not certain(action.is_service_wildcard)
        )

    @term
    def assumes_any_role(self) -> Truth:
        """Whether an Allow gives sts:AssumeRole on every role: `*`, `role/*` of an account, or NotResource."""
        return bool(self.assume_role_actions) and all_of((self.allows, self._takes_in_every_role))

    @property
    def _takes_in_every_role(self) -> Truth:
        every = any_of(any_of((resource.is_wildcard, _is_every_role(resource))) for resource in self.resources)
        return any_of((every, self.uses_not_resource))

    @term
    def passes_any_role(self) -> Truth:
        """Whether an Allow gives iam:PassRole on every role: `*`, `role/*`, or NotResource. What `*` and `iam:*`
        give besides is not asked here."""
        return bool(self.pass_role_actions) and all_of((self.allows, self._takes_in_every_role))

    @term
    def service_linked_role_actions(self) -> tuple[Action, ...]:
        """The actions that give iam:CreateServiceLinkedRole by name or by a pattern narrower than `iam:*`."""
        return self._giving("iam:CreateServiceLinkedRole")

    @term
    def creates_any_service_linked_role(self) -> Truth:
        """Whether an Allow gives iam:CreateServiceLinkedRole on every resource or with NotResource, for every service:
        no condition on iam:AWSServiceName."""
        if not self.service_linked_role_actions:
            return False
        everywhere = any_of((self.covers_every_resource, self.uses_not_resource))
        return all_of((self.allows, everywhere, negation(self.requires("iam:AWSServiceName"))))

    @term
    def wildcard_actions(self) -> tuple[Action, ...]:
        """The actions that are every action; of a NotAction all that it leaves out."""
        return self.not_actions or tuple(action for action in self.actions if certain(action.is_wildcard))

    @term
    def names_nobody(self) -> bool:
        """Whether the statement has no principal, nor a NotPrincipal."""
        return not self.principals and not self.not_principals and self.written("Principal") is None

    @term
    def names_anyone(self) -> Truth:
        """Whether a principal is everybody (or every account)."""
        return any_of(any_of((p.is_anyone, p.is_wildcard_account)) for p in self.principals)

    @property
    def may_be_for_anyone(self) -> bool:
        """Whether this is or may be an Allow that names more than certain callers; an identity provider of the web
        signs in anybody."""
        if self.allows is False:
            return False
        return not self.principals or any(
            possible(p.is_anyone) or possible(p.is_wildcard_account) or _signs_anybody_in(p) for p in self.principals
        )

    @question
    def why_it_holds(self, condition: Condition) -> str:
        """Why a condition of an Allow holds whoever calls, in words; empty when it restrains someone or may."""
        return restraint.why_it_holds(condition, self)

    @question
    def spoken_of(self, actions: str) -> tuple[str, ...]:
        """Those of some actions, with blanks between them, that the statement surely speaks of."""
        return tuple(action for action in actions.split() if certain(self.speaks_of(action)))

    @term
    def told_actions(self) -> str:
        """The actions in words: as listed, or everything but those of a NotAction."""
        listed = ", ".join(dict.fromkeys(action.shown for action in self.actions or self.not_actions))
        return f"everything but {listed}" if self.not_actions else listed

    @term
    def told_resources(self) -> str:
        """The resources in words: as listed, or everything but those of a NotResource."""
        listed = ", ".join(resource.shown for resource in self.resources or self.not_resources)
        if self.not_resources:
            return f"everything but {listed}"
        return listed or "what its missing Resource would name"

    @term
    def listed_principals(self) -> str:
        """The principals in words, at most three."""
        if not self.principals:
            return "the missing Principal"
        names = [f"`{principal}`" for principal in self.principals[:3]]
        return ", ".join(names) + (" …" if len(self.principals) > 3 else "")

    @term
    def denies_insecure_transport(self) -> Truth:
        """Whether this, as a Deny, stops everybody whose request comes without TLS, or with an old version of it."""
        return all_of(
            (
                self.denies,
                any_of(principal.is_anyone for principal in self.principals),
                len(self.conditions) == 1,
                any_of(condition.is_about_old_transport for condition in self.conditions),
            )
        )

    @term
    def shuts_out_strangers(self) -> Truth:
        """Whether this, as a Deny, is for everybody but callers that it names or whom its conditions pin."""
        if self.not_principals:
            return not self.conditions
        return all_of((any_of(p.is_anyone for p in self.principals), denies_strangers(self.conditions)))

    @term
    def is_public(self) -> Truth:
        """Whether anyone at all may use this Allow: principal `*` and no condition that pins the caller.

        What counts as pinned is AWS's list ("The meaning of public", Amazon S3 User Guide), with the keys of other
        services that say the same.
        """
        return all_of((self.allows, self.names_anyone, negation(self.fixes_caller)))


def _with_fixed_holes(resource: Resource) -> glob.Tokens:
    """The glob of an ARN for comparing it with others of its statement: what is written alike is the same there."""
    return glob.tokens(resource.shown.replace("${", "\0{"))


def _signs_anybody_in(principal: Principal) -> bool:
    """Whether a principal is an identity provider of the web by its name; an ARN is of a provider in the account."""
    return principal.kind == "federated" and not principal.name.shown.startswith(("arn:", "$"))


def _is_every_role(resource: Resource) -> Truth:
    """Whether an ARN takes in every role of some account: `arn:aws:iam::123456789012:role/*`."""
    fields = resource.masked.split(":", 5)
    return len(fields) == 6 and fields[2] == "iam" and set(fields[5].removeprefix("role/")) == {"*"}
