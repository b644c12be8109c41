"""Findings become text: one file per output format, each a pure function from a report to a string."""
