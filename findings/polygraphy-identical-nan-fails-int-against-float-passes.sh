#!/bin/sh
# Polygraphy: a tensor compared with itself fails if it holds a NaN or an infinity; int32 against float32
# passes
# Expected: identical tensors pass; tensors of different types do not, or not in silence.
# Seen: [1, NaN] against itself fails, and [1, -inf] too unless infinities_compare_equal is set (there is no
# such switch for NaN). [1, 2] as float32 against int32 passes with difference 0. Two empty tensors pass with
# a mean difference of NaN.
# Versions: polygraphy 0.53.6, numpy 2.4.6, 2026-11-30.
# Why it matters: masks made of -inf fail bit-identical runs; a type that a converter changed goes unnoticed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 polygraphy==0.53.6
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
from polygraphy.comparator import CompareFunc, Comparator, IterationResult, RunResults
from polygraphy.logger import G_LOGGER

G_LOGGER.module_severity = {"": 50}


def compare(a, b, **options):
    results = RunResults()
    for name, y in (("a", a), ("b", b)):
        results.append((name, [IterationResult({"y": y}, runner_name=name)]))
    r = Comparator.compare_accuracy(results, compare_func=CompareFunc.simple(**options))
    y = r[0][("a", "b")][0]["y"]
    return "passes" if r else "fails", "mean difference", float(y.mean_absdiff)


nan, inf = np.array([1, np.nan], np.float32), np.array([1, -np.inf], np.float32)
print("NaN with itself:", *compare(nan, nan))
print("-inf with itself:", *compare(inf, inf))
print("-inf with itself, infinities_compare_equal:", *compare(inf, inf, infinities_compare_equal=True))
print("float32 with int32:", *compare(np.array([1, 2], np.float32), np.array([1, 2], np.int32)))
print("empty with empty:", *compare(np.ones(0, np.float32), np.ones(0, np.float32)))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
NaN with itself: fails mean difference nan
-inf with itself: fails mean difference nan
-inf with itself, infinities_compare_equal: passes mean difference 0.0
float32 with int32: passes mean difference 0.0
empty with empty: passes mean difference nan
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
