"""Where Terraform code puts credentials in clear: user data, environments, passwords, providers, any text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.secret import Secret, SecretContext, SecretKind
from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, UnknownValue, Value
from iamlint.parsers import credentials
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.terraform.declaring import Declaring, block_value, text_of
from iamlint.parsers.terraform.handed_keys import hand_declared, hand_keys
from iamlint.parsers.terraform.sensitive import HINT, disclosed, withheld
from iamlint.parsers.values import alternatives, as_list
from iamlint.source.hcl_syntax import Block
from iamlint.source.span import Place, SourceText, place_within

# Arguments that take a password.
_PASSWORDS: dict[str, tuple[str, ...]] = {
    "aws_db_instance": ("password",),
    "aws_rds_cluster": ("master_password",),
    "aws_redshift_cluster": ("master_password",),
    "aws_redshiftserverless_namespace": ("admin_user_password",),
    "aws_docdb_cluster": ("master_password",),
    "aws_docdbelastic_cluster": ("admin_user_password",),
    "aws_neptune_cluster": ("master_password",),
    "aws_dms_endpoint": ("password",),
    "aws_directory_service_directory": ("password",),
    "aws_elasticache_replication_group": ("auth_token",),
    "aws_elasticache_user": ("passwords",),
    "aws_memorydb_user": ("passwords",),
    "aws_fsx_windows_file_system": ("password",),
    "aws_opsworks_stack": ("password",),
    "aws_transfer_user": ("password",),
    "aws_iam_user_login_profile": ("password",),
}
# Arguments of nested blocks that take a password: type: (block, argument).
_BLOCK_PASSWORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "aws_mq_broker": (("user", "password"),),
    "aws_opensearch_domain": (("advanced_security_options", "master_user_password"),),
    "aws_elasticsearch_domain": (("advanced_security_options", "master_user_password"),),
}
_USER_DATA = ("user_data", "user_data_base64", "custom_data")
_USER_DATA_TYPES = frozenset(
    {
        "aws_instance", "aws_launch_template", "aws_launch_configuration", "aws_spot_instance_request",
        "aws_spot_fleet_request",
    }
)  # fmt: skip


def is_known(kind: str) -> bool:
    """Whether a resource type has a place for credentials."""
    return kind in _PASSWORDS or kind in _BLOCK_PASSWORDS or kind in _USER_DATA_TYPES or kind in _ENVIRONMENTS


def declare(it: Declaring) -> None:
    """Puts the credentials of a resource instance into the stack."""
    kind = it.instance.declared.kind
    if kind in _USER_DATA_TYPES:
        for name in _USER_DATA:
            _scanned(it, it.value(name), "user data")
        for block in it.blocks("launch_specification"):
            _scanned(it, block_value(block, "user_data"), "user data")
    for name in _PASSWORDS.get(kind, ()):
        value = it.value(name)
        if value is not None:
            for item in as_list(value):
                _password(it, item, name)
    for block_kind, name in _BLOCK_PASSWORDS.get(kind, ()):
        for block in it.blocks(block_kind):
            value = block_value(block, name)
            if value is not None:
                _password(it, value, f"{block_kind}.{name}")
    environment = _ENVIRONMENTS.get(kind)
    if environment is not None:
        for variables in environment(it):
            _environment(it, variables)


def _password(it: Declaring, value: Value, element: str) -> None:
    for given in alternatives(value):
        option = disclosed(given)
        literal = option.literal if isinstance(option, Text) else None
        if literal is None or not isinstance(option, Text) or credentials.looks_like_placeholder(literal):
            continue
        if credentials.looks_like_reference(literal):
            continue
        hint = credentials.hint(literal) if option is given else HINT
        it.builder.add(_secret("password", "password property", hint, option, it.at(element)))


def _secret(
    kind: SecretKind, context: SecretContext, hint: str, value: Text, at: At, place: Place | None = None,
    is_example: bool = False,
) -> Secret:  # fmt: skip
    return Secret(
        kind=kind,
        context=context,
        hint=hint,
        owner=at.address,
        is_example=is_example,
        place=place or value.place,
        via=(*value.via, *at.via),
        when=at.when.joined(value.when) or at.when,
        address=at.address,
        element=at.element,
    )


def _scanned(it: Declaring, value: Value | None, context: SecretContext) -> None:
    """Credentials anywhere in a text."""
    for given in alternatives(value) if value is not None else ():
        option = disclosed(given)
        if isinstance(option, Text):
            hand_keys(it.builder, option, it.at())
            for secret in _found(option, context, it.at(), option is not given):
                it.builder.add(secret)
        elif isinstance(option, UnknownValue):
            hand_declared(it.builder, option.unknown, it.instance.block, it.at())


def _found(value: Text, context: SecretContext, at: At, is_sensitive: bool = False) -> Iterator[Secret]:
    for index, part in enumerate(value.parts):
        if not isinstance(part, str):
            continue
        spelling = value.spellings[index] if index < len(value.spellings) else None
        for found in credentials.find(part):
            place = place_within(spelling, found.start, found.end) if spelling is not None else value.place
            hint = HINT if is_sensitive else found.hint
            yield _secret(found.kind, context, hint, value, at, place, found.is_example)


def _environment(it: Declaring, variables: Value) -> None:
    """The credentials of environment variables, by name and by content."""
    for option in alternatives(variables):
        if not isinstance(option, MapValue):
            continue
        for name, value in option.entries:
            for inner in alternatives(value):
                text = disclosed(inner)
                if isinstance(text, UnknownValue):
                    hand_declared(it.builder, text.unknown, name.place, it.at(f"environment.{name.shown}"))
                if isinstance(text, Text):
                    _variable(it, name.literal or "", text, text is not inner)


def _variable(it: Declaring, name: str, value: Text, is_sensitive: bool = False) -> None:
    at = it.at(f"environment.{name}" if name else "environment")
    hand_keys(it.builder, value, at)
    found = False
    for secret in _found(value, "environment", at, is_sensitive):
        found = True
        it.builder.add(secret)
    kind = credentials.secret_name(name)
    literal = value.literal
    if found or kind is None or literal is None:
        return
    is_example = credentials.is_documented_example(literal)
    if not is_example and credentials.looks_like_placeholder(literal):
        return
    if not credentials.looks_like_reference(literal):
        hint = HINT if is_sensitive else credentials.hint(literal)
        it.builder.add(_secret(kind, "environment", hint, value, at, is_example=is_example))


def _lambda_environment(it: Declaring) -> Iterator[Value]:
    for block in it.blocks("environment"):
        value = block_value(block, "variables")
        if value is not None:
            yield value


def _container_definitions(it: Declaring) -> Iterator[Value]:
    """The environments of ECS containers (`container_definitions`) and Batch jobs (`container_properties`)."""
    for name in ("container_definitions", "container_properties"):
        value = it.value(name)
        for given in alternatives(value) if value is not None else ():
            option = disclosed(given)
            read = read_json_text(option) if isinstance(option, Text) else option
            for container in as_list(read):
                if isinstance(container, MapValue):
                    yield from _named_list(container.get("environment"), option is not given)


def _named_list(value: Value | None, is_sensitive: bool = False) -> Iterator[Value]:
    """A list of `{name, value}` objects as one map."""
    if value is None:
        return
    pairs: list[tuple[Text, Value]] = []
    for item in as_list(value):
        if isinstance(item, MapValue):
            name = text_of(item.get("name") or item.get("Name"))
            content = item.get("value") or item.get("Value")
            if name is not None and content is not None:
                pairs.append((name, withheld(content) if is_sensitive else content))
    if pairs:
        yield MapValue(tuple(pairs), value.place)


def _codebuild(it: Declaring) -> Iterator[Value]:
    for block in it.blocks("environment"):
        from iamlint.parsers.terraform.multiplicity import expanded

        for variable in expanded(block.body, block.scope, "environment_variable"):
            kind = text_of(block_value(variable, "type"))
            name, content = text_of(block_value(variable, "name")), block_value(variable, "value")
            plain = kind is None or kind.literal == "PLAINTEXT"
            if plain and name is not None and content is not None:
                yield MapValue(((name, content),), variable.block)


def _maps(*names: str) -> Callable[[Declaring], Iterator[Value]]:
    """Environments that are a map argument."""

    def variables(it: Declaring) -> Iterator[Value]:
        for name in names:
            value = it.value(name)
            if value is not None:
                yield value

    return variables


def _app_runner(it: Declaring) -> Iterator[Value]:
    from iamlint.parsers.terraform.multiplicity import object_of

    for block in it.blocks("source_configuration"):
        yield from _within(object_of(block.body, block.scope, block.block), "runtime_environment_variables", 0)


def _within(value: Value, name: str, depth: int) -> Iterator[Value]:
    """The entries of that name, however deep."""
    if depth > 8:
        return
    if isinstance(value, MapValue):
        for key, item in value.entries:
            if key.literal == name:
                yield item
            else:
                yield from _within(item, name, depth + 1)
    elif isinstance(value, ListValue):
        for item in value.items:
            yield from _within(item, name, depth + 1)


_ENVIRONMENTS: dict[str, Callable[[Declaring], Iterator[Value]]] = {
    "aws_lambda_function": _lambda_environment,
    "aws_ecs_task_definition": _container_definitions,
    "aws_batch_job_definition": _container_definitions,
    "aws_codebuild_project": _codebuild,
    "aws_apprunner_service": _app_runner,
    "aws_glue_job": _maps("default_arguments", "non_overridable_arguments"),
    "aws_api_gateway_stage": _maps("variables"),
    "aws_amplify_app": _maps("environment_variables"),
    "aws_amplify_branch": _maps("environment_variables"),
}


def declare_text(builder: StackBuilder, source: SourceText) -> None:
    """Credentials anywhere in a file."""
    for found in credentials.find(source.text):
        builder.add(
            Secret(
                kind=found.kind,
                context="text",
                hint=found.hint,
                is_example=found.is_example,
                place=Place(source, found.start, found.end),
                address=source.path,
            )
        )


def declare_static(builder: StackBuilder, block: Block, address: str, values: Iterator[tuple[str, Value]]) -> None:
    """Literal credentials among the arguments of a provider or backend."""
    kinds: dict[str, SecretKind] = {
        "access_key": "access key id", "secret_key": "secret access key", "token": "session token",
    }  # fmt: skip
    for name, value in values:
        kind = kinds.get(name)
        if kind is None:
            continue
        for given in alternatives(value):
            option = disclosed(given)
            literal = option.literal if isinstance(option, Text) else None
            if not literal or not isinstance(option, Text):
                continue
            is_example = credentials.is_documented_example(literal)
            if is_example or not credentials.looks_like_placeholder(literal):
                at = At(block, address, name)
                hint = credentials.hint(literal) if option is given else HINT
                builder.add(_secret(kind, "provider", hint, option, at, is_example=is_example))
