"""Account-level resources: the password policy, trails, and the services that an account has once."""

from __future__ import annotations

from collections.abc import Callable

from iamlint.model.account import PasswordPolicy, Trail
from iamlint.model.account_service import AccountService, Organization, Service, run_by
from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import Unknown
from iamlint.model.value import ListValue, UnknownValue
from iamlint.parsers import trail_events
from iamlint.parsers.terraform.declaring import Declaring
from iamlint.parsers.terraform.multiplicity import object_of
from iamlint.parsers.terraform.recording_resources import recorder
from iamlint.parsers.values import as_setting, as_text, numbered

_OF_A_LANDING_ZONE: tuple[Service, ...] = ("Control Tower", "trail", "Config recorder")
_SPELLING = trail_events.Spelling("include_management_events", "field_selector", "field", "equals")


def _password_policy(it: Declaring) -> None:
    """The defaults are the provider's, which are IAM's."""
    at = it.at()
    if not it.instance.copy.is_known:
        it.builder.leave_out()
    it.builder.add(
        PasswordPolicy(
            place=at.place,
            via=at.via,
            when=at.when,
            address=at.address,
            minimum_length=it.setting("minimum_password_length", 6),
            require_uppercase=it.setting("require_uppercase_characters", False),
            require_lowercase=it.setting("require_lowercase_characters", False),
            require_numbers=it.setting("require_numbers", False),
            require_symbols=it.setting("require_symbols", False),
            reuse_prevention=numbered(it.setting("password_reuse_prevention")),
            max_age=it.setting("max_password_age", 0),
            hard_expiry=it.setting("hard_expiry", False),
            allow_change=it.setting("allow_users_to_change_password", True),
        )
    )


def _trail(it: Declaring) -> None:
    at = it.at()
    it.builder.add(
        Trail(
            place=at.place,
            via=at.via,
            when=at.when,
            address=at.address,
            multi_region=it.setting("is_multi_region_trail", False),
            validation=it.setting("enable_log_file_validation", False),
            logging=it.setting("enable_logging", True),
            log_group=it.setting("cloud_watch_logs_group_arn"),
            log_group_arn=it.text("cloud_watch_logs_group_arn"),
            kms_key=it.setting("kms_key_id"),
            organization=it.setting("is_organization_trail", False),
            bucket=it.text("s3_bucket_name"),
            management=_management(it),
            global_events=it.setting("include_global_service_events", True),
        )
    )


def _management(it: Declaring) -> Setting:
    """Whether a trail records management events, by its event selectors."""
    basic, advanced = (_listed(it, kind) for kind in ("event_selector", "advanced_event_selector"))
    if basic is None and advanced is None:
        return Setting(value=True, place=it.instance.block, declared=False)
    return trail_events.management(basic, advanced, _SPELLING, it.instance.block)


def _listed(it: Declaring, kind: str) -> ListValue | None:
    """The nested blocks of a type as a list of objects; those of which there may be none are not known."""
    items = tuple(
        object_of(block.body, block.scope, block.block)
        if block.is_known and not block.when.branches
        else UnknownValue(Unknown("a block that may not be there"), block.block)
        for block in it.blocks(kind)
    )
    return ListValue(items, it.instance.block) if items else None


def _add(it: Declaring, service: Service, on: Setting | None = None) -> None:
    at = it.at()
    switched = on if on is not None else Setting(value=True, place=at.place, declared=False)
    if not it.instance.copy.is_known:
        switched = Setting(value=Unknown("it may not be there"), place=at.place)
    it.builder.add(
        AccountService(service=service, on=switched, place=at.place, via=at.via, when=at.when, address=at.address)
    )


def _present(service: Service) -> Callable[[Declaring], None]:
    return lambda it: _add(it, service)


def _detector(it: Declaring) -> None:
    _add(it, "GuardDuty", it.setting("enable", True))


def _recorder(it: Declaring) -> None:
    """A recorder is a resource of its own, and records as long as another does not switch it off."""
    recorder(it)
    module = it.instance.declared.module
    for kind, name in module.declared.resources:
        if kind == "aws_config_configuration_recorder_status":
            for status in module.resource("resource", kind, name).instances:
                on = as_setting(status.written("is_enabled"), True, status.block)
                name_of = status.written("name")
                if on.equals(False) is True and (name_of is None or _is_of(it, as_text(name_of))):
                    _add(it, "Config recorder", on)
                    return
    _add(it, "Config recorder")


def _is_of(it: Declaring, name: Text | None) -> bool:
    """Whether the recorder that is named is this one, as far as that is known."""
    own = it.text("name")
    if name is None or own is None or name.literal is None or own.literal is None:
        ref = name.ref if name is not None else None
        return ref is None or ref.ref == it.at().address
    return name.literal == own.literal


def _analyzer(it: Declaring) -> None:
    """Only an analyzer of external access tells what others get at."""
    kind = it.setting("type", "ACCOUNT")
    if isinstance(kind.value, Unknown) or kind.value in ("ACCOUNT", "ORGANIZATION"):
        _add(it, "access analyzer")


def _landing_zone(it: Declaring) -> None:
    """A landing zone makes trails and recorders in all its accounts."""
    for service in _OF_A_LANDING_ZONE:
        _add(it, service)


def _organization(it: Declaring) -> None:
    at = it.at()
    services = tuple(it.texts("aws_service_access_principals"))
    features = it.setting("feature_set", "ALL")
    it.builder.add(
        Organization(services=services, features=features, place=at.place, via=at.via, when=at.when, address=at.address)
    )


def _member(it: Declaring) -> None:
    """An account that another one looks after has from there what its own stack lacks, or may."""
    it.builder.leave_out()


def _delegated(it: Declaring) -> None:
    """What an account of the organization is charged with is seen to for all of them."""
    service = it.text("service_principal")
    for name in run_by(service) if service is not None else ():
        _add(it, name)


def _root_credentials(it: Declaring) -> None:
    """Which features an organization has for the root users of its accounts."""
    listed = list(it.texts("enabled_features"))
    if any(text.literal == "RootCredentialsManagement" for text in listed):
        _add(it, "root credentials")
    elif any(text.literal is None for text in listed):
        _add(it, "root credentials", Setting(value=Unknown("features that are not known"), place=it.instance.block))


TYPES: dict[str, Callable[[Declaring], None]] = {
    "aws_iam_account_password_policy": _password_policy,
    "aws_cloudtrail": _trail,
    "aws_accessanalyzer_analyzer": _analyzer,
    "aws_cloudtrail_event_data_store": _present("trail"),
    "aws_cloudtrail_organization_delegated_admin_account": _present("trail"),
    "aws_config_configuration_recorder": _recorder,
    "aws_controltower_landing_zone": _landing_zone,
    "aws_detective_graph": _present("Detective"),
    "aws_ebs_encryption_by_default": _present("account setting"),
    "aws_guardduty_detector": _detector,
    "aws_guardduty_invite_accepter": _member,
    "aws_guardduty_organization_admin_account": _present("GuardDuty"),
    "aws_guardduty_organization_configuration": _present("GuardDuty"),
    "aws_iam_account_alias": _present("account setting"),
    "aws_iam_organizations_features": _root_credentials,
    "aws_inspector2_enabler": _present("Inspector"),
    "aws_macie2_account": _present("Macie"),
    "aws_organizations_delegated_administrator": _delegated,
    "aws_organizations_organization": _organization,
    "aws_securityhub_account": _present("Security Hub"),
    "aws_securityhub_invite_accepter": _member,
}
