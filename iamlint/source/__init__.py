"""Text becomes nodes that remember their place; nothing here knows IAM."""
