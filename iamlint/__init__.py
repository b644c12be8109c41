"""iamlint: a static policy-as-code linter for AWS IAM in infrastructure code."""

__version__ = "0.1.0"
