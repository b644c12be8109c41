"""Renders template files and strings that are templates, with the variables given to them."""

from __future__ import annotations

from collections.abc import Mapping

from iamlint.model.text import Text
from iamlint.model.value import MapValue, Value
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.files import below
from iamlint.parsers.terraform.literals import failed, unknown, within
from iamlint.source.hcl_reader import read_template
from iamlint.source.span import Place, SourceText


def found_file(path: Value, scope: Scope) -> SourceText | None:
    """The file that an expression names: relative to the folder Terraform runs in, else to the module's own."""
    if not isinstance(path, Text) or path.literal is None:
        return None
    run = scope.module.run
    for folder in (run.root_folder, scope.module.declared.folder):
        source = run.files.text(below(folder, path.literal))
        if source is not None:
            return source
    return None


def _no_file(path: Value, scope: Scope, place: Place) -> Value:
    """Why there is no file: Terraform refuses one that is not there; of what lies outside nothing is known."""
    run = scope.module.run
    if isinstance(path, Text) and path.literal is not None:
        folders = (run.root_folder, scope.module.declared.folder)
        if all(run.files.exists(below(folder, path.literal)) is False for folder in folders):
            return failed("there is no such file", place, " ".join(place.written.split())[:120])
    return unknown("a file that is not at hand", place, " ".join(place.written.split())[:120])


def file_content(path: Value, scope: Scope, place: Place) -> Value:
    """The content of a file as a string whose characters stand in that file."""
    source = found_file(path, scope)
    if source is None:
        return _no_file(path, scope, place)
    return Text(parts=(source.text,), spellings=(_Whole(source),), place=Place(source, 0, len(source.text)))


class _Whole:
    """A whole file as a spelling: every character stands for itself."""

    __slots__ = ("source",)

    def __init__(self, source: SourceText) -> None:
        self.source = source

    def offsets(self) -> range:
        """The offset of each character."""
        return range(len(self.source.text) + 1)


def given_names(variables: Value) -> dict[str, Value]:
    """The names that a template is given, from the object of its variables."""
    if not isinstance(variables, MapValue):
        return {}
    return {key.literal: within(value, variables) for key, value in variables.entries if key.literal is not None}


def rendered_file(path: Value, variables: Mapping[str, Value], scope: Scope, place: Place) -> Value:
    """`templatefile(path, variables)`."""
    source = found_file(path, scope)
    if source is None:
        return _no_file(path, scope, place)
    return _rendered(source, source.text, range(len(source.text) + 1), variables, scope, place)


def rendered(content: Text, variables: Mapping[str, Value], scope: Scope, place: Place) -> Value:
    """A string that is a template, as in `data "template_file"`."""
    if content.literal is None:
        return unknown("a template that is not known", place)
    spelling = content.spellings[0] if len(content.parts) == 1 and content.spellings else None
    if spelling is None:
        source = SourceText(place.source.path, content.literal)
        return _rendered(source, content.literal, [0] * (len(content.literal) + 1), variables, scope, place)
    return _rendered(spelling.source, content.literal, spelling.offsets(), variables, scope, place)


def _rendered(
    source: SourceText,
    content: str,
    offsets: object,
    variables: Mapping[str, Value],
    scope: Scope,
    place: Place,
) -> Value:
    run = scope.module.run
    if scope.in_template:
        return failed("a template within a template", place)
    run.steps += len(content) // 32
    template = read_template(source, content, offsets)  # type: ignore[arg-type]
    if template is None:
        return failed("a template that could not be read", place)
    return evaluate(template, Scope(scope.module, variables, in_template=True))
