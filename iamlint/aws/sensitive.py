"""Actions that deserve more care than others, by what they make possible."""

from __future__ import annotations

from functools import lru_cache

from iamlint.logic import glob

# What AWS and the CIS benchmark ask MFA for: giving away access, switching off the evidence, destroying what
# cannot be got back (IAM User Guide, "Security best practices", "Secure API access with MFA").
MFA_WORTHY: frozenset[str] = frozenset(
    """
    account:CloseAccount backup:DeleteRecoveryPoint cloudtrail:DeleteTrail cloudtrail:StopLogging
    config:StopConfigurationRecorder dynamodb:DeleteTable ec2:DeleteSnapshot ec2:TerminateInstances
    guardduty:DeleteDetector iam:AddUserToGroup iam:AttachGroupPolicy iam:AttachRolePolicy iam:AttachUserPolicy
    iam:CreateAccessKey iam:CreateLoginProfile iam:CreateOpenIDConnectProvider iam:CreatePolicyVersion iam:CreateRole
    iam:CreateSAMLProvider iam:CreateUser iam:DeactivateMFADevice iam:DeleteRole iam:DeleteRolePermissionsBoundary
    iam:DeleteUser iam:DeleteUserPermissionsBoundary iam:DeleteVirtualMFADevice iam:PassRole iam:PutGroupPolicy
    iam:PutRolePolicy iam:PutUserPermissionsBoundary iam:PutUserPolicy iam:SetDefaultPolicyVersion
    iam:UpdateAssumeRolePolicy iam:UpdateLoginProfile iam:UpdateSAMLProvider kms:DisableKey kms:PutKeyPolicy
    kms:ScheduleKeyDeletion organizations:CloseAccount organizations:DetachPolicy organizations:LeaveOrganization
    rds:DeleteDBCluster rds:DeleteDBInstance route53domains:DisableDomainTransferLock route53domains:TransferDomain
    s3:DeleteBucket s3:DeleteObjectVersion s3:PutBucketPolicy s3:PutBucketVersioning secretsmanager:DeleteSecret
    sts:AssumeRole
    """.lower().split()
)

# A user manages these for itself, on its own ARN, before it has MFA (IAM User Guide, "AWS: Allows MFA-authenticated
# IAM users to manage their own credentials").
SELF_SERVICE: frozenset[str] = frozenset(
    """
    iam:ChangePassword iam:CreateAccessKey iam:DeleteAccessKey iam:UpdateAccessKey iam:CreateVirtualMFADevice
    iam:DeleteVirtualMFADevice iam:EnableMFADevice iam:ResyncMFADevice iam:DeactivateMFADevice iam:UpdateLoginProfile
    """.lower().split()
)


def is_self_service(action: str) -> bool:
    """Whether the action is one by which a user manages its own credentials."""
    return action.strip().lower() in SELF_SERVICE


# Of a role that is named, its own trust policy may demand MFA, and is where that is looked for.
_ON_EVERY_ROLE = "sts:assumerole"


@lru_cache(maxsize=32768)
def mfa_worthy(action: str, on_every_role: bool) -> bool:
    """Whether the action, or one that the pattern takes in, deserves MFA. `*` and `svc:*` count."""
    pattern = action.strip().lower()
    if "*" not in pattern and "?" not in pattern:
        return pattern in MFA_WORTHY and (on_every_role or pattern != _ON_EVERY_ROLE)
    return any(glob.matches(pattern, worthy) for worthy in MFA_WORTHY if on_every_role or worthy != _ON_EVERY_ROLE)
