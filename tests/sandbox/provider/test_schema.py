"""Schemas are read from pulumi_aws once, then from the user's cache; a provider's own process imports no SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.provider import introspection, schema

ACCESS = "aws:organizations/awsServiceAccess:AwsServiceAccess"
NONSENSE = "aws:organizations/awsServiceAccess:Nonsense"


@pytest.fixture
def cache(tmp_path: Path, warm_python: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "executable", str(warm_python))
    monkeypatch.setattr(schema, "_folder", lambda: tmp_path / "schemas")
    monkeypatch.setattr(schema, "_schemas", {})
    return tmp_path / "schemas"


def test_types_are_read_once_and_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    type_schema = schema.of(ACCESS, [NONSENSE])
    assert type_schema == introspection.read(ACCESS)
    assert len(list(cache.iterdir())) == 2
    monkeypatch.setattr(schema, "_schemas", {})
    monkeypatch.setattr(subprocess, "run", None)
    assert schema.of(ACCESS) == type_schema
    assert schema.of(NONSENSE) is None


def test_a_broken_cache_file_is_mended(cache: Path) -> None:
    """Each is of another exception: no JSON, a list, an object of other members."""
    type_schema = schema.of(ACCESS)
    [file] = cache.iterdir()
    whole = file.read_text()
    for kept in ('{"inputs": ["a', '["inputs"]', '{"inputs": []}'):
        file.write_text(kept)
        schema._schemas.clear()
        assert schema.of(ACCESS) == type_schema, kept
        assert file.read_text() == whole, kept
        assert file.stat().st_mode & 0o044, kept


def test_a_cache_that_cannot_be_written_is_done_without(cache: Path) -> None:
    cache.write_text("a file where the folder would be")
    assert schema.of(ACCESS) == introspection.read(ACCESS)


def test_a_type_takes_its_own_arguments_and_no_namesakes() -> None:
    replica = introspection.read("aws:dynamodb/tableReplica:TableReplica")
    assert replica
    assert "globalTableArn" in replica.required  # a table's `replicas` have TableReplicaArgs of their own


def test_a_providers_process_has_only_the_protocol_of_the_sdk() -> None:
    program = (
        "import sys\nfrom sandbox.processes.without_sdk import find_protocol\nfind_protocol()\n"
        "import sandbox.provider.serving\n"
        "loaded = {name for name in sys.modules if name.split('.')[0] in ('pulumi', 'pulumi_aws', 'boto3', 'moto')}\n"
        "print(sorted(name for name in loaded if not name.startswith('pulumi.runtime.proto')))"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['pulumi', 'pulumi.runtime']"
