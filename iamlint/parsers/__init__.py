"""Nodes become models: the spelling of each format ends here; knows no rule."""
