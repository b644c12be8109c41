"""AWS managed policies by name: which give a whole account, or a whole service."""

from __future__ import annotations

# IAM User Guide, "AWS managed policies": these allow everything, or allow to give oneself everything.
ADMINISTRATOR: frozenset[str] = frozenset({"AdministratorAccess"})
BROAD: frozenset[str] = frozenset(
    {
        "PowerUserAccess",
        "IAMFullAccess",
        "AdministratorAccess-Amplify",
        "AdministratorAccess-AWSElasticBeanstalk",
        "job-function/SystemAdministrator",
        "job-function/NetworkAdministrator",
        "job-function/DatabaseAdministrator",
        "AWSOrganizationsFullAccess",
        "AWSSSOMasterAccountAdministrator",
        "AWSSSOMemberAccountAdministrator",
    }
)


def is_full_access(name: str) -> bool:
    """Whether the policy gives all of a service, as its name says (`AmazonS3FullAccess`)."""
    return name.rpartition("/")[2].endswith("FullAccess")
