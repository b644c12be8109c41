"""How long a policy document is as AWS receives it: at least, where parts of it are not known."""

from __future__ import annotations

from iamlint.model.policy import Size
from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, Value, measure
from iamlint.source.span import Place

_LARGEST = 200_000
_TOO_LARGE = Size(0, 0, False)

# What an unknown is at the least, by how it is written: an account's twelve digits, a Region, a partition.
_LEAST: tuple[tuple[str, int], ...] = (
    ("AWS::AccountId", 12), (".account_id", 12), ("AWS::Region", 9), ("data.aws_region.", 9), ("AWS::Partition", 3),
    ("data.aws_partition.", 3),
)  # fmt: skip


def size(option: Value, body: Value, place: Place) -> Size | None:
    """The size of a document: `option` as it is given, `body` as an object, `place` where its declaration stands.

    An object is sent as JSON without white space, by Terraform's jsonencode and by CloudFormation; a JSON text, and a
    file that is a policy, as it is written. What `aws_iam_policy_document` renders has lists of one as strings. None
    when nothing is known of it.
    """
    if not isinstance(body, MapValue):
        return None
    if measure(body)[0] > _LARGEST:
        return _TOO_LARGE
    rendered = any(key.literal == "Statement" and key.place is body.place for key, _ in body.entries)
    packed, spaces, exact = _measured(body, rendered)
    full = packed + spaces
    if isinstance(option, Text):
        full = max(full, sum([len(part) for part in option.parts if isinstance(part, str)]))
    elif body.place is place:
        full = max(full, place.end - place.start)
    return Size(packed, full, exact)


def _measured(value: Value, rendered: bool) -> tuple[int, int, bool]:
    """The characters that are not white space, the white space within strings, and whether that is all."""
    if isinstance(value, Text):
        packed, spaces, exact = _of_text(value)
        return packed + 2, spaces, exact
    if isinstance(value, MapValue):
        packed, spaces, exact = 2 + max(0, len(value.entries) - 1), 0, value.rest is None
        for key, item in value.entries:
            for part in (key, item):
                inner = _measured(part, rendered)
                packed += inner[0]
                spaces += inner[1]
                exact = exact and inner[2]
            packed += 1
        return packed, spaces, exact
    if isinstance(value, ListValue):
        return _of_list(value, rendered)
    if isinstance(value, Choice):
        options = [_measured(option, rendered) for option in value.alternatives]
        return min(each[0] for each in options), min(each[1] for each in options), False
    if isinstance(value, Scalar):
        return _of_scalar(value), 0, True
    return 0 if value.unknown.many else 1, 0, False


def _in_one(item: Value) -> str | None:
    """The string that an item is, where it is known and nothing in it is white space, as nearly every one is."""
    part = item.parts[0] if isinstance(item, Text) and len(item.parts) == 1 else None
    return part if isinstance(part, str) and not (" " in part or "\n" in part or "\t" in part) else None


def _of_text(text: Text) -> tuple[int, int, bool]:
    packed, spaces, exact = 0, 0, True
    for part in text.parts:
        if isinstance(part, Unknown):
            exact = False
            packed += next((least for name, least in _LEAST if name in part.written), 0)
        elif " " in part or "\n" in part or "\t" in part:
            visible = sum(map(len, part.split()))
            packed += visible
            spaces += len(part) - visible
        else:
            packed += len(part)
    return packed, spaces, exact


def _of_list(value: ListValue, rendered: bool) -> tuple[int, int, bool]:
    packed, spaces, exact, count = 0, 0, True, 0
    for item in value.items:
        if item.when.branches and not value.when.branches:
            exact = False  # it may not be there
            continue
        inner = (len(whole) + 2, 0, True) if (whole := _in_one(item)) is not None else _measured(item, rendered)
        if inner[0]:
            packed += inner[0]
            spaces += inner[1]
            count += 1
        exact = exact and inner[2]
    brackets = 0 if rendered and count == 1 else 2
    return brackets + packed + max(0, count - 1), spaces, exact


def _of_scalar(value: Scalar) -> int:
    content = value.value
    return 4 if content is None or content is True else 5 if content is False else len(str(content))
