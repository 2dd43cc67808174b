"""Reads the access.yaml that a command names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_aws_identity_center.errors import InvalidInput

if TYPE_CHECKING:
    from pulumi_aws_identity_center.matrix.access_matrix import AccessMatrix


def read_matrix(file: Path) -> AccessMatrix:
    """Raises InvalidInput with every problem of the file."""
    from pulumi_aws_identity_center.matrix.access_file import parse_access_file

    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput([f"{file} can't be read: {error.strerror or 'the system refused'}."]) from None
    except UnicodeDecodeError:
        raise InvalidInput([f"{file} is not text in UTF-8."]) from None
    return parse_access_file(text, file.name)
