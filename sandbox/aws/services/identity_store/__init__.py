"""identitystore: an instance's users and groups, and who is in which.

One file a subject, one function an operation, found by its API name. Importing this registers them all. The state is
`identity_center/directory.py`'s; an identity store belongs to one instance and lives and dies with it.
"""

from . import groups, memberships, users  # noqa: F401 - they register
