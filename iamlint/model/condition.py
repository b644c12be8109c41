"""Conditions of a statement: operator, key and values, and whether they really restrict."""

from __future__ import annotations

import ipaddress
from typing import Literal

from iamlint.model import federation
from iamlint.model.text import Text
from iamlint.model.thing import Placed, derived, question, term
from iamlint.model.unknown import Truth, all_of, any_of, negation

Family = Literal["string", "numeric", "date", "bool", "binary", "ip", "arn", "null", "unknown"]

_FAMILIES: dict[str, tuple[Family, bool]] = {
    # base name in lower case: (family, negated). IAM User Guide, "Condition operators".
    "stringequals": ("string", False),
    "stringnotequals": ("string", True),
    "stringequalsignorecase": ("string", False),
    "stringnotequalsignorecase": ("string", True),
    "stringlike": ("string", False),
    "stringnotlike": ("string", True),
    "numericequals": ("numeric", False),
    "numericnotequals": ("numeric", True),
    "numericlessthan": ("numeric", False),
    "numericlessthanequals": ("numeric", False),
    "numericgreaterthan": ("numeric", False),
    "numericgreaterthanequals": ("numeric", False),
    "dateequals": ("date", False),
    "datenotequals": ("date", True),
    "datelessthan": ("date", False),
    "datelessthanequals": ("date", False),
    "dategreaterthan": ("date", False),
    "dategreaterthanequals": ("date", False),
    "bool": ("bool", False),
    "binaryequals": ("binary", False),
    "ipaddress": ("ip", False),
    "notipaddress": ("ip", True),
    "arnequals": ("arn", False),
    "arnlike": ("arn", False),
    "arnnotequals": ("arn", True),
    "arnnotlike": ("arn", True),
    "null": ("null", False),
}

OPERATORS = {
    name.lower(): name
    for name in (
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
        "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan",
        "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
        "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
    )
}  # fmt: skip
"""The condition operators by their lower-case names, without qualifier and IfExists, in AWS's spelling."""

_GLOBBING = frozenset({"stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike"})

# Always in the request context of the calls they matter for: a set operator or IfExists on them loses nothing.
_ALWAYS_PRESENT = frozenset(
    {
        "aws:principaltype", "aws:securetransport", "aws:currenttime", "aws:epochtime", "aws:userid",
        "aws:principalaccount", "aws:principalarn", "aws:principalisawsservice", "aws:resourceaccount",
        "aws:requestedregion", "aws:viaawsservice", "aws:useragent", "aws:sourceip",
    }
)  # fmt: skip

# Keys whose value is the caller's to choose: they prove nothing.
_FORGEABLE = frozenset({"aws:referer", "aws:useragent"})


class Condition(Placed):
    """One key of one operator block: `{"StringEquals": {"aws:SourceAccount": ["1", "2"]}}`."""

    operator: Text
    key: Text
    values: tuple[Text, ...]

    @derived
    def _name(self) -> str:
        return (self.operator.literal or "").strip().lower()

    @term
    def base(self) -> str:
        """The operator in lower case, without set qualifier and IfExists: "stringequals"."""
        name = self._name.rpartition(":")[2]
        return name.removesuffix("ifexists")

    @term
    def if_exists(self) -> bool:
        """Whether the operator ends in IfExists, and so holds when the key is absent."""
        return self._name.endswith("ifexists")

    @term
    def set_qualifier(self) -> str:
        """ "forallvalues", "foranyvalue" or empty."""
        return self._name.rpartition(":")[0]

    @term
    def family(self) -> str:
        """The operator's family: string, numeric, date, bool, binary, ip, arn, null, or unknown."""
        return _FAMILIES.get(self.base, ("unknown", False))[0]

    @term
    def negated(self) -> bool:
        """Whether the operator is a negation, and so holds when the key is absent."""
        return _FAMILIES.get(self.base, ("unknown", False))[1]

    @term
    def globs(self) -> bool:
        """Whether `*` and `?` in the values are wildcards for this operator."""
        return self.base in _GLOBBING

    @question
    def on(self, key: str) -> Truth:
        """Whether the condition tests this key (in any letter case)."""
        literal = self.key.literal
        if literal is None:
            return self.key.equals(key)
        return literal.lower() == key.lower()

    @question
    def on_prefix(self, prefix: str) -> Truth:
        """Whether the key begins with this prefix (in any letter case), such as `aws:ResourceTag/`."""
        literal = self.key.literal
        if literal is None:
            return self.key.starts_with(prefix)
        return literal.lower().startswith(prefix.lower())

    @question
    def has_value(self, value: str) -> Truth:
        """Whether one of the values is this one (in any letter case)."""
        return any_of(
            v.literal.lower() == value.lower() if v.literal is not None else v.equals(value) for v in self.values
        )

    @term
    def is_vacuous(self) -> Truth:
        """Whether the condition restricts nothing whatever the key's value: `*`, 0.0.0.0/0, Null true of nothing."""
        if self.negated or not self.values:
            return False
        if self.family == "ip":
            return _every_address(self.values)
        if self.globs:
            marks = _fewest_characters((self.key.literal or "").lower())
            return any_of(_is_all(value, marks) for value in self.values)
        return False

    @term
    def wide_ranges(self) -> tuple[Text, ...]:
        """Those address ranges that are so much of the Internet that AWS calls them public: more than a /8, of IPv6 a
        /32 (Amazon S3 User Guide, "The meaning of public")."""
        if self.family != "ip":
            return ()
        networks = [(value, _network(value)) for value in self.values]
        return tuple(
            value
            for value, network in networks
            if network is not None and network.prefixlen < (8 if network.version == 4 else 32)
        )

    @term
    def restricts_allow(self) -> Truth:
        """Whether, in an Allow, only requests that carry one of the listed values pass: not negated, not satisfied
        by an absent key (IfExists, ForAllValues), not vacuous, and not a key that the caller makes up."""
        key = (self.key.literal or "").lower()
        if self.family in ("null", "unknown") or self.negated or key in _FORGEABLE:
            return False
        optional = self.if_exists or self.set_qualifier == "forallvalues"
        if optional and key not in _ALWAYS_PRESENT:
            return False
        return negation(self.is_vacuous)

    @term
    def is_subject_claim(self) -> Truth:
        """Whether the key is a claim of an OIDC provider that says whose identity it is: `sub`, or another that not
        everybody's token can have."""
        return federation.is_subject_claim(self)

    @term
    def is_audience_claim(self) -> Truth:
        """Whether the key is a claim of an OIDC provider that says for whom the token was made: `aud`, `app_id` …"""
        return federation.is_audience_claim(self)

    @term
    def demands_claim(self) -> Truth:
        """Whether, in an Allow, only tokens with one of the listed values pass; a token always has its claims."""
        return federation.demands(self)

    @term
    def wide_subjects(self) -> tuple[Text, ...]:
        """Those values of a claim that take in more than one owner."""
        return federation.wide_values(self)

    @term
    def subject_is_too_wide(self) -> Truth:
        """Whether a value of the `sub` claim, or of one like it, takes in more than one owner: the organization,
        group, workspace or namespace in it is, or has, a wildcard, or is left out."""
        return federation.is_too_wide(self)

    @term
    def is_about_old_transport(self) -> Truth:
        """Whether the condition holds for requests without TLS: `aws:SecureTransport` false, or a TLS version below a
        number."""
        without = all_of((self.family == "bool", self.on("aws:SecureTransport"), self.has_value("false")))
        old = all_of((self.base.startswith("numericlessthan"), self.on("s3:TlsVersion")))
        return any_of((without, old))

    @term
    def is_mfa_key(self) -> Truth:
        """Whether the key is aws:MultiFactorAuthPresent."""
        return self.on("aws:MultiFactorAuthPresent")

    @term
    def requires_mfa(self) -> Truth:
        """Whether, in an Allow, the condition lets only requests signed with MFA pass.

        `Bool aws:MultiFactorAuthPresent true` or a bound on aws:MultiFactorAuthAge, without IfExists: long-term keys
        carry neither key (IAM User Guide, "Configuring MFA-protected API access").
        """
        if self.if_exists or self.set_qualifier == "forallvalues":
            return False
        present = all_of((self.base in ("bool", "stringequals"), self.is_mfa_key, self.has_value("true")))
        age = all_of((self.base in ("numericlessthan", "numericlessthanequals"), self.on("aws:MultiFactorAuthAge")))
        return any_of((present, age))

    @term
    def denies_without_mfa(self) -> Truth:
        """Whether, in a Deny, the condition catches every request signed without MFA, long-term keys included."""
        absent = all_of(
            (
                self.base in ("bool", "stringequals") and self.if_exists,
                self.is_mfa_key,
                self.has_value("false"),
            )
        )
        not_true = all_of((self.base in ("stringnotequals", "stringnotlike"), self.is_mfa_key, self.has_value("true")))
        no_key = all_of(
            (
                self.base == "null",
                any_of((self.is_mfa_key, self.on("aws:MultiFactorAuthAge"))),
                self.has_value("true"),
            )
        )
        old = all_of(
            (
                self.base in ("numericgreaterthan", "numericgreaterthanequals") and self.if_exists,
                self.on("aws:MultiFactorAuthAge"),
            )
        )
        return any_of((absent, not_true, no_key, old))


def _fewest_characters(key: str) -> int:
    """How many characters every value of a key has at least (AWS STS API reference, AssumeRole: an external id two).
    A tag may be empty, and what a key is that is not known."""
    if key == "sts:externalid":
        return 2
    return 0 if not key or "tag/" in key else 1


def _is_all(value: Text, marks: int) -> Truth:
    """Whether a glob takes in everything that has so many characters; one with anything else written in it does not,
    whatever its holes hold."""
    plain = "".join(part for part in value.parts if isinstance(part, str))
    if plain.strip("*?") or plain.count("?") > marks or (value.is_known and plain and "*" not in plain):
        return False
    return bool(value.parts) if value.is_known else value.doubt


def _every_address(values: tuple[Text, ...]) -> Truth:
    """Whether ranges take in every address of IPv4 or IPv6, if only two halves of them together; a hole may."""
    known = [network for value in values if (network := _network(value)) is not None]
    if any(network.prefixlen == 0 for network in known):
        return True
    if len(known) > 1:
        fours = [network for network in known if isinstance(network, ipaddress.IPv4Network)]
        sixes = [network for network in known if isinstance(network, ipaddress.IPv6Network)]
        if any(not network.prefixlen for network in ipaddress.collapse_addresses(fours)):
            return True
        if any(not network.prefixlen for network in ipaddress.collapse_addresses(sixes)):
            return True
    return any_of(value.doubt for value in values)


def _network(value: Text) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The range that a value is; None for what is none or not known."""
    if value.literal is None:
        return None
    try:
        return ipaddress.ip_network(value.literal.strip(), strict=False)
    except ValueError:
        return None
