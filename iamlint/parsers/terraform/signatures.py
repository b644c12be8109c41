"""What each function of Terraform and OpenTofu takes, and the conversion of arguments to that."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.literals import hole, is_null, joined, json_parts, spelled

# One letter for each parameter: s string, d string that may be a document (a list or map where a string is wanted:
# `jsonencode` gives it as it is), n number, l list or set, m map or object, a anything. `?` after it:
# may be null; what follows `*` may be there any number of times.
_WRITTEN = """
abs n; abspath s; alltrue l; anytrue l; base64decode s; base64encode d; base64gunzip s; base64gzip d; base64sha256 d;
base64sha512 d; basename s; bcrypt s*n; ceil n; chomp s; chunklist ln; cidrcontains ss; cidrhost sn; cidrnetmask s;
cidrsubnet snn; cidrsubnets s*n; coalesce *a?; coalescelist *l; compact l; concat l*l; contains la?; csvdecode s;
defaults mm; dirname s; distinct l; element ln; endswith ss; ephemeralasnull a?; file s; filebase64 s;
filebase64sha256 s; filebase64sha512 s; fileexists s; filemd5 s; fileset ss; filesha1 s; filesha256 s; filesha512 s;
flatten l; floor n; format s*a?; formatdate ss; formatlist s*a?; indent ns; index la?; issensitive a?; join s*l;
jsondecode d; jsonencode a?; keys m; length a; list *a?; log nn; lookup ma*a?; lower s; map *a?; matchkeys lll;
max *n; md5 d; merge *a?; min *n; nonsensitive a?; one l; parseint an; pathexpand s; plantimestamp; pow nn; range *n;
regex ss; regexall ss; replace sss; reverse l; rsadecrypt ss; sensitive a?; setintersection l*l; setproduct *l;
setsubtract ll; setunion l*l; sha1 d; sha256 d; sha512 d; signum n; slice lnn; sort l; split ss; startswith ss;
strcontains ss; strrev s; substr snn; sum l; textdecodebase64 ss; textencodebase64 ss; timeadd ss; timecmp ss;
timestamp; title s; templatefile sa; templatestring sa; tobool a?; tolist a?; tomap a?; tonumber a?; toset a?;
tostring a?; transpose m; trim ss; trimprefix ss; trimspace s; trimsuffix ss; type a?; upper s; urldecode s;
urlencode s; uuid; uuidv5 ss; values m; yamldecode d; yamlencode a?; zipmap ll; provider::aws::arn_build sssss;
provider::aws::arn_parse s; provider::aws::trim_iam_role_path s; provider::terraform::encode_tfvars a?;
provider::terraform::decode_tfvars s; provider::terraform::encode_expr a?
"""

Parameter = tuple[str, bool]
"""A letter, and whether null is taken."""


def _parameters(written: str) -> tuple[list[Parameter], Parameter | None]:
    fixed, star, more = written.partition("*")
    rest = (more[0], "?" in more) if star else None
    return [(c, fixed[i + 1 : i + 2] == "?") for i, c in enumerate(fixed) if c != "?"], rest


SIGNATURES = {
    name: _parameters(written.strip())
    for name, _, written in (" ".join(entry.split()).partition(" ") for entry in _WRITTEN.split(";"))
}


def fitted(name: str, arguments: list[Value]) -> list[Value]:
    """The arguments, converted to what the function takes. Raises TypeError for what it would refuse."""
    parameters, rest = SIGNATURES[name]
    if len(arguments) < len(parameters) or (rest is None and len(arguments) > len(parameters)):
        raise TypeError("another number of arguments")
    made: list[Value] = []
    for index, argument in enumerate(arguments):
        kind, nullable = parameters[index] if index < len(parameters) else rest or ("a", True)
        if isinstance(argument, UnknownValue | Choice):
            made.append(argument)
        elif is_null(argument):
            if not nullable:
                raise TypeError("null")
            made.append(argument)
        else:
            made.append(argument if kind == "a" else _fit(argument, kind))
    return made


def _fit(value: Value, kind: str) -> Value:
    if kind in "sd":
        if isinstance(value, Scalar) and value.value is not None:
            return Text(parts=(spelled(value.value),), place=value.place, via=value.via, when=value.when)
        if kind == "d" or isinstance(value, Text):
            return value
        return joined(*json_parts(value), value.place, value.via)
    if kind == "n":
        return _number(value)
    wanted = ListValue if kind == "l" else MapValue
    if not isinstance(value, wanted):
        raise TypeError("not a list" if kind == "l" else "not a map")
    return value


def _number(value: Value) -> Value:
    number = operators.number(value)
    if isinstance(number, Unknown):
        if isinstance(value, Text) and value.hole is not None:
            return hole(number, value.place)
        raise TypeError("not a number")
    if isinstance(value, Scalar):
        return value
    return Scalar(number, value.place, value.via, value.when)
