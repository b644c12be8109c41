"""Terraform: folders of `.tf` files become stacks, evaluated as Terraform does."""
