"""Folders of Terraform files become stacks: root modules with the local modules that they call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from iamlint.model.account import FileProblem
from iamlint.model.stack import Stack
from iamlint.model.value import Value
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.terraform import providers, resources, secrets
from iamlint.parsers.terraform.declarations import Declarations, Read, terraform_files, variable_files
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.literals import text
from iamlint.parsers.terraform.module_calls import local_folder
from iamlint.source import hcl_syntax as syntax
from iamlint.source.document import Document
from iamlint.source.hcl_syntax import Attribute, Block
from iamlint.source.span import Place, SourceText

__all__ = ["roots", "stacks", "terraform_files", "variable_files"]


def stacks(
    folders: Sequence[str],
    read: Read,
    root: str,
    variables: Mapping[str, str] | None = None,
    given_files: Sequence[Document] = (),
) -> Iterator[Stack]:
    """One stack for each root module among `folders`.

    `folders` are folders with Terraform files in them, as given by the user or found below what was given; `read`
    reads a file into a document (None when there is nothing to read) and is expected to remember what it read; no
    file outside of the folder `root` is looked at; `variables` are values for the root modules' variables, as on
    Terraform's command line, and `given_files` the variable files named there, which the former win over.
    """
    files = Files(read, root, folders)
    for folder in roots(folders, files):
        declared = files.declarations(folder)
        if declared is not None:
            yield _stack(folder, declared, files, variables or {}, given_files)


def roots(folders: Sequence[str], files: Files) -> list[str]:
    """The folders that no other of them calls as a local module; all of them when only one is given."""
    if len(folders) <= 1:
        return list(folders)
    called: set[str] = set()
    for folder in folders:
        declared = files.declarations(folder)
        for block in declared.modules.values() if declared is not None else ():
            source = block.body.attributes.get("source")
            value = source.value if source is not None else None
            literal = value.literal if isinstance(value, syntax.Template) else None
            target = local_folder(folder, literal or "")
            if target is not None and target != _normal(folder):
                called.add(target)
    found = [folder for folder in folders if _normal(folder) not in called]
    return found or list(folders)


def _normal(folder: str) -> str:
    return local_folder(folder, ".") or folder


def _stack(
    folder: str,
    declared: Declarations,
    files: Files,
    variables: Mapping[str, str],
    given_files: Sequence[Document],
) -> Stack:
    builder = StackBuilder(folder)
    run = Run(files, folder)
    module = Module(run, declared)
    module.give(_given(module, declared, variables, given_files))
    seen: set[int] = set()
    _declare_module(builder, module, seen)
    return builder.build()


def _given(
    module: Module, declared: Declarations, variables: Mapping[str, str], given_files: Sequence[Document]
) -> dict[str, Callable[[], Value]]:
    """The values of a root module's variables: from its variable files, then from the command line."""
    given: dict[str, Callable[[], Value]] = {}
    for document in (*declared.variable_documents, *given_files):
        for name, attribute in document.body.attributes.items() if document.body is not None else ():
            given[name] = _evaluated(attribute, module.scope)
    for name, written in variables.items():
        block = declared.variables.get(name)
        if block is not None:
            value = _command_line_value(name, written, block, module.scope)
            given[name] = _constant(value)
    return given


def _evaluated(attribute: Attribute, scope: Scope) -> Callable[[], Value]:
    return lambda: evaluate(attribute.value, scope)


def _constant(value: Value) -> Callable[[], Value]:
    return lambda: value


def _command_line_value(name: str, written: str, block: Block, scope: Scope) -> Value:
    """A value from the command line: a plain string, unless the variable's type says that it is an expression."""
    from iamlint.source.hcl_reader import read_hcl

    kind = block.body.attributes.get("type")
    source = SourceText(f"--var {name}", written)
    if kind is None or kind.value.written in ("string", "any"):
        return text(written, Place(source, 0, len(written)))
    document = read_hcl(SourceText(f"--var {name}", f"{name} = {written}\n"))
    attribute = document.body.attributes.get(name) if document.body is not None else None
    if attribute is None or document.problems:
        return text(written, Place(source, 0, len(written)))
    return evaluate(attribute.value, scope)


def _declare_module(builder: StackBuilder, module: Module, seen: set[int]) -> None:
    """Everything that a module instance and the modules it calls declare."""
    declared = module.declared
    if id(declared) not in seen:
        seen.add(id(declared))
        _declare_files(builder, (*declared.documents, *declared.variable_documents))
        providers.declare_connections(builder, module)
    for (kind, name), block in declared.resources.items():
        if resources.is_of_interest(kind, block):
            for instance in module.resource("resource", kind, name).instances:
                resources.declare(builder, instance)
    for name in declared.modules:
        for _, called in module.called(name).instances:
            _declare_module(builder, called, seen)
    if providers.has_secrets(declared):
        module.run.has_secrets = True
    if module.run.has_secrets:
        providers.declare_outputs(builder, module)


def _declare_files(builder: StackBuilder, documents: Iterable[Document]) -> None:
    """What is wrong with the files, and the credentials in their text."""
    for document in documents:
        for problem in document.problems:
            builder.add(
                FileProblem(
                    kind=problem.kind,
                    message=problem.message,
                    remedy=problem.remedy,
                    place=problem.place,
                    address=document.source.path,
                )
            )
        secrets.declare_text(builder, document.source)
