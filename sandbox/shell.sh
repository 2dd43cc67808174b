#!/usr/bin/env bash
# An interactive shell in the sandbox that `make up` keeps: plain pulumi commands and identity-center work in it.
set -euo pipefail
cd "$(dirname "$0")/.."
pulumi stack select sandbox --non-interactive </dev/null >/dev/null 2>&1 || true # there after `make up`
echo "A sandbox: no AWS account, and no address but 127.0.0.1. Try: identity-center status; exit to leave."
shell=${SHELL:-/bin/bash}
case $shell in
  # After the user's own prompt is set. How the last command in the shell ended is no error of make's.
  *bash) "$shell" --rcfile <(cat ~/.bashrc 2>/dev/null; echo 'PS1="(sandbox) $PS1"') || true ;;
  *) PS1='(sandbox) \w\$ ' "$shell" || true ;;
esac
