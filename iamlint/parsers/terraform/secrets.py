"""Where Terraform code puts credentials in clear: user data, environments, passwords, providers, any text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.model.secret import Secret, SecretContext, SecretKind
from iamlint.model.text import Text
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers import commands, credentials, scripts, secret_words
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.parsers.credentials import Found
from iamlint.parsers.embedded_json import read_json_text
from iamlint.parsers.secret_texts import Find, found_in, joined
from iamlint.parsers.terraform import environments
from iamlint.parsers.terraform.credentials_in_text import is_told
from iamlint.parsers.terraform.declaring import Declaring, block_value
from iamlint.parsers.terraform.expressions import Scope, evaluate
from iamlint.parsers.terraform.handed_keys import hand_declared, hand_keys
from iamlint.parsers.terraform.multiplicity import Expanded
from iamlint.parsers.terraform.secret_places import (
    BUILD_SOURCES,
    BUILD_SPECS,
    ENCODED_SCRIPTS,
    PASSWORDS,
    SCRIPTS,
    STORED,
    USER_DATA,
    USER_DATA_SOURCES,
    USER_DATA_TYPES,
    at_path,
    in_block,
    lists_at,
)
from iamlint.parsers.terraform.sensitive import HINT, disclosed
from iamlint.parsers.values import alternatives, as_list
from iamlint.source.hcl_syntax import Block, Call, Template
from iamlint.source.span import Place

_STATIC: dict[str, SecretKind] = {
    "access_key": "access key id", "secret_key": "secret access key", "token": "session token",
}  # fmt: skip
_OF_TESTS = re.compile(r"mock|fake|dummy|^test|localstack|minio|^foo|^bar", re.IGNORECASE)
_SECRET_ALONE = frozenset({"secret_string", "secret_string_wo"})  # whatever it is, it is a secret
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ENCODED = frozenset({"base64encode", "base64gzip", "textencodebase64"})


def is_known(kind: str, block: Block) -> bool:
    """Whether a resource has a place for credentials: by its type, or as it runs something."""
    return (
        kind in PASSWORDS or kind in USER_DATA_TYPES or kind in environments.ENVIRONMENTS or kind in STORED
        or kind in SCRIPTS or kind in ENCODED_SCRIPTS or any(block.body.blocks_of("provisioner"))
    )  # fmt: skip


def declare(it: Declaring) -> None:
    """Puts the credentials of a resource instance into the stack."""
    kind = it.instance.declared.kind
    if kind in USER_DATA_TYPES:
        for name in USER_DATA:
            _scanned(it, _user_data(it, name), "user data")
        for block in it.blocks("launch_specification"):
            _scanned(it, block_value(block, "user_data"), "user data")
    for path in PASSWORDS.get(kind, ()):
        for value in at_path(it, path):
            for item in as_list(value):
                _password(it, item, path.replace("/", "."))
    for name in STORED.get(kind, ()):
        for value in at_path(it, name):
            _stored(it, value, name)
    for variables in environments.of_resource(it):
        _environment(it, variables)
    for path in SCRIPTS.get(kind, ()):
        for value in lists_at(it, path):
            _document(it, value, path)
    for name in ENCODED_SCRIPTS.get(kind, ()):
        _scanned(it, _user_data(it, name), "text")
    for path in BUILD_SPECS if kind == "aws_codebuild_project" else ():
        for value in at_path(it, path):
            _build(it, value)
    for path in BUILD_SOURCES if kind == "aws_codebuild_project" else ():
        for value in at_path(it, path):
            _build_source(it, value)
    for block in it.blocks("provisioner"):
        for name in ("command", "inline", "content"):
            value_given = block_value(block, name)
            if value_given is not None:
                _document(it, value_given, f"provisioner.{name}")


def _document(it: Declaring, value: Value, element: str) -> None:
    """What a document or a script that is run gives away; what the search of the text has told, not again."""
    at = it.at(element.replace("/", "."))
    for given in alternatives(value):
        option = commands.read(disclosed(given))
        for text in commands.texts_run(option, element.rpartition("/")[2]):
            for secret in _found(text, "text", at, scripts.find, given is not disclosed(given)):
                if not is_told(secret.place):
                    it.builder.add(secret)
        for name, text in commands.named(option):
            literal = text.literal
            kind = secret_words.kind_of(name, literal) if literal else None
            if kind is None or not literal or is_told(text.place) or next(credentials.find(literal), None):
                continue
            hint = HINT if given is not disclosed(given) else secret_words.hint(literal)
            found = Found(kind, 0, 0, hint, secret_words.is_documented_example(literal))
            it.builder.add(_secret(found, "text", text, at))


def _build(it: Declaring, value: Value) -> None:
    """The commands of a build, and the environment variables that it gets."""
    at = it.at("source.buildspec")
    for given in alternatives(value):
        option = disclosed(given)
        for text in commands.texts_run(option):
            (start, end), stores = scripts.environment_of_build(joined(text))
            for found, place in found_in(text, scripts.find):
                is_variable = start <= found.start < end
                is_stored = any(low <= found.start < high for low, high in stores)
                if is_variable or not (is_stored or is_told(place)):
                    shown = found._replace(hint=HINT) if option is not given else found
                    it.builder.add(_secret(shown, "environment" if is_variable else "text", text, at, place))


def _build_source(it: Declaring, value: Value) -> None:
    """A source's URL with a user and a word for the password, which the search of the text takes for no credential."""
    for option in alternatives(value):
        at = scripts.password_of_source(option.literal or "") if isinstance(option, Text) else None
        if at is not None and isinstance(option, Text):
            found = Found(
                "password", *at, secret_words.hint((option.literal or "")[slice(*at)]), name="password in a URL"
            )
            it.builder.add(_secret(found, "text", option, it.at("source.location"), is_stand_in=True))


def _user_data(it: Declaring, name: str) -> Value | None:
    """User data, of what is encoded the text itself."""
    attribute = it.instance.block.body.attributes.get(name)
    written = attribute.value if attribute is not None else None
    if isinstance(written, Call) and written.name in _ENCODED and written.arguments:
        return evaluate(written.arguments[0], it.instance.scope)
    return it.value(name)


def _password(it: Declaring, value: Value, element: str) -> None:
    for given in alternatives(value):
        option = disclosed(given)
        literal = option.literal if isinstance(option, Text) else None
        if literal is None or not isinstance(option, Text) or secret_words.is_unfilled(literal):
            continue
        if secret_words.looks_like_reference(literal):
            continue
        kind = secret_words.secret_name(element.rpartition(".")[2].removesuffix("_wo")) or "password"
        if kind in ("token", "private key") and secret_words.looks_like_placeholder(literal):
            continue
        hint = secret_words.hint(literal) if option is given else HINT
        it.builder.add(_secret(Found(kind, 0, 0, hint), "password property", option, it.at(element)))


def _stored(it: Declaring, value: Value, element: str) -> None:
    """What a secret or a parameter holds: a member of a JSON object that its name says to be a secret; or the whole,
    where the name of what is stored says so."""
    for given in alternatives(value):
        option = disclosed(given)
        read = read_json_text(option) if isinstance(option, Text) and option.shown.lstrip()[:1] == "{" else option
        if isinstance(read, MapValue):
            for key, member in read.entries:
                for inner in alternatives(member):
                    text = disclosed(inner)
                    if isinstance(text, Text):
                        is_sensitive = option is not given or text is not inner
                        _variable(it, key.literal or "", text, "password property", element, is_sensitive)
        elif isinstance(read, Text):
            name = _name_of_stored(it, read, element)
            if name:
                _variable(it, name, read, "password property", element, option is not given)


def _name_of_stored(it: Declaring, value: Text, element: str) -> str:
    """What a value that is stored as a whole is called: a password where it is surely one; empty for what is none."""
    literal = value.literal or ""
    if element not in _SECRET_ALONE:
        parts = name.parts if (name := it.text("name")) is not None else ()
        last = parts[-1] if parts else ""
        called = (last if isinstance(last, str) else "").replace("/", "_")
        return "password" if _is_secure(it, value) and secret_words.secret_name(called) is None else called
    if _EMAIL.fullmatch(literal):
        return ""
    is_password = secret_words.is_made_of_all(literal) or secret_words.is_drawn(literal)
    return "password" if is_password or not _is_filled_in_later(it, element) else ""


def _is_filled_in_later(it: Declaring, element: str) -> bool:
    """Whether Terraform leaves alone what an argument becomes: it is written to be filled in by hand."""
    for block in it.instance.block.body.blocks_of("lifecycle"):
        ignored = block.body.attributes.get("ignore_changes")
        if ignored is not None:
            written = ignored.source.text[ignored.start : ignored.end]
            return element in written or re.search(r"\ball\b", written) is not None
    return False


def _is_secure(it: Declaring, value: Text) -> bool:
    """Whether a parameter is a SecureString, and its value looks like what one keeps in one."""
    literal = value.literal or ""
    return it.literal("type") == "SecureString" and secret_words.is_made_of_all(literal)


def _secret(
    found: Found, context: SecretContext, value: Text, at: At, place: Place | None = None, is_stand_in: bool = False
) -> Secret:
    return Secret(
        kind=found.kind,
        context=context,
        hint=found.hint,
        name=found.name,
        owner=at.address,
        is_example=found.is_example,
        is_stand_in=is_stand_in,
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
            for secret in _found(option, context, it.at(), scripts.find, option is not given):
                it.builder.add(secret)
        elif isinstance(option, UnknownValue):
            hand_declared(it.builder, option.unknown, it.instance.block, it.at())


def _found(value: Text, context: SecretContext, at: At, find: Find, is_sensitive: bool = False) -> Iterator[Secret]:
    """What is found in a text."""
    for found, place in found_in(value, find):
        yield _secret(found._replace(hint=HINT) if is_sensitive else found, context, value, at, place)


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
                    element = f"environment.{name.literal}" if name.literal else "environment"
                    hand_keys(it.builder, text, it.at(element))
                    _variable(it, name.literal or "", text, "environment", element, text is not inner)


def _variable(
    it: Declaring, name: str, value: Text, context: SecretContext, element: str, is_sensitive: bool = False
) -> None:
    """A credential in the value of a variable, or one that its name says to be one.

    What is stored in a secret is not where it is seen: a known form in it is told of the text."""
    at = it.at(element)
    found = False
    find = scripts.find if context == "environment" else credentials.find
    for secret in _found(value, context, at, find, is_sensitive):
        found = True
        if context == "environment":
            it.builder.add(secret)
    if context == "password property" and is_told(value.place, by_form=True):
        return
    literal = value.literal
    kind = secret_words.kind_of(name, literal) if literal is not None else None
    if not found and kind is not None and literal is not None:
        hint = HINT if is_sensitive else secret_words.hint(literal)
        is_example = secret_words.is_documented_example(literal)
        it.builder.add(_secret(Found(kind, 0, 0, hint, is_example), context, value, at))
    elif not found and literal and context == "environment":
        stand_in = secret_words.stand_in(it.instance.declared.kind, name, literal)
        if stand_in is not None:
            found_none = Found(stand_in, 0, 0, HINT if is_sensitive else secret_words.hint(literal))
            it.builder.add(_secret(found_none, context, value, at, is_stand_in=True))


def declare_default(builder: StackBuilder, variable: Block, address: str, argument: str = "default") -> None:
    """The default of a variable whose name says that it is a credential, or the value of such an output."""
    default = variable.body.attributes.get(argument)
    literal = default.value.literal if default is not None and isinstance(default.value, Template) else None
    if default is None or not literal or is_told(default.value):
        return
    kind = secret_words.secret_name(variable.labels[0]) or secret_words.kind_of(variable.labels[0], literal)
    if kind is None:
        return
    if kind == "password":
        if secret_words.is_unfilled(literal) or secret_words.looks_like_reference(literal):
            return
    elif not secret_words.is_plausible(kind, variable.labels[0], literal):
        return
    builder.add(
        Secret(
            kind=kind,
            context="text",
            hint=secret_words.hint(literal),
            owner=address,
            is_example=secret_words.is_documented_example(literal),
            place=default.value,
            address=address,
        )
    )


def declare_sources(builder: StackBuilder, block: Block, scope: Scope, address: str) -> None:
    """The credentials in a data source that user data is made with."""
    whole = Expanded(block, block.body, scope)
    for kind, path in USER_DATA_SOURCES:
        if block.labels[0] != kind:
            continue
        for value in in_block(whole, path.split("/")):
            for option in alternatives(value):
                if isinstance(option, Text):
                    for secret in _found(option, "user data", At(block, address), scripts.find):
                        builder.add(secret)


def is_static(name: str) -> bool:
    """Whether an argument of a provider or backend takes a credential."""
    return name in _STATIC or secret_words.secret_name(name) is not None or secret_words.is_open_name(name)


def declare_static(
    builder: StackBuilder, block: Block, address: str, values: Iterator[tuple[str, Value]], is_aws: bool = True
) -> None:
    """Literal credentials among the arguments of a provider or backend."""
    for name, value in values:
        kind = (_STATIC.get(name) if is_aws else None) or secret_words.secret_name(name)
        is_open = kind is None and name not in _STATIC
        kind = kind or "token"
        for given in alternatives(value):
            option = disclosed(given)
            literal = option.literal if isinstance(option, Text) else None
            if not literal or not isinstance(option, Text):
                continue
            plausible = secret_words.is_drawn(literal) if is_open else secret_words.is_plausible(kind, name, literal)
            if plausible or (is_aws and name in ("access_key", "secret_key") and not _is_for_tests(block, literal)):
                is_example = secret_words.is_documented_example(literal)
                hint = secret_words.hint(literal) if option is given else HINT
                found = Found(kind, 0, 0, hint, is_example)
                builder.add(_secret(found, "provider", option, At(block, address, name), is_stand_in=not plausible))


def _is_for_tests(block: Block, literal: str) -> bool:
    """Whether a provider talks to something that takes any key, or the key is known to be none."""
    attributes = block.body.attributes
    return (
        "skip_credentials_validation" in attributes
        or any(block.body.blocks_of("endpoints"))
        or _OF_TESTS.search(literal) is not None
        or secret_words.is_unfilled(literal)
        or secret_words.looks_like_reference(literal)
    )
