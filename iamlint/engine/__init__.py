"""Models become findings: the rule language, the rules, and the run; knows no file format."""
