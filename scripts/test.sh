#!/bin/sh
# Run every test: those without a browser on two processes, then the browser ones on one.
# Side by side, two browsers and two served sites starve each other on a small machine.
# Arguments go to pytest; a choice that leaves one of the two halves empty is no failure.
set -u
cd "$(dirname "$0")/.." || exit 1
sh scripts/chromium.sh > /dev/null || exit 1

half() {
    .venv/bin/python -m pytest "$@"
    status=$?
    # 5: nothing was collected in this half.
    [ "$status" = 5 ] && empty=$((empty + 1)) && return 0
    return "$status"
}

empty=0
failed=0
half -n 2 --dist loadfile -m "not browser" "$@" || failed=1
half -m browser "$@" || failed=1
if [ "$empty" = 2 ]; then
    echo "No test was found." >&2
    exit 5
fi
exit "$failed"
