"""Would a preview take away the last administrator? Judged against the live organization, so that grants of other
stacks count too. Asks only about the accounts where administration is, the management account's and the delegated
administrator's: two calls for each permission set there, five for its content, one for each group and user.
"""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_aws_identity_center.aws.permission_sets import PermissionSets
from pulumi_aws_identity_center.aws.reader import Reader, malformed_is_unanswered

from .last_administrator import AccessState, Loss, accounts_that_decide, find_losses, operator_from_arn
from .live_access import parse_content, read_live_access
from .live_center import find_instance, identity_store
from .live_organization import read_delegated_administrator, read_management_account
from .preview import AccessChanges


@malformed_is_unanswered()
def find_live_losses(reader: Reader, changes: AccessChanges) -> list[Loss]:
    """Raises Unanswered, NotPossibleHere."""
    if not changes.loses and not changes.changed_sets:
        return []
    instance = find_instance(reader)
    management = read_management_account(reader)
    delegated = read_delegated_administrator(reader)
    operator = operator_from_arn(reader.call("sts", "get_caller_identity")["Arn"])
    accounts = accounts_that_decide(management, delegated, operator)
    principal_name = identity_store(reader, instance).principal_name
    before = read_live_access(reader, PermissionSets(reader, instance.arn), accounts, principal_name).state
    return find_losses(before, _side_after(before, changes, accounts), management, delegated, operator)


def _side_after(before: AccessState, changes: AccessChanges, accounts: Iterable[str]) -> AccessState:
    places = set(accounts)
    lost = {grant.key for grant in changes.loses}
    kept = [grant for grant in before.grants if grant.key not in lost]
    gained = [grant for grant in changes.gains if grant.account in places]
    contents = {name: parse_content(name, content) for name, content in changes.contents.items()}
    return AccessState([*kept, *gained], {**before.permission_sets, **contents})
