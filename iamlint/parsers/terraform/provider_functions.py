"""The functions of providers that only take apart and put together what they are given."""

from __future__ import annotations

from iamlint.model.value import ListValue, Value
from iamlint.parsers.terraform.lifting import Function, not_evaluated, on_known
from iamlint.parsers.terraform.literals import text
from iamlint.parsers.terraform.string_functions import join
from iamlint.source.span import Place

_FIELDS = ("partition", "service", "region", "account_id", "resource")


def arn_build(arguments: list[Value], place: Place) -> Value:
    """`provider::aws::arn_build(partition, service, region, account, resource)`."""
    return join([text(":", place), ListValue((text("arn", place), *arguments), place)], place)


def arn_parse(arn: str) -> dict[str, str]:
    """`provider::aws::arn_parse(arn)`."""
    fields = arn.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        raise ValueError("not an ARN")
    return dict(zip(_FIELDS, fields[1:], strict=True))


def trim_iam_role_path(arn: str) -> str:
    """`provider::aws::trim_iam_role_path(arn)`: the role's ARN without the path before its name."""
    fields = arn_parse(arn)
    kind, slash, path = fields["resource"].partition("/")
    if fields["service"] != "iam" or fields["region"] or kind != "role" or not slash:
        raise ValueError("not the ARN of a role")
    return f"arn:{fields['partition']}:iam::{fields['account_id']}:role/{path.rpartition('/')[2]}"


_AS_HCL = not_evaluated("HCL is not written or read in expressions")

TABLE: dict[str, Function] = {
    "provider::aws::arn_build": arn_build,
    "provider::aws::arn_parse": on_known(arn_parse),
    "provider::aws::trim_iam_role_path": on_known(trim_iam_role_path),
    "provider::terraform::decode_tfvars": _AS_HCL,
    "provider::terraform::encode_expr": _AS_HCL,
    "provider::terraform::encode_tfvars": _AS_HCL,
}
