"""Documents and statements that the grammar refuses but whose meaning is plain, as what they were meant to be.

AWS takes none of them. What is wrong is told as a flaw of the grammar; what they would allow is judged all the same,
since whoever mends the spelling deploys just that.
"""

from __future__ import annotations

from collections.abc import Sequence

from iamlint.model.principal import PrincipalKind
from iamlint.model.text import Text
from iamlint.model.value import ListValue, MapValue, Value
from iamlint.parsers.values import alternatives, as_text

OF_POLICY = ("Version", "Id", "Statement")
OF_STATEMENT = (
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
)  # fmt: skip
_ELEMENTS = {name.lower(): name for name in (*OF_POLICY, *OF_STATEMENT)}
_EFFECTS = ("Allow", "Deny")
_DIGITS_OF_ACCOUNT = 12
_MOST_WRONG = 2  # letters too many or too few in a misspelt name


def is_statement(value: Value) -> bool:
    """Whether a value can only be a statement: an object with an Effect, and with what it is about."""
    if not isinstance(value, MapValue):
        return False
    names = {(key.literal or "").lower() for key, _ in value.entries}
    return "effect" in names and not names.isdisjoint(("action", "notaction", "resource", "notresource", "principal"))


def is_bare(body: Value) -> bool:
    """Whether a value is statements where a policy document belongs: a list of them, or one beside or without a
    Version."""
    if isinstance(body, ListValue):
        return bool(body.items) and all(is_statement(item) for item in body.items)
    return isinstance(body, MapValue) and is_statement(body) and statement_of(body) is None


def document_of(body: Value) -> Value:
    """The document that a list of statements was meant to be; everything else as it is."""
    if not isinstance(body, ListValue) or not is_bare(body):
        return body
    entries = ((Text(parts=("Statement",), place=body.place), body),)
    return MapValue(entries, body.place, via=body.via, when=body.when)


def statement_of(body: MapValue) -> Value | None:
    """The Statement of a document, in whatever case it is written, or misspelled as `Statements`."""
    exact = body.get("Statement")
    if exact is not None:
        return exact
    near = None
    for key, value in body.entries:
        name = (key.literal or "").lower()
        if name == "statement":
            return value
        if name and near is None and name not in _ELEMENTS and _meant(name, OF_POLICY) == "Statement":
            near = value
    return near


def bare_statement(body: MapValue) -> MapValue | None:
    """The statement that stands where the document belongs: what is not the document's own."""
    if not is_bare(body):
        return None
    own = tuple((key, value) for key, value in body.entries if (key.literal or "").lower() not in ("version", "id"))
    return MapValue(own, body.place, body.rest, body.via, body.when)


def elements_of(item: MapValue) -> dict[str, Value]:
    """The elements of a statement by their names: in whatever case, and misspelled where the right one is missing."""
    found: dict[str, Value] = {}
    strange = []
    for key, value in item.entries:
        name = _ELEMENTS.get((key.literal or "").lower())
        if name is not None:
            found[name] = value
        elif key.literal:
            strange.append((key.literal, value))
    for written, value in strange:
        meant = _meant(written, OF_STATEMENT)
        if meant:
            found.setdefault(meant, value)
    return found


def _meant(written: str, known: Sequence[str]) -> str:
    """The known name that another one is a misspelling of: `ResourceArn` is no `Resource`."""
    name = nearest(written, known)
    return name if abs(len(name) - len(written)) <= _MOST_WRONG else ""


def effect_of(value: Value) -> Text | None:
    """The effect, in whatever case it is written, or alone in a list."""
    option: Value | None = next(alternatives(value))
    if isinstance(option, ListValue):
        option = option.items[0] if len(option.items) == 1 else None
    text = as_text(option) if option is not None else None
    if text is None or text.literal is None or text.literal in _EFFECTS:
        return text
    meant = text.literal.strip().capitalize()
    return Text(parts=(meant,), place=text.place, via=text.via, when=text.when) if meant in _EFFECTS else text


def kind_of_principal(value: Value) -> PrincipalKind:
    """The kind of a principal that is written without one: by its ARN, account id or domain."""
    name = value.masked if isinstance(value, Text) else ""
    if name.startswith("arn:"):
        return "federated" if ":saml-provider/" in name or ":oidc-provider/" in name else "aws"
    if name.isdecimal() and len(name) == _DIGITS_OF_ACCOUNT:
        return "aws"
    return "service" if name.endswith((".amazonaws.com", ".amazonaws.com.cn")) else "unknown"


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that was probably meant; empty when there is none."""
    folded = {each.lower(): each for each in known}
    exact = folded.get(name.strip().lower())
    if exact is not None:
        return exact
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), folded, 1, 0.75)
    return folded[near[0]] if near else ""
