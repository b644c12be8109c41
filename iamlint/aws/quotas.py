"""How long policies may be, by what they are attached to, and which quotas do not count white space."""

from __future__ import annotations

# IAM User Guide, "IAM and AWS STS quotas": white space is not counted. The inline policies of an identity count as one;
# for a permission set's, "IAM Identity Center quotas" (10,240 characters without white space).
MANAGED = 6144
INLINE: dict[str, int] = {"user": 2048, "group": 5120, "role": 10240, "permission_set": 10240}
# The default; it can be raised to 8,192 in Service Quotas.
TRUST = 2048
# The largest that an identity policy can have, for a document of which it is not known where it goes.
LARGEST_IDENTITY = 10240

# AWS Organizations User Guide, "Quotas": all characters count. Of service control policies since 2026-05-15.
ORGANIZATION: dict[str, int] = {"scp": 10240, "rcp": 5120}

# VPC endpoints: "AWS PrivateLink quotas", characters of an endpoint policy, white space included.
VPC_ENDPOINT = 20480

# Policies of resources, by the IAM prefix of their service. From the length that the API takes (the maximum of the
# member in its model), where the documentation states no smaller one.
RESOURCE: dict[str, int] = {
    "acm-pca": 81920,
    "bedrock": 20480,
    "bedrock-agentcore": 20480,
    "cloudtrail": 8192,
    "codeartifact": 7168,
    "dsql": 20480,
    "dynamodb": 20480,  # Amazon DynamoDB Developer Guide, "Resource-based policy considerations": 20 KB
    "ecr": 10240,
    "ecr-public": 10240,
    "elasticfilesystem": 20000,
    "es": 102400,  # Amazon OpenSearch Service Developer Guide, "Quotas": 100 KiB
    "kms": 32768,  # AWS KMS Developer Guide, "Resource quotas": 32 KB
    "lambda": 20480,  # AWS Lambda Developer Guide, "Lambda quotas": 20 KB
    "logs": 51200,
    "mediastore": 8192,
    "network-firewall": 395000,
    "rekognition": 2000,
    "s3": 20480,  # Amazon S3 User Guide, "Bucket policies": 20 KB
    "s3tables": 20480,
    "sagemaker": 20480,
    "secretsmanager": 20480,
    "vpc-lattice": 10000,
    "vpc-lattice-svcs": 102400,
}
