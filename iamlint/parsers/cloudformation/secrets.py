"""Credentials in a template: in properties meant for passwords, in environments, in user data, in any text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iamlint.model.secret import Output, Secret, SecretContext, SecretKind
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard
from iamlint.model.value import MapValue, Value
from iamlint.parsers import commands, credentials, scripts, secret_words
from iamlint.parsers.assemble import StackBuilder
from iamlint.parsers.cloudformation.declaring import Declaring
from iamlint.parsers.cloudformation.handed_keys import HandedKeys
from iamlint.parsers.cloudformation.secret_places import (
    is_resolved,
    leaves,
    listed_variables,
    named_literals,
    referred,
    texts_in,
    values,
    variables,
    within,
)
from iamlint.parsers.cloudformation.secret_properties import (
    BUILD_SOURCES,
    DOCUMENTS,
    ENVIRONMENTS,
    PASSWORDS,
    SCRIPTS,
    USER_DATA,
)
from iamlint.parsers.cloudformation.sections import Parameter, Sections
from iamlint.parsers.credentials import Found
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.secret_texts import found_in, joined
from iamlint.parsers.values import alternatives, as_text
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, Node, ScalarNode
from iamlint.source.span import Place

_CREDENTIALS = ("accessKeyId", "secretKey", "password")


class Secrets:
    """Collects the credentials of one template."""

    def __init__(self, builder: StackBuilder, sections: Sections) -> None:
        self._builder = builder
        self._sections = sections
        self._regions: list[tuple[int, int, SecretContext, Declaring, str]] = []
        self._handed = HandedKeys(sections)
        self._taken: dict[int, int] = {}
        self._parameters: set[str] = set()

    def of_resource(self, it: Declaring) -> None:
        """Looks at the places of a resource that take credentials."""
        metadata = it.node.get("Metadata")
        # What stands a level too high is as readable as the metadata that it was meant for.
        self._metadata(it, metadata if isinstance(metadata, MappingNode) else it.node)
        if it.properties is None:
            return
        for path in PASSWORDS.get(it.kind, ()):
            steps = path.split("/")
            for node in within(it.properties, steps):
                self._password(it, node, path, steps[-1])
                if path == "SecretString":
                    self._stored(it, node, path)
        for path in ENVIRONMENTS.get(it.kind, ()):
            for node in within(it.properties, path.split("/"), whole=True):
                self._region(node, "environment", it, path)
                self._environment(it, variables(it.evaluator.value(node)), path)
        for path in DOCUMENTS.get(it.kind, ()):
            written = it.written(path)
            if written is not None:
                self._document(it, written, path)
        for path in SCRIPTS.get(it.kind, ()):
            for node in within(it.properties, path.split("/"), whole=True):
                self._commands(it, node, path)
        if it.kind == "AWS::SSM::Parameter":
            self._kept(it)
        for path in BUILD_SOURCES if it.kind == "AWS::CodeBuild::Project" else ():
            for node in within(it.properties, path.split("/")):
                self._build_source(it, node, path)
        user_data = it.written(USER_DATA[it.kind]) if it.kind in USER_DATA else None
        if user_data is not None:
            self._region(user_data, "user data", it, USER_DATA[it.kind])
            self._script(it, user_data, USER_DATA[it.kind])

    def _document(self, it: Declaring, node: Node, path: str) -> None:
        """The environments that the tasks of a state machine give."""
        for option in alternatives(it.evaluator.value(node)):
            read = read_json_text(option) if isinstance(option, Text) else option
            if read is not None:
                self._environment(it, listed_variables(read), path)

    def _commands(self, it: Declaring, node: Node, path: str) -> None:
        """What a command, a script or a document that has such gives away."""
        for option in alternatives(it.evaluator.value(node)):
            document = commands.read(option)
            for text in commands.texts_run(document, path.rpartition("/")[2]):
                is_build = path.endswith("BuildSpec")
                (start, end), stores = scripts.environment_of_build(joined(text)) if is_build else ((0, 0), [])
                for found, place in self._fresh(text):
                    if not any(low <= found.start < high for low, high in stores):
                        context: SecretContext = "environment" if start <= found.start < end else "text"
                        self._add(it, found, context, path, place, text)
            for name, text in commands.named(document):
                content = text.literal or ""
                kind = secret_words.kind_of(name, content) if content else None
                if kind is not None and text.place.start not in self._taken and not any(credentials.find(content)):
                    self._add(it, Found(kind, 0, 0, secret_words.hint(content)), "text", path, text.place, text)

    def _build_source(self, it: Declaring, node: Node, path: str) -> None:
        """A source's URL with a user and a word for the password, which the search of the text does not take."""
        for option in alternatives(it.evaluator.value(node)):
            content = option.literal if isinstance(option, Text) else None
            at = scripts.password_of_source(content or "")
            if at is not None and isinstance(option, Text) and content:
                found = Found("password", *at, secret_words.hint(content[slice(*at)]), name="password in a URL")
                self._add(it, found, "text", path, option.place, option, is_stand_in=True)

    def _metadata(self, it: Declaring, metadata: MappingNode) -> None:
        first_boot = metadata.get("AWS::CloudFormation::Init")
        if first_boot is not None:
            path = "Metadata/AWS::CloudFormation::Init"
            self._region(first_boot, "user data", it, path)
            for config in values(first_boot):
                for command in values(config.get("commands") if isinstance(config, MappingNode) else None):
                    given = command.get("env") if isinstance(command, MappingNode) else None
                    if given is not None:
                        self._environment(it, variables(it.evaluator.value(given)), path, "user data")
                for file in values(config.get("files") if isinstance(config, MappingNode) else None):
                    content = file.get("content") if isinstance(file, MappingNode) else None
                    if isinstance(content, MappingNode):
                        self._environment(it, variables(it.evaluator.value(content)), path, "user data")
            self._script(it, first_boot, path)
        authentication = metadata.get("AWS::CloudFormation::Authentication")
        if isinstance(authentication, MappingNode):
            path = "Metadata/AWS::CloudFormation::Authentication"
            self._region(authentication, "authentication", it, path)
            for _, entry in authentication.entries:
                for name in _CREDENTIALS:
                    node = entry.get(name) if isinstance(entry, MappingNode) else None
                    if node is not None and name != "accessKeyId":
                        self._password(it, node, path, name, "authentication")
                        self._shown(it, node, path, name)

    def _shown(self, it: Declaring, node: Node, path: str, name: str) -> None:
        """A credential that metadata gets by reference: NoEcho does not hide what stands there once it is deployed."""
        for leaf in leaves(node):
            target = referred(leaf) if isinstance(leaf, MappingNode) else ""
            if target.endswith(".SecretAccessKey") or target in self._sections.parameters:
                kind: SecretKind = "secret access key" if name == "secretKey" else "password"
                self._add(it, Found(kind, 0, 0, f"`{target}`"), "authentication", path, leaf)

    def _script(self, it: Declaring, node: Node, path: str) -> None:
        """The credentials in the texts that run at a machine's start."""
        for text in texts_in(it.evaluator.value(node)):
            for found, place in self._fresh(text):
                self._add(it, found, "user data", path, place, text)

    def _fresh(self, text: Text) -> list[tuple[Found, Place]]:
        """What a text that is run gives away, and is not told already."""
        return [
            (found, place)
            for found, place in found_in(text, scripts.find)
            if not self._is_taken(place.start, place.end)
        ]

    def _add(
        self, it: Declaring, found: Found, context: SecretContext, path: str, place: Place, text: Text | None = None,
        owner: str = "", is_stand_in: bool = False,
    ) -> None:  # fmt: skip
        self._taken[place.start] = place.end
        self._builder.add(
            Secret(
                kind=found.kind,
                context=context,
                hint=found.hint,
                name=found.name,
                owner=owner or it.logical_id,
                is_example=found.is_example,
                is_stand_in=is_stand_in,
                place=place,
                via=text.via if text is not None else (),
                when=(it.when.joined(text.when) or it.when) if text is not None else it.when,
                address=it.address,
                element=path,
            )
        )

    def _is_taken(self, start: int, end: int) -> bool:
        """Whether what stands there is told already; a place may have its quotes or not."""
        return any(start <= low + 1 and low < end for low in self._taken)

    def _region(self, node: Node, context: SecretContext, it: Declaring, element: str) -> None:
        self._handed.look(it, node, element)
        self._regions.append((node.start, node.end, context, it, element))

    def _password(
        self, it: Declaring, node: Node, path: str, name: str, context: SecretContext = "password property"
    ) -> None:
        """A property that takes a password: written in clear, or handed over by a parameter in clear."""
        for leaf in leaves(node) if not is_resolved(node) else ():
            if isinstance(leaf, ScalarNode):
                self._literal(it, leaf, path, name, context)
            else:
                parameter = self._sections.parameters.get(referred(leaf))
                if parameter is not None and (name != "SecretString" or secret_words.secret_name(parameter.name)):
                    self._parameter(parameter)

    def _stored(self, it: Declaring, node: Node, path: str) -> None:
        """The members of a secret that is JSON: those whose name says that they are one, and whose value is literal."""
        for option in alternatives(it.evaluator.value(node)):
            if not isinstance(option, Text) or not option.shown.lstrip().startswith("{"):
                continue
            document = read_json_text(option)
            for key, member in document.entries if isinstance(document, MapValue) else ():
                text = as_text(member)
                content = text.literal if text is not None else None
                kind = secret_words.secret_name(key.shown)
                if text is None or not content or kind is None or text.place.start in self._taken:
                    continue
                if secret_words.looks_like_placeholder(content) or "{{resolve:" in content:
                    continue
                if any(credentials.find(f"{key.shown}: {content}")):  # told of the text
                    continue
                found = Found(kind, 0, 0, secret_words.hint(content))
                self._add(it, found, "password property", path, text.place, text, f"{it.logical_id}.{key.shown}")

    def _kept(self, it: Declaring) -> None:
        """The value of an SSM parameter whose name says that it is a secret."""
        name = (it.literal("Name") or it.logical_id).replace("/", "_")
        value = it.text("Value")
        content = value.literal if value is not None else None
        kind = secret_words.kind_of(name, content) if content else None
        if kind is None and content and secret_words.is_open_name(name) and secret_words.is_made_of_all(content):
            kind = None if secret_words.looks_like_placeholder(content) else "password"
        if value is not None and content and kind is not None and next(credentials.find(content), None) is None:
            found = Found(kind, 0, 0, secret_words.hint(content))
            self._add(it, found, "password property", "Value", value.place, value, f"{it.logical_id}.Value")

    def _literal(self, it: Declaring, node: ScalarNode, path: str, name: str, context: SecretContext) -> None:
        """A secret written in clear under the name of a property, a key or a variable."""
        value = node.value
        if isinstance(value, (bool, float)) or value is None:
            return
        content = str(value)
        kind = "secret access key" if name == "secretKey" else secret_words.secret_name(name) or "password"
        unfilled = secret_words.is_unfilled if kind == "password" else secret_words.looks_like_placeholder
        # What is no JSON may be any secret; what it is to be replaced with is often written into it.
        if name == "SecretString":
            unfilled = secret_words.looks_like_placeholder
        if unfilled(content) or "{{resolve:" in content or node.start in self._taken:
            return
        owner = f"{it.logical_id}.{name}" if context == "password property" else it.logical_id
        self._add(it, Found(kind, 0, 0, secret_words.hint(content)), context, path, node, None, owner)

    def parameters(self) -> None:
        """The parameters whose name says that they are a password, used wherever."""
        for parameter in self._sections.parameters.values():
            kind = secret_words.secret_name(parameter.name)
            if kind is None or parameter.type != "String" or parameter.allowed:
                continue
            default = str(parameter.default.value) if parameter.default is not None else ""
            kind = secret_words.kind_of(parameter.name, default) or kind
            if kind == "password" or (default and secret_words.is_plausible(kind, parameter.name, default)):
                self._parameter(parameter, kind)

    def _parameter(self, parameter: Parameter, kind: SecretKind = "password") -> None:
        """A parameter that a password is handed over by: shown to everybody, or with a default in clear."""
        default = parameter.default
        content = str(default.value) if default is not None else ""
        known = bool(content) and not secret_words.is_unfilled(content)
        hidden = parameter.no_echo and not known
        if hidden or parameter.is_looked_up or "{{resolve:" in content or parameter.name in self._parameters:
            return
        self._parameters.add(parameter.name)
        is_key = known and kind in ("access key id", "secret access key", "session token")
        place: Place = default if default is not None and known and (parameter.no_echo or is_key) else parameter.header
        if default is not None and known:
            self._taken[default.start] = default.end
        self._builder.add(
            Secret(
                kind=kind,
                context="text" if is_key else "parameter",
                hint=secret_words.hint(content) if known else "",
                owner=parameter.name,
                place=place,
                address=f"Parameters/{parameter.name}",
            )
        )

    def _environment(
        self, it: Declaring, given: Iterable[tuple[str, Value]], path: str, context: SecretContext = "environment"
    ) -> None:
        for name, value in given:
            for option in alternatives(value):
                text = as_text(option)
                if text is None or text.place.start in self._taken:
                    continue
                fresh = self._fresh(text)
                for found, place in fresh:
                    self._add(it, found, context, path, place, text)
                content = text.literal
                if fresh or not content:
                    continue
                kind = secret_words.kind_of(name, content)
                stand_in = secret_words.stand_in(it.kind, name, content) if context == "environment" else None
                if kind is not None or stand_in is not None:
                    is_example = secret_words.is_documented_example(content)
                    found = Found(kind or stand_in or "password", 0, 0, secret_words.hint(content), is_example)
                    self._add(it, found, context, path, text.place, text, is_stand_in=kind is None)

    def in_text(self, document: Document) -> None:
        """Looks through the whole file; what stands in user data, an environment … is said to be there."""
        source = document.source
        everywhere = [*credentials.find(source.text), *self._named(document.root)]
        for found in [found for found in everywhere if not self._is_taken(found.start, found.end)]:
            context, it, element = self._around(found.start)
            self._builder.add(
                Secret(
                    kind=found.kind,
                    context=context,
                    hint=found.hint,
                    name=found.name,
                    owner=it.logical_id if it is not None else "",
                    is_example=found.is_example,
                    place=Place(source, found.start, found.end),
                    when=it.when if it is not None else ALWAYS,
                    address=it.address if it is not None else "",
                    element=element,
                )
            )

    def _named(self, root: Node | None) -> Iterator[Found]:
        """The literals that a key says to be credentials, in whatever resource or mapping."""
        for name, node in named_literals(root) if isinstance(root, MappingNode) else ():
            value = node.value
            kind = secret_words.kind_of(name, value) if isinstance(value, str) and value else None
            if kind is not None and isinstance(value, str) and not any(credentials.find(value)):
                is_example = secret_words.is_documented_example(value)
                yield Found(kind, node.start, node.end, secret_words.hint(value), is_example)

    def _around(self, offset: int) -> tuple[SecretContext, Declaring | None, str]:
        for start, end, context, it, element in self._regions:
            if start <= offset < end:
                return context, it, element
        return "text", None, ""


def output(
    builder: StackBuilder,
    sections: Sections,
    value_of: Callable[[Node], Value],
    name: str,
    body: MappingNode,
    when: Guard,
) -> None:
    """An output, if it carries a secret: the secret of an access key, or a parameter with NoEcho."""
    value = body.get("Value")
    if value is not None:
        _carrier(builder, sections, value_of, name, value, f"Outputs/{name}", when)


def stored_parameter(it: Declaring, sections: Sections) -> None:
    """An SSM parameter, which is kept in clear unless it is a SecureString, which CloudFormation cannot make."""
    value = it.written("Value")
    if value is not None:
        _carrier(it.builder, sections, it.evaluator.value, it.logical_id, value, it.address, it.when)


def _carrier(
    builder: StackBuilder,
    sections: Sections,
    value_of: Callable[[Node], Value],
    name: str,
    node: Node,
    address: str,
    when: Guard,
) -> None:
    carries = next(filter(None, (secret_in(leaf, sections) for leaf in leaves(node))), "")
    if carries:
        sensitive = Setting(value=False, place=node, declared=False)
        text = as_text(next(alternatives(value_of(node))))
        kind = "output" if address.startswith("Outputs/") else "SSM parameter"
        builder.add(
            Output(
                name=name, kind=kind, value=text, carries=carries, sensitive=sensitive, place=node, when=when,
                address=address,
            )
        )  # fmt: skip


def secret_in(leaf: Node, sections: Sections) -> str:
    """What secret a reference gives, in words; empty when none."""
    if isinstance(leaf, ScalarNode):
        return ""
    resource, _, attribute = referred(leaf).partition(".")
    parameter = sections.parameters.get(resource)
    if parameter is not None and not attribute:
        return f"parameter {resource}" if parameter.no_echo else ""
    declared = sections.resources.get(resource) if sections.resources is not None else None
    kind = declared.get("Type") if isinstance(declared, MappingNode) else None
    if attribute == "SecretAccessKey" and isinstance(kind, ScalarNode) and kind.value == "AWS::IAM::AccessKey":
        return f"the secret of access key {resource}"
    return ""
