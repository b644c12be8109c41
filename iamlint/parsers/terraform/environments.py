"""The environment variables that Terraform's resources give to what they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, Value
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.terraform.declaring import Declaring, block_value, text_of
from iamlint.parsers.terraform.multiplicity import expanded, object_of
from iamlint.parsers.terraform.secret_places import at_path
from iamlint.parsers.terraform.sensitive import disclosed, withheld
from iamlint.parsers.values import alternatives, as_list

_DEEPEST = 24
_LISTS = frozenset({"environment", "environmentvariables", "environmentvariablesoverride"})
_BEANSTALK = ("aws:elasticbeanstalk:application:environment", "aws:elasticbeanstalk:container:")


def of_resource(it: Declaring) -> Iterator[Value]:
    """The environments of a resource: each a map from names to values."""
    found = ENVIRONMENTS.get(it.instance.declared.kind)
    return found(it) if found is not None else iter(())


def _maps(*paths: str) -> Callable[[Declaring], Iterator[Value]]:
    """Environments that are a map argument, or in blocks a map."""

    def variables(it: Declaring) -> Iterator[Value]:
        for path in paths:
            yield from at_path(it, path)

    return variables


def _documents(*paths: str) -> Callable[[Declaring], Iterator[Value]]:
    """Environments in JSON: the containers of ECS and Batch, the tasks of Step Functions."""

    def variables(it: Declaring) -> Iterator[Value]:
        for path in paths:
            for value in at_path(it, path):
                for given in alternatives(value):
                    option = disclosed(given)
                    read = read_json_text(option) if isinstance(option, Text) else option
                    if read is not None:
                        yield from _lists(read, option is not given, 0)

    return variables


def _lists(value: Value, is_sensitive: bool, depth: int) -> Iterator[Value]:
    """The environments in a document, however deep: lists of names and values, or a map of variables."""
    if depth > _DEEPEST:
        return
    for option in as_list(value):
        for key, inner in option.entries if isinstance(option, MapValue) else ():
            if (key.literal or "").lower() in _LISTS:
                named = list(_named_list(inner, is_sensitive))
                yield from named
                if named:
                    continue
            if not isinstance(inner, Text):
                yield from _lists(inner, is_sensitive, depth + 1)


def _named_list(value: Value, is_sensitive: bool = False) -> Iterator[Value]:
    """A list of `{name, value}` objects as one map."""
    pairs: list[tuple[Text, Value]] = []
    for item in as_list(value):
        if isinstance(item, MapValue):
            name = text_of(item.get("name") or item.get("Name"))
            content = item.get("value") or item.get("Value")
            kind = text_of(item.get("type") or item.get("Type"))
            plain = kind is None or kind.literal == "PLAINTEXT"
            if plain and name is not None and content is not None:
                pairs.append((name, withheld(content) if is_sensitive else content))
    if pairs:
        yield MapValue(tuple(pairs), value.place)


def _codebuild(it: Declaring) -> Iterator[Value]:
    for block in it.blocks("environment"):
        for variable in expanded(block.body, block.scope, "environment_variable"):
            kind = text_of(block_value(variable, "type"))
            name, content = text_of(block_value(variable, "name")), block_value(variable, "value")
            plain = kind is None or kind.literal == "PLAINTEXT"
            if plain and name is not None and content is not None:
                yield MapValue(((name, content),), variable.block)


def _app_runner(it: Declaring) -> Iterator[Value]:
    for block in it.blocks("source_configuration"):
        yield from _within(object_of(block.body, block.scope, block.block), "runtime_environment_variables", 0)


def _beanstalk(it: Declaring) -> Iterator[Value]:
    """The settings that are environment variables of the application."""
    for block in it.blocks("setting"):
        namespace = text_of(block_value(block, "namespace"))
        name, content = text_of(block_value(block, "name")), block_value(block, "value")
        is_variable = namespace is not None and (namespace.literal or "").startswith(_BEANSTALK)
        if is_variable and name is not None and content is not None:
            yield MapValue(((name, content),), block.block)


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


def _pipeline(it: Declaring) -> Iterator[Value]:
    """The variables that a CodePipeline action gives to a build: a list, as JSON."""
    for value in at_path(it, "stage/action/configuration/EnvironmentVariables"):
        for option in alternatives(value):
            read = read_json_text(option) if isinstance(option, Text) else option
            if read is not None:
                yield from _named_list(read)


ENVIRONMENTS: dict[str, Callable[[Declaring], Iterator[Value]]] = {
    "aws_amplify_app": _maps("environment_variables"),
    "aws_amplify_branch": _maps("environment_variables"),
    "aws_api_gateway_stage": _maps("variables"),
    "aws_api_gateway_deployment": _maps("variables"),
    "aws_apigatewayv2_stage": _maps("stage_variables"),
    "aws_apprunner_service": _app_runner,
    "aws_batch_job_definition": _documents("container_properties", "node_properties", "ecs_properties"),
    "aws_cloudwatch_event_target": _documents("input"),
    "aws_codebuild_project": _codebuild,
    "aws_codepipeline": _pipeline,
    "aws_ecs_task_definition": _documents("container_definitions"),
    "aws_elastic_beanstalk_configuration_template": _beanstalk,
    "aws_elastic_beanstalk_environment": _beanstalk,
    "aws_glue_job": _maps("default_arguments", "non_overridable_arguments"),
    "aws_lambda_function": _maps("environment/variables"),
    "aws_lightsail_container_service_deployment_version": _maps("container/environment"),
    "aws_mwaa_environment": _maps("airflow_configuration_options"),
    "aws_sagemaker_model": _maps("primary_container/environment", "container/environment"),
    "aws_sagemaker_processing_job": _maps("environment"),
    "aws_sfn_state_machine": _documents("definition"),
    "aws_synthetics_canary": _maps("run_config/environment_variables"),
}
