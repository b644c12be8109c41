"""What runs code: instances and templates of instances, and what they run as."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal

from iamlint.model.identity import InstanceProfile, names_something
from iamlint.model.text import Text
from iamlint.model.thing import Placed, Setting, Thing, term
from iamlint.model.unknown import Truth, Unknown, any_of

InstanceKind = Literal[
    "instance", "launch template", "launch configuration", "spot request", "spot fleet", "notebook", "build instance",
    "account default", "Beanstalk environment", "Beanstalk template",
]  # fmt: skip

RoleUse = Literal["code", "service"]
WorkloadKind = Literal[
    "function", "task definition", "build project", "pipeline", "job definition", "compute environment", "glue job",
    "crawler", "notebook", "model", "domain", "user profile", "machine learning pipeline", "state machine",
    "app runner service", "pod identity association", "node group", "fargate profile", "schedule", "event target",
    "pipe", "cluster", "application", "airflow environment", "canary", "agent", "deployment group", "stack",
]  # fmt: skip


class UsedRole(Placed):
    """A role that a workload runs as. `use` says who acts with it: the workload's own code, or only the service that
    starts the code (the execution role of an ECS task); `address` is the role's, where it is declared in the stack."""

    use: RoleUse
    role: Text
    address: str = ""

    @term
    def is_given(self) -> Truth:
        """Whether a role is named at all; unknown when what is given may be nothing."""
        return True if self.address else names_something(self.role)


class Runner(Thing):
    """What workloads and instances have in common: a name, and the roles that they run as."""

    name: Text | None = None
    roles: tuple[UsedRole, ...] = ()

    @term
    def role_addresses(self) -> tuple[str, ...]:
        """The addresses of the roles that it runs as, those only that are declared in the stack."""
        return tuple(dict.fromkeys([used.address for used in self.roles if used.address]))

    @term
    def has_role(self) -> Truth:
        """Whether it runs as a role at all."""
        return any_of(used.is_given for used in self.roles)


class Workload(Runner):
    """What runs code without an instance of its own: a function, a task, a build, a job, a notebook …"""

    kind_of_thing: ClassVar[str] = "workload"

    kind: WorkloadKind

    @term
    def label(self) -> str:
        """What to call it in a message."""
        return labelled(self)


class HandedKey(Thing):
    """An access key that workloads or instances get in their environment or user data: one thing for each key.

    `key` says which in words, `workloads` are those that get it."""

    kind_of_thing: ClassVar[str] = "handed_key"

    key: str
    workloads: tuple[str, ...]

    @term
    def is_shared(self) -> bool:
        """Whether more than one gets it."""
        return len(self.workloads) > 1


class Instance(Runner):
    """An EC2 instance, or what instances are made from or get by default. `profiles` are the instance profiles of the
    stack that it uses, its launch template's included."""

    kind_of_thing: ClassVar[str] = "instance"

    kind: InstanceKind
    profiles: tuple[InstanceProfile, ...] = ()
    public_address: Setting | None = None
    profile: Setting
    template: Setting
    metadata_tokens: Setting
    metadata_endpoint: Setting
    hop_limit: Setting
    role_supplied: bool = False

    @term
    def label(self) -> str:
        """What to call it in a message."""
        return labelled(self)

    @term
    def has_role(self) -> Truth:
        """Whether it runs as a role; unknown when that is up to a profile or template that is not in the stack."""
        if self.roles or self.profiles:
            return any_of(profile.has_role for profile in self.profiles)
        if self.profile.is_absent and not self.may_get_role_elsewhere:
            return False
        return Unknown("an instance profile that is not declared here")

    @term
    def comes_from_template(self) -> bool:
        """Whether the instance comes from a launch template, which may give it its role and metadata options."""
        return not self.template.is_absent

    @term
    def may_get_role_elsewhere(self) -> bool:
        """Whether something else may give the instance its role: a launch template that it comes from, or an EKS node
        group that uses this launch template (Amazon EKS User Guide: such a template must not name a profile)."""
        return self.role_supplied or not self.template.is_absent

    @term
    def may_have_role(self) -> bool:
        """Whether the instance has a role, or may be given one: a launch template's profile can come with the call."""
        return not self.profile.is_absent or self.may_get_role_elsewhere or self.kind == "launch template"

    @term
    def metadata_content(self) -> str:
        """The most that can be read from the instance's metadata, in words."""
        return "the role's credentials" if self.may_have_role else "its user data"


def tokens_by_default(instances: Iterable[Thing]) -> Truth:
    """Whether instances that say nothing of their metadata options have session tokens required, as a default of the
    account that is declared beside them says so."""
    return any_of(
        other.metadata_tokens.equals("required")
        for other in instances
        if isinstance(other, Instance) and other.kind == "account default"
    )


def labelled(runner: Workload | Instance) -> str:
    """What a message calls what runs code: its kind and its name, or its address when the name is not known."""
    if runner.name is not None and runner.name.literal:
        return f"{runner.kind} {runner.name.literal}"
    return f"{runner.kind} {runner.address.removeprefix('Resources/')}"
