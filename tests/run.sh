#!/bin/sh
# Run test programs (cmocka binaries, *.sh, *.py), print what failed, end with "N passed, N failed".
# A cmocka program counts its own tests; a script prints a line "ok NAME" or "not ok NAME" per test.
# As many at once as there are cores; TEST_JOBS=1: one after the other.
# neither a user's own config nor state nor results of earlier runs, nor byte code beside the tests
export XDG_CONFIG_HOME=/nonexistent XDG_CACHE_HOME=/dev/null/none XDG_STATE_HOME=/dev/null/none PYTHONDONTWRITEBYTECODE=1
results=$(mktemp) || exit 2
trap 'rm -f "$results"' EXIT
printf '%s\0' "$@" | xargs -0 -n 1 -P "${TEST_JOBS:-$(nproc 2>/dev/null || echo 2)}" "$(dirname "$0")/run_one.sh" "$results"
# one that left no line was killed: it failed
set -- $# $(awk '{ good += $1; bad += $2 } END { print NR, good + 0, bad + 0 }' "$results")
failed=$(($4 + $1 - $2))
echo "$3 passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$3" -gt 0 ]
