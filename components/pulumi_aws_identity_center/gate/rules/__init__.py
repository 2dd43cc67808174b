"""The gate's rules: a module for each kind of resource. Each has `judge(change, …)`, which yields findings.

`by_type.py` says which rule judges which type.
"""
