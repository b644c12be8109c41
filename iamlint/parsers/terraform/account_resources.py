"""Account-level resources: the password policy and CloudTrail trails."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.account import PasswordPolicy, Trail
from iamlint.parsers.terraform.declaring import Declaring


def _password_policy(it: Declaring) -> None:
    """The defaults are the provider's, which are IAM's."""
    at = it.at()
    it.builder.add(
        PasswordPolicy(
            place=at.place,
            via=at.via,
            when=at.when,
            address=at.address,
            minimum_length=it.setting("minimum_password_length", 6),
            require_uppercase=it.setting("require_uppercase_characters", False),
            require_lowercase=it.setting("require_lowercase_characters", False),
            require_numbers=it.setting("require_numbers", False),
            require_symbols=it.setting("require_symbols", False),
            reuse_prevention=it.setting("password_reuse_prevention"),
            max_age=it.setting("max_password_age", 0),
            hard_expiry=it.setting("hard_expiry", False),
            allow_change=it.setting("allow_users_to_change_password", True),
        )
    )


def _trail(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        Trail(
            place=at.place,
            via=at.via,
            when=at.when,
            address=at.address,
            multi_region=it.setting("is_multi_region_trail", False),
            validation=it.setting("enable_log_file_validation", False),
            logging=it.setting("enable_logging", True),
            log_group=it.setting("cloud_watch_logs_group_arn"),
            kms_key=it.setting("kms_key_id"),
            organization=it.setting("is_organization_trail", False),
        )
    )


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_iam_account_password_policy": _password_policy,
    "aws_cloudtrail": _trail,
}
