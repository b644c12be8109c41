"""User pools of Amazon Cognito, and the versioning of buckets, as Terraform declares them."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.bucket import BucketVersioning
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.user_pool import UserPool
from iamlint.parsers.terraform.declaring import Declaring, block_setting
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.source.hcl_syntax import Block

_UNKNOWN_BLOCK = Unknown("a block that may be there or not")


def _setting(it: Declaring, block: Expanded | None, name: str, left_out: bool | int | str | None) -> Setting:
    """An argument of a block; unknown where it is not known whether there is such a block."""
    found = block_setting(block, name, left_out, it.instance.block)
    if block is not None and not block.is_known and found.declared is False:
        return found.model_copy(update={"value": _UNKNOWN_BLOCK})
    return found


def _user_pool(it: Declaring) -> None:
    """Without a password policy Cognito's own counts; the provider sends false for what a policy leaves out."""
    block = next(iter(it.blocks("password_policy")), None)
    kind = block is None

    def setting(name: str, left_out: bool | int) -> Setting:
        return _setting(it, block, name, left_out)

    at = it.at()
    it.builder.add(
        UserPool(
            name=it.text("name"),
            mfa=it.setting("mfa_configuration", "OFF"),
            minimum_length=setting("minimum_length", 8),
            require_uppercase=setting("require_uppercase", kind),
            require_lowercase=setting("require_lowercase", kind),
            require_numbers=setting("require_numbers", kind),
            require_symbols=setting("require_symbols", kind),
            place=at.place,
            via=at.via,
            when=at.when,
            address=at.address,
        )
    )


def _versioning(it: Declaring) -> None:
    for block in it.blocks("versioning_configuration"):
        _versioned(it, _setting(it, block, "status", None), _setting(it, block, "mfa_delete", None))


def declare(it: Declaring) -> None:
    """The `versioning` block of a bucket, where no resource of its own declares the versioning."""
    if it.instance.declared.kind != "aws_s3_bucket":
        return
    if any(kind == "aws_s3_bucket_versioning" for kind, _ in it.instance.declared.module.declared.resources):
        return
    for block in it.blocks("versioning"):
        _versioned(it, _setting(it, block, "enabled", False), _setting(it, block, "mfa_delete", False))


def is_versioned(kind: str, block: Block) -> bool:
    """Whether a resource is a bucket that says how it is versioned."""
    return kind == "aws_s3_bucket" and any(
        inner.kind == "versioning" or inner.labels[:1] == ("versioning",) for inner in block.body.blocks
    )


def _versioned(it: Declaring, status: Setting, mfa_delete: Setting) -> None:
    at = it.at()
    it.builder.add(
        BucketVersioning(
            status=status, mfa_delete=mfa_delete, place=at.place, via=at.via, when=at.when, address=at.address
        )
    )


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_cognito_user_pool": _user_pool,
    "aws_s3_bucket_versioning": _versioning,
}
