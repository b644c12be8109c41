"""A rule file becomes a plain record, or is refused with the line and column and what would be right."""

from __future__ import annotations

import re
from typing import Any

from iamlint.engine.expression import ExpressionError, Tree, parse, parse_message
from iamlint.source.node import MappingNode, Node, ScalarNode, SequenceNode
from iamlint.source.span import Place, SourceText, place_within

SEVERITY_NAMES = ("info", "low", "medium", "high", "critical")
FORMATS = ("json", "yaml", "tf")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Record = dict[str, Any]

_TEXTS = ("title", "severity", "group", "flag", "at", "when", "message", "why", "instead")
_LISTS = ("also_known_as", "frameworks", "implies", "references")
KEYS = (*_TEXTS, *_LISTS, "severity_when", "practice", "strict", "gathered", "examples")
REQUIRED = ("title", "severity", "flag", "when", "message", "why", "instead", "examples")


class RuleError(Exception):
    """A rule that is wrong: where, why, and what would be right."""

    def __init__(self, path: str, line: int, column: int, message: str, remedy: str = "") -> None:
        super().__init__(f"{path}:{line}:{column}: {message}" + (f" ({remedy})" if remedy else ""))
        self.path = path
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy


def refused(place: Place, message: str, remedy: str = "") -> RuleError:
    """The error for something at a place of a rule file."""
    span = place.span
    return RuleError(span.path, span.line, span.column, message, remedy)


def read_rule(name: str, path: str, text: str) -> Record:
    """The record of a rule file: its keys, with `when`, `at`, `severity_when` and `message` as trees.

    `places` has where each of them is written, for the type check. Raises RuleError.
    """
    from iamlint.source.yaml_reader import read_yaml

    source = SourceText(path, text)
    whole = Place(source, 0, min(1, len(text)))
    if not NAME.fullmatch(name):
        raise refused(whole, f"`{name}` is no rule name", "kebab-case words of what is wrong, like `inline-policy`")
    document = read_yaml(source)
    for problem in document.problems:
        raise refused(problem.place, problem.message, problem.remedy)
    root = document.root
    if not isinstance(root, MappingNode):
        raise refused(whole, "a rule is a mapping", "begin with `title:`")
    record: Record = {"name": name, "strict": False, "practice": None, "severity_when": [], "at": None}
    record["places"] = {}
    for key, value in root.entries:
        if key.value not in KEYS:
            from difflib import get_close_matches

            close = get_close_matches(str(key.value), KEYS, 1)
            raise refused(key, f"a rule has no `{key.value}`", f"did you mean `{close[0]}`?" if close else _listing())
        record[str(key.value)] = _taken(str(key.value), value)
        record["places"][str(key.value)] = value
    for required in REQUIRED:
        if required not in record:
            raise refused(whole, f"`{required}:` is missing")
    return _with_trees(record)


def _listing() -> str:
    return "a rule has " + ", ".join(KEYS)


def _taken(key: str, node: Node) -> Any:
    if key in _TEXTS:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, (str, bool)):
            raise refused(node, f"`{key}` is a text")
        value = str(node.value).lower() if isinstance(node.value, bool) else " ".join(node.value.split())
        if not value:
            raise refused(node, f"`{key}` is empty")
        if key == "severity":
            return _severity(value, node)
        if key == "group" and not NAME.fullmatch(value):
            raise refused(node, f"`{value}` is no group's name", "kebab-case words, like `resource-policies`")
        return value
    if key in _LISTS:
        if not isinstance(node, SequenceNode):
            raise refused(node, f"`{key}` is a list of texts")
        return [_requirement(item) if key == "frameworks" else _string(item, key) for item in node.items]
    if key == "practice":
        if not isinstance(node, ScalarNode) or node.value not in range(1, 11):
            raise refused(node, "`practice` is a number from 1 to 10")
        return node.value
    if key in ("strict", "gathered"):
        if not isinstance(node, ScalarNode) or not isinstance(node.value, bool):
            raise refused(node, f"`{key}` is true or false")
        return node.value
    return _severities(node) if key == "severity_when" else _examples(node)


def _string(node: Node, key: str) -> str:
    if not isinstance(node, ScalarNode) or node.value is None:
        raise refused(node, f"`{key}` is a list of texts")
    return str(node.value)


def _requirement(node: Node) -> str:
    from iamlint.engine.frameworks import FRAMEWORKS, is_requirement

    text = _string(node, "frameworks")
    if not is_requirement(text):
        known = ", ".join(FRAMEWORKS)
        raise refused(node, f"`{text}` is no requirement", f"`framework:requirement`; frameworks are {known}")
    return text


def _severity(value: str, node: Node) -> str:
    if value not in SEVERITY_NAMES:
        raise refused(node, f"`{value}` is no severity", "one of " + ", ".join(SEVERITY_NAMES))
    return value


def _severities(node: Node) -> list[tuple[str, str, ScalarNode]]:
    if not isinstance(node, MappingNode):
        raise refused(node, "`severity_when` maps a severity to the expression under which it holds")
    found = []
    for key, value in node.entries:
        if not isinstance(value, ScalarNode):
            raise refused(value, "an expression belongs here")
        found.append((_severity(str(key.value), key), _expression_text(value), value))
    return found


def _expression_text(node: ScalarNode) -> str:
    return str(node.value).lower() if isinstance(node.value, bool) else " ".join(str(node.value).split())


def _examples(node: Node) -> list[dict[str, str]]:
    if not isinstance(node, SequenceNode) or not node.items:
        raise refused(node, "`examples` is a list of {format, bad, good}")
    found = []
    for item in node.items:
        if not isinstance(item, MappingNode) or set(item.keys()) != {"format", "bad", "good"}:
            raise refused(item, "an example is {format, bad, good}", "format: " + ", ".join(FORMATS))
        example = {str(k.value): str(v.value) for k, v in item.entries if isinstance(v, ScalarNode)}
        if example.get("format") not in FORMATS:
            raise refused(item, "`format` is one of " + ", ".join(FORMATS))
        found.append(example)
    return found


def _with_trees(record: Record) -> Record:
    places = record["places"]
    record["when"] = _parsed(record["when"], places["when"])
    if record["at"] is not None:
        record["at"] = _parsed(record["at"], places["at"])
    record["severity_when"] = [[level, _parsed(text, node), node] for level, text, node in record["severity_when"]]
    try:
        record["message"] = parse_message(record["message"])
    except ExpressionError as error:
        raise expression_error(error, places["message"]) from error
    return record


def _parsed(text: str, node: Node) -> Tree:
    try:
        return parse(text)
    except ExpressionError as error:
        raise expression_error(error, node) from error


def expression_error(error: ExpressionError, node: Node) -> RuleError:
    """The rule error for an expression, at the very column where the expression is on one line as written."""
    place: Place = node
    if isinstance(node, ScalarNode) and isinstance(node.value, str) and error.line == 0:
        at = min(error.column, max(0, len(node.value) - 1))
        place = place_within(node, at, at + 1)
    return refused(place, error.message)
