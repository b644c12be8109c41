"""Strings made of values: pieces put together, cut apart and picked, each part still knowing where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from iamlint.model.text import Part, Text
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, Scalar, UnknownValue, Value
from iamlint.parsers.values import MOST_ALTERNATIVES, alternatives, as_text, reworked
from iamlint.source.span import Place, Related, Slice, Spelling, place_within


class Standing:
    """The spelling of text that a reference in a string stands for: as a whole it is written where that stands."""

    __slots__ = ("length", "place", "source")

    def __init__(self, place: Place, length: int) -> None:
        self.place = place
        self.source = place.source
        self.length = length

    def offsets(self) -> Sequence[int]:
        """For each character the start of the reference, the last one at its last character; then its end."""
        if not self.length:
            return [self.place.end]
        return [*([self.place.start] * (self.length - 1)), self.place.end - 1, self.place.end]


_RESOLVE = "{{resolve:"

# A piece of a string: what is written, with its spelling; or a value, with the place of the reference it came through
# (None when it is written where it stands).
Piece = tuple[str, Spelling | None] | tuple[Value, Place | None]
# Whether the branches of a guard can be taken together.
Allow = Callable[[Guard], bool]
_Row = tuple[list[Part], list[Spelling | None], tuple[Related, ...], Guard]


def _anything(_: Guard) -> bool:
    return True


def concatenated(pieces: Iterable[Piece], place: Place, allow: Allow = _anything) -> Value:
    """One string of all pieces; a Choice when pieces have alternatives that can be together, which `allow` says.

    Lists and maps become holes.
    """
    rows: list[_Row] = [([], [], (), ALWAYS)]
    for piece in pieces:
        if isinstance(piece[0], str):
            for parts, spellings, _, _ in rows:
                parts.append(piece[0])
                spellings.append(piece[1])
            continue
        value, through = piece
        options: list[Value] = [value] if not isinstance(value, Choice) else list(alternatives(value))
        if len(options) == 1 and len(rows) == 1:
            parts, spellings, via, guard = rows[0]
            option = options[0]
            _append(parts, spellings, option, through)
            if option.via or option.when.branches:
                joined = guard.joined(option.when)
                rows = [(parts, spellings, via + option.via, joined if joined is not None else guard)]
            continue
        rows = _crossed(rows, options, through, value, allow)
    texts = [_text(row, place) for row in rows]
    if len(texts) == 1:
        return texts[0]
    return Choice(tuple(texts), place)


def _crossed(rows: list[_Row], options: list[Value], through: Place | None, value: Value, allow: Allow) -> list[_Row]:
    crossed: list[_Row] = []
    for parts, spellings, via, guard in rows:
        for option in options:
            joined = guard.joined(option.when)
            if joined is None or (joined is not guard and joined is not option.when and not allow(joined)):
                continue
            row = ([*parts], [*spellings], via + option.via, joined)
            _append(row[0], row[1], option, through)
            crossed.append(row)
        if len(crossed) > MOST_ALTERNATIVES:
            break
    else:
        if crossed:
            return crossed
    hole = UnknownValue(Unknown("too many alternatives" if crossed else "parts that exclude each other"), value.place)
    for parts, spellings, _, _ in rows:
        _append(parts, spellings, hole, through)
    return rows


def _append(parts: list[Part], spellings: list[Spelling | None], value: Value, through: Place | None) -> None:
    if isinstance(value, UnknownValue):
        parts.append(value.unknown)
        spellings.append(None)
        return
    text = as_text(value)
    if text is None:
        if not (isinstance(value, Scalar) and value.value is None):
            parts.append(Unknown("a list or object within a string"))
            spellings.append(None)
        return
    parts.extend(text.parts)
    if through is not None:
        spellings.extend([Standing(through, len(part)) if isinstance(part, str) else None for part in text.parts])
    else:
        spellings.extend(text.spellings or (None,) * len(text.parts))


def _text(row: _Row, place: Place) -> Text:
    parts, spellings, via, guard = row
    merged: list[Part] = []
    kept: list[Spelling | None] = []
    for part, spelling in zip(parts, spellings, strict=True):
        if part == "" and len(parts) > 1:
            continue
        merged.append(part)
        kept.append(spelling)
    if not merged:
        merged, kept = [""], [None]
    text = Text(parts=tuple(merged), spellings=tuple(kept), place=place, via=via, when=guard)
    return resolved_later(text) if any(isinstance(part, str) and _RESOLVE in part for part in merged) else text


def resolved_later(text: Text) -> Text:
    """A string with its dynamic references as holes: they are resolved at deploy time, and are not in clear."""
    parts: list[Part] = []
    spellings: list[Spelling | None] = []
    reference: list[str] | None = None  # what is read of a reference that has not ended yet
    for part, spelling in zip(text.parts, text.spellings or (None,) * len(text.parts), strict=True):
        if isinstance(part, Unknown):
            if reference is None:
                parts.append(part)
                spellings.append(None)
            else:
                reference.append(str(part))
            continue
        at = 0
        while at < len(part):
            mark = "}}" if reference is not None else _RESOLVE
            found = part.find(mark, at)
            end = len(part) if found < 0 else found
            if reference is not None:
                reference.append(part[at:end])
            elif end > at:
                parts.append(part[at:end])
                spellings.append(None if spelling is None else Slice(spelling, at, end))
            at = end + len(mark) if found >= 0 else end
            if found >= 0 and reference is None:
                reference = ["resolve:"]
            elif found >= 0 and reference is not None:
                parts.append(Unknown("a dynamic reference is resolved at deploy time", "".join(reference)))
                spellings.append(None)
                reference = None
    if reference is not None:  # it has no end: CloudFormation takes it as it is written
        return text
    return text.model_copy(update={"parts": tuple(parts), "spellings": tuple(spellings)})


def items_of(value: Value) -> list[Value]:
    """The items of a list value, nulls left out; choices among them stay as they are."""
    if isinstance(value, ListValue):
        return [item for item in value.items if not (isinstance(item, Scalar) and item.value is None)]
    return [value]


def joined(delimiter: str, value: Value, place: Place, allow: Allow = _anything) -> Value:
    """`Fn::Join`. Of items that may be absent, those that are there count in each alternative."""
    options = list(alternatives(value))
    if len(options) != 1:
        return choice([_under(joined(delimiter, option, place, allow), option.when) for option in options], place)
    pieces: list[Piece] = []
    for item in items_of(options[0]):
        if isinstance(item, Choice) and delimiter:
            pieces.append((_glued(item, delimiter, first=not pieces), None))
            continue
        if pieces and delimiter:
            pieces.append((delimiter, None))
        pieces.append((item, None))
    return concatenated(pieces, place, allow)


def _glued(item: Choice, delimiter: str, first: bool) -> Value:
    """An item that may be absent, its delimiter with it."""
    options: list[Value] = []
    for option in alternatives(item):
        if isinstance(option, Scalar) and option.value is None:
            options.append(reworked(Text(parts=("",), place=option.place), via=option.via, when=option.when))
        else:
            options.append(concatenated([("" if first else delimiter, None), (option, None)], item.place))
    return choice(options, item.place)


def choice(options: Sequence[Value], place: Place) -> Value:
    """One of several values; the value itself when there is but one."""
    return options[0] if len(options) == 1 else Choice(tuple(options), place)


def _under(value: Value, guard: Guard) -> Value:
    when = value.when.joined(guard)
    return value if when is None else reworked(value, via=value.via, when=when)


def split(delimiter: str, value: Value, place: Place) -> Value:
    """`Fn::Split`: the pieces of a string; unknown when a hole might hold the delimiter."""
    options = list(alternatives(value))
    if len(options) != 1:
        return choice([_under(split(delimiter, option, place), option.when) for option in options], place)
    text = as_text(options[0])
    if text is None or not delimiter:
        return UnknownValue(Unknown("cannot be split", many=True), place)
    if any(isinstance(part, Unknown) and not _is_free_of(part, delimiter) for part in text.parts):
        hole = text.hole if text.hole is not None else Unknown("cannot be split")
        return UnknownValue(Unknown(hole.reason, hole.written, hole.ref, hole.attribute, many=True), place, text.via)
    items: list[list[Piece]] = [[]]
    spellings = text.spellings or (None,) * len(text.parts)
    for part, spelling in zip(text.parts, spellings, strict=True):
        if isinstance(part, Unknown):
            items[-1].append((UnknownValue(part, text.place), None))
            continue
        at = 0
        for index, piece in enumerate(part.split(delimiter)):
            if index:
                items.append([])
                at += len(delimiter)
            items[-1].append((_cut(piece, spelling, at, text.place), None))
            at += len(piece)
    values = tuple(_placed(pieces, text) for pieces in items)
    return ListValue(values, place, text.via, text.when)


def _cut(piece: str, spelling: Spelling | None, at: int, place: Place) -> Text:
    if spelling is None:
        return Text(parts=(piece,), place=place)
    end = at + len(piece)
    return Text(parts=(piece,), spellings=(Slice(spelling, at, end),), place=place_within(spelling, at, end))


def _placed(pieces: list[Piece], whole: Text) -> Value:
    first = pieces[0][0]
    value = first if len(pieces) == 1 and not isinstance(first, str) else concatenated(pieces, whole.place)
    return reworked(value, via=whole.via, when=value.when)


# What pseudo-parameters can have in them besides letters and digits.
_MAY_HAVE = {"AWS::AccountId": "", "AWS::Region": "-", "AWS::Partition": "-"}


def _is_free_of(hole: Unknown, delimiter: str) -> bool:
    """Whether a pseudo-parameter cannot have the delimiter in it."""
    contents = _MAY_HAVE.get(hole.written)
    return contents is not None and not any(c.isalnum() or c in contents for c in delimiter)
