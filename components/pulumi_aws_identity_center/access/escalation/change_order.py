"""The possible changes to a principal that the search has, in the order in which it tries them."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_aws_identity_center.access.account import Account
from pulumi_aws_identity_center.access.permissions import Permissions

from . import edges
from .additions import NEW_POLICY, allow_everything, attachments, joins, recipients_of
from .candidates import Candidates
from .change import Change
from .restrictions import changes_of_boundary, changes_of_policies


def changes(permissions: Permissions, account: Account, candidates: Candidates) -> Iterator[Change]:
    """All but those of its name and tags."""
    is_limited = NEW_POLICY not in permissions.documents
    recipients = recipients_of(permissions, account, candidates)
    if is_limited:
        yield allow_everything(permissions, recipients, candidates)
    yield from joins(permissions, account, candidates)
    yield from changes_of_policies(permissions, account)
    yield from changes_of_boundary(permissions, account, candidates)
    if is_limited and candidates.may_call_any(*edges.ATTACH_POLICY.values()):
        yield from attachments(permissions, recipients, account, candidates)
