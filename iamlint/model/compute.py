"""What runs code: instances and templates of instances, and what they run as."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.thing import Setting, Thing, term

InstanceKind = Literal["instance", "launch template", "launch configuration", "spot request", "spot fleet"]


class Instance(Thing):
    """An EC2 instance, or what instances are made from."""

    kind_of_thing: ClassVar[str] = "instance"

    kind: InstanceKind
    profile: Setting
    template: Setting
    metadata_tokens: Setting
    metadata_endpoint: Setting
    hop_limit: Setting
    role_supplied: bool = False

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
