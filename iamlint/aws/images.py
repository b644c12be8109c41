"""Machine images whose instances require session tokens for their metadata unless told otherwise."""

from __future__ import annotations

# AMIs of Amazon Linux 2023, those for ECS and EKS too, have `imds-support` v2.0: an instance that says nothing of its
# metadata options then has HttpTokens `required`.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
# https://docs.aws.amazon.com/linux/al2023/ug/imdsv2.html
_DEMANDING = ("al2023-ami-", "/amazon-linux-2023/", "amazon-eks-node-al2023-")


def demands_session_tokens(name: str) -> bool:
    """Whether instances of an image have IMDSv2 required by default; the image by its name, by a pattern of names, or
    by the public parameter that its id is kept in (`/aws/service/ami-amazon-linux-latest/al2023-ami-…`)."""
    return any(piece in name for piece in _DEMANDING)
