"""China and GovCloud: one world, by the names of the caller's partition.

The world is in the partition aws. In a request that is signed for a Region of another partition, and in its answer, the
two partitions change names: a Region there is one of the world's, an ARN there one of the world's, and the other way
round. So an ARN that has the wrong partition names nothing.
"""

from __future__ import annotations

import io
import re
from typing import Any

from sandbox.aws.core.wire import Response

_SIGNED_FOR = re.compile(r"Credential=[^/,\s]+/\d{8}/([^/]+)/")


class Partition:
    """regions: the partition's Regions, each with the one of the world that it is."""

    def __init__(self, name: str, regions: dict[str, str]) -> None:
        names = {"arn:aws:": f"arn:{name}:", "arn%3Aaws%3A": f"arn%3A{name}%3A", **regions}
        self.regions = frozenset(regions)
        self._other_names = names | {there: here for here, there in names.items()}
        self._any_name = re.compile("|".join(map(re.escape, self._other_names)))

    def request(self, environ: dict[str, Any]) -> dict[str, Any]:
        body = self._translate(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        texts = {key: self._swap(value) for key, value in environ.items() if isinstance(value, str)}
        return {**environ, **texts, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}

    def answer(self, response: Response) -> Response:
        status, headers, body = response
        return status, headers, self._translate(body)

    def _translate(self, body: bytes) -> bytes:
        return self._swap(body.decode("latin-1")).encode("latin-1")

    def _swap(self, text: str) -> str:
        return self._any_name.sub(lambda match: self._other_names[match[0]], text)


_PARTITIONS = (
    Partition("aws-cn", {"cn-northwest-1": "us-east-1", "cn-north-1": "us-west-2"}),
    Partition("aws-us-gov", {"us-gov-west-1": "us-east-1", "us-gov-east-1": "us-west-2"}),
)


def partition_of(environ: dict[str, Any]) -> Partition | None:
    """The partition that a request is signed for, if it isn't the world's."""
    region = _SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
    return next((row for row in _PARTITIONS if region is not None and region[1] in row.regions), None)
