"""Files of parameter values, in each form that CloudFormation's own tools take them in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iamlint.parsers.cloudformation.sections import Given
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, SourceText

_LARGEST = 1_000_000
_FORMS = (
    'A parameter file is [{"ParameterKey": "Env", "ParameterValue": "prod"}], or {"Parameters": {"Env": "prod"}}, '
    'or {"Env": "prod"}, in JSON or YAML.'
)


class ParameterFileError(Exception):
    """A file of parameters that cannot be taken; its message has the place and what would be right."""


def read_parameters(path: str, shown: str) -> dict[str, Given]:
    """The values in a file, by the parameters' names. A list is given for a list parameter.

    Takes the list of `ParameterKey` and `ParameterValue` (or of `Key=Value` strings) that the AWS CLI takes, the
    `Parameters` of a CodePipeline template configuration or of a Git sync deployment file, and a plain map. A
    parameter that keeps its previous value has none. Raises ParameterFileError.
    """
    document = _document(path, shown)
    if document.root is None:
        problem = document.problems[0] if document.problems else None
        place = problem.place.span if problem is not None else shown
        message = problem.message if problem is not None else "nothing is in it"
        raise ParameterFileError(f"{place}: {message}. {_FORMS}")
    return dict(_values(document.root))


def _document(path: str, shown: str) -> Document:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ParameterFileError(f"{shown}: the parameter file cannot be read: {reason}") from error
    except UnicodeDecodeError as error:
        raise ParameterFileError(f"{shown}: the byte at offset {error.start} is not UTF-8. {_FORMS}") from error
    if len(data) > _LARGEST:
        raise ParameterFileError(f"{shown}: the parameter file has more than {_LARGEST // 1_000_000} MB")
    source = SourceText(shown, text)
    if text.lstrip()[:1] in ("{", "[") and not shown.lower().endswith((".yaml", ".yml")):
        from iamlint.source.json_reader import read_json

        return read_json(source)
    from iamlint.source.yaml_reader import read_yaml

    return read_yaml(source)


def _values(root: Node) -> Iterator[tuple[str, Given]]:
    if isinstance(root, MappingNode):
        within = root.get("Parameters") or root.get("parameters")
        if isinstance(within, (MappingNode, SequenceNode)):
            root = within
    if isinstance(root, SequenceNode):
        for item in root.items:
            yield from _item(item)
    elif isinstance(root, MappingNode):
        for key, value in root.entries:
            yield str(key.value), _value(str(key.value), value)
    else:
        raise _wrong(root, "no parameters are in it")


def _item(item: Node) -> Iterator[tuple[str, Given]]:
    """An item of the list form."""
    if isinstance(item, ScalarNode) and isinstance(item.value, str) and "=" in item.value:
        name, _, value = item.value.partition("=")
        start = len(name) + 1
        offsets = item.offsets()
        yield (
            name,
            ScalarNode(item.source, offsets[start], offsets[-1], value, lambda _: offsets[start:]),
        )
        return
    name_node = item.get("ParameterKey") if isinstance(item, MappingNode) else None
    if not isinstance(item, MappingNode) or not isinstance(name_node, ScalarNode):
        raise _wrong(item, "here `ParameterKey` and `ParameterValue` are looked for")
    value_node = item.get("ParameterValue")
    if value_node is not None:
        yield str(name_node.value), _value(str(name_node.value), value_node)
    elif item.get("UsePreviousValue") is None:
        raise _wrong(item, f"{name_node.value} has no `ParameterValue`")


def _value(name: str, node: Node) -> Given:
    if isinstance(node, ScalarNode):
        return node
    if isinstance(node, SequenceNode) and all(isinstance(item, ScalarNode) for item in node.items):
        return node
    raise _wrong(node, f"the value of {name} is neither a string nor a list of strings")


def _wrong(place: Place, message: str) -> ParameterFileError:
    return ParameterFileError(f"{place.span}: {message}. {_FORMS}")
