"""One rule a file: a pure check and its metadata. `registry.py` lists them, `../pack/` gives them to Pulumi."""
