"""JSON to YAML and back, with cfn-flip as the authority."""

from __future__ import annotations


def to_yaml(text: str) -> str:
    """JSON text as YAML."""
    import cfn_flip

    flipped: str = cfn_flip.to_yaml(text, long_form=True)
    return flipped
