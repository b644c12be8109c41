"""CloudFormation, SAM and CDK templates become models."""
