"""A plan's JSON, a value at a time."""

from __future__ import annotations

from pulumi_aws_identity_center.errors import IdentityCenterError
from pulumi_aws_identity_center.json_stream import JsonStream


class NotAPlan(IdentityCenterError):
    """The input is not the JSON of a plan, or only the beginning of it."""


class Document(JsonStream):
    error = NotAPlan
    cut_off = "The input ends in the middle of the plan's JSON: it was cut off. Run it again."
    not_json = (
        "The input is not valid JSON, so it is no preview's or plan's. If other output is mixed into it, keep that "
        "out: only standard output, of one command."
    )
    too_deep = "The input is nested too deeply to be the JSON of a plan."
    not_text = "The input is not text in UTF-8, so it is not the JSON of a plan."
