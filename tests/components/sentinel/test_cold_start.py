"""The function needs nothing but what Lambda's Python runtime has. benchmarks/sentinel.py measures its cold start."""

from __future__ import annotations

import ast
import sys

from pulumi_aws_identity_center.components.sentinel_parts import handler_source


def test_it_imports_what_the_runtime_has() -> None:
    nodes = list(ast.walk(ast.parse(handler_source())))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    roots = {module.partition(".")[0] for module in modules}
    assert roots - sys.stdlib_module_names == {"boto3", "botocore"}
