"""What a template declares for an account as a whole: detectors, recorders, analyzers, the organization."""

from __future__ import annotations

import re
from collections.abc import Callable

from iamlint.model.account_service import AccountService, Organization, Service
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.parsers.cloudformation.declaring import Declaring

_OF_A_LANDING_ZONE: tuple[Service, ...] = ("Control Tower", "trail", "Config recorder")

# A custom resource of such a name may do what no resource type does.
_ABOUT_THE_ACCOUNT = re.compile(
    r"trail|guardduty|config|analyzer|security_?hub|baseline|account|organi[sz]ation|password|detector|landing_?zone",
    re.IGNORECASE,
)


def _add(it: Declaring, service: Service, on: Setting | None = None) -> None:
    at = it.at()
    switched = on if on is not None else Setting(value=True, place=at.place, declared=False)
    it.builder.add(AccountService(service=service, on=switched, place=at.place, when=at.when, address=at.address))


def _present(service: Service) -> Callable[[Declaring], None]:
    return lambda it: _add(it, service)


def _detector(it: Declaring) -> None:
    _add(it, "GuardDuty", it.setting("Enable", True))


def _analyzer(it: Declaring) -> None:
    """Only an analyzer of external access tells what others get at."""
    kind = it.setting("Type")
    if isinstance(kind.value, Unknown) or kind.value in ("ACCOUNT", "ORGANIZATION"):
        _add(it, "access analyzer")


def _landing_zone(it: Declaring) -> None:
    """A landing zone makes trails and recorders in all its accounts."""
    for service in _OF_A_LANDING_ZONE:
        _add(it, service)


def _organization(it: Declaring) -> None:
    """A template has no words for the services that an organization trusts, nor for its accounts' root users."""
    at = it.at()
    it.builder.add(
        Organization(
            can_say=False, features=it.setting("FeatureSet", "ALL"), place=at.place, when=at.when, address=at.address
        )
    )


def _member(it: Declaring) -> None:
    """An account that another one looks after has from there what its own stack lacks, or may."""
    it.builder.leave_out()


TYPES: dict[str, Callable[[Declaring], None]] = {
    "AWS::AccessAnalyzer::Analyzer": _analyzer,
    "AWS::CloudTrail::EventDataStore": _present("trail"),
    "AWS::Config::ConfigurationRecorder": _present("Config recorder"),
    "AWS::ControlTower::LandingZone": _landing_zone,
    "AWS::Detective::Graph": _present("Detective"),
    "AWS::GuardDuty::Detector": _detector,
    "AWS::GuardDuty::Master": _member,
    "AWS::Macie::Session": _present("Macie"),
    "AWS::Organizations::Organization": _organization,
    "AWS::SecurityHub::Hub": _present("Security Hub"),
    "AWS::SecurityHub::HubV2": _present("Security Hub"),
}


def declare_custom(it: Declaring) -> None:
    """A custom resource may set up what the account would otherwise lack."""
    if _ABOUT_THE_ACCOUNT.search(it.kind + it.logical_id):
        it.builder.leave_out()
