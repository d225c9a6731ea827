#!/usr/bin/python3
"""`mmtui compare --shard` and `mmtui merge`: joined shares are what one run writes, byte for byte."""

import json
import re
import shutil
import subprocess

import numpy as np

from harness import ENVIRONMENT, MMTUI, ROOT, TIME_LIMIT, check, compare, load_report, main, mmtui, pair_of_folders, same, test

RANDOM = np.random.default_rng(5)


def dumps(folder, count=40):
    """Pairs of very different sizes with all that a report can hold: a NaN, a bent shape, lone and broken files."""
    src, dst = pair_of_folders(folder)
    for i in range(count):
        x = RANDOM.standard_normal(1 + i * i * 13).astype("f4")
        np.save(src / f"layer{i}.npy", x)
        y = x * np.float32(1 + 0.1 * (i % 3))
        y[0] = np.nan if i % 7 == 3 else y[0]
        np.save(dst / f"layer{i}.npy", y.astype("f2" if i % 2 else "f4"))
    np.save(src / "gone.npy", np.arange(6.0))
    np.save(dst / "new \"name\" \\ {[.npy", np.array([np.inf, -1.5]))
    np.save(src / "bent.npy", np.zeros((2, 3), "f4"))
    np.save(dst / "bent.npy", np.zeros((7,), "f4"))
    (src / "broken.npy").write_bytes(b"no array")
    np.save(dst / "broken.npy", np.zeros(3))
    (dst / "README").write_text("not a tensor")


def run_shares(folder, count, *options):
    """Each into a folder of its own. Returns the files."""
    for i in range(1, count + 1):
        mmtui("compare", "-s", "src", "-d", "dst", "-o", f"part{i}", "--shard", f"{i}/{count}", *options, cwd=folder)
    return [f"part{i}/mmtui.json" for i in range(1, count + 1)]


def whole(folder, *options):
    mmtui("compare", "-s", "src", "-d", "dst", "-o", "out", *options, cwd=folder)
    return (folder / "out" / "mmtui.json").read_bytes()


def report(folder, part):
    return json.loads((folder / part).read_bytes())


def refused(folder, *words):
    run = mmtui("merge", *words, "-o", "refused.json", status=2, cwd=folder)
    check(not (folder / "refused.json").exists(), "something was written")
    return run.err


@test
def under_parallel(folder):
    """shard: four shares under GNU parallel, joined, are the whole run's mmtui.json byte for byte"""
    dumps(folder)
    expected = whole(folder)
    check(shutil.which("parallel"), "GNU parallel is not installed (Debian: parallel)")
    command = ["parallel", "--jobs", "2", MMTUI, "compare", "-s", "src", "-d", "dst", "--shard", "{}/4", "-o", "part{}"]
    environment = {**ENVIRONMENT, "HOME": str(folder)}
    done = subprocess.run(
        [*command, ":::", "1", "2", "3", "4"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIME_LIMIT,
        check=False,
    )
    same(done.returncode, 0, done.stdout.decode(errors="replace"))
    parts = [f"part{i}/mmtui.json" for i in (3, 1, 4, 2)]
    mmtui("merge", *parts, "-o", "joined.json", cwd=folder)
    check((folder / "joined.json").read_bytes() == expected, "the joined file differs from the whole run's")
    check(not any((folder / f"part{i}" / "diff.json").exists() for i in range(1, 5)), "a share wrote diff.json")


@test
def any_number(folder):
    """shard: one share, two, seven, and more than there are pairs"""
    dumps(folder, 5)
    expected = whole(folder, "--atol", "0.25", "-t", "0.1")
    for count in (1, 2, 7, 30):
        parts = run_shares(folder, count, "--atol", "0.25", "-t", "0.1")
        mmtui("merge", *parts, cwd=folder)
        check((folder / "mmtui.json").read_bytes() == expected, f"{count} shares differ from the whole run")
        sizes = [len(report(folder, part)["layers"]) for part in parts]
        same(sum(sizes), 5 + 4, f"layers in {count} shares")
        check(max(sizes) - min(sizes) <= 9 // count + 1, f"layers in each of {count} shares: {sizes}")


@test
def balance(folder):
    """shard: each pair is in one share, again in the same, and shares are alike by size"""
    src, dst = pair_of_folders(folder)
    size = {}
    for i in range(60):
        x = np.zeros(int(RANDOM.integers(1, 60)) * 4096, "f4")
        for side in (src, dst):
            np.save(side / f"t{i:02}.npy", x)
        size[f"t{i:02}"] = 2 * x.nbytes
    shares = []
    for _ in range(2):
        parts = run_shares(folder, 4)
        shares.append([[layer["name"] for layer in report(folder, part)["layers"]] for part in parts])
    same(shares[0], shares[1], "shares of the second run")
    same(sorted(sum(shares[0], [])), sorted(size), "all of them together")
    loads = [sum(size[name] for name in names) for names in shares[0]]
    check(max(loads) < 1.05 * min(loads), f"bytes of each share: {loads}")


@test
def with_cache(folder):
    """shard: shares that run at the same time keep their results apart"""
    dumps(folder, 8)
    env = {"XDG_CACHE_HOME": str(folder / "cache")}
    for run in range(2):
        for i in (1, 2):
            words = ["compare", "-s", "src", "-d", "dst", "-o", f"part{run}{i}", "--shard", f"{i}/2"]
            out = mmtui(*words, cwd=folder, env=env).out
        same(" from the cache" in out, run == 1, f"results from the cache in run {run}")
    mmtui("merge", "part11/mmtui.json", "part12/mmtui.json", cwd=folder)
    check((folder / "mmtui.json").read_bytes() == whole(folder), "the joined file differs from the whole run's")


@test
def fails(folder):
    """shard: --fail looks at the share"""
    src, dst = pair_of_folders(folder)
    np.save(src / "bad.npy", np.ones(5000))
    np.save(dst / "bad.npy", np.zeros(5000))
    for side in (src, dst):
        np.save(side / "good.npy", np.ones(5))
    compare(folder, "--fail", "--shard", "1/2", status=1)
    same([layer["name"] for layer in load_report(folder)["layers"]], ["bad"], "the first share")
    run = compare(folder, "--fail", "--shard", "2/2", status=0)
    check(run.out.splitlines()[-1].startswith("shard 2 of 2: 1 pair; 0 bad"), "the summary")


@test
def wrong_numbers(folder):
    """shard: a share that can't be is refused"""
    dumps(folder, 1)
    for text in ("0/4", "5/4", "1/0", "-1/4", "1", "/4", "1/", "a/b", "1/4/2", "1/70000", "1.0/4", ""):
        run = compare(folder, "--shard", text, status=2)
        check(f'--shard: "{text}" is not I/N' in run.err, run.err)


@test
def gaps(folder):
    """merge: a share that is missing or there twice is refused"""
    dumps(folder, 6)
    a, b, c = run_shares(folder, 3)
    check("share 2 of 3 is missing" in refused(folder, a, c), "missing")
    check(re.search(f"{b}: is share 2 of 3, as {b} is", refused(folder, a, b, b, c)), "twice")
    check("share 2 of 3 is missing" in refused(folder, a), "alone")
    check("merge needs the files" in mmtui("merge", status=2).err, "nothing")
    check("nosuch.json: opening it: No such file" in refused(folder, a, "nosuch.json"), "no file")


@test
def mixed(folder):
    """merge: parts of different runs are refused, with the file and what differs"""
    dumps(folder, 6)
    a, b = run_shares(folder, 2)
    run_shares(folder, 3)  # part1 to part3
    shutil.move(folder / "part3", folder / "third")
    a, b = run_shares(folder, 2)
    check("third/mmtui.json: is of another run: shard.count is 3" in refused(folder, a, "third/mmtui.json"), "N")
    shutil.copytree(folder / "src", folder / "src2")
    others = [
        (["-s", "src2"], 'src is "src2"'),
        (["-d", "./dst"], 'dst is "./dst"'),
        (["--atol", "1"], "atol is 1"),
        (["--rtol", "1"], "rtol is 1"),
        (["-t", "1"], "thresholds is {"),
        (["--framework", "tensorflow"], "shard.framework is "),
        (["--quantiles"], "shard.quantiles is true, in "),
        (["--hist"], "shard.histogram_bins is 64, in "),
    ]
    for options, sentence in others:
        words = ["-s", "src", "-d", "dst", "-o", "other", "--shard", "2/2"]
        mmtui("compare", *words, *options, cwd=folder)
        text = refused(folder, a, "other/mmtui.json")
        check(f"mmtui: other/mmtui.json: is of another run: {sentence}" in text, f"{options}: {text}")
    np.save(folder / "dst" / "more.npy", np.zeros(3))
    mmtui("compare", *words, cwd=folder)
    text = refused(folder, a, "other/mmtui.json")
    check("other/mmtui.json: is of another run: totals.layers is" in text, text)
    whole(folder)
    check("out/mmtui.json: is of a whole run" in refused(folder, a, "out/mmtui.json"), "whole run")
    whole_text = (folder / "out" / "diff.json").read_text()
    (folder / "diff.json").write_text(whole_text)
    check("diff.json: is not a whole mmtui.json" in refused(folder, "diff.json"), "diff.json")


@test
def tampered(folder):
    """merge: versions, layers and texts that are not what mmtui writes are refused"""
    dumps(folder, 6)
    a, b = run_shares(folder, 2)
    good = (folder / b).read_text()
    numbers = [re.findall(r'^  \{"number": (\d+)', (folder / part).read_text(), re.M) for part in (a, b)]
    changes = [
        ('"schema_version": 1', '"schema_version": 2', "has schema version 2"),
        ('"mmtui_version": "', '"mmtui_version": "9.', "mmtui_version is"),
        ('"engine_version": ', '"engine_version": 9', "shard.engine_version is 9"),
        ('"layers": [', '"layers": [{"number": 99},', "layers where it says"),
        (f'"number": {numbers[1][0]},', f'"number": {numbers[0][0]},', " too"),
        (f'"number": {numbers[1][0]},', '"number": 99,', "is in none of the files"),
        (f'"number": {numbers[1][0]},', '"number": -1,', "layer is not what mmtui writes"),
        (f'"number": {numbers[1][0]},', '"number": 1.5,', "layer is not what mmtui writes"),
        ('"state": ', '"state": nonsense', "is not a whole mmtui.json: line 8: not valid JSON"),
        ('"index": 2', '"index": 3', "is not what mmtui writes"),
        ('"bad": ', '"bad": 9999', "is not what mmtui writes"),
        ('"format": "mmtui"', '"format": "other"', "is not a whole mmtui.json"),
        ('"atol": ', '"atol": x', "is not a whole mmtui.json"),
        ("\n ]}\n", "\n ]}\n]", "is not a whole mmtui.json"),
        ("\n ]}\n", "\n ]\n", "is not a whole mmtui.json"),
    ]
    for old, new, sentence in changes:
        check(old in good, old)
        (folder / b).write_text(good.replace(old, new, 1))
        text = refused(folder, a, b)
        check(sentence in text and "/mmtui.json" in text, f"{new}: {text}")
    for cut in range(0, len(good) - 1, max(1, len(good) // 60)):
        (folder / b).write_text(good[:cut])
        check(f"{b}: is not a whole mmtui.json" in refused(folder, a, b), f"cut at {cut}")


@test
def many_files(folder):
    """merge: more files than any other command takes words"""
    dumps(folder, 3)
    expected = whole(folder)
    mmtui("merge", *run_shares(folder, 64, "-j", "1"), "--output-file=joined.json", cwd=folder)
    check((folder / "joined.json").read_bytes() == expected, "the joined file differs from the whole run's")


@test
def manual(folder):
    """shard: its manual page has the options, the version, and no roff mistakes"""
    page = ROOT / "man" / "mmtui-merge.1"
    text = page.read_text(encoding="utf-8")
    check(f'"mmtui {mmtui("--version").out.split()[1]}"' in text, "the version")
    for name in ("shard", "output_file"):
        check(f"\\fB\\-\\-{name}\\fR" in text, f"--{name}")
    check("--shard" in mmtui("compare", "--help").out and "--output_file" in mmtui("merge", "--help").out, "--help")
    if shutil.which("groff"):
        lint = ["groff", "-man", "-Tutf8", "-ww", "-z", page]
        done = subprocess.run(lint, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        same((done.returncode, done.stdout.decode()), (0, ""), "groff")


if __name__ == "__main__":
    main()
