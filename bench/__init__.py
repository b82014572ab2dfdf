"""Measurements. Each prints the machine, the figures and how to get them again; `--json FILE` writes the same."""
