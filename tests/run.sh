#!/bin/sh
# Run test programs (cmocka binaries, *.sh, *.py), print what failed, end with "N passed, N failed".
# A cmocka program counts its own tests; a script prints a line "ok NAME" or "not ok NAME" per test.
# neither a user's own config nor results of earlier runs, nor byte code beside the tests
export XDG_CONFIG_HOME=/nonexistent XDG_CACHE_HOME=/dev/null/none PYTHONDONTWRITEBYTECODE=1
passed=0
failed=0
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
for program in "$@"; do
    case $program in
    *.py) /usr/bin/python3 "$program" >"$log" 2>&1 ;;
    *) "$program" >"$log" 2>&1 ;;
    esac
    status=$?
    case $program in
    *.py | *.sh)
        good=$(grep -c '^ok ' "$log")
        bad=$(grep -c '^not ok ' "$log")
        ;;
    *)
        good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s)\.$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
        bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s), listed below:$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
        ;;
    esac
    # a program that dies, or that ran nothing, is a failure whatever it counted
    [ $status -ne 0 ] && [ "$bad" -eq 0 ] && bad=1
    [ $status -eq 0 ] && [ $((good + bad)) -eq 0 ] && bad=1
    if [ "$bad" -ne 0 ]; then
        echo "---- $program (exit status $status)"
        grep -v '^\[       OK \]\|^\[ RUN      \]\|^ok ' "$log" | tail -n 60
    fi
    printf '%5d passed %3d failed  %s\n' "$good" "$bad" "${program#"${BUILD:-build}"/}"
    passed=$((passed + good))
    failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
