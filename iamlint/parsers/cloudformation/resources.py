"""Which resource type means what: one table over all types that the model knows."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.unknown import Unknown
from iamlint.parsers.cloudformation import (
    account_services,
    account_sharing,
    compute,
    identities,
    metadata_services,
    recording,
    resource_policies,
    sharing,
    user_pools,
    watching,
    workloads,
)
from iamlint.parsers.cloudformation.declaring import Declaring


def _nested_template(it: Declaring) -> None:
    """A nested stack whose template is at hand is read as a stack of its own."""
    it.builder.leave_out()
    nesting = it.evaluator.nesting
    if nesting is None or not nesting.is_read(it.logical_id):
        it.builder.note_unknown(
            Unknown("a nested template is not read", it.literal("TemplateURL") or it.literal("Location"))
        )


def _stack_set(it: Declaring) -> None:
    """A stack set makes stacks of a template that stands in it as a string, or elsewhere."""
    body = it.value("TemplateBody")
    if body is None:
        _nested_template(it)
        return
    from iamlint.parsers.cloudformation.embedded import add_stacks

    add_stacks(body, it.at("TemplateBody"), it.builder, it.value("Parameters"))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::CloudFormation::Stack": _nested_template,
    "AWS::CloudFormation::StackSet": _stack_set,
    "AWS::Serverless::Application": _nested_template,
    **identities.TYPES,
    **resource_policies.TYPES,
    **account_sharing.TYPES,
    **compute.TYPES,
    **metadata_services.TYPES,
    **user_pools.TYPES,
    **watching.TYPES,
}


def declare(it: Declaring) -> None:
    """Tells the stack what a resource is; a type that is in no table is nothing to IAM."""
    tables = [TYPES, sharing.TYPES, account_services.TYPES, recording.TYPES]
    if it.kind.startswith("AWS::Serverless::"):
        from iamlint.parsers.cloudformation.sam import resources as serverless  # most templates have none

        tables.append(serverless.TYPES)
    for types in tables:
        declared = types.get(it.kind)
        if declared is not None:
            declared(it)
    workloads.declare(it)
    if it.kind.startswith("Custom::") or it.kind == "AWS::CloudFormation::CustomResource":
        account_services.declare_custom(it)
    if it.kind.endswith("::MODULE"):
        it.builder.leave_out()
        it.builder.note_unknown(Unknown("a module is expanded at deploy time", it.kind))
    if it.node.get("Connectors") is not None:
        from iamlint.parsers.cloudformation.sam.connectors import attached_connectors

        attached_connectors(it)
