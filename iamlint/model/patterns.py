"""The patterns of a statement: its actions and its resources."""

from __future__ import annotations

from iamlint.aws import actions as catalogue
from iamlint.model.text import Pattern
from iamlint.model.thing import term
from iamlint.model.unknown import Truth


class Action(Pattern):
    """An action of a statement, such as `s3:Get*`; letter case does not matter."""

    folds_case: bool = True

    @term
    def is_wildcard(self) -> Truth:
        """Whether the pattern covers every action: `*`, `*:*`, `**`."""
        literal = self.literal
        if literal is None:
            return self.doubt
        if "*" not in literal:
            return False
        stripped = literal.strip()
        return set(stripped) <= {"*", ":"} and "*" in stripped and stripped.count(":") <= 1

    @term
    def service(self) -> str:
        """The service prefix in lower case (`s3`); empty for `*` and where it is not known."""
        head = self.literal or (self.parts[0] if self.parts else "")
        return head.partition(":")[0].lower() if isinstance(head, str) and ":" in head else ""

    @term
    def is_service_wildcard(self) -> Truth:
        """Whether the pattern is every action of one service, `svc:*`."""
        literal = self.literal
        if literal is None:
            return self.doubt if self.shown.endswith(("*", "}")) else False
        if "*" not in literal:
            return False
        service, colon, name = literal.strip().partition(":")
        return bool(colon) and set(name) == {"*"} and bool(service.strip("*"))

    @term
    def powers(self) -> str:
        """What all actions of the service include, as the end of a sentence: deleting, re-permissioning; else empty."""
        known = catalogue.service(self.service)
        actions = list(known.actions()) if known is not None else []
        powers = []
        if any(info.name.startswith("Delete") for info in actions):
            powers.append("deleting")
        if any("Permissions management" in info.access_levels for info in actions):
            powers.append("re-permissioning")
        return f", {' and '.join(powers)} included" if powers else ""

    @term
    def number(self) -> str:
        """How many actions of AWS's list the pattern takes in, in words."""
        count = len(catalogue.matching(self.literal)) if self.literal is not None else 0
        return f"{count} action{'' if count == 1 else 's'}" if count else "the actions of such a name"

    @term
    def acts_on_resources(self) -> bool:
        """Whether some action of the service is on a resource of its own, as the channels of `ssmmessages` are not."""
        return catalogue.keeps_resources(self.service)


class Resource(Pattern):
    """A resource of a statement: an ARN pattern, or `*`."""

    @term
    def is_wildcard(self) -> Truth:
        """Whether the pattern covers every resource: `*`, or an ARN of nothing but wildcards."""
        literal = self.literal
        if literal is None:
            return self.doubt if len(self.parts) == 1 else False
        stripped = literal.strip()
        if stripped and set(stripped) == {"*"}:
            return True
        fields = stripped.split(":", 5)
        return fields[0] in ("arn", "*") and len(fields) > 1 and all(set(f) == {"*"} for f in fields[1:])

    @term
    def is_every_of_service(self) -> Truth:
        """Whether the ARN takes in every resource of a service in every account and Region: `arn:aws:s3:::*`."""
        fields = self.masked.split(":", 5)
        if len(fields) < 6 or "${" in "".join(fields[2:]) or set(fields[2]) <= {"*"}:
            return False
        if fields[2] == "s3" and fields[5][:1] in ("/", ":"):
            return False  # a bucket without a name: there is none
        return set(fields[3] + fields[4]) <= {"*"} and set(fields[5]) <= {"*", "/", ":"} and "*" in fields[5]

    @term
    def is_every_of_type(self) -> Truth:
        """Whether the ARN takes in every resource of one type in every account and Region: `…:*:*:table/*`."""
        fields = self.masked.split(":", 5)
        if len(fields) < 6 or "${" in "".join(fields[2:]) or not set(fields[3] + fields[4]) <= {"*"}:
            return False
        kind = fields[5].rstrip("*/:")
        rest = fields[5][len(kind) :]
        return rest[:1] in ("/", ":") and "*" in rest and catalogue.is_resource_type(fields[2], kind)

    @term
    def service(self) -> str:
        """The service in the ARN (`s3`); empty for `*` and where it is not known."""
        fields = self.masked.split(":", 5)
        return fields[2] if len(fields) > 2 and "${" not in fields[2] else ""
