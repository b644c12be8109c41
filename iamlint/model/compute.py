"""What runs code: instances and templates of instances, and what they run as."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.base import Setting, Thing, term

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

    @term
    def may_get_profile_elsewhere(self) -> bool:
        """Whether the instance comes from a launch template, which may give it its role and metadata options."""
        return not self.template.is_absent
