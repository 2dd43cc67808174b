#!/usr/bin/env bash
# check-sign-in.sh PLAN: may this saved plan be applied without anyone losing sign-in? 0 yes, 1 no, 2 could not tell.
# TERRAFORM=tofu for OpenTofu. The plan's JSON has secrets in plain text: it goes through a pipe and into no file.
set -uo pipefail
plan=${1-}
[[ -n $plan ]] || { echo "check-sign-in.sh PLAN" >&2; exit 2; }
"${TERRAFORM:-terraform}" show -json "$plan" | identity-center gate -
codes=("${PIPESTATUS[@]}")
[[ ${codes[0]} -eq 0 ]] || exit 2
exit "${codes[1]}"
