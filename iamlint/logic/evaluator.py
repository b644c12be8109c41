"""The executable specification: whether a policy allows a request, by the letter of AWS's documentation.

It shares no code with the search, which it referees: plain matching, `fractions`, `datetime` and `ipaddress`.
An answer is True, False, or None where AWS's behaviour is not documented or a part is not known.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from fractions import Fraction

from iamlint.logic.glob import ANY, ONE, Hole, Token, Tokens
from iamlint.logic.policy import Condition, Policy, Principal, Statement, Variable
from iamlint.logic.request import Caller, Request

Answer = bool | None
Filled = tuple[Token, ...]


_KNOWN = frozenset({str, type(ANY)})


def allows(policy: Policy, request: Request) -> Answer:
    """Whether the policy and each of its limits allow the request, and no Deny stops it."""
    denied = _any(applies(statement, request) for statement in policy.denies)
    every = (policy.statements, *policy.limits)
    allowed = _all(_any(applies(s, request) for s in statements if s.allow) for statements in every)
    return _all((_not(denied), allowed))


def applies(statement: Statement, request: Request) -> Answer:
    """Whether the statement, Allow or Deny, speaks of the request."""
    return _all(_parts_of(statement, request))


def _parts_of(statement: Statement, request: Request) -> Iterator[Answer]:
    action = request.action.lower()
    yield _element(statement.actions, statement.not_actions, request, lambda pattern: _glob(pattern, action))
    for name, value in statement.guards:
        yield request.guards[name] is value if name in request.guards else None
    if statement.doubts:
        yield None
    yield _element(statement.resources, statement.not_resources, request, lambda p: _arn(p, request.resource, True))
    yield _principals(statement, request)
    for condition in statement.conditions:
        yield holds(condition, request)


def _element(
    patterns: tuple[Tokens, ...] | None, negated: bool, request: Request, matches: Callable[[Filled], Answer]
) -> Answer:
    if patterns is None:
        return True
    matched = _any(_with(pattern, request, matches) for pattern in patterns)
    return _not(matched) if negated else matched


def _with(pattern: Tokens, request: Request, matches: Callable[[Filled], Answer]) -> Answer:
    filled = _fill(pattern, request)
    return matches(filled) if isinstance(filled, tuple) else filled


def _fill(pattern: Tokens, request: Request) -> Filled | Answer:
    """The pattern without holes; False when a variable has no value, None when a part is not known."""
    if _KNOWN.issuperset(map(type, pattern)):
        return pattern
    filled: list[Token] = []
    for token in pattern:
        if isinstance(token, Variable):
            values = request.context.get(token.name) or (() if token.default is None else (token.default,))
            if len(values) != 1:
                return False if not values else None
            filled += values[0]
        elif isinstance(token, Hole):
            if token.name not in request.fillings:
                return None
            filled += request.fillings[token.name]
        else:
            filled.append(token)
    return tuple(filled)


def _glob(pattern: Filled, text: str) -> bool:
    """Plain matching: what stands between two `*` is found as early as can be, the first and last piece at the ends."""
    if ANY not in pattern:
        return len(pattern) == len(text) and _is_at(0, pattern, text)
    pieces: list[list[Token]] = [[]]
    for token in pattern:
        if token is ANY:
            pieces.append([])
        else:
            pieces[-1].append(token)
    first, last = pieces[0], pieces[-1]
    end = len(text) - len(last)
    if not _is_at(0, first, text):
        return False
    place = len(first)
    for piece in pieces[1:-1]:
        found = next((at for at in range(place, end - len(piece) + 1) if _is_at(at, piece, text)), None)
        if found is None:
            return False
        place = found + len(piece)
    return place <= end and _is_at(end, last, text)


def _is_at(place: int, piece: Sequence[Token], text: str) -> bool:
    """Whether the letters of a piece are those of the text from a place on."""
    if len(text) - place < len(piece):
        return False
    return all(token is ONE or token == text[at] for at, token in enumerate(piece, place))


def _arn(pattern: Filled, text: str, complete: bool) -> Answer:
    """An ARN part by part; a short pattern is completed with `*` where AWS does so (resources)."""
    if set(pattern) == {ANY}:
        return True
    parts = _parts(pattern)
    if len(parts) < 6:
        if not complete:
            return None
        if parts[0] != tuple("arn"):
            return _glob(pattern, text)
        parts += [(ANY,)] * (6 - len(parts))
    values = text.split(":", 5)
    return len(values) == 6 and all(_glob(part, value) for part, value in zip(parts, values, strict=True))


def _parts(pattern: Filled) -> list[Filled]:
    parts: list[list[Token]] = [[]]
    for letter in pattern:
        if letter == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(letter)
    return [tuple(part) for part in parts]


def _principals(statement: Statement, request: Request) -> Answer:
    if statement.principals is None:
        return True
    caller = request.caller
    if caller is None:
        return None
    named = _any(_is(principal, caller, request) for principal in statement.principals)
    if not statement.not_principals:
        return named
    # AWS tests the account and the principal apart: the exception works only for whom both are listed.
    if named is False or any(_is_account(principal) for principal in statement.principals):
        return _not(named)
    return False if all(principal.kind == "anyone" for principal in statement.principals) else None


def _is_account(principal: Principal) -> bool:
    text = "".join(str(token) for token in principal.name)
    return principal.kind == "aws" and (text.isdigit() or text.endswith(":root"))


def _is(principal: Principal, caller: Caller, request: Request) -> Answer:
    if principal.kind == "anyone":
        return True
    if principal.kind != caller.kind:
        return False
    if principal.kind != "aws":
        return _with(principal.name, request, lambda name: _glob(name, caller.name))
    return _with(principal.name, request, lambda name: _is_aws(name, caller.name))


def _is_aws(name: Filled, caller: str) -> bool:
    """An account takes in all its principals, a role its sessions (which do not have the role's path)."""
    theirs = caller.split(":", 5)
    parts = _parts(name)
    if len(parts) < 6:
        account = len(name) == 12 and all(isinstance(token, str) and token.isdigit() for token in name)
        return _glob(name, theirs[4]) if account and len(theirs) == 6 else _glob(name, caller)
    if len(theirs) != 6 or not _glob(parts[4], theirs[4]):
        return False
    if parts[5] == tuple("root") or _glob(parts[5], theirs[5]):
        return True
    session = theirs[5].split("/")
    if parts[5][:5] != tuple("role/") or session[0] != "assumed-role" or len(session) < 3:
        return False
    slash = max(at for at, letter in enumerate(parts[5]) if letter == "/")
    return _glob(parts[5][slash + 1 :], session[1])


_NEGATED = frozenset(
    {
        "stringnotequals", "stringnotequalsignorecase", "stringnotlike", "numericnotequals", "datenotequals",
        "notipaddress", "arnnotequals", "arnnotlike",
    }
)  # fmt: skip


def holds(condition: Condition, request: Request) -> Answer:
    """Whether a condition holds for the request's context."""
    values = tuple(dict.fromkeys(request.context.get(condition.key, ())))
    base = condition.operator
    if base == "null":
        wanted = {_plain(value, request) for value in condition.values}
        return None if None in wanted else ("false" if values else "true") in wanted
    if base not in _TESTS:
        return None
    if condition.qualifier == "forallvalues":
        return _all(_one(condition, value, request) for value in values)
    if condition.qualifier == "foranyvalue":
        if not values and condition.if_exists:
            return None  # the documentation says that it holds; careful readers differ
        return _any(_one(condition, value, request) for value in values)
    if not values:
        return condition.if_exists or base in _NEGATED
    return _one(condition, values[0], request) if len(values) == 1 else None


def _one(condition: Condition, value: str, request: Request) -> Answer:
    test = _TESTS[condition.operator]
    matched = _any(_with(pattern, request, lambda filled: test(filled, value)) for pattern in condition.values)
    return _not(matched) if condition.operator in _NEGATED else matched


def _plain(pattern: Tokens, request: Request) -> str | None:
    filled = _fill(pattern, request)
    return "".join(map(str, filled)).lower() if isinstance(filled, tuple) else None


def _text(pattern: Filled) -> str:
    return "".join(map(str, pattern))


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text) if len(text) < 40 and "/" not in text and "e" not in text.lower() else None
    except ValueError:
        return None


def _moment(text: str) -> Fraction | None:
    """Seconds since 1970, from ISO 8601 (UTC when nothing is said) or from the number itself."""
    if (number := _number(text)) is not None and not (len(text) == 4 and text.isdigit()):
        return number
    date, letter, clock = text.strip().upper().partition("T")
    date += {4: "-01-01", 7: "-01"}.get(len(date), "")
    if clock.endswith("Z"):
        clock = clock[:-1] + "+00:00"
    time, sign, offset = clock.partition("+") if "+" in clock else clock.partition("-")
    if sign and ":" not in offset:
        offset = f"{offset[:2]}:{offset[2:] or '00'}"
    whole, _, fraction = time.partition(".")
    try:
        moment = datetime.fromisoformat(f"{date}T{whole}{sign}{offset}" if letter else date)
        part = Fraction(int(fraction), 10 ** len(fraction)) if 0 < len(fraction) < 40 else Fraction(0)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since.days * 86400 + since.seconds + part


Comparing = Callable[[Fraction, Fraction], bool]


def _compare(read: Callable[[str], Fraction | None], compare: Comparing) -> Callable[[Filled, str], Answer]:
    def test(pattern: Filled, value: str) -> Answer:
        limit, given = read(_text(pattern)), read(value)
        return limit is not None and given is not None and compare(given, limit)

    return test


def _in_network(pattern: Filled, value: str) -> Answer:
    try:
        network = ipaddress.ip_network(_text(pattern).strip(), strict=False)
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.version == network.version and address in network


_COMPARISONS: dict[str, Comparing] = {
    "equals": lambda given, limit: given == limit,
    "notequals": lambda given, limit: given == limit,
    "lessthan": lambda given, limit: given < limit,
    "lessthanequals": lambda given, limit: given <= limit,
    "greaterthan": lambda given, limit: given > limit,
    "greaterthanequals": lambda given, limit: given >= limit,
}
_TESTS: dict[str, Callable[[Filled, str], Answer]] = {
    **{f"numeric{name}": _compare(_number, compare) for name, compare in _COMPARISONS.items()},
    **{f"date{name}": _compare(_moment, compare) for name, compare in _COMPARISONS.items()},
    **dict.fromkeys(("stringequals", "stringnotequals", "binaryequals"), lambda p, v: _text(p) == v),
    **dict.fromkeys(
        ("stringequalsignorecase", "stringnotequalsignorecase", "bool"), lambda p, v: _text(p).lower() == v.lower()
    ),
    **dict.fromkeys(("stringlike", "stringnotlike"), _glob),
    **dict.fromkeys(("arnlike", "arnnotlike", "arnequals", "arnnotequals"), lambda p, v: _arn(p, v, False)),
    **dict.fromkeys(("ipaddress", "notipaddress"), _in_network),
}


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _all(answers: Iterable[Answer]) -> Answer:
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def _any(answers: Iterable[Answer]) -> Answer:
    return _not(_all(_not(answer) for answer in answers))
