"""Witnesses: what a search found as a request that can be read, confirmed by the evaluator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import islice, product, takewhile

from iamlint.logic.boxes import PRINCIPAL, RESOURCE, Base, Theory
from iamlint.logic.callers import consistent
from iamlint.logic.glob import ANY, ONE, Hole, Tokens
from iamlint.logic.languages import EVERYTHING, SpentError, arn_pattern
from iamlint.logic.policy import Statement, Variable, holes, shown, texts
from iamlint.logic.request import Caller, CallerKind, Request

_MOST_TRIES = 24
_KINDS: dict[str, CallerKind] = {"service": "service", "federated": "federated", "canonical": "canonical"}


class Shape:
    """What a search found, still with letters for the unknown parts of the policies."""

    __slots__ = ("action", "caller", "context", "guards", "resource")

    def __init__(self, action: Tokens, base: Base, theory: Theory, with_callers: bool) -> None:
        """Raises SpentError when some dimension was never decided."""
        self.action = action
        self.context: dict[str, tuple[Tokens, ...]] = {}
        self.guards: dict[str, bool] = {}
        for (kind, name), asked in base.items():
            values = theory.found((kind, name), asked)
            if isinstance(values, SpentError):
                raise values
            if kind == "key" and values:
                self.context[name] = values
            elif kind == "guard":
                self.guards[name] = values == (tuple("true"),)
        self.resource = _resource(base, theory, action)
        callers = theory.found(PRINCIPAL, base.get(PRINCIPAL, frozenset({(EVERYTHING, True)})))
        self.caller = callers[0] if with_callers and callers and not isinstance(callers, SpentError) else None

    def parts(self) -> list[Tokens]:
        """Every text of it."""
        values = [value for values in self.context.values() for value in values]
        return [self.action, self.resource, *values, *((self.caller,) if self.caller is not None else ())]


def _resource(base: Base, theory: Theory, action: Tokens) -> Tokens:
    """A resource, an ARN of the action's service where one will do; unknown parts that it must have stay."""
    asked = base.get(RESOURCE, frozenset({(EVERYTHING, True)}))
    plain = theory.found(RESOURCE, asked)
    if plain is None or isinstance(plain, SpentError):
        return ()
    if holes(plain[0]) or plain[0][:4] == tuple("arn:"):
        return plain[0]
    service = tuple(takewhile(lambda letter: letter != ":", action))
    some = arn_pattern((*"arn:aws:", *service, *":::", ONE, ANY), complete=False)
    found = None if some is None or holes(service) else theory.found(RESOURCE, asked | {((some,), True)})
    return plain[0] if found is None or isinstance(found, SpentError) else found[0]


class Surroundings:
    """What the statements of a question offer for the unknown parts and variables of a witness."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self.holes = tuple(dict.fromkeys(hole for s in statements for text in texts(s) for hole in holes(text)))
        self._statements = statements

    @cached_property
    def constants(self) -> dict[str, list[str]]:
        """The literal values that conditions compare each key with; under "" a few strings that resources end in."""
        return _constants(self._statements)

    @cached_property
    def _patterns(self) -> list[tuple[str, Tokens]]:
        """The patterns with one hole: of a resource, and of a key that is named."""
        found = [("", pattern) for s in self._statements for pattern in s.resources or ()]
        found += [(one.key, pattern) for s in self._statements for one in s.conditions for pattern in one.values]
        return [(key, pattern) for key, pattern in dict.fromkeys(found) if len(holes(pattern)) == 1]

    def requests(self, shape: Shape) -> Iterator[Request]:
        """The requests that a shape may stand for, with values for unknown parts and variables: such as nobody names,
        then those that the statements compare with, or that a text of the shape gives them."""
        unknown = dict.fromkeys(hole for text in shape.parts() for hole in holes(text))
        fillings = {
            hole.name: _fresh(hole, number, shape)
            for number, hole in enumerate(self.holes)
            if not isinstance(hole, Variable)
        }
        choices: list[list[tuple[Hole, str | None]]] = []
        for number, hole in enumerate(unknown):
            options = [_fresh(hole, number, shape)]
            if isinstance(hole, Variable):
                pinned = shape.context.get(hole.name)
                also = (*self.constants.get(hole.name, ()), *self.constants[""])
                options = [_text(pinned[0], {})] if pinned else [*options, *also]
            choices.append([(hole, option) for option in dict.fromkeys(options)])
        if len(unknown) < len(self.holes):
            choices += [[(hole, None), *given] for hole, given in self._given(shape).items() if hole not in unknown]
        for chosen in islice(product(*choices), _MOST_TRIES):
            yield _request(shape, {hole: value for hole, value in chosen if value is not None}, fillings)

    def _given(self, shape: Shape) -> dict[Hole, list[tuple[Hole, str]]]:
        """The values with which the statements' patterns match the texts of a shape; something else than a default."""
        found: dict[Hole, dict[str, None]] = {
            hole: {"other": None}
            for hole in self.holes
            if isinstance(hole, Variable) and hole.default is not None and hole.name not in shape.context
        }
        for key, pattern in self._patterns:
            hole = holes(pattern)[0]
            if hole.name not in shape.context:
                for text in shape.context.get(key, ()) if key else (shape.resource,):
                    if value := _between(pattern, text):
                        found.setdefault(hole, {})[value] = None
        return {hole: [(hole, value) for value in values] for hole, values in found.items()}


def _between(pattern: Tokens, text: Tokens) -> str:
    """What the only hole of a pattern must be for the pattern to match a text, by the letters around it; or nothing."""
    at = next(place for place, token in enumerate(pattern) if isinstance(token, Hole))
    after = list(takewhile(lambda token: isinstance(token, str), pattern[at + 1 :]))
    if text[:at] != pattern[:at] or holes(text):
        return ""
    end = len(text)
    if after:
        end = next((i for i in range(at, len(text)) if list(text[i : i + len(after)]) == after), at)
    return "".join(map(str, text[at:end]))


def _constants(statements: Sequence[Statement]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"": []}
    for statement in statements:
        for condition in statement.conditions:
            literal = [shown(value) for value in condition.values if all(isinstance(token, str) for token in value)]
            found.setdefault(condition.key, []).extend(literal)
        for resource in statement.resources or ():
            if all(isinstance(token, str) for token in resource) and len(found[""]) < 8:
                found[""].append(shown(resource).rpartition(":")[2].rpartition("/")[2])
    return found


def _fresh(hole: Hole, number: int, shape: Shape) -> str:
    """A value for an unknown part: an ARN where the whole of a principal or the start of a resource is unknown."""
    if not isinstance(hole, Variable):
        if shape.caller is not None and len(shape.caller) == 5 and shape.caller[4] == hole:
            return f"arn:aws:iam::111122223333:user/some-{number}"
        if shape.resource[:1] == (hole,):
            return f"arn:aws:some:::some-{number}"
    return f"some-{number}"


def _request(shape: Shape, chosen: dict[Hole, str], fillings: dict[str, str]) -> Request:
    context = {key: tuple(_text(value, chosen) for value in values) for key, values in shape.context.items()}
    for hole, value in chosen.items():
        if isinstance(hole, Variable):
            context.setdefault(hole.name, (value,))
        else:
            fillings = {**fillings, hole.name: value}
    caller = None if shape.caller is None else _caller(_text(shape.caller, chosen))
    return Request(
        _text(shape.action, chosen), _text(shape.resource, chosen), caller, context, fillings, dict(shape.guards)
    )


def _text(tokens: Tokens, chosen: dict[Hole, str]) -> str:
    return "".join(chosen.get(token, "") if isinstance(token, Hole) else str(token) for token in tokens)


def _caller(text: str) -> Caller:
    """The caller that a string of the principal dimension means."""
    kind, colon, name = text.partition(":")
    if kind in _KINDS and colon:
        return Caller(_KINDS[kind], name)
    if kind != "aws" or not colon:
        return Caller("anonymous")
    account, colon, rest = name.partition(":")
    if not colon or name.startswith("arn:"):
        return Caller("aws", name)
    service = "sts" if rest.startswith(("assumed-role/", "federated-user/")) else "iam"
    return Caller("aws", f"arn:aws:{service}::{account}:{rest}")


def confirmed(shape: Shape, around: Surroundings, passes: Callable[[Request], bool]) -> Request | None:
    """The first of the shape's requests that can be and passes; unknown parts have values only where it takes them."""
    for found in around.requests(shape):
        for request in consistent(found, around.constants):
            if passes(request):
                spared = request._replace(fillings={})
                return spared if request.fillings and passes(spared) else request
    return None
