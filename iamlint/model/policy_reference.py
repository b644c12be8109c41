"""A managed policy that is named by its ARN, by an attachment or as a boundary, and whether AWS has it."""

from __future__ import annotations

from typing import ClassVar

from iamlint.aws import managed_policies
from iamlint.model.text import Text
from iamlint.model.thing import Thing, term

_MARKER = ":iam::aws:policy/"


class PolicyReference(Thing):
    """A managed policy that something names, by ARN, name or reference."""

    policy: Text

    @term
    def policy_name(self) -> str:
        """The name of the AWS managed policy, path included (`job-function/Billing`); empty for any other."""
        shown = self.policy.shown
        return shown.partition(_MARKER)[2] if shown.startswith(("arn:", "${")) and _MARKER in shown else ""

    @property
    def _judged(self) -> str:
        """The name, when it is wholly known and the partition is or may be `aws`: others have other policies."""
        arn = self.policy.masked.strip()
        before, marker, name = arn.partition(_MARKER)
        return name if marker and "${" not in name and before in ("arn:aws", "arn:${}", "${}") else ""

    @property
    def _partition_is_known(self) -> bool:
        return self.policy.masked.lstrip().startswith("arn:aws:")

    @term
    def is_unknown_to_aws(self) -> bool:
        """Whether AWS has, and had, no managed policy of this path and name. Where the partition is not known, only
        what is near to a name that there is can be said to be wrong."""
        name = self._judged
        if not name or managed_policies.find(name) or name.rpartition("/")[2] in managed_policies.WITHDRAWN:
            return False
        return self._partition_is_known or bool(self._meant)

    @property
    def _meant(self) -> str:
        name = self._judged
        return managed_policies.path_of(name.rpartition("/")[2]) or managed_policies.nearest(name)

    @term
    def is_withdrawn(self) -> bool:
        """Whether AWS has withdrawn the managed policy, or says of it that it will."""
        name = self._judged
        if not name:
            return False
        bare = name.rpartition("/")[2]
        if bare in managed_policies.WITHDRAWN:
            return self._partition_is_known or bare not in managed_policies.ELSEWHERE
        return name in managed_policies.LEAVING

    @term
    def withdrawal(self) -> str:
        """What AWS did with the policy and what replaces it, as the end of a sentence."""
        name = self._judged
        gone = managed_policies.WITHDRAWN.get(name.rpartition("/")[2])
        successor = gone if gone is not None else managed_policies.LEAVING.get(name, "")
        told = "AWS is withdrawing it" if gone is None else "AWS has withdrawn it, and it cannot be attached any more"
        return f"{told}; `{successor}` replaces it" if successor else told

    @term
    def hint(self) -> str:
        """Which policy was probably meant, as the end of a sentence; empty when none is near."""
        meant = self._meant
        if not meant:
            return ""
        name = self._judged
        if meant.rpartition("/")[2].lower() == name.rpartition("/")[2].lower():
            return f": its path and name are `{meant}`"
        return f"; did you mean `{meant}`?"

    @term
    def data_date(self) -> str:
        """The day of the list of AWS managed policies."""
        return managed_policies.data_date()


class Boundary(PolicyReference):
    """A managed policy that is named as the permissions boundary of an identity."""

    kind_of_thing: ClassVar[str] = "boundary"
