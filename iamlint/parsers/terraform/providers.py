"""Providers, backends and outputs: what a configuration connects with, and what it hands out."""

from __future__ import annotations

from collections.abc import Iterator

from iamlint.model.secret import Output
from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.terraform import secrets
from iamlint.parsers.terraform.declarations import Declarations
from iamlint.parsers.terraform.expressions import evaluate
from iamlint.parsers.terraform.instances import Module
from iamlint.parsers.values import alternatives, as_setting
from iamlint.source.hcl_syntax import Block

# Providers and backends whose `access_key`, `secret_key` and `token` are AWS's.
_AWS = frozenset({"aws", "awscc", "s3"})

# What an output carries when it refers to one of these attributes.
_CARRIES: dict[tuple[str, str], str] = {
    ("aws_iam_access_key", "secret"): "the secret of an access key",
    ("aws_iam_access_key", "ses_smtp_password_v4"): "the SMTP password of an access key",
    ("aws_iam_access_key", "ses_smtp_password"): "the SMTP password of an access key",
    ("aws_iam_user_login_profile", "password"): "the password of a console login",
}

_SECRET_TYPES = frozenset(kind for kind, _ in _CARRIES)


def declare_connections(builder: StackBuilder, module: Module) -> None:
    """Credentials that stand in provider blocks, backends, defaults of variables and what user data is made with."""
    for block in module.declared.providers:
        address = module.addressed(f"provider.{block.labels[0]}")
        _declare_credentials(builder, module, block, address, block.labels[0] in _AWS)
        for inner in (*block.body.blocks_of("assume_role"), *block.body.blocks_of("assume_role_with_web_identity")):
            _declare_credentials(builder, module, inner, address)
    for settings in module.declared.settings:
        for backend in settings.body.blocks_of("backend"):
            if backend.labels:
                name = backend.labels[0]
                _declare_credentials(builder, module, backend, f"terraform.backend.{name}", name in _AWS)
        for cloud in settings.body.blocks_of("cloud"):
            _declare_credentials(builder, module, cloud, "terraform.cloud", False)
    for block in module.declared.data_blocks("terraform_remote_state"):
        config = block.body.attributes.get("config")
        value = evaluate(config.value, module.scope) if config is not None else None
        if isinstance(value, MapValue):
            address = module.addressed(f"data.terraform_remote_state.{block.labels[1]}")
            entries = ((key.literal or "", item) for key, item in value.entries)
            secrets.declare_static(builder, block, address, iter(entries))
    for name, block in module.declared.variables.items():
        secrets.declare_default(builder, block, module.addressed(f"var.{name}"))
    for name, block in module.declared.outputs.items():
        secrets.declare_default(builder, block, module.addressed(f"output.{name}"), "value")
    for (kind, name), block in module.declared.data.items():
        secrets.declare_sources(builder, block, module.scope, module.addressed(f"data.{kind}.{name}"))


def _declare_credentials(
    builder: StackBuilder, module: Module, block: Block, address: str, is_aws: bool = True
) -> None:
    attributes = block.body.attributes
    written = [name for name in attributes if secrets.is_static(name)]
    if written:
        values = ((name, evaluate(attributes[name].value, module.scope)) for name in written)
        secrets.declare_static(builder, block, address, values, is_aws)


def has_secrets(declared: Declarations) -> bool:
    """Whether something is declared whose secret an output could hand out."""
    return any(kind in _SECRET_TYPES for kind, _ in declared.resources)


def declare_outputs(builder: StackBuilder, module: Module) -> None:
    """The outputs that carry a secret."""
    for name, block in module.declared.outputs.items():
        attribute = block.body.attributes.get("value")
        if attribute is None or not any(
            kind in attribute.written for kind in ("iam_access_key", "login_profile", "module.")
        ):
            continue
        value = module.output(name, attribute)
        carries = next(_carried(module, value, 0), "")
        if not carries:
            continue
        sensitive = block.body.attributes.get("sensitive")
        given = evaluate(sensitive.value, module.scope) if sensitive is not None else None
        builder.add(
            Output(
                name=name,
                value=value if isinstance(value, Text) else None,
                carries=carries,
                sensitive=as_setting(given, False, block),
                place=attribute.value,
                via=module.call,
                when=module.when,
                address=module.addressed(f"output.{name}"),
            )
        )


def _carried(module: Module, value: Value, depth: int) -> Iterator[str]:
    """What secrets a value has in it, by the attributes that it refers to."""
    if depth > 8:
        return
    for option in alternatives(value):
        if isinstance(option, Text):
            for part in option.parts:
                if not isinstance(part, str):
                    yield from _carried_by(part.ref, part.attribute)
        elif isinstance(option, UnknownValue):
            yield from _carried_by(option.unknown.ref, option.unknown.attribute)
        elif isinstance(option, ListValue):
            for item in option.items:
                yield from _carried(module, item, depth + 1)
        elif isinstance(option, MapValue):
            for _, item in option.entries:
                yield from _carried(module, item, depth + 1)


def _carried_by(ref: str, attribute: str) -> Iterator[str]:
    for (kind, name), carries in _CARRIES.items():
        if attribute == name and f"{kind}." in ref:
            yield carries
