"""The role that SAM makes for a resource: what is attached to it, and the statements that SAM adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iamlint.model.text import Text
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.parsers.assemble import At, Target
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.sam.statements import document
from iamlint.source.span import Place


class GeneratedRole:
    """The role of a function or state machine, or of an event that starts one (`element` says which).

    What SAM adds by itself counts as AWS's own: it stands at what the user wrote to get it.
    """

    def __init__(self, it: Declaring, when: Guard = ALWAYS, element: str = "", place: Place | None = None) -> None:
        self.it = it
        self._when = when
        self._place = place
        self._element = element
        self._attached: set[str] = set()
        self.address = f"{it.address}/{element}" if element else it.address
        self.target = Target("role", address=self.address)

    def at(self, element: str = "", place: Place | None = None, when: Guard = ALWAYS) -> At:
        """Where the role, or an element of it, is declared."""
        at = self.it.at(element, place or self._place, self._when.joined(when) or self._when)
        at.address = self.address
        return at

    def trust(self, service: str) -> None:
        """Lets a service assume the role."""
        at = self.at()
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        body = document(self.it, [statement], at.place)
        self.it.builder.policy(body, at, "trust", "generated", [self.target])

    def attach_text(self, policy: Text, at: At) -> None:
        """Attaches a managed policy that the user names."""
        self._attached.add(policy.shown)
        self.it.builder.attach(policy, at, "role", holder_address=self.address)

    def attach(self, name: str, element: str = "", place: Place | None = None) -> None:
        """Attaches an AWS managed policy, by its path and name, that SAM adds; unless it is attached already."""
        arn = f"arn:aws:iam::aws:policy/{name}"
        if arn not in self._attached:
            at = self.at(element, place)
            self.attach_text(Text(parts=(arn,), place=at.place), at)

    def grant(self, statements: Sequence[Mapping[str, Any]], element: str, place: Place, when: Guard = ALWAYS) -> None:
        """Adds statements that SAM writes, at most with an ARN of the user's in them."""
        if statements:
            body = document(self.it, statements, place)
            self.it.builder.policy(body, self.at(element, place, when), "identity", "generated", [self.target])
