#!/usr/bin/python3
"""The result cache: what was measured is not measured again, and nothing that lies in the cache does harm.

How many results came from the cache stands in the summary line.
"""

import os
import time

import numpy as np

from harness import cache, check, compare, found, layers, load_report, main, mmtui, pair_of_folders, same, settle
from harness import table, test

COUNT = 12
RANDOM = np.random.default_rng(11)


def dumps(folder, count=COUNT):
    """Pairs, one tensor only in src, one only in dst, and one pair whose shapes differ."""
    src, dst = pair_of_folders(folder)
    for i in range(count):
        x = RANDOM.standard_normal((4, 5 + i)).astype("f4")
        np.save(src / f"t{i}.npy", x)
        np.save(dst / f"t{i}.npy", (x * 1.001).astype("f2"))
    np.save(src / "gone.npy", np.arange(6.0))
    np.save(dst / "new.npy", np.array([1.0, np.nan, np.inf]))
    np.save(src / "bent.npy", np.zeros((2, 3), "f4"))
    np.save(dst / "bent.npy", np.zeros((7,), "f4"))
    settle(src, dst)
    return count + 3


def reports(folder):
    return [(folder / "out" / name).read_bytes() for name in ("diff.json", "mmtui.json")]


def cache_files(folder):
    return sorted((folder / "cache" / "mmtui").glob("*"))


@test
def second_run(folder):
    """cache: the second run measures nothing and writes the same reports"""
    count = dumps(folder)
    same(found(compare(folder, env=cache(folder)))[0], 0, "found in the first run")
    first = reports(folder)
    same(len(cache_files(folder)), 1, "cache files")
    same((folder / "cache" / "mmtui").stat().st_mode & 0o777, 0o700, "the folder is the user's own")
    for jobs in ("0", "1", "4"):
        same(found(compare(folder, "-j", jobs, env=cache(folder))), (count, count), f"found with --jobs {jobs}")
        same(reports(folder), first, f"reports with --jobs {jobs}")
    compare(folder, "--no-cache", env=cache(folder))
    same(reports(folder), first, "reports without the cache")


@test
def from_elsewhere(folder):
    """cache: the table uses what compare has measured, whatever way the folders are named"""
    count = dumps(folder)
    compare(folder, env=cache(folder))
    same(found(table(folder, env=cache(folder))), (count, count), "found by the table")
    run = mmtui("src/../src", "./dst/", cwd=folder, env=cache(folder))
    same(found(run), (count, count), "found by other paths")
    same(len(cache_files(folder)), 1, "cache files")


@test
def on_the_screen(folder):
    """cache: a screen shows the same with and without it"""
    dumps(folder)
    script = folder / "script"
    script.write_text(":screen frame.txt\nEnter\n:screen layer.txt\n")
    shown = []
    for run in range(3):
        options = [["--no-cache"], [], []][run]
        mmtui("src", "dst", "--script", script, *options, cwd=folder, env=cache(folder))
        shown.append([(folder / name).read_bytes() for name in ("frame.txt", "layer.txt")])
    same(len(cache_files(folder)), 1, "cache files")
    check(shown[0] == shown[1] == shown[2], "the frames differ")


@test
def one_changed(folder):
    """cache: a file that changed is measured, the others are not"""
    count = dumps(folder)
    compare(folder, env=cache(folder))
    os.utime(folder / "src" / "t3.npy", ns=(10**18, 10**18))
    settle(folder / "src")
    same(found(compare(folder, env=cache(folder))), (count - 1, count), "found after a touch")
    same(found(compare(folder, env=cache(folder))), (count, count), "found after that")

    before = (folder / "dst" / "t5.npy").stat()
    old = np.load(folder / "dst" / "t5.npy")
    with open(folder / "dst" / "t5.npy", "r+b") as file:  # in place: the same size, inode and time
        np.save(file, old + np.float16(1))
    os.utime(folder / "dst" / "t5.npy", ns=(before.st_atime_ns, before.st_mtime_ns))
    settle(folder / "dst")
    same(found(compare(folder, env=cache(folder))), (count - 1, count), "found after a change behind a faked time")
    max_abs = np.abs(np.load(folder / "src" / "t5.npy") - (old + np.float16(1)).astype("f4")).max()
    same(np.float32(layers(folder)["t5"]["metrics"]["max_abs"]), max_abs, "max_abs of the changed pair")


@test
def removed_and_added(folder):
    """cache: files that came or went"""
    count = dumps(folder)
    compare(folder, env=cache(folder))
    (folder / "dst" / "t0.npy").unlink()
    np.save(folder / "src" / "late.npy", np.ones(3, "f4"))
    settle(folder / "src", folder / "dst")
    same(found(compare(folder, env=cache(folder))), (count - 1, count + 1), "found")
    same(layers(folder)["t0"]["state"], "single", "state of the one that lost its partner")


@test
def failures(folder):
    """cache: a file that can't be read is tried again"""
    count = dumps(folder)
    (folder / "src" / "t1.npy").write_bytes(b"no array")
    settle(folder / "src")
    for _ in range(2):
        run = compare(folder, env=cache(folder))
        check("t1.npy" in run.err, "the failure is told every time")
    same(found(run), (count - 1, count), "found")


@test
def just_written(folder):
    """cache: a file of whole-second times is not kept while another write could look the same"""
    src, dst = pair_of_folders(folder)
    for side in (src, dst):
        np.save(side / "a.npy", np.ones(3, "f4"))
        np.save(side / "b.npy", np.ones(3, "f4"))
    settle(src, dst)
    now = int(time.time()) * 10**9
    os.utime(src / "a.npy", ns=(now, now))
    settle(src, dst)
    compare(folder, env=cache(folder))
    if time.time_ns() < now + 15 * 10**8:
        same(found(compare(folder, env=cache(folder))), (1, 2), "found")


@test
def corrupt(folder):
    """cache: a corrupt, cut or foreign file is ignored and replaced"""
    count = dumps(folder)
    compare(folder, env=cache(folder))
    first = reports(folder)
    (path,) = cache_files(folder)
    good = path.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 4
    other_engine = bytearray(good)
    other_engine[12] ^= 1
    bad = [b"", b"x", good[:-1], good[: len(good) // 2], good + b"\0", bytes(flipped), bytes(other_engine)]
    bad += [b"\xff" * len(good), b"mmcache\n" + b"\xff" * 100, bytes(len(good))]
    for i, data in enumerate(bad):
        path.write_bytes(data)
        run = compare(folder, env=cache(folder))
        same((found(run)[0], run.err), (0, ""), f"found in, and said of, bad file {i}")
        same(reports(folder), first, f"reports with bad file {i}")
        same(found(compare(folder, env=cache(folder))), (count, count), f"found after bad file {i}")
    path.unlink()
    path.mkdir()
    run = compare(folder, env=cache(folder))
    same((found(run)[0], run.err), (0, ""), "with a folder in its place")
    path.rmdir()
    os.mkfifo(path)
    run = compare(folder, env=cache(folder))
    same((found(run)[0], run.err), (0, ""), "with a pipe in its place")
    same(found(compare(folder, env=cache(folder))), (count, count), "found after the pipe")


@test
def of_others(folder):
    """cache: what others can write, or wrote, is neither believed nor kept"""
    count = dumps(folder)
    run = lambda: found(compare(folder, env=cache(folder), preexec_fn=lambda: os.umask(0o002)))[0]
    run()
    (path,) = cache_files(folder)
    same(path.stat().st_mode & 0o777, 0o600, "mode")
    for mode in 0o620, 0o602:
        same(run(), count, "found in its own")
        path.chmod(mode)
        same(run(), 0, f"found in a file with {mode:o}")
        same(path.stat().st_mode & 0o777, 0o600, "mode of the new one")
    same(run(), count, "found in the new one")
    path.parent.chmod(0o770)
    before = path.read_bytes(), path.stat().st_ino
    same(run(), 0, "found in a folder that others can write")
    same((path.read_bytes(), path.stat().st_ino), before, "what lies there")


@test
def huge(folder):
    """cache: a file larger than any that is written is not read"""
    dumps(folder)
    compare(folder, env=cache(folder))
    (path,) = cache_files(folder)
    with open(path, "r+b") as file:
        file.truncate(1 << 40)
    same(found(compare(folder, env=cache(folder)))[0], 0, "found")
    check(path.stat().st_size < 1 << 20, "it was not replaced")


@test
def no_cache(folder):
    """cache: --no-cache neither reads nor writes; the demo has none"""
    dumps(folder)
    same(found(compare(folder, "--no-cache", env=cache(folder)))[0], 0, "found")
    table(folder, "--no-cache", env=cache(folder))
    mmtui("demo", env=cache(folder))
    mmtui("demo", "--no-cache", env=cache(folder))
    check(not (folder / "cache").exists(), "a cache was made")
    compare(folder, env=cache(folder))
    same(found(compare(folder, "--no-cache", env=cache(folder)))[0], 0, "found where there is a cache")


@test
def options(folder):
    """cache: results of other options are not used"""
    count = dumps(folder)
    beyond = {}
    for tolerance in ("0", "10", "0", "10"):
        run = compare(folder, "--atol", tolerance, env=cache(folder))
        same(found(run)[0], count if tolerance in beyond else 0, f"found with --atol {tolerance}")
        share = layers(folder)["t2"]["metrics"]["beyond_tolerance"]
        same(beyond.setdefault(tolerance, share), share, f"beyond tolerance with --atol {tolerance}")
    check(beyond["0"] > 0 and beyond["10"] == 0, f"shares beyond tolerance: {beyond}")
    run = compare(folder, "--atol", "0", "-t", "0.5", env=cache(folder))
    same(found(run)[0], count, "found with another threshold, which is no matter of measuring")


@test
def other_folders(folder):
    """cache: other folders have another file"""
    count = dumps(folder)
    compare(folder, env=cache(folder))
    run = compare(folder, src="dst", dst="src", env=cache(folder))
    same(found(run)[0], 0, "found the other way round")
    same(len(cache_files(folder)), 2, "cache files")
    same(found(compare(folder, env=cache(folder)))[0], count, "found again")


@test
def unwritable(folder):
    """cache: a run where no cache can be is as any other"""
    dumps(folder)
    (folder / "file").write_text("")
    expected = None
    for where in ("/dev/null/none", "/proc/none", str(folder / "file"), "relative", ""):
        env = {"XDG_CACHE_HOME": where, "HOME": "/dev/null"}
        for _ in range(2):
            run = compare(folder, env=env, cwd=folder)
            same((found(run)[0], run.err), (0, ""), f"with {where!r}")
            expected = expected or reports(folder)
            same(reports(folder), expected, f"reports with {where!r}")
    same(sorted(path.name for path in folder.iterdir()), ["dst", "file", "out", "src"], "files")
    run = compare(folder, env={"XDG_CACHE_HOME": "", "HOME": str(folder / "home")})
    check((folder / "home/.cache/mmtui").is_dir(), "~/.cache is where it is without XDG_CACHE_HOME")


@test
def bounded(folder):
    """cache: the folder is kept at 64 MiB: what was not used for longest goes first, other files stay"""
    dumps(folder)
    place = folder / "cache" / "mmtui"
    place.mkdir(parents=True)
    names = [f"{i:016x}.results" for i in range(6)]
    for i, name in enumerate(names):
        with open(place / name, "wb") as file:
            file.truncate(15 << 20)
        age = (6 - i) * 10**12
        os.utime(place / name, ns=(10**18 - age, 10**18 - age))
    (place / "notes.txt").write_text("mine")
    with open(place / "big.bin", "wb") as file:
        file.truncate(100 << 20)
    compare(folder, env=cache(folder))
    left = {path.name for path in cache_files(folder)}
    check({"notes.txt", "big.bin"} <= left, "files of others were removed")
    same([name in left for name in names], [False, False, True, True, True, True], "those that are left")
    same(len(left), 7, "files")


@test
def empty_tensors(folder):
    """cache: tensors without elements, and a scalar"""
    src, dst = pair_of_folders(folder)
    for side in (src, dst):
        np.save(side / "none.npy", np.zeros((0, 3), "f4"))
        np.save(side / "one.npy", np.float32(2.5))
        np.save(side / "nan.npy", np.full(4, np.nan, "f4"))
    settle(src, dst)
    compare(folder, env=cache(folder))
    first = reports(folder)
    same(found(compare(folder, env=cache(folder))), (3, 3), "found")
    same(reports(folder), first, "reports")
    same(len(load_report(folder)["layers"]), 3, "layers")


if __name__ == "__main__":
    main()
