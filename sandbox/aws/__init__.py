"""The embedded AWS: moto behind a gate of our own, on 127.0.0.1. `README.md` says what is where.

An operation's behaviour is found by its API name: in the file of its service (`organizations.py`, `ssoadmin.py`,
`iam.py`, `sts.py`), registered with `@handles` (ours) or `@guards` (a check before moto's), or else in moto.
"""

from sandbox.aws.embedded import EmbeddedAws
from sandbox.aws.errors import SandboxError

__all__ = ["EmbeddedAws", "SandboxError"]
