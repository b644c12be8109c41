"""Folders of Terraform files become stacks: root modules with the local modules that they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from iamlint.model.account import FileProblem
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown
from iamlint.model.value import Value
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.terraform import credentials_in_text, lone_documents, module_inputs, providers, resources
from iamlint.parsers.terraform.alternatives import alternatives
from iamlint.parsers.terraform.declarations import Declarations, Read, terraform_files, variable_files
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.files import Files, Shelf, normal
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.literals import text
from iamlint.parsers.terraform.mentions import Mentions
from iamlint.parsers.terraform.module_calls import local_folder
from iamlint.source import hcl_syntax as syntax
from iamlint.source.document import Document
from iamlint.source.hcl_syntax import Attribute, Block
from iamlint.source.span import Place, SourceText

__all__ = ["of_variables", "roots", "stacks", "terraform_files", "variable_files"]


def stacks(
    folders: Sequence[str],
    read: Read,
    root: str,
    variables: Mapping[str, str] | None = None,
    given_files: Sequence[Document] = (),
    environment: Mapping[str, str] | None = None,
    shelf: Shelf | None = None,
) -> Iterator[Stack]:
    """One stack for each root module among `folders`.

    `folders` are folders with Terraform files in them, as given by the user or found below what was given; `read`
    reads a file into a document (None when there is nothing to read) and is expected to remember what it read; no
    file outside of the folder `root` is looked at; `variables` are values for the root modules' variables, as on
    Terraform's command line, and `given_files` the variable files named there, which the former win over; what
    `environment` gives, everything else wins over. With a `shelf`, a file is kept only as long as a root module that
    is still to come may need it.
    """
    files = Files(read, root, folders, shelf)
    # A module that all its callers leave out, by a count of 0, is then judged by itself, as one that nobody calls.
    left = list(folders)
    while left:
        reached = roots(left, files)
        needed = Counter(folder for all_of in reached.values() for folder in all_of)
        files.keep(needed)
        made = set(map(normal, reached))
        for folder, all_of in reached.items():
            declared = files.declarations(folder)
            if declared is not None:
                for one in alternatives(declared):
                    yield _stack(folder, one, files, variables or {}, given_files, environment or {}, made)
            needed -= Counter(all_of)
            files.keep(needed)
        left = [folder for folder in left if normal(folder) not in made]


def of_variables(document: Document) -> Stack:
    """The stack of a file of variables that no run reads by itself, for the credentials in it."""
    builder = StackBuilder(document.source.path)
    credentials_in_text.declare(builder, document.source)
    return builder.build()


def roots(folders: Sequence[str], files: Files) -> dict[str, set[str]]:
    """The folders that no other of them calls as a local module, and one of those that only call each other; each with
    itself and all the folders that it leads to."""
    calls = {normal(folder): _called(folder, files) for folder in folders} if len(folders) > 1 else {}
    called = {target for folder, targets in calls.items() for target in targets if target != folder}
    found: dict[str, set[str]] = {}
    seen: set[str] = set()
    for folder in sorted(folders, key=lambda folder: normal(folder) in called):
        if normal(folder) in seen:
            continue
        reached: set[str] = set()
        pending = [normal(folder)]
        while pending:
            here = pending.pop()
            if here not in reached:
                reached.add(here)
                pending += calls[here] if here in calls else _called(here, files)
        found[folder] = reached
        seen |= reached
    return {folder: found[folder] for folder in folders if folder in found}


def _called(folder: str, files: Files) -> list[str]:
    """The folders of the local modules that a folder calls."""
    declared = files.declarations(folder) if files.may_call(folder) else None
    found: list[str] = []
    for block in declared.modules.values() if declared is not None else ():
        source = block.body.attributes.get("source")
        value = source.value if source is not None else None
        literal = value.literal if isinstance(value, syntax.Template) else None
        target = local_folder(folder, literal or "")
        if target is not None:
            found.append(target)
    files.make_room(folder)
    return found


def _stack(
    folder: str,
    declared: Declarations,
    files: Files,
    variables: Mapping[str, str],
    given_files: Sequence[Document],
    environment: Mapping[str, str],
    made: set[str],
) -> Stack:
    """The stack of a root module; the folders of the modules that are instantiated in it join `made`."""
    builder = StackBuilder(folder)
    run = Run(files, folder)
    module = Module(run, declared)
    module.give(_given(module, declared, variables, given_files, environment))
    declare_module(builder, module, set())
    lone_documents.declare(builder, module)
    made.update(map(normal, run.made))
    for document in given_files:
        credentials_in_text.declare(builder, document.source)
    builder.view(Mentions(module), sets_up_accounts=True)
    for name, place in run.circles.values():
        message = f"`local.{name}` needs its own value, by way of others"
        remedy = "Terraform refuses this; take the circle apart"
        address = place.source.path
        builder.add(FileProblem(kind="unreadable", message=message, remedy=remedy, place=place, address=address))
    return builder.build()


def _given(
    module: Module,
    declared: Declarations,
    variables: Mapping[str, str],
    given_files: Sequence[Document],
    environment: Mapping[str, str],
) -> dict[str, Callable[[], Value]]:
    """The values of a root module's variables: from the environment, its variable files, then the command line."""
    given = _written(module, declared, environment)
    for document in (*declared.variable_documents, *given_files):
        for name, attribute in document.body.attributes.items() if document.body is not None else ():
            given[name] = _evaluated(attribute, module.scope)
    return {**given, **_written(module, declared, variables)}


def _written(module: Module, declared: Declarations, variables: Mapping[str, str]) -> dict[str, Callable[[], Value]]:
    """The values of variables that are given as text."""
    given: dict[str, Callable[[], Value]] = {}
    for name, written in variables.items():
        block = declared.variables.get(name)
        if block is not None:
            given[name] = _constant(_command_line_value(name, written, block, module.scope))
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


def declare_module(builder: StackBuilder, module: Module, seen: set[int]) -> None:
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
        call = module.called(name)
        for _, called in call.instances:
            declare_module(builder, called, seen)
        if not call.is_at_hand:
            builder.leave_out()
            if call.is_one_too_many:
                builder.note_unknown(Unknown("more modules than are evaluated", call.address))
            module_inputs.declare(builder, call)
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
        credentials_in_text.declare(builder, document.source)
