"""What holds under conditions: what these, taken together, restrict, narrow and pin."""

from __future__ import annotations

from iamlint.aws.service_principals import SOURCE_KEYS
from iamlint.model.caller import fixes_caller, narrows_caller
from iamlint.model.condition import Condition
from iamlint.model.thing import Placed, question, term
from iamlint.model.unknown import Truth, all_of, any_of, negation

# Keys of the request as a whole that narrow what is acted on; everything with a service's own prefix does too.
_RESOURCE_KEYS = (
    "aws:resourcetag/", "aws:requesttag/", "aws:tagkeys", "aws:resourceaccount", "aws:resourceorgid",
    "aws:resourceorgpaths", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
)  # fmt: skip


class Conditioned(Placed):
    """Something that holds only where all its conditions do: those of a statement."""

    conditions: tuple[Condition, ...] = ()

    @term
    def is_restricted(self) -> Truth:
        """Whether some condition really restricts who or what an Allow is for."""
        return any_of(condition.restricts_allow for condition in self.conditions)

    @term
    def is_unconditional(self) -> bool:
        """Whether the statement has no condition at all."""
        return not self.conditions

    @term
    def narrows_resources(self) -> Truth:
        """Whether some condition narrows which resources an Allow is for: a key of the service itself, the resource's
        or the request's tags (also only that there is one), its account or organization, or that the call must
        come through a service."""
        return any_of(
            all_of((any_of((condition.restricts_allow, _demands_tag(condition))), _is_about_resource(condition)))
            for condition in self.conditions
        )

    @term
    def requires_mfa(self) -> Truth:
        """Whether, in an Allow, a condition lets only requests with MFA pass."""
        return any_of(condition.requires_mfa for condition in self.conditions)

    @term
    def pins_passed_service(self) -> Truth:
        """Whether a condition pins the service that a role may be passed to."""
        return any_of(
            all_of((condition.on("iam:PassedToService"), condition.restricts_allow)) for condition in self.conditions
        )

    @question
    def requires(self, key: str) -> Truth:
        """Whether a condition that really restricts tests this key."""
        return any_of(all_of((c.on(key), c.restricts_allow)) for c in self.conditions)

    @term
    def fixes_caller(self) -> Truth:
        """Whether a condition pins who may call to fixed accounts, organizations, principals, networks or sources."""
        return any_of(fixes_caller(condition) for condition in self.conditions)

    @term
    def narrows_caller(self) -> Truth:
        """Whether, beyond the principals, some condition pins who of them may call: by organization, principal,
        network, tag, source identity, an external id or MFA."""
        return any_of(
            (
                self.requires_mfa,
                *(all_of((narrows_caller(condition), condition.restricts_allow)) for condition in self.conditions),
            )
        )

    @term
    def pins_source(self) -> Truth:
        """Whether a condition pins on whose behalf an AWS service calls, be it by an external id."""
        keys = (*SOURCE_KEYS, "sts:ExternalId")
        return any_of(any_of(c.on(key) for key in keys) for c in self.conditions)

    @term
    def pins_certificate(self) -> Truth:
        """Whether a condition pins the trust anchor, or the certificate, of IAM Roles Anywhere."""
        return any_of(
            any_of((c.on("aws:SourceArn"), c.on_prefix("aws:PrincipalTag/x509"), c.on("sts:SourceIdentity")))
            for c in self.conditions
        )

    @term
    def pins_subject(self) -> Truth:
        """Whether a condition pins who the federated identity is: the `sub` claim of the provider, or another of its
        claims that says whose identity it is."""
        return any_of(all_of((condition.is_subject_claim, condition.demands_claim)) for condition in self.conditions)

    @term
    def pins_owner(self) -> Truth:
        """Whether a condition pins who the federated identity is, to fewer than all owners of such."""
        return any_of(
            all_of((condition.is_subject_claim, condition.demands_claim, negation(condition.subject_is_too_wide)))
            for condition in self.conditions
        )

    @term
    def pins_audience(self) -> Truth:
        """Whether a condition pins for whom the token of a federated identity was made."""
        return any_of(all_of((condition.is_audience_claim, condition.demands_claim)) for condition in self.conditions)

    @term
    def pins_saml_audience(self) -> Truth:
        """Whether a condition pins for whom a SAML assertion was made (`SAML:aud`), or where it is sent."""
        return any_of(self._demands(key) for key in ("saml:aud", "saml:recipient"))

    @term
    def pins_identity_pool(self) -> Truth:
        """Whether a condition pins the Cognito identity pool that vouches for an identity."""
        return self._demands("cognito-identity.amazonaws.com:aud")

    def _demands(self, key: str) -> Truth:
        """Whether a condition asks for certain values of a claim, which every token or assertion has."""
        return any_of(all_of((condition.on(key), condition.demands_claim)) for condition in self.conditions)


def _demands_tag(condition: Condition) -> Truth:
    """Whether a condition holds only where a tag is there, whatever its value: `Null: false`, or StringLike `*`."""
    if not condition.values or "tag/" not in condition.key.shown.lower():
        return False
    if condition.family == "null":
        return all_of(value.equals("false") for value in condition.values)
    return condition.base == "stringlike" and not condition.if_exists and condition.set_qualifier != "forallvalues"


def _is_about_resource(condition: Condition) -> Truth:
    key = condition.key.literal
    if key is None:
        return condition.key.doubt
    key = key.lower()
    if key == "aws:viaawsservice":
        return condition.has_value("true")
    return key.startswith(_RESOURCE_KEYS) if key.startswith("aws:") else ":" in key
