"""How long policies may be, by what they are attached to, and which quotas do not count white space."""

from __future__ import annotations

# IAM User Guide, "IAM and AWS STS quotas": white space is not counted. The inline policies of an identity count as one
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). For a permission set's: IAM Identity
# Center User Guide, quotas, 10,240 bytes without white space
# (https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html).
MANAGED = 6144
INLINE: dict[str, int] = {"user": 2048, "group": 5120, "role": 10240, "permission_set": 10240}
# The default; it can be raised to 8,192 in Service Quotas.
TRUST = 2048
# The largest that an identity policy can have, for a document of which it is not known where it goes.
LARGEST_IDENTITY = 10240

# AWS Organizations User Guide, "Quotas": all characters count, unless the console saves the policy. Of service control
# policies since 2026-05-15 (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
ORGANIZATION: dict[str, int] = {"scp": 10240, "rcp": 5120}

# "AWS PrivateLink quotas", characters of an endpoint policy, white space included
# (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html).
VPC_ENDPOINT = 20480

# Policies of resources, by the IAM prefix of their service. From the length that the API takes (the maximum of the
# member in its model, botocore 1.44.5), where the service's own documentation states no smaller one.
RESOURCE: dict[str, int] = {
    "acm-pca": 81920,
    "bedrock": 20480,
    "bedrock-agentcore": 20480,
    "cloudtrail": 8192,
    "codeartifact": 7168,
    "dsql": 20480,
    "dynamodb": 20480,  # Amazon DynamoDB API reference, PutResourcePolicy: 20 KB, white space counted
    "ecr": 10240,
    "ecr-public": 10240,
    "elasticfilesystem": 20000,
    "es": 102400,  # Amazon OpenSearch Service API reference, access policies: 100 KB
    "kms": 131072,  # AWS KMS Developer Guide, "Resource quotas", had 32 KB until 2025; today's leaves it to the API
    "lambda": 20480,  # AWS Lambda Developer Guide, "Lambda quotas": 20 KB
    "logs": 51200,
    "mediastore": 8192,
    "network-firewall": 395000,
    "rekognition": 2000,
    "s3": 20480,  # Amazon S3 User Guide, "Bucket policies": 20 KB
    "s3tables": 20480,
    "sagemaker": 20480,
    "secretsmanager": 20480,
    "sqs": 8192,  # Amazon SQS Developer Guide, "Amazon SQS policy quotas": 8,192 bytes
    "vpc-lattice": 10000,
    "vpc-lattice-svcs": 102400,
}
