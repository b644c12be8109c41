"""What the claims of web identity providers say of whom a role lets in: the tenant, the subject, the audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iamlint.model.unknown import Truth, all_of, any_of

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.text import Text

COGNITO = "cognito-identity.amazonaws.com"

# Issuers that serve everybody: only the subject (or a claim like it) says whose identity a token is. All others have
# the tenant in their URL, as a Kubernetes cluster, a CircleCI organization or an Okta domain has.
_SHARED = frozenset(
    {
        "token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io", "agent.buildkite.com",
        "oidc.codefresh.io", "studio.datachain.ai/api", "app.env0.com", "scalr.io", "proidc.upbound.io",
        "tokens.cloud.shisho.dev", "accounts.google.com", "graph.facebook.com", "www.amazon.com", "appleid.apple.com",
        "oidc.vercel.com", "api.pulumi.com/oidc", "sandboxes.cloud", "oidc.codemagic.io", "vault.codemagic.io",
    }
)  # fmt: skip

# Providers whose audience names the tenant or the app, so that it pins the identity's owner as a subject does: the
# organization at CircleCI and Pulumi, the team at Vercel, the app at those for consumers (of Google's `aud` is the
# authorized party of the token, and `oaud` what the caller asked for).
_AUDIENCE_IS_TENANT = (
    "oidc.circleci.com", "oidc.vercel.com", "api.pulumi.com", "sandboxes.cloud", "accounts.google.com",
    "appleid.apple.com",
)  # fmt: skip
# What tokens for AWS have as audience whosever they are.
_FOR_AWS = ("sts.amazonaws.com", "sts.amazonaws.com.cn")
_APP_CLAIMS = ("app_id",)

# Claims of which anybody's token can have any value.
_SAYS_NOTHING = frozenset(
    {
        "aud", "oaud", "amr", "iss", "ref", "ref_type", "ref_protected", "ref_path", "environment", "event_name",
        "workflow", "head_ref", "base_ref", "sha", "runner_environment", "repository_visibility", "job",
        "environment_protected", "pipeline_source", "user_access_level", "deployment_tier", "run_attempt",
    }
)  # fmt: skip

# How somebody signed in (the IANA registry of RFC 8176; Cognito's two). `amr` is the one list of a token that IAM
# reads, so that tenants of identity providers put their groups there.
_SIGN_IN_METHODS = frozenset(
    {
        "authenticated", "unauthenticated", "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin",
        "pop", "pwd", "rba", "retina", "sc", "sms", "swk", "tel", "user", "vbm", "wia",
    }
)  # fmt: skip

# Where the owner stands in the subject (and in the claims named like this) of each provider: what comes before it, and
# what ends it.
_OWNERS: tuple[tuple[str, str], ...] = (
    ("repo:", "/"),  # GitHub Actions: repo:OWNER/REPOSITORY:…, since 2026 also repo:OWNER@ID/REPOSITORY@ID:…
    ("repository:", "/"),
    ("repository_owner:", ":"),
    ("repository_owner_id:", ":"),
    ("repository_id:", ":"),
    ("job_workflow_ref:", "/"),
    ("workflow_ref:", "/"),
    ("enterprise:", ":"),
    ("enterprise_id:", ":"),
    ("project_path:", "/"),  # GitLab: project_path:GROUP/PROJECT:…
    ("project_id:", ":"),
    ("namespace_path:", ":"),
    ("namespace_id:", ":"),
    ("organization:", ":"),  # HCP Terraform, Buildkite: organization:NAME:…
    ("account:", ":"),  # Codefresh: account:ID:…; Scalr: account:NAME:…
    ("org/", "/"),  # CircleCI: org/ID/project/…
    ("system:serviceaccount:", ":"),  # Kubernetes: system:serviceaccount:NAMESPACE:NAME
)
_CLAIM_OWNERS = {prefix[:-1]: end for prefix, end in _OWNERS if prefix.endswith(":") and prefix != "repo:"}

# What GitHub's subject may begin with when it is customised to leave out the repository.
_OWNERLESS = ("environment:", "ref:", "workflow:", "context:", "event_name:", "actor:", "base_ref:", "head_ref:",
              "pull_request")  # fmt: skip


def is_shared(provider: str) -> bool:
    """Whether an issuer gives tokens to everybody, rather than to one tenant that its URL names."""
    return provider.lower().rstrip("/") in _SHARED


def is_cluster(provider: str) -> bool:
    """Whether an issuer is that of a Kubernetes cluster at Amazon EKS."""
    return provider.startswith(("oidc.eks.", "oidc-eks."))


def claim(condition: Condition) -> tuple[str, str]:
    """The provider and the claim that a condition's key names, in lower case; holes are `${}`. Two empty texts when it
    is the key of something else."""
    provider, colon, name = condition.key.masked.lower().rpartition(":")
    if not colon or not ("." in provider or "${" in provider) or provider.startswith(("saml", COGNITO)):
        return "", ""
    return provider, name


def is_subject_claim(condition: Condition) -> Truth:
    """Whether a condition is on a claim that says whose identity it is."""
    provider, name = claim(condition)
    if not provider:
        return condition.key.hole if condition.key.hole is not None and ":" not in condition.key.masked else False
    if name == "aud" and provider.startswith("${}") and not all(v.literal in _FOR_AWS for v in condition.values):
        return condition.key.doubt  # a provider that nobody knows may have its tenants there
    if name in _APP_CLAIMS or (name == "aud" and provider.startswith(_AUDIENCE_IS_TENANT)):
        return True
    if name == "amr" and condition.values:
        return all_of(_is_group(value) for value in condition.values)
    return name not in _SAYS_NOTHING


def _is_group(method: Text) -> Truth:
    """Whether a value of `amr` is no way to sign in: a group, as the tenant's own token says."""
    known = method.literal
    if known is None:
        return method.doubt
    return "*" not in known and "?" not in known and known.lower() not in _SIGN_IN_METHODS


def is_audience_claim(condition: Condition) -> Truth:
    """Whether a condition is on a claim that says for whom the token was made."""
    provider, name = claim(condition)
    if not provider:
        return condition.key.hole if condition.key.hole is not None and ":" not in condition.key.masked else False
    return name in ("aud", "oaud", "azp", "app_id", "client_id", "appid")


def demands(condition: Condition) -> Truth:
    """Whether, in an Allow, a condition on a claim lets only tokens with one of its values pass. A token has its
    subject and audience always: IfExists and ForAllValues lose nothing there; and none is in an empty list."""
    if condition.negated or condition.family in ("null", "unknown"):
        return False
    vacuous = condition.is_vacuous
    return vacuous if not isinstance(vacuous, bool) else not vacuous


def wide_values(condition: Condition) -> tuple[Text, ...]:
    """Those values of a claim that take in more than one owner."""
    return tuple(value for value in condition.values if _too_wide(condition, value) is True)


def is_too_wide(condition: Condition) -> Truth:
    """Whether a value of a claim that says whose identity it is takes in more than one owner: the organization, group,
    workspace or namespace in it is, or has, a wildcard, or is left out."""
    if condition.negated or is_subject_claim(condition) is not True:
        return False
    return any_of(_too_wide(condition, value) for value in condition.values)


def _too_wide(condition: Condition, value: Text) -> Truth:
    provider, name = claim(condition)
    shown = value.masked
    wild = min((i for i in (shown.find("*"), shown.find("?")) if i >= 0), default=-1) if condition.globs else -1
    if name != "sub":
        end = _CLAIM_OWNERS.get(name)
        return wild >= 0 and end is not None and _owner_is_open(shown, 0, end, wild)
    found = _owner_in(shown)
    if found is None:
        if provider.startswith("token.actions.") and shown.startswith(_OWNERLESS):
            return True
        return wild == 0 and (is_shared(provider) or not shown.strip("*?:/"))
    start, end = found
    # What stands before the owner may be written by anybody when it has a wildcard.
    return wild >= 0 and (wild < start or _owner_is_open(shown, start, end, wild))


def _owner_in(subject: str) -> tuple[int, str] | None:
    """Where in a subject the owner begins and what ends it; None when it is not told."""
    for prefix, end in _OWNERS:
        if subject.startswith(prefix):
            return len(prefix), end
    for prefix, end in _OWNERS:
        # One of the claims that a customised subject is made of.
        at = subject.find(f":{prefix}")
        if at >= 0 and prefix.endswith(":"):
            return at + 1 + len(prefix), end
    return None


def _owner_is_open(shown: str, start: int, end: str, wild: int) -> bool:
    """Whether the wildcard stands within the owner, or may."""
    # What follows an `@` is the owner's id, which never changes.
    ends = [at for at in (shown.find(end, start), shown.find("@", start) if end == "/" else -1) if at >= 0]
    owner_end = min(ends, default=-1)
    if owner_end < 0:
        return wild >= start
    return start <= wild < owner_end
