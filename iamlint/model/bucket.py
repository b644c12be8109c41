"""The versioning of S3 buckets: what keeps objects from being deleted for good."""

from __future__ import annotations

from typing import ClassVar

from iamlint.model.thing import Setting, Thing, term
from iamlint.model.unknown import Truth, all_of, any_of


class BucketVersioning(Thing):
    """The versioning of a bucket where it can say whether deletion takes MFA, which only Terraform can."""

    kind_of_thing: ClassVar[str] = "bucket_versioning"

    status: Setting
    mfa_delete: Setting

    @term
    def label(self) -> str:
        """What to call it in a message."""
        return self.address

    @term
    def is_on(self) -> Truth:
        """Whether the bucket keeps versions."""
        return any_of((self.status.equals("Enabled"), self.status.equals(True)))

    @term
    def is_without_mfa_delete(self) -> Truth:
        """Whether versions are kept, and can be deleted for good without MFA."""
        off = (self.mfa_delete.is_absent, self.mfa_delete.equals("Disabled"), self.mfa_delete.equals(False))
        return all_of((self.is_on, any_of(off)))
