"""AWS managed policies by name: which there are, which are withdrawn, which give a whole account, and what each grants.

The tables are written by scripts/generate_managed_policies.py. Names are given with their path,
`service-role/AWSLambdaBasicExecutionRole`, as they stand in the ARN after `policy/`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_TABLE = Path(__file__).with_name("managed_policies.tsv")
_BLOCKS = Path(__file__).with_name("managed_policies.blocks")

StatementData = Mapping[str, Any]

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

# Names that AWS once published and has withdrawn, without their path: what replaces them, where AWS says so.
WITHDRAWN: dict[str, str] = {
    "AWSBackupAdminPolicy": "AWSBackupFullAccess",
    "AWSBackupOperatorPolicy": "AWSBackupOperatorAccess",
    "AWSBudgetsActionsRolePolicyForResourceAdministrationWithSSM": (
        "AWSBudgetsActions_RolePolicyForResourceAdministrationWithSSM"
    ),
    "AWSCloudTrailFullAccess": "AWSCloudTrail_FullAccess",
    "AWSCloudTrailReadOnlyAccess": "AWSCloudTrail_ReadOnlyAccess",
    "AWSCodePipelineFullAccess": "AWSCodePipeline_FullAccess",
    "AWSCodePipelineReadOnlyAccess": "AWSCodePipeline_ReadOnlyAccess",
    "AWSConfigRole": "service-role/AWS_ConfigRole",
    "AWSDataPipelineRole": "",
    "AWSElasticBeanstalkFullAccess": "AdministratorAccess-AWSElasticBeanstalk",
    "AWSElasticBeanstalkReadOnlyAccess": "AWSElasticBeanstalkReadOnly",
    "AWSLambdaFullAccess": "AWSLambda_FullAccess",
    "AWSLambdaReadOnlyAccess": "AWSLambda_ReadOnlyAccess",
    "AWSOpsWorksFullAccess": "",
    "AWSOpsWorksRegisterCLI": "",
    "AWSOpsWorksRole": "",
    "AWSRoboMakerFullAccess": "AWSRoboMaker_FullAccess",
    "AWS_Config_Role": "service-role/AWS_ConfigRole",
    "AmazonConnectFullAccess": "AmazonConnect_FullAccess",
    "AmazonEC2ContainerServiceFullAccess": "AmazonECS_FullAccess",
    "AmazonEC2ReportsAccess": "",
    "AmazonEC2SpotFleetRole": "service-role/AmazonEC2SpotFleetTaggingRole",
    "AmazonMachineLearningRoleforRedshiftDataSource": "service-role/AmazonMachineLearningRoleforRedshiftDataSourceV3",
    "AmazonMachineLearningRoleforRedshiftDataSourceV2": "service-role/AmazonMachineLearningRoleforRedshiftDataSourceV3",
    "AmazonMacieSetupRole": "",
    "AmazonMechanicalTurkCrowdFullAccess": "",
    "AmazonMechanicalTurkCrowdReadOnlyAccess": "",
    "AmazonSumerianFullAccess": "",
    "AmazonWorkLinkFullAccess": "",
    "AmazonWorkLinkReadOnly": "",
    "ServerMigrationServiceRole": "",
    "ServiceCatalogAdminReadOnlyAccess": "AWSServiceCatalogAdminReadOnlyAccess",
    "ServiceCatalogEndUserAccess": "AWSServiceCatalogEndUserReadOnlyAccess",
}

# Of those, the ones that China or GovCloud still have.
ELSEWHERE: frozenset[str] = frozenset(
    {
        "AWSConfigRole",
        "AWSDataPipelineRole",
        "AWSLambdaFullAccess",
        "AWSLambdaReadOnlyAccess",
        "AWS_Config_Role",
        "AmazonEC2ContainerServiceFullAccess",
        "ServiceCatalogAdminReadOnlyAccess",
        "ServiceCatalogEndUserAccess",
    }
)

# Still there, but "on a deprecation path" or "soon to be deprecated" by AWS's own description of the policy.
LEAVING: dict[str, str] = {
    "service-role/AmazonEC2RoleforSSM": "AmazonSSMManagedInstanceCore",
    "service-role/AWSElasticBeanstalkService": "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
    "service-role/AmazonElasticMapReduceRole": "service-role/AmazonEMRServicePolicy_v2",
    "AmazonElasticMapReduceFullAccess": "AmazonEMRFullAccessPolicy_v2",
    "AmazonElasticMapReduceReadOnlyAccess": "AmazonEMRReadOnlyAccessPolicy_v2",
}


class ManagedPolicy(NamedTuple):
    """What is published of a policy: its path and name, default version, and the days it was made and last changed."""

    name: str
    version: str
    created: str
    updated: str


def is_full_access(name: str) -> bool:
    """Whether the policy gives all of a service, as its name says (`AmazonS3FullAccess`)."""
    return name.rpartition("/")[2].endswith("FullAccess")


def data_date() -> str:
    """The day of the table of policies, YYYY-MM-DD."""
    with _TABLE.open(encoding="utf-8") as table:
        return table.readline().rstrip().rpartition("\t")[2]


@lru_cache(maxsize=1024)
def find(name: str) -> ManagedPolicy | None:
    """The policy of this ARN, or path and name; None when AWS has none. Names are read as IAM does, in any case."""
    number = _numbers().get(_plain(name).lower())
    return None if number is None else ManagedPolicy(*_rows()[number].split("\t"))


def path_of(name: str) -> str | None:
    """The path and name of the policy with this bare name: `service-role/AWSLambdaRole`; None when AWS has none."""
    number = _bare().get(name.lower())
    return None if number is None else _rows()[number].partition("\t")[0]


def nearest(name: str) -> str:
    """The path and name of the policy that was probably meant; empty when none is near."""
    from difflib import get_close_matches

    bare = name.rpartition("/")[2].lower()
    close = get_close_matches(bare, _bare(), n=1, cutoff=0.85)
    return (path_of(close[0]) or "") if close else ""


def granted(name: str) -> Sequence[StatementData] | None:
    """The statements of the latest version of the policy of this ARN, or path and name, Sids left out; None when AWS
    has no such policy. `Action`, `Resource` and values of conditions are a string or a list, as AWS wrote them."""
    import json

    number = _numbers().get(_plain(name).lower())
    if number is None:
        return None
    size = _layout()[0]
    found: Sequence[StatementData] = json.loads(_block(number // size)[number % size])
    return found


def names() -> list[str]:
    """Path and name of every policy, in order."""
    return [row.partition("\t")[0] for row in _rows()]


def name(row: int) -> str:
    """Path and name of the policy in a row of the table."""
    return _rows()[row].partition("\t")[0]


def _plain(name: str) -> str:
    return name.partition(":iam::aws:policy/")[2] if name.startswith("arn:") else name


@cache
def _rows() -> list[str]:
    """Read when a policy is first asked for."""
    return _TABLE.read_text(encoding="utf-8").splitlines()[1:]


@cache
def _numbers() -> dict[str, int]:
    """Which row a path and name is in."""
    return {row.partition("\t")[0].lower(): number for number, row in enumerate(_rows())}


@cache
def _bare() -> dict[str, int]:
    """Which row a name without its path is in; names are unique over all paths."""
    return {name.rpartition("/")[2]: number for name, number in _numbers().items()}


@cache
def _layout() -> tuple[int, list[int]]:
    """How many policies a block has, and where each block begins and the last ends."""
    with _BLOCKS.open("rb") as file:
        header = file.readline()
    size, *lengths = map(int, header.split())
    starts = [len(header)]
    for length in lengths:
        starts.append(starts[-1] + length)
    return size, starts


@lru_cache(maxsize=8)
def _block(index: int) -> list[bytes]:
    import zlib

    starts = _layout()[1]
    with _BLOCKS.open("rb") as file:
        file.seek(starts[index])
        return zlib.decompress(file.read(starts[index + 1] - starts[index])).split(b"\n")
