"""What Node.js programs of tests stand on: npm's packages, in the user's cache, and this package's TypeScript SDK."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from pulumi_aws_identity_center.components.plugin import inferred_schema
from pulumi_aws_identity_center.provider.schema import merged_schema

from sandbox.engine.build import sdk_generator
from sandbox.engine.cache import cache_root, obtain

has_node = shutil.which("node") is not None and shutil.which("npm") is not None
SDK = "@pulumi/aws-identity-center"
_NO_LOADER = "127.0.0.1:1"  # our schema names no other package's types, so the generator never asks for one


def installed(package_json: Path) -> Path:
    """The node_modules of a package.json that pins every version, from the npm registry, once."""
    pins = package_json.read_text("utf-8")
    entry = f"npm-{json.loads(pins)['name']}-{hashlib.sha256(pins.encode()).hexdigest()[:8]}"

    def install(folder: Path) -> None:
        shutil.copy(package_json, folder)
        command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm could not install {package_json}: {done.stderr}"

    return obtain(cache_root(), entry, "node_modules/@pulumi/pulumi/package.json", install, print).parents[2]


def with_own_sdk(packages: Path, folder: Path) -> Path:
    """A node_modules in `folder` with the packages, and with the TypeScript SDK that Pulumi's generator makes of the
    plugin's schema: in `folder`/sdk, as source, which is compiled with the program that imports it."""
    modules, sdk = folder / "node_modules", folder / "sdk"
    (modules / "@pulumi").mkdir(parents=True)
    for package in [*packages.iterdir(), *(packages / "@pulumi").iterdir()]:
        if package.name != "@pulumi":
            (modules / package.relative_to(packages)).symlink_to(package)
    sdk.mkdir()
    schema = merged_schema(inferred_schema())
    subprocess.run([sdk_generator(), "nodejs", sdk, _NO_LOADER], input=schema, text=True, check=True)
    (modules / SDK).symlink_to(sdk)
    settings = json.loads((sdk / "package.json").read_text("utf-8"))
    (sdk / "package.json").write_text(json.dumps({**settings, "main": "index.js"}))
    return modules


def compile_typescript(folder: Path, *options: str) -> None:
    """Runs the TypeScript compiler on the folder's tsconfig.json; what doesn't fit a type fails."""
    compilers = (parent / "node_modules/.bin/tsc" for parent in (folder, *folder.parents))
    command = [str(next(filter(Path.exists, compilers))), "--project", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
