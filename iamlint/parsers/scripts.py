"""Finds credentials in what runs at the start of a machine: shell, PowerShell, cloud-init, files that they write."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from functools import cache

from iamlint.model.secret import SecretKind
from iamlint.parsers import credentials
from iamlint.parsers.credentials import Found
from iamlint.parsers.encoded_text import texts_within
from iamlint.parsers.secret_words import hint, is_documented_example, is_drawn, is_open_name, is_plausible, secret_name

# Stands for what is not known in a text that is put together from parts.
HOLE = "\ufffc"

# A word, with or without quotes; in a JSON string the quotes have a backslash before them.
_WORD = r"""(?P<value>\\?"[^"\n]{1,4000}"|'[^'\n]{1,4000}'|[^\s"'`;&|<>()\[\]{},\\]{1,4000})"""
_SAYS_SECRET = re.compile(
    r"pass|pwd|token|secret|key|identified|curl|auth|net\s+user|mysql|mariadb|login|redis|mongo|sqlcmd|convertto",
    re.IGNORECASE,
)
# `NAME=value`, `name: value`, `"name": "value"`, `--name=value`; `--name value`; PHP's `define('NAME', 'value')`.
_ASSIGNED = (
    r"(?<![A-Za-z0-9_.${%])(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,80})(?:\\?[\"'])?"
    rf"[ \t]*(?:=>|:=|\?=|==?|:(?!:))[ \t]*{_WORD}(?P<after>[(\[]?)"
)
_OPTION = rf"(?<![A-Za-z0-9_-])--(?P<name>[A-Za-z][A-Za-z0-9-]{{1,60}})[ \t]+{_WORD}(?P<after>[(\[]?)"
_DEFINED = rf"\bdefine\([ \t]*[\"'](?P<name>\w{{2,60}})[\"'][ \t]*,[ \t]*{_WORD}(?P<after>[(\[]?)"
# A parameter of an SSM document in YAML; what follows the name is only looked at, as the next name may be in it.
_DEFAULTED = (
    r"(?m)^(?P<indent>[ \t]*)(?P<name>[A-Za-z]\w{1,60}):[ \t]*\n"
    rf"(?=(?:(?P=indent)[ \t]+(?!default:)\w+:[^\n]*\n){{0,6}}(?P=indent)[ \t]+default:[ \t]+{_WORD}(?P<after>[(\[]?))"
)
_HEADER = (
    r"(?i:\bauthorization|\bx-(?:[a-z]{1,20}-){0,4}(?:token|key))(?:\\?[\"'])?[ \t]*[:=][ \t]*(?:\\?[\"'])?"
    r"(?:(?P<scheme>(?i:bearer|token|basic))[ \t]+)?(?P<value>[A-Za-z0-9._~+/=-]{8,4000})(?![A-Za-z0-9._~+/=(\[-])"
)
# Commands that take a password, by what stands before it.
_COMMANDS = (
    r"\b(?:mysql\w*|mariadb[\w-]*)\b[^\n|;]{0,300}?\s-p" + _WORD,
    r"\bmysqladmin\b[^\n|;]{0,300}?\spassword[ \t]+" + _WORD,
    r"\bsshpass[ \t]+-p[ \t]*" + _WORD,
    r"\b(?:docker|podman|nerdctl|helm registry)[ \t]+login\b[^\n|;]{0,300}?\s-p[ \t]+" + _WORD,
    r"\bhtpasswd[ \t]+-\w{0,8}b\w{0,8}[ \t]+\S+[ \t]+\S+[ \t]+" + _WORD,
    r"\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user)[ =]?[ \t]*[\"']?[\w.@-]{1,64}:(?P<value>[^\s\"'`$]{3,200})",
    r"\bredis-cli\b[^\n|;]{0,200}?\s-a[ \t]+" + _WORD,
    r"\b(?:mongo|mongosh|mongodump|sqlcmd)\b[^\n|;]{0,200}?\s-[pP][ \t]+" + _WORD,
    r"\b(?i:net[ \t]+user)[ \t]+\S+[ \t]+" + _WORD + r"[ \t]+/(?i:add)",
    r"\b(?i:ConvertTo-SecureString)[ \t]+(?:-(?i:String)[ \t]+)?" + _WORD,
    r"(?i:IDENTIFIED(?:[ \t]+WITH[ \t]+\S+)?[ \t]+BY)[ \t]+" + _WORD,
    r"(?i:(?:USER|ROLE|LOGIN)[ \t]+[^\n;]{1,80}?\sPASSWORD)[ \t]*=?[ \t]*" + _WORD,
    r"\b(?:requirepass|masterauth)[ \t]+" + _WORD,
    r"\blogin[ \t]+\S{1,80}[ \t\n]+password[ \t]+" + _WORD,
    r"[\"']?[\w.-]{1,32}:(?P<value>[^\s:\"'`$|]{3,200})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd\b",
    r"\bchpasswd[ \t]*<<<[ \t]*[\"']?[\w.-]{1,32}:(?P<value>[^\s:\"'`$]{3,200})",
    r"\becho[ \t]+(?:-n[ \t]+)?" + _WORD + r"[ \t]*\|[ \t]*(?:sudo[ \t]+)?passwd[ \t]+--stdin",
    (
        r"\bchpasswd:[^\n]*\n(?:[ \t]+expire:[^\n]*\n)?[ \t]+list:(?:[ \t]*\|)?[ \t]*(?:\n[ \t]+)?"
        r"(?:-[ \t]*)?[\"']?[\w.-]{1,32}:(?P<value>[^\s:\"'`$]{3,200})"
    ),
)
_KEY_HEADER = re.compile(r"\s*-----BEGIN (?!ENCRYPTED)[A-Z0-9 ]{0,24}PRIVATE KEY")
_BUILD_ENVIRONMENT = (
    r"(?m)^(?P<indent>[ \t]+)[\"']?(?P<key>variables|parameter-store|secrets-manager)[\"']?:[ \t]*\n"
    r"(?P<values>(?:(?P=indent)[ \t]+[^\n]*(?:\n|\Z))+)"
)
_SOURCE_URL = r"https?://[^\s:/@]{1,100}:(?P<password>[^\s/@<>${}]{1,200})@"
_SHORT: dict[str, SecretKind] = {"pass": "password", "token": "token"}  # `--pass …`, `PASS=…`
_DOCKER_AUTH = r"\\?\"auth\\?\"\s*:\s*\\?\"(?P<value>[A-Za-z0-9+/]{8,400}={0,2})\\?\""
# A setting of a password, no password; a word of a language.
_NO_VALUE = re.compile(
    r"^(?:yes|no|on|off|always|never|\d{1,3}|str|string|String|any|None|bytes|optional|required|requisite|sufficient|"
    r"prompt|plain(?:text)?|file|hash(?:ed)?|disabled?|enabled?|expired?|include|be|is|for|in|to|and|or|the|with|of|as|"
    r"from|auth(?:entication)?|md5|scram-sha-256|trust|peer|unlimited|process\.env.*|os\.environ.*|.*=|[=:!/-].*|"
    r"[A-Za-z_]+(?:\.[A-Za-z_]+)+)$"
)
_REFERS = re.compile(r"\$[A-Za-z_{(0-9@?#$*!]|^%[\w-]+%$|@@|`|^__\w+__$|^%[sdv]$|^env\.|" + HOLE)


def find(text: str) -> Iterator[Found]:
    """The credentials in a script: those of `credentials.find`, those that an assignment, an option or a command
    gives away, and those in base64 in it. None twice; `HOLE` stands for what is not known."""
    yield from credentials.distinct(_all(text))


def password_of_source(url: str) -> tuple[int, int] | None:
    """Where the URL of a build's source has a word for a password that nobody would have, `user:pass@`: a password is
    to stand there."""
    match = _compiled(_SOURCE_URL).match(url)
    return match.span("password") if match is not None and not any(credentials.find(url)) else None


def environment_of_build(text: str) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Where a CodeBuild buildspec has its environment variables, an empty stretch when it has none; and where it names
    what is kept in a store."""
    variables, stores = (0, 0), []
    for match in _compiled(_BUILD_ENVIRONMENT).finditer(text) if "env" in text else ():
        if match["key"] == "variables":
            variables = match.span("values")
        else:
            stores.append(match.span("values"))
    return variables, stores


def _all(text: str) -> Iterator[Found]:
    known = list(credentials.find(text))
    yield from known
    if _SAYS_SECRET.search(text) is not None:
        yield from _said(text)
    keys = {(found.start, found.end) for found in known if found.kind == "private key"}
    for inner, start, end in texts_within(text):
        if _KEY_HEADER.match(inner) is not None:
            if (start, end) in keys:
                continue
            # Cut short or not: nobody encodes the header alone.
            yield Found("private key", start, end, hint(text[start:end]), is_encoded=True)
            continue
        for found in credentials.distinct((*credentials.find(inner), *_said(inner))):
            yield found._replace(start=start, end=end, is_encoded=True)


def _said(text: str) -> Iterator[Found]:
    """What the words before it say to be a credential."""
    for pattern in _COMMANDS:
        for match in _compiled(pattern).finditer(text):
            found = _given("password", "", match)
            if found is not None:
                yield found
    for pattern in (_ASSIGNED, _OPTION, _DEFINED, _DEFAULTED):
        for match in _compiled(pattern).finditer(text):
            found = _assigned(match, pattern is _OPTION)
            if found is not None:
                yield found
    for match in _compiled(_HEADER).finditer(text):
        value = match["value"]
        if _is_login(value) if (match["scheme"] or "").lower() == "basic" else is_drawn(value):
            yield Found("token", *match.span("value"), hint(value), name="token in a header")
    for match in _compiled(_DOCKER_AUTH).finditer(text):
        if _is_login(match["value"]):
            yield Found("password", *match.span("value"), hint(match["value"]), name="registry password")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _assigned(match: re.Match[str], is_option: bool) -> Found | None:
    name = match["name"]
    kind = secret_name(name) or (_SHORT.get(name.lower()) if is_option or name.isupper() else None)
    if kind is not None:
        return _given(kind, name, match) if not match["after"] else None
    if is_open_name(name):
        found = _given("token", name, match)
        return found if found is not None and is_drawn(match.string[found.start : found.end]) else None
    return None


def _given(kind: SecretKind, name: str, match: re.Match[str]) -> Found | None:
    """The value of a match as a credential, without its quotes, unless it is a reference or stands for one."""
    start, end = match.span("value")
    text = match.string
    quoted = False
    while start < end and text[start] in "\\\"'":
        start, quoted = start + 1, True
    while end > start and quoted and text[end - 1] in "\\\"'":
        end -= 1
    value = text[start:end]
    if _REFERS.search(value) or text[end : end + 1] in (HOLE, "$", "`") or text[start - 1 : start] == HOLE:
        return None
    if len(value) < 3 or (not quoted and _NO_VALUE.match(value)) or value.startswith("{{"):
        return None
    if not is_plausible(kind, name, value) or (not quoted and _repeats(name, value)):
        return None
    return Found(kind, start, end, hint(value), is_documented_example(value))


def _repeats(name: str, value: str) -> bool:
    """Whether a value is a variable of the name that is assigned: `password=args.password`."""
    return bool(name) and value.lower().endswith(("." + name.lower(), "_" + name.lower()))


def _is_login(encoded: str) -> bool:
    """Whether base64 is `user:password`."""
    try:
        user, _, password = b64decode(encoded, validate=True).decode().partition(":")
    except (Base64Error, UnicodeDecodeError):
        return False
    return bool(user) and len(password) >= 3 and user.isprintable() and is_plausible("password", "", password)
