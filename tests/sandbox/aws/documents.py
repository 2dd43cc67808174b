"""Policy documents that several tests of the embedded AWS need."""

from __future__ import annotations

import json

# A trust policy that lets every signed-in caller into the role, with session tags and a source identity.
OPEN_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            }
        ],
    }
)
