#!/bin/sh
# One test program for tests/run.sh:  run_one.sh RESULTS PROGRAM
# Prints what failed and a line of totals, in one piece; adds "PASSED FAILED" to the file RESULTS.
results=$1
program=$2
log=$(mktemp) || exit 2
said=$(mktemp) || exit 2
trap 'rm -f "$log" "$said"' EXIT
started=$(date +%s)
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
fi >"$said"
printf '%5d passed %3d failed %4d s  %s\n' "$good" "$bad" $(($(date +%s) - started)) "${program#"${BUILD:-build}"/}" >>"$said"
# two that end at once must not be mixed
flock "$results" sh -c 'cat "$1"; echo "$2 $3" >>"$4"' sh "$said" "$good" "$bad" "$results"
