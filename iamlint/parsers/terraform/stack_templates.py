"""CloudFormation templates in Terraform: stacks and stack sets whose template is written in the configuration."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.parsers.terraform.declaring import Declaring


def _stack(it: Declaring) -> None:
    """The template is read as a stack of its own, with the parameters that the resource gives it."""
    it.builder.leave_out()  # of what is made in other accounts or from a file elsewhere, too little is known
    body = it.value("template_body")
    if body is not None:
        from iamlint.parsers.cloudformation.embedded import add_stacks

        add_stacks(body, it.at("template_body"), it.builder, it.value("parameters"))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_cloudformation_stack": _stack,
    "aws_cloudformation_stack_set": _stack,
}
