"""The services and settings that an account has once, whether they are on, and the organization that runs them."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing
from iamlint.model.unknown import Truth, Unknown

Service = Literal[
    "trail", "access analyzer", "Config recorder", "GuardDuty", "Security Hub", "Control Tower", "Macie", "Inspector",
    "Detective", "account setting", "root credentials",
]  # fmt: skip

# Which services of the account an AWS service that an organization trusts takes care of, or may.
_RUN_BY: dict[str, tuple[Service, ...]] = {
    "cloudtrail.amazonaws.com": ("trail",),
    "guardduty.amazonaws.com": ("GuardDuty",),
    "config.amazonaws.com": ("Config recorder",),
    "config-multiaccountsetup.amazonaws.com": ("Config recorder",),
    "access-analyzer.amazonaws.com": ("access analyzer",),
    "controltower.amazonaws.com": ("trail", "Config recorder"),
}


def run_by(service: Text) -> tuple[Service, ...]:
    """What an AWS service, named by its principal, takes care of in the accounts of an organization."""
    return _RUN_BY.get(service.literal or "", ())


class AccountService(Thing):
    """A service or setting of a whole account. `on` says whether it is switched on, or is seen to in another way."""

    kind_of_thing: ClassVar[str] = "account_service"

    service: Service
    on: Setting


class Organization(Thing):
    """An organization, with the AWS services that it trusts; all of them where that is not known.

    `can_say` is whether the language has words for how the root users of its accounts are managed.
    """

    kind_of_thing: ClassVar[str] = "organization"

    services: tuple[Text, ...] = ()
    can_say: bool = True
    features: Setting

    def may_run(self, service: Service) -> Truth:
        """Whether one of the AWS services that the organization trusts takes care of this in all its accounts."""
        if any(service in run_by(text) for text in self.services):
            return True
        return any(text.literal is None for text in self.services) and Unknown("a service that is not known")
