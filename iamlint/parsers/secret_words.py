"""What a value's own words and the name before it say: a credential, a placeholder for one, or where one is kept."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from math import log2

from iamlint.model.secret import SecretKind, shown_characters

_SAME = re.compile(r"(.)\1{5,}", re.DOTALL)
# Nobody deploys these: what is to be filled in before.
_UNFILLED = r"""^\s*$ | ^\s*(?:\$?\{|<|\[|%|\(\() | \{\{ | \$\{ | \$\( | <[^>]+> | ^[x*.\-_#?0]+$ | x{4,}
      | \*{3,} | \.{3}
      | place[-_ ]?holder | replace[-_ ]?(?:me|this|with|it) | to[-_ ]?be[-_ ](?:set|filled|replaced|changed|provided)
      | ^(?:replaced?|changed?|updated?|populated?|overwritten|set|provided|filled)[ ](?:\w+[ ])*
        (?:after|by|later|manually|via|through)\b
      | to[-_]?do\b | ^(?:insert|enter|put|add|fill|use)[-_ ] | redacted
      | your[-_ ]?(?:\w+[-_ ])*(?:secret|password|passwd|passphrase|token|key|access|value|string)
      | ^your[-_ ]
      | (?:key|secret|passw(?:or)?d|token|value|id|goes)[-_ ]here$
      | ^(?:null|none|nil|true|false|undefined|n/?a|tbd|unset|empty|ignored?|unused)$"""
# These stand for a credential where nothing says that they are used as they are.
_STAND_IN = r"""example | ^my[-_ ] | change[-_ ]?(?:me|this|it) | dummy
      | ^(?:secret|password|passwd|default|token|test|foo|bar|baz|string|value)$"""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_REFERENCE = re.compile(
    r"^(?:arn:|ssm:|secretsmanager:|vault:|file:|env:|https?://|s3://|projects/|op://|/[\w.-]+/|\.{0,2}/[\w.-]+$)"
    r"|^\{\{resolve:|^data\.|^var\.|^alias/"
    r"|^\$\$?\.|^\$[A-Za-z_]\w*$"
    # What AWS KMS, SOPS, eyaml, Ansible, Sealed Secrets and PGP have encrypted.
    r"|^AQ[EI][CD]A[A-Za-z0-9+/]{60}|^ENC\[|^\$ANSIBLE_VAULT|^-----BEGIN PGP MESSAGE|^AgA[A-Za-z0-9+/]{300}"
)
# What the name of a token ends in. A name that goes on (`_ARN`, `_NAME`, `_LENGTH`) speaks of something else.
_TOKEN_NAMES = (
    "APIKEY", "AUTHTOKEN", "ACCESSTOKEN", "APITOKEN", "SECRETKEY", "CLIENTSECRET", "APPSECRET", "TOKENSECRET",
    "CONSUMERSECRET", "SIGNINGSECRET", "JWTSECRET", "GITHUBTOKEN", "GITLABTOKEN", "OAUTHTOKEN", "BOTTOKEN",
    "SLACKTOKEN", "NPMTOKEN", "BEARERTOKEN", "REFRESHTOKEN", "APPLICATIONKEY", "SECRETTOKEN", "HECTOKEN",
    "WEBHOOKSECRET", "SESSIONSECRET", "COOKIESECRET", "SECRETKEYBASE", "PRESHAREDKEY", "BEARERTOKENBEDROCK",
    "VAULTTOKEN", "DEPLOYTOKEN", "PERSONALACCESSTOKEN", "PRIVATETOKEN", "MASTERTOKEN", "ADMINTOKEN", "JOINTOKEN",
    "SPLUNKTOKEN",
)  # fmt: skip
# These names leave open whether they have a credential or name one: what was drawn at random is one.
_OPEN_NAMES = (
    "TOKEN", "SECRET", "CREDENTIAL", "CREDENTIALS", "APPKEY", "AUTHKEY", "ENCRYPTIONKEY", "SIGNINGKEY", "LICENSEKEY",
    "MASTERKEY", "ACCOUNTKEY", "STORAGEKEY",
)  # fmt: skip
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
_RUN = re.compile(r"[A-Za-z0-9+]+")
_HEX = re.compile(r"(?:[0-9a-f]{2}){16,}$")
_KEY_ID = re.compile(r"[A-Za-z0-9]{16,128}$")  # https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}$")
_SCHEME = re.compile(r"^(?:bearer|basic|token|apikey)[ \t]+", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def hint(secret: str) -> str:
    """What may be shown of a credential: its first four characters (of a short one fewer) and its length."""
    return f"{secret[: shown_characters(len(secret))]}… ({len(secret)} characters)"


@cache
def _words(pattern: str) -> re.Pattern[str]:
    """A pattern of words, made when a value is to be judged: most files have none."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


def looks_like_placeholder(text: str) -> bool:
    """Whether a value stands for a credential without being one: `<key>`, `${…}`, xxxx, changeme, EXAMPLE …"""
    return (
        _words(f"{_UNFILLED}|{_STAND_IN}").search(text) is not None
        or _SAME.search(text) is not None
        or len(set(text)) < 3
    )


def is_unfilled(text: str) -> bool:
    """Whether a password is one to be filled in before it is used: `<password>`, `${…}`, xxxx, REPLACE_ME.

    Less than `looks_like_placeholder`: what is deployed with the password `changeme` has that password.
    """
    return _words(_UNFILLED).search(text) is not None or len(set(text)) < 2


def is_documented_example(text: str) -> bool:
    """Whether a value is one of the access keys that AWS's own pages show, which end in EXAMPLE or EXAMPLEKEY."""
    return len(text) in (20, 40) and text.endswith(("EXAMPLE", "EXAMPLEKEY"))


def is_example_like(text: str) -> bool:
    """Whether a value has the form of a secret access key and EXAMPLE in it: a documented one, or one made of it."""
    return "EXAMPLE" in text and _SECRET_KEY.match(text) is not None and entropy(text) > 4


def looks_like_reference(text: str) -> bool:
    """Whether a value tells where a credential is kept, an ARN, a parameter's path, a URL, or has it encrypted."""
    return _REFERENCE.match(text) is not None


@lru_cache(maxsize=4096)
def secret_name(name: str) -> SecretKind | None:
    """What an environment variable, an argument or a parameter of this name holds, if it holds a credential."""
    upper = _HUMP.sub("_", name).upper().replace("-", "_").replace(".", "_")
    compact = upper.replace("_", "")
    if compact.endswith(("AWSACCESSKEYID", "AWSACCESSKEY", "SECRETACCESSKEY", "AWSSECRETKEY")):
        return "secret access key" if "SECRET" in compact else "access key id"
    if compact.endswith(("AWSSESSIONTOKEN", "AWSSECURITYTOKEN")):
        return "session token"
    if compact.endswith("PRIVATEKEY"):
        return "private key"
    if compact.endswith(("PASSWORD", "PASSWD", "PASSPHRASE")) or upper.endswith(("_PWD", "_PASS")):
        return "password"
    if compact.endswith(_TOKEN_NAMES):
        return "token"
    return None


def is_plausible(kind: SecretKind, name: str, value: str) -> bool:
    """Whether a literal under a name that says what it holds is a credential: no placeholder, no reference, and not
    the name over again (`DB_PASSWORD: db-password`, as one names an entry of a secret store)."""
    if is_documented_example(value) or (kind in ("secret access key", "token") and is_example_like(value)):
        return True
    if looks_like_placeholder(value) or looks_like_reference(value) or _said(value) in _said(name):
        return False
    if kind == "access key id":
        return _KEY_ID.match(value) is not None
    if kind == "secret access key":
        return len(value) >= 20 and " " not in value and entropy(value) > 3
    if kind == "token":
        return len(value) >= 8 and " " not in value.strip() and any(c.isdigit() or c.isupper() for c in value)
    if kind == "private key":
        return "-----BEGIN" not in value and len(value) >= 40 and entropy(value) > 4
    return kind != "session token" or len(value) >= 40


def kind_of(name: str, value: str) -> SecretKind | None:
    """What a literal is that a variable of this name has: the credential that the name speaks of; a token when the
    name leaves open whether it is one or names one (`DB_SECRET`), and the value was drawn at random."""
    kind = secret_name(name)
    if kind is None and name.upper().endswith("AUTHORIZATION"):
        return "token" if is_drawn(_SCHEME.sub("", value)) else None
    if kind is None and is_open_name(name) and is_drawn(value):
        kind = "token"
    if kind is None and _may_be_secret_key(name) and _is_mixed(value) and (is_drawn(value) or is_example_like(value)):
        return "secret access key"
    if kind == "token" and (is_example_like(value) or (_is_secret_key(name) and _is_mixed(value))):
        return "secret access key"
    return kind if kind is not None and is_plausible(kind, name, value) else None


# AWS's own controls want none of these as plain text, whatever their value: CodeBuild.2, ECS.8.
_PLAIN_NAMES: dict[str, SecretKind] = {
    "AWS_ACCESS_KEY_ID": "access key id",
    "AWS_SECRET_ACCESS_KEY": "secret access key",
}
_CONTROLLED = frozenset(
    {"AWS::CodeBuild::Project", "AWS::ECS::TaskDefinition", "aws_codebuild_project", "aws_ecs_task_definition"}
)


def stand_in(resource_type: str, name: str, value: str) -> SecretKind | None:
    """What a variable of a build or a task is to have whose value is no credential, but stands where one is to be."""
    if resource_type not in _CONTROLLED or not value.strip() or "{{resolve:" in value:
        return None
    return _PLAIN_NAMES.get(name)


def is_made_of_all(value: str) -> bool:
    """Whether a value has small and capital letters and digits, as passwords have, and no spaces or dots."""
    return (
        len(value) >= 8
        and any(c.islower() for c in value)
        and any(c.isupper() for c in value)
        and any(c.isdigit() for c in value)
        and not any(c.isspace() or c in ".:/" for c in value)
    )


@lru_cache(maxsize=4096)
def is_open_name(name: str) -> bool:
    """Whether a name leaves open whether it has a credential or names one."""
    return name.upper().replace("_", "").replace("-", "").replace(".", "").endswith(_OPEN_NAMES)


def _is_secret_key(name: str) -> bool:
    """Whether a name may be that of an AWS secret key: `SECRET_KEY`, but no `CLIENT_SECRET_KEY`."""
    return name.upper().replace("_", "").replace("-", "").strip(".") in ("SECRETKEY", "SECRETACCESSKEY", "AWSSECRET")


def _may_be_secret_key(name: str) -> bool:
    """Whether what has the form of a secret access key is one under this name: `my_key`, but no `public_key`."""
    compact = name.upper().replace("_", "").replace("-", "").strip(".")
    return compact.endswith("KEY") and not compact.endswith("PUBLICKEY")


def _is_mixed(value: str) -> bool:
    """Whether a value has the form of a secret access key, and letters of both cases."""
    return _SECRET_KEY.match(value) is not None and value != value.lower() and value != value.upper()


def is_drawn(value: str) -> bool:
    """Whether a value looks drawn at random: a long run of letters and digits mixed, no words, no UUID."""
    if _UUID.match(value) or looks_like_placeholder(value) or looks_like_reference(value) or is_made_up(value):
        return False
    longest = max(_RUN.findall(value), key=len, default="")
    if len(longest) < 16 or not any(c.isdigit() for c in longest) or entropy(longest) < 3:
        return False
    return _HEX.match(longest) is not None or (longest.lower() != longest and longest.upper() != longest)


def _said(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def entropy(value: str) -> float:
    """Shannon's entropy of a string, in bits a character."""
    size = len(value)
    return -sum(count / size * log2(count / size) for count in Counter(value).values())


def is_made_up(value: str) -> bool:
    """Whether the variable part of a key was typed and not drawn: runs of one character, the alphabet, few letters."""
    folded = value.lower()
    if len(set(folded)) < 6 or _SAME.search(folded) is not None:
        return True
    if any(folded[i : i + 8] in _ALPHABET for i in range(min(len(folded) - 7, 33))):
        return True
    return any(word in folded for word in ("example", "placeholder", "changeme", "xxxxx", "dummy"))
