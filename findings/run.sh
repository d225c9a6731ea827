#!/bin/sh
# Runs all findings, or those named on the command line; one line each, and a closing count.
set -u
here=$(cd "$(dirname "$0")" && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ $# -gt 0 ] || set -- "$here"/*.sh
same=0
changed=0
for script; do
    case $script in
    */run.sh | run.sh) continue ;;
    */*) ;;
    *) script=$here/$script ;;
    esac
    name=$(basename "$script" .sh)
    if sh "$script" >"$log" 2>&1; then
        same=$((same + 1))
        echo "as recorded  $name"
    else
        changed=$((changed + 1))
        echo "CHANGED      $name"
        sed 's/^/    /' "$log"
    fi
done
echo "$same as recorded, $changed changed"
[ "$changed" -eq 0 ]
