"""Holds back a revocation that would take the last administrator's grant in the management account, until AWS has
another one.

The preview judges what the whole program declares (`administrators.py`). An update with --target, or one that goes on
after an error, may leave out the grant that replaces another; so AWS is asked before a grant of the management account
goes, unless its permission set administers nothing. Only a matrix asks for that: `pulumi destroy` takes everything.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from pulumi_aws_identity_center.aws.assignment_queue import CANCELLED
from pulumi_aws_identity_center.aws.assignments import Grant
from pulumi_aws_identity_center.matrix.administration import Administration, administers
from pulumi_aws_identity_center.matrix.last_administrator import AccessState, find_losses
from pulumi_aws_identity_center.matrix.live_access import parse_content
from pulumi_aws_identity_center.matrix.resource_steps import PERMISSION_SET_TYPE

from .administrators import read_live
from .run import Instance, Run

# For how long another administrator's grant may take to begin, in seconds; one that AWS works on is waited for.
_PATIENCE, _PAUSE = 15.0, 2.0
_REMEDY = (
    "AWS has no other one now: this update leaves out the grant that replaces it, or that one failed. Run pulumi up "
    "without --target, --exclude and --continue-on-error, or open break-glass to do it on purpose."
)


def may_administer(run: Run, grant: Grant) -> bool:
    """Whether AWS has to be asked before the grant goes."""
    if not run.keeps_administrators or grant.account != run.management_account:
        return False
    for state in run.remembered(PERMISSION_SET_TYPE):
        if state["arn"] == grant.permission_set:
            permission_set = parse_content(state["name"], state)
            return any(administers(permission_set, what) is not False for what in Administration)
    return True


def wait_for_another_administrator(run: Run, instance: Instance, revoked: Iterable[Grant]) -> str | None:
    """None once these grants may go; otherwise why they stay. Raises CallFailed."""
    revoked = list(revoked)
    deadline = time.monotonic() + _PATIENCE
    while (sentence := _loss_sentence(run, instance, revoked)) is not None:
        if run.is_stopped:
            return CANCELLED
        if run.queue.is_busy:
            deadline = time.monotonic() + _PATIENCE
        if time.monotonic() > deadline:
            return f"{sentence} {_REMEDY}"
        time.sleep(_PAUSE)
    return None


def _loss_sentence(run: Run, instance: Instance, revoked: Iterable[Grant]) -> str | None:
    """How the revocation locks administrators out for certain, judged by what AWS has now."""
    live = read_live(run, instance, [run.management_account])
    keys = {
        (grant.principal_type, grant.principal_id, live.names.get(grant.permission_set), grant.account)
        for grant in revoked
    }
    left = [grant for grant in live.state.grants if grant.key not in keys]
    losses = find_losses(live.state, AccessState(left, live.state.permission_sets), run.management_account)
    return next((loss.sentence for loss in losses if loss.certain), None)
