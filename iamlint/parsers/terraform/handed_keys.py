"""Access keys that Terraform code hands to what runs code: declared ones by reference, others by their id."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.parsers import credentials, secret_words
from iamlint.parsers.assemble import At, StackBuilder
from iamlint.source.span import Place, place_within

_DECLARED = "aws_iam_access_key."


def hand_keys(builder: StackBuilder, value: Text, at: At) -> None:
    """The access keys in a text that the workload at `at` gets: an environment variable's value, or user data."""
    for index, part in enumerate(value.parts):
        if isinstance(part, Unknown):
            hand_declared(builder, part, value.place, at)
            continue
        spelling = value.spellings[index] if index < len(value.spellings) else None
        for key, start, end in credentials.key_ids(part):
            place = place_within(spelling, start, end) if spelling is not None else value.place
            builder.hand(_placed(at, place), key, f"the access key {secret_words.hint(key)}")


def hand_declared(builder: StackBuilder, unknown: Unknown, place: Place, at: At) -> None:
    """The access key that a hole in such a text belongs to."""
    if _DECLARED in unknown.ref:
        builder.hand(_placed(at, place), unknown.ref)


def _placed(at: At, place: Place) -> At:
    return At(place, at.address, at.element, at.via, at.when)
