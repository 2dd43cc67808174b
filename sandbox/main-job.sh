#!/usr/bin/env bash
# The main job, as a platform engineer runs it against a real management account: only the environment differs.
# `make up` runs this in a kept sandbox.
set -euo pipefail
cd "$(dirname "$0")/.."
pulumi stack select --create sandbox --non-interactive >/dev/null
pulumi config set-all --stack sandbox --non-interactive \
	--plaintext aws-identity-center:accessMatrix=sandbox/access.yaml --plaintext 'aws-identity-center:sentinel={}'
pulumi up --yes --policy-pack policies --stack sandbox --suppress-permalink=true
echo
identity-center matrix
echo
identity-center status
