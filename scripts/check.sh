#!/bin/sh
# Run each check named, go on after a failure, end with the list of those that failed.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=
for check in "$@"; do
    printf '== %s\n' "$check"
    "${MAKE:-make}" --no-print-directory "$check" || failed="$failed $check"
done
if [ -n "$failed" ]; then
    printf '\nFailed:%s\n' "$failed" >&2
    exit 1
fi
printf '\nEvery check passed.\n'
