"""Organizations, in full: its state is `store.py`, its operations are in the file of their kind.

access.py who may call what · due_changes.py what time brings · organization.py · accounts.py · units.py · policies.py ·
service_access.py trusted access and delegated administrators · handshakes.py · tags.py.
Not here (501): invitations, responsibility transfers, CreateGovCloudAccount, effective policies, resource policies.
"""

from . import accounts, handshakes, policies, service_access, tags, units  # noqa: F401 - they register
from . import organization as organization_operations  # noqa: F401
from .access import SSO, is_member, member_ids

__all__ = ["SSO", "is_member", "member_ids"]
