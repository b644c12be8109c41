"""`public`: reads what the paths lead to, and asks of each resource and trust policy whether it lets in an outsider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from iamlint.asked import AskedError
from iamlint.aws import extras
from iamlint.aws.edition import data_date
from iamlint.config import Config
from iamlint.diff.subjects import Subject, subjects
from iamlint.logic.outsiders import Profile
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.report.permissions import Answer, Permissions, Verdict, once, questions_of, unread, ways_of

_ASKED = ("trust policy", "resource policy")
_ANSWERS: dict[str, Answer] = {"public": "yes", "private": "no", "unknown": "unknown"}
_COUNTS = {
    "default": "fixed is what AWS calls fixed for S3, and the keys that other services and data perimeters fix a "
    "caller with; an ARN with an account in it too",
    "s3": "fixed is what the Amazon S3 User Guide calls fixed under \"The meaning of public\", and nothing else",
}  # fmt: skip
_UNCOUNTED = "public access blocks, resource control policies and what is attached outside of these files: not counted"


@dataclass(slots=True)
class Request:
    """What is asked of which files, and by which meaning of public."""

    inputs: Inputs
    profile: Profile = "default"
    config: Config = field(default_factory=Config)
    progress: Callable[[int, int], None] | None = None


def public(request: Request) -> Permissions:
    """The answer of each resource policy and each trust policy: yes is public. Raises AskedError."""
    config = request.config
    extras.configure(extras.Extras(config.extra_actions, config.extra_services, config.extra_condition_keys))
    reading = Reading(request.inputs, config.exclude, config.folder, request.progress)
    found: list[Verdict] = []
    for stack in stacks(reading):
        found += unread(stack, reading.focus)
        found += [
            _verdict(subject, request.profile)
            for subject in subjects(stack, stack.root)
            if _is_asked(subject) and subject.paths & reading.focus
        ]
    if not reading.ours and not found:
        raise AskedError(f"{', '.join(request.inputs.paths)}: no template, no Terraform and no policy is there")
    assumptions = (f"actions are those of AWS's list of {data_date()}", _COUNTS[request.profile], _UNCOUNTED)
    return Permissions({"profile": request.profile}, once(found), assumptions)


def _is_asked(subject: Subject) -> bool:
    """Whether this is a policy that says to whom it grants; one of nothing in the code can only be told by that."""
    return subject.kind in _ASKED or (subject.kind == "policy" and not subject.only_limits and subject.names_principals)


def _verdict(subject: Subject, profile: Profile) -> Verdict:
    access = subject.access
    found = access.publicity(profile)
    ways, questions = ways_of(access, found.grants), questions_of(access, found.doubts)
    place = subject.place.span
    return Verdict(subject.kind, subject.label, subject.address, place, _ANSWERS[found.answer], ways, questions)
