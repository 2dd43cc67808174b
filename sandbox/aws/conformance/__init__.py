"""What AWS does, as boto3 scenarios that run anywhere: on the embedded AWS, and on a real throw-away organization.

`python -m sandbox.aws.conformance` runs them on a sandbox of its own. `--endpoint URL`, or `--endpoint aws` with the
ambient credentials, runs the read-only ones elsewhere; `--write --organization o-…` also those that make things, in
that organization only. They make what is called conformance-… and delete it again; none touches trusted access.
A scenario that fails on AWS and passes here is a fault of the sandbox: FIDELITY.md has what was only assumed.
"""

from . import organizations, reads, writes  # noqa: F401 - they register
from .scenario import SCENARIOS, Outcome, Target, run

__all__ = ["SCENARIOS", "Outcome", "Target", "run"]
