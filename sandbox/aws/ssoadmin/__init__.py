"""sso-admin: IAM Identity Center's instances, permission sets, and who has which in which account.

One file a subject, one function an operation, found by its API name. Importing this registers them all. `portal.py`
is no API: it stands in for people who sign in. The state is `identitycenter/`'s.
"""

from sandbox.aws.ssoadmin import (  # noqa: F401 - they register
    applications,
    assignments,
    attributes,
    instances,
    permission_sets,
    policies,
    provisioning,
    roles,
    tags,
)
from sandbox.aws.ssoadmin.departures import forget_account
from sandbox.aws.ssoadmin.instances import load, new_instance

__all__ = ["forget_account", "load", "new_instance"]
