"""The account-level things that the ten practices speak of: passwords, keys' trails, files themselves."""

from __future__ import annotations

from typing import ClassVar

from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing, term
from iamlint.model.unknown import Truth, Unknown


class PasswordPolicy(Thing):
    """The password policy of an account, with IAM's defaults where a setting is not written."""

    kind_of_thing: ClassVar[str] = "password_policy"

    minimum_length: Setting
    require_uppercase: Setting
    require_lowercase: Setting
    require_numbers: Setting
    require_symbols: Setting
    reuse_prevention: Setting
    max_age: Setting
    hard_expiry: Setting
    allow_change: Setting


class Trail(Thing):
    """A CloudTrail trail: `bucket` gets its log files, `management` says whether it records management events, and
    `global_events` whether those of global services, of which IAM is one."""

    kind_of_thing: ClassVar[str] = "trail"

    multi_region: Setting
    validation: Setting
    logging: Setting
    log_group: Setting
    log_group_arn: Text | None = None
    kms_key: Setting
    organization: Setting
    bucket: Text | None = None
    management: Setting
    global_events: Setting

    @term
    def narrowed_by(self) -> Setting | None:
        """The setting that keeps events of other Regions or of global services out; None where none is known to."""
        narrow = (setting for setting in (self.multi_region, self.global_events) if setting.equals(False) is True)
        return next(narrow, None)

    @term
    def gap(self) -> str:
        """What it does not record because of `narrowed_by`, in words."""
        if self.multi_region.equals(False) is True:
            return "the trail records one Region only"
        return "the trail leaves out the events of global services, IAM's among them"

    @term
    def has_log_group(self) -> Truth:
        """Whether it goes to a log group, if only to one whose name is known after the deploy."""
        arn = self.log_group_arn
        if arn is None:
            return False
        if arn.when.branches:
            return Unknown("a log group under a condition")
        # An ARN of which a part is known is one, whatever its account and Region.
        return arn.ref is not None or any(isinstance(part, str) and part for part in arn.parts) or arn.doubt


class FileProblem(Thing):
    """A file, or a part of one, that could not be taken as written."""

    kind_of_thing: ClassVar[str] = "problem"

    kind: str
    message: str
    remedy: str = ""

    @term
    def is_unreadable(self) -> bool:
        """Whether AWS or Terraform could not read the file or block; iamlint may have read over what is wrong."""
        return self.kind in ("unreadable", "template", "mended")

    @term
    def consequence(self) -> str:
        """What follows for the check, in words that go on after the message."""
        return "" if self.kind == "mended" else "; nothing in it was checked"


class Ignore(Thing):
    """An ignore of one rule that a user wrote: in a comment, in Metadata, or in the configuration.

    `note` says in words why it can have no effect at all: no rule has the name, the date is none, a reason is missing.
    """

    kind_of_thing: ClassVar[str] = "ignore"

    rules: tuple[str, ...]
    reason: str = ""
    until: str = ""
    used: bool = False
    expired: bool = False
    note: str = ""

    @term
    def fault(self) -> str:
        """What is wrong with an ignore that is of no use, in words."""
        named = f"this ignore of {', '.join(self.rules)}" if self.rules else "this ignore"
        return f"{named} matches no finding" + (f": {self.note}" if self.note else "")
