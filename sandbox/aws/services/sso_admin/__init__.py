"""sso-admin: IAM Identity Center's instances, permission sets, and who has which in which account.

One file a subject, one function an operation, found by its API name. Importing this registers them all. `portal.py`
is no API: it stands in for people who sign in. The state is `identity_center/`'s. Applications and trusted token
issuers are not here (501).
"""

from . import assignments, attributes, instances, permission_sets, policies, provisioning, roles, tags  # noqa: F401 - register
from .departures import forget_account
from .instances import load, new_instance

__all__ = ["forget_account", "load", "new_instance"]
