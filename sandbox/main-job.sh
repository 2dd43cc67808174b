#!/usr/bin/env bash
# The main job, as a platform engineer runs it against a real management account: only the environment differs.
# `make up` runs this in a kept sandbox.
set -euo pipefail
cd "$(dirname "$0")/.."
pulumi stack select --create sandbox --non-interactive >/dev/null
trusted='"trustedPrincipals": ["arn:aws:iam::111122223333:root"]'
roles='[{"name": "operator", "permissions": ["enable", "observe"], '$trusted'},
	{"name": "break-glass", "permissions": ["disable"], '$trusted'}]'
pulumi config set-all --stack sandbox --non-interactive \
	--plaintext aws-identity-center:accessMatrix=sandbox/access.yaml --plaintext 'aws-identity-center:sentinel={}' \
	--plaintext "aws-identity-center:operatorRoles=$roles"
pulumi up --yes --policy-pack policies --stack sandbox --suppress-permalink=true
echo
identity-center matrix
echo
identity-center status
