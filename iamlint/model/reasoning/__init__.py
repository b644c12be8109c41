"""Rules that reason: what policies say together, asked of the logic."""
