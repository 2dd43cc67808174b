"""Whether break-glass is open, by the owning stack's configuration. No API shows it."""

from __future__ import annotations

import datetime

from pulumi_aws_identity_center.domain.break_glass import parse_break_glass
from pulumi_aws_identity_center.domain.stack_config import StackConfig
from pulumi_aws_identity_center.errors import InvalidInput
from pulumi_aws_identity_center.names import PACKAGE

from .check import Check, moment

_BREAK_GLASS = f"{PACKAGE}:breakGlass"


def break_glass(stack: StackConfig, now: datetime.datetime) -> Check:
    """It is a setting of the owning Pulumi stack, and leaves no trace in AWS: looked at where that setting is given."""
    id_ = "break-glass"
    if stack.is_break_glass_secret:
        remedy = f"pulumi config get {_BREAK_GLASS}  # in the owning stack"
        return Check(id_, stack.source, "undetermined", "Whether it is open is encrypted there.", remedy)
    close = f"pulumi config rm {_BREAK_GLASS} && pulumi up  # in the owning stack: protects trusted access again"
    try:
        open_break_glass = parse_break_glass(stack.break_glass, now=now)
    except InvalidInput as error:
        return Check(id_, stack.source, "fail", " ".join(error.problems), close)
    if open_break_glass is None:
        return Check(id_, stack.source, "pass", "It is not open by that configuration.")
    end, reason = moment(open_break_glass.expires), open_break_glass.reason
    detail = f"It is OPEN until {end} ({reason}): trusted access is not protected."
    return Check(id_, stack.source, "fail", detail, close)
