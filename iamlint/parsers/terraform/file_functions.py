"""Terraform's functions that read files; none outside of the scanned root is looked at."""

from __future__ import annotations

import base64
import os.path
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, Scalar, Value
from iamlint.parsers.terraform.files import below
from iamlint.parsers.terraform.hash_functions import HASHES
from iamlint.parsers.terraform.lifting import Function, on_known
from iamlint.parsers.terraform.literals import text, unknown
from iamlint.source.hcl_syntax import Call

if TYPE_CHECKING:
    from iamlint.parsers.terraform.expressions import Scope

FileFunction = Callable[[list[Value], Call, "Scope"], Value]


def _file(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`file(path)`."""
    from iamlint.parsers.terraform.template_files import file_content

    return file_content(arguments[0], scope, call)


def _fileexists(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`fileexists(path)`."""
    path = arguments[0]
    if not isinstance(path, Text) or path.literal is None:
        return unknown("a path that is not known", call)
    run = scope.module.run
    folders = (run.root_folder, scope.module.declared.folder)
    found = [run.files.exists(below(folder, path.literal)) for folder in folders]
    if any(found):
        return Scalar(True, call)
    return unknown("a path outside of what is checked", call) if None in found else Scalar(False, call)


def _of_content(work: Callable[[bytes], str]) -> FileFunction:
    """A function of a file's bytes: its hash, or its content in base64."""

    def function(arguments: list[Value], call: Call, scope: Scope) -> Value:
        from iamlint.parsers.terraform.template_files import found_file

        source = found_file(arguments[0], scope)
        content = scope.module.run.files.content(source.path) if source is not None else None
        return text(work(content), call) if content is not None else unknown("a file that is not at hand", call)

    return function


def _fileset(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`fileset(folder, pattern)`: the files whose path below the folder matches."""
    folder, pattern = arguments
    if not isinstance(folder, Text) or not isinstance(pattern, Text):
        return unknown("a path that is not known", call, many=True)
    if folder.literal is None or pattern.literal is None:
        return unknown("a path that is not known", call, many=True)
    compiled = _glob(pattern.literal)
    if compiled is None:
        return unknown("a pattern of paths that is not evaluated", call, many=True)
    run = scope.module.run
    for base in (run.root_folder, scope.module.declared.folder):
        found = run.files.listed(os.path.normpath(below(base, folder.literal)))
        if found is None:
            return unknown("a folder that is not at hand, or too large", call, many=True)
        names = [name for name in found if compiled.fullmatch(name)]
        if names:
            return ListValue(tuple(text(name, call) for name in sorted(names)), call, is_set=True)
    return ListValue((), call, is_set=True)


_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?[^\]\\\[]+\]|\{[^{}\[\]*?]*\}|\\.|[^\[{}\\]", re.DOTALL)


def _glob(pattern: str) -> re.Pattern[str] | None:
    """A pattern of paths as a regular expression; None for one that is not understood."""
    pattern = os.path.normpath(pattern).replace(os.sep, "/")
    if len(pattern) > 300 or pattern.count("*") > 6 or pattern.startswith(("/", "..")):
        return None
    made: list[str] = []
    at = 0
    if pattern == "**" or pattern.endswith("/**"):
        pattern += "/*"
    while at < len(pattern):
        found = _GLOB.match(pattern, at)
        if found is None:
            return None
        made.append(_glob_piece(found.group()))
        at = found.end()
    return re.compile("".join(made))


def _glob_piece(piece: str) -> str:
    wildcard = {"**/": "(?:[^/]+/)*", "**": "[^/]*", "*": "[^/]*", "?": "[^/]"}.get(piece)
    if wildcard is not None:
        return wildcard
    if piece[0] == "[" and len(piece) > 1:
        negated = piece[1] in "!^"
        return f"[{'^/' if negated else ''}{re.sub(r'[&|~]', '', piece[1 + negated : -1])}]"
    if piece[0] == "{":
        return f"(?:{'|'.join(map(re.escape, piece[1:-1].split(',')))})"
    return re.escape(piece[-1])


def _templatefile(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`templatefile(path, variables)`."""
    from iamlint.parsers.terraform.template_files import given_names, rendered_file

    return rendered_file(arguments[0], given_names(arguments[1]), scope, call)


def _templatestring(arguments: list[Value], call: Call, scope: Scope) -> Value:
    """`templatestring(string, variables)`."""
    from iamlint.parsers.terraform.template_files import given_names, rendered

    template = arguments[0]
    if not isinstance(template, Text):
        return unknown("a template that is not known", call)
    return rendered(template, given_names(arguments[1]), scope, call)


def _basename(path: str) -> str:
    """Go's `filepath.Base`."""
    return path.rstrip("/").rpartition("/")[2] or ("/" if path else ".")


def _dirname(path: str) -> str:
    """Go's `filepath.Dir`."""
    folder, slash, _ = path.rpartition("/")
    return os.path.normpath(folder + slash).replace("//", "/") if slash else "."


def _pathexpand(path: str) -> str | Unknown:
    return Unknown("the home folder of who runs Terraform") if path.startswith("~") else path


def _abspath(path: str) -> str:
    # The same file by another name: where the folder lies on a machine matters to no policy.
    return path


PATHS: dict[str, Function] = {
    "abspath": on_known(_abspath),
    "basename": on_known(_basename),
    "dirname": on_known(_dirname),
    "pathexpand": on_known(_pathexpand),
}
TABLE: dict[str, FileFunction] = {
    "file": _file,
    "filebase64": _of_content(lambda content: base64.b64encode(content).decode()),
    "fileexists": _fileexists,
    "fileset": _fileset,
    "templatefile": _templatefile,
    "templatestring": _templatestring,
    **{f"file{name}": _of_content(work) for name, work in HASHES.items() if not name.startswith("base64")},
    **{f"filebase64{name[6:]}": _of_content(work) for name, work in HASHES.items() if name.startswith("base64")},
}
