#!/bin/sh
# Polygraphy's compare_accuracy passes two runs that have other outputs and another number of iterations
# Expected: an output that only one run has, or an iteration that only one run has, fails the comparison.
# Seen: a run with outputs y and z against one with Y alone passes: the names are matched loosely and z is
# left out. One iteration against two passes; the second is not looked at.
# Versions: polygraphy 0.53.6, numpy 2.4.6, 2026-11-30.
# Why it matters: "all outputs match" says nothing about how many were compared; a runner that dropped a head
# still passes in CI.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 polygraphy==0.53.6
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from polygraphy.comparator import Comparator, IterationResult, RunResults
from polygraphy.logger import G_LOGGER

G_LOGGER.module_severity = {"": 50}


def compare(first, second):
    results = RunResults()
    for name, iterations in (("a", first), ("b", second)):
        results.append((name, [IterationResult(o, runner_name=name) for o in iterations]))
    r = Comparator.compare_accuracy(results)
    return "passes" if r else "fails", [sorted(i) for i in r[0][("a", "b")]]


one, two = np.ones(2, np.float32), np.full(2, 2, np.float32)
print("y, z against Y:", *compare([{"y": one, "z": one}], [{"Y": one}]))
print("y against y, wrong:", *compare([{"y": one}], [{"y": two}]))
print("one iteration against two:", *compare([{"y": one}], [{"y": one}, {"y": two}]))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
y, z against Y: passes [['y']]
y against y, wrong: fails [['y']]
one iteration against two: passes [['y']]
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
