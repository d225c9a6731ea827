#!/usr/bin/python3
"""--fail: what makes a comparison a failed check. --floor, --min-paired."""

import numpy as np

from harness import check, main, mmtui, test


def dumps(folder, src, dst):
    for side, tensors in (("src", src), ("dst", dst)):
        (folder / side).mkdir()
        for name, values in tensors.items():
            np.save(folder / side / name, np.float32(values))
    return folder / "src", folder / "dst"


def run_check(folder, status, *options):
    return mmtui(folder / "src", folder / "dst", "--fail", *options, status=status).err


@test
def within_and_over(folder):
    """0 within the threshold, 1 over it, and 0 over it where --fail was not given"""
    src, dst = dumps(folder, {"a": [1, 2]}, {"a": [1, 2.2]})
    run_check(folder, 1)  # 2.2 for 2 is 0.089 of the whole
    run_check(folder, 0, "--threshold", "0.1")
    mmtui(src, dst)  # no --fail


@test
def nothing_compared(folder):
    """two dumps that have no tensor in common have not passed"""
    dumps(folder, {"c": [1, 2]}, {"d": [1, 2]})
    err = run_check(folder, 1)
    check("nothing was compared" in err, err)
    text = mmtui("triage", folder / "src", folder / "dst").out
    check("Nothing was compared: no tensor of src has a partner in dst." in text, text)
    check("No problem found" not in text, text)


@test
def unreadable(folder):
    """a tensor that is cut has not passed, and triage does not say that nothing is over"""
    src, dst = dumps(folder, {"c": [1, 2]}, {"c": [1, 2]})
    with open(dst / "c.npy", "r+b") as file:
        file.truncate(90)
    run_check(folder, 1)
    text = mmtui("triage", src, dst).out
    check("not all could be read" in text and "Nothing is over" not in text, text)


@test
def output_missing(folder):
    """by time stamps y is what src wrote last: dst lacks it"""
    dumps(folder, {"1_a": [1, 2], "2_y": [3]}, {"1_a": [1, 2]})
    err = run_check(folder, 1)
    check("output y is not in dst" in err, err)


@test
def min_paired(folder):
    """one of two that the smaller side has"""
    dumps(folder, {"a": [1], "b": [1]}, {"a": [1], "c": [1]})
    err = run_check(folder, 1, "--min-paired", "0.9")
    check("1 of 2 tensors were compared" in err, err)
    run_check(folder, 0, "--min-paired", "0.5")


@test
def floor(folder):
    """1e-9 where the reference is 0 is infinitely wrong as a ratio, and below any floor that matters"""
    dumps(folder, {"a": [0, 0], "b": [1, 2]}, {"a": [0, 1e-9], "b": [1, 2]})
    run_check(folder, 1)
    run_check(folder, 0, "--floor", "1e-6")
    run_check(folder, 1, "--floor", "1e-10")


if __name__ == "__main__":
    main()
