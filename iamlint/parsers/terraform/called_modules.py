"""Well-known modules of the registry that are not at hand: what a call of one makes, by the names of its inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from iamlint.model.bucket import BucketVersioning
from iamlint.model.unknown import Unknown
from iamlint.model.value import MapValue, Scalar, Value
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.terraform import multiplicity, resources
from iamlint.parsers.terraform.declaring import Declaring
from iamlint.parsers.terraform.literals import hole, is_null
from iamlint.parsers.terraform.module_calls import ModuleCall
from iamlint.parsers.terraform.resource_instances import Declared, ResourceInstance
from iamlint.parsers.values import alternatives, as_setting

_LEFT_OUT = Unknown("an input that is left to its module")


@dataclass(frozen=True, slots=True)
class _Made:
    """A resource that a module makes from inputs of the resource's own argument names.

    It is there when one of the inputs `given` is written, and when the input `switch` says so; `left_out` says what
    the module takes for an input that is not written, where all its versions agree, and `named` under which other
    names it takes arguments."""

    kind: str
    given: tuple[str, ...] = ()
    switch: str = ""
    left_out: Mapping[str, bool | int | None] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    off: str = ""


_BLOCK = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_STRICT = ("require_lowercase_characters", "require_uppercase_characters", "require_numbers", "require_symbols")
_MODULES: tuple[tuple[re.Pattern[str], tuple[_Made, ...]], ...] = (
    (
        re.compile(r"terraform-aws-modules/(?:s3-bucket/aws|terraform-aws-s3-bucket)(?:\.git)?(?:\?|$)"),
        (
            _Made("aws_s3_bucket_acl", given=("acl",), left_out={"bucket": None}, off="create_bucket"),
            _Made(
                "aws_s3_bucket_public_access_block", given=_BLOCK, off="create_bucket",
                left_out={**dict.fromkeys(_BLOCK, True), "bucket": None},
            ),
            _Made("aws_s3_bucket_versioning", given=("versioning",), off="create_bucket"),
        ),
    ),
    (
        re.compile(r"terraform-aws-modules/(?:iam/aws|terraform-aws-iam(?:\.git)?)//modules/iam-account(?:\?|$)"),
        (
            _Made(
                "aws_iam_account_password_policy", off="create_account_password_policy",
                left_out={
                    **dict.fromkeys(_STRICT, True), "minimum_password_length": 8, "max_password_age": 0,
                    "password_reuse_prevention": None, "hard_expiry": False, "allow_users_to_change_password": True,
                },
            ),
        ),
    ),
    (
        re.compile(r"terraform-aws-modules/(?:iam/aws|terraform-aws-iam(?:\.git)?)//modules/iam-user(?:\?|$)"),
        (
            _Made("aws_iam_user", off="create_user", left_out={"name": None, "permissions_boundary": None}),
            *(
                _Made(
                    "aws_iam_user_login_profile", switch=switch, off="create_user",
                    left_out={"password_reset_required": True}, named={"user": "name"},
                )
                for switch in ("create_iam_user_login_profile", "create_login_profile")
            ),
            *(
                _Made("aws_iam_access_key", switch=switch, off="create_user", named={"user": "name"})
                for switch in ("create_iam_access_key", "create_access_key")
            ),
        ),
    ),
    (
        re.compile(r"cloudposse/(?:cloudtrail/aws|terraform-aws-cloudtrail)(?:\.git)?(?:\?|$)"),
        (
            _Made(
                "aws_cloudtrail", left_out={"enable_logging": True, "enable_log_file_validation": True},
                named={"kms_key_id": "kms_key_arn"},
            ),
        ),
    ),
)  # fmt: skip


class _Call(Declared):
    """A module call in the place of a resource that the module makes."""

    __slots__ = ()

    @property
    def local_address(self) -> str:
        """`module.users`: what is written, and all that its reader sees."""
        return f"module.{self.name}"


class _Instance(ResourceInstance):
    """An instance of a module call, whose inputs are the arguments of a resource that it makes."""

    __slots__ = ("made",)

    def __init__(self, declared: Declared, call: ModuleCall, copy: multiplicity.Copy, made: _Made) -> None:
        assert call.block is not None
        super().__init__(declared, call.block, copy)
        self.made = made

    def written(self, name: str) -> Value | None:
        """An input, or what the module takes when it is not written; unknown when its versions do not agree."""
        value = super().written(self.made.named.get(name, name))
        if value is not None and not is_null(value):
            return value
        if name not in self.made.left_out:
            return hole(_LEFT_OUT, self.block)
        default = self.made.left_out[name]
        return None if default is None else Scalar(default, self.block)

    def _given(self, name: str) -> Value | None:
        return super().written(name)

    def says(self, name: str, what: bool) -> bool:
        """Whether an input is written as a switch, and stands so."""
        return as_setting(self._given(name), not what, self.block).equals(what) is True

    def is_there(self) -> bool:
        """Whether the module makes the resource, for all that is written."""
        made = self.made
        if made.off and self.says(made.off, False):
            return False
        if made.switch and not self.says(made.switch, True):
            return False
        return not made.given or any(not is_null(self._given(name)) for name in made.given)


def declare(builder: StackBuilder, call: ModuleCall) -> None:
    """Puts what a call of a well-known module makes into the stack."""
    rows = next((rows for source, rows in _MODULES if source.search(call.source)), None)
    if rows is None or call.block is None:
        return
    for copy in multiplicity.copies(call.block.body, call.module.scope):
        for made in rows:
            declared = _Call(call.module, "resource", made.kind, call.name, call.block)
            instance = _Instance(declared, call, copy, made)
            if not instance.is_there():
                continue
            if made.kind == "aws_s3_bucket_versioning":
                _versioning(Declaring(builder, instance))
            else:
                resources.declare_own(builder, instance)


def _versioning(it: Declaring) -> None:
    """The versioning of a bucket, which the module takes as an object."""
    at = it.at()
    for option in alternatives(it.value("versioning") or hole(_LEFT_OUT, at.place)):
        if not isinstance(option, MapValue):
            continue
        status = next((found for name in ("enabled", "status") if (found := option.get(name)) is not None), None)
        on = as_setting(status, False, option.place)
        mfa_delete = as_setting(option.get("mfa_delete"), False, option.place)
        it.builder.add(
            BucketVersioning(
                status=on, mfa_delete=mfa_delete, place=at.place, via=at.via, when=at.when, address=at.address
            )
        )
