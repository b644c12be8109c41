"""What AWS's own policies for execution roles give on every resource, for any workload to run at all."""

from __future__ import annotations

# AWSLambdaBasicExecutionRole, AWSLambdaVPCAccessExecutionRole, AmazonECSTaskExecutionRolePolicy and, but for reading
# parameters, AmazonSSMManagedInstanceCore, as far as their actions take a resource: log lines, the network interfaces
# of a function in a VPC, pulling an image, the reports of the SSM agent.
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSTaskExecutionRolePolicy.html
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html
_ROUTINE = frozenset(
    {
        "ec2:assignprivateipaddresses", "ec2:createnetworkinterface", "ec2:deletenetworkinterface",
        "ec2:unassignprivateipaddresses", "ecr:batchchecklayeravailability", "ecr:batchgetimage",
        "ecr:getdownloadurlforlayer", "logs:createloggroup", "logs:createlogstream", "logs:putlogevents",
        "ssm:describeassociation", "ssm:describedocument", "ssm:getdeployablepatchsnapshotforinstance",
        "ssm:getdocument", "ssm:getmanifest", "ssm:listassociations", "ssm:listinstanceassociations",
        "ssm:putcomplianceitems", "ssm:putconfigurepackageresult", "ssm:putinventory", "ssm:updateassociationstatus",
        "ssm:updateinstanceassociationstatus", "ssm:updateinstanceinformation",
    }
)  # fmt: skip


def is_routine(action: str) -> bool:
    """Whether AWS itself gives execution roles an action, written without wildcards, on every resource."""
    return action.strip().lower() in _ROUTINE
