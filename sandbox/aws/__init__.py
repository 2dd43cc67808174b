"""The embedded AWS: moto behind a gate of our own, on 127.0.0.1. `README.md` says what is where.

An operation's behaviour is found by its API name: in its service's folder under `services/`, registered with `@handles`
(ours) or `@guards` (a check before moto's), or else in moto.
"""

from .core.errors import SandboxError
from .server.embedded import EmbeddedAws

__all__ = ["EmbeddedAws", "SandboxError"]
