#!/usr/bin/python3
"""Dumps on another machine: HOST:DIR. A script stands in for ssh, which runs here what would be run there, and keeps what
went over the wire."""

import json
import os
import re
import shutil
import subprocess

import numpy as np

import harness
from harness import MMTUI, check, mmtui, pair_of_folders, same

# $1 is the host; what follows is a command of the shell there
STAND_IN = """#!/bin/sh
host=$1
shift
case $host in
gone) echo "ssh: Could not resolve hostname gone: Name or service not known" >&2; exit 255 ;;
cut) exec /usr/bin/python3 "%(folder)s/cutter" "%(folder)s/cut" "$*" ;;
plain) exec sh -c "$*" ;;
esac
sh -c "$*" | tee -a "%(folder)s/wire.$host"
"""

# A connection that ends after some bytes, the first time.
CUTTER = """
import os, subprocess, sys
flag, command = sys.argv[1:]
if os.path.exists(flag):
    os.execl("/bin/sh", "sh", "-c", command)
open(flag, "w").close()
far = subprocess.Popen(command, shell=True, stdout=subprocess.PIPE, start_new_session=True)
left = 200000
while left > 0 and (data := os.read(far.stdout.fileno(), left)):
    os.write(1, data)
    left -= len(data)
os.killpg(far.pid, 9)
print("Connection to cut closed by remote host.", file=sys.stderr)
os._exit(255)
"""


def setup(folder):
    (folder / "cutter").write_text(CUTTER)
    script = folder / "ssh"
    script.write_text(STAND_IN % {"folder": folder})
    script.chmod(0o755)
    return ["--ssh", script, "--remote-mmtui", MMTUI]


def received(folder, host="far"):
    wire = folder / f"wire.{host}"
    size = wire.stat().st_size if wire.exists() else 0
    wire.unlink(missing_ok=True)
    return size


def placements(src, dst):
    yield f"far:{src}", dst
    yield src, f"far:{dst}"
    yield f"far:{src}", f"far:{dst}"
    yield f"far:{src}", f"other:{dst}"


def without_paths(text):
    return re.sub(r'(far|other):|"seconds": [^,]*,', "", text)


def same_everywhere(folder, src, dst, *options):
    """Both reports, byte for byte, wherever the two dumps are."""
    far = setup(folder)
    mmtui("compare", src, dst, "-o", folder / "here", *options)
    for s, d in placements(src, dst):
        mmtui("compare", s, d, "-o", folder / "there", *options, *far)
        same((folder / "there/diff.json").read_bytes(), (folder / "here/diff.json").read_bytes(), f"{s} {d}")
        same(without_paths((folder / "there/mmtui.json").read_text()),
             without_paths((folder / "here/mmtui.json").read_text()), f"{s} {d}")
    report = json.loads((folder / "here/mmtui.json").read_text())
    check(sum(layer["state"] == "measured" for layer in report["layers"]) > 0 if "state" in report["layers"][0]
          else len(report["layers"]) > 0, "nothing was measured")


def put_dumps(folder, count=6, shape=(2, 8, 30, 40), seed=1):
    random = np.random.default_rng(seed)
    src, dst = pair_of_folders(folder)
    for i in range(count):
        a = random.normal(size=shape).astype(np.float32)
        np.save(src / f"conv{i}.npy", a)
        np.save(dst / f"conv{i}.npy", a + (0.1 * i * random.normal(size=shape)).astype(np.float32))
    return src, dst


@harness.test
def demo(folder):
    """the demo's dumps: the same reports to the last byte, wherever the two dumps are"""
    mmtui("demo", "--dump-only", folder / "demo")
    same_everywhere(folder, folder / "demo/src", folder / "demo/dst", "--hist", "--quantiles")


@harness.test
def kinds(folder):
    """other layouts, number formats, archives, integers with a scales.json, an order beside the tensors"""
    src, dst = put_dumps(folder)
    a = np.load(src / "conv1.npy")
    np.save(dst / "conv1.npy", np.asfortranarray(np.load(dst / "conv1.npy").astype(">f4")))
    np.save(dst / "conv2.npy", np.load(dst / "conv2.npy").transpose(0, 2, 3, 1))
    np.save(dst / "conv3.npy", np.load(dst / "conv3.npy").astype(np.float16))
    np.save(src / "fc.npy", a)
    np.save(dst / "fc.npy", np.clip(np.rint(a / 0.03), -128, 127).astype(np.int8))
    (dst / "scales.json").write_text('{"fc": {"scale": 0.03, "zero_point": 0}}')
    (src / "layer_output_name_order.json").write_text(json.dumps(["fc", "conv5", "conv0", "conv1", "conv2"]))
    same_everywhere(folder, src, dst)
    report = json.loads((folder / "here/mmtui.json").read_text())
    check("scales.json" in json.dumps(report), "the scales were not used")
    np.savez_compressed(folder / "src.npz", **{p.stem: np.load(p) for p in src.glob("conv*.npy")})
    np.savez(folder / "dst.npz", **{p.stem: np.load(p) for p in dst.glob("conv*.npy")})
    same_everywhere(folder, folder / "src.npz", folder / "dst.npz")


@harness.test
def ranks(folder):
    """tensors that ranks have dumped in parts are put together, wherever the parts are"""
    random = np.random.default_rng(2)
    src, dst = pair_of_folders(folder)
    for name in ("q", "k"):
        a = random.normal(size=(4, 12)).astype(np.float32)
        np.save(src / f"{name}.npy", a)
        for rank in (0, 1):
            (dst / f"rank{rank}").mkdir(exist_ok=True)
            np.save(dst / f"rank{rank}/{name}.npy", a[:, 6 * rank:6 * rank + 6] * np.float32(1.01))
    same_everywhere(folder, src, dst, "--concat", "1")
    report = json.loads((folder / "here/diff.json").read_text())
    check("0.01" in json.dumps(report), "not put together")


@harness.test
def commands(folder):
    """triage, suggest, diff, the table, show, single and convert take HOST:DIR and say the same"""
    mmtui("demo", "--dump-only", folder / "demo")
    src, dst, far = folder / "demo/src", folder / "demo/dst", setup(folder)
    for command in (["triage"], ["suggest"], [], ["triage", "--json"]):
        here = mmtui(*command, src, dst)
        for s, d in placements(src, dst):
            there = mmtui(*command, s, d, *far)
            same(without_paths(there.out), without_paths(here.out), f"{command} {s} {d}")
    for options in ([], ["--json"]):
        same(mmtui("show", f"far:{src}", *options, *far).out, mmtui("show", src, *options).out, "show")
    a = sorted(src.iterdir())[0]
    b = sorted(dst.glob("*_" + a.name.split("_", 1)[1]))[0]
    here = mmtui("single", a, b, "--th1", "0.01")
    same(mmtui("single", f"far:{a}", b, "--th1", "0.01", *far).out, here.out, "single")
    same(mmtui("diff", a, f"far:{b}", *far).out, mmtui("diff", a, b).out, "diff")
    mmtui("convert", f"far:{src}", folder / "copy", "-r", "--format", "npz", *far)
    mmtui("convert", src, folder / "own", "-r", "--format", "npz")
    same(sorted(p.name for p in (folder / "copy").iterdir()), sorted(p.name for p in (folder / "own").iterdir()), "files")
    for path in (folder / "own").iterdir():
        x, y = np.load(path), np.load(folder / "copy" / path.name)
        same([(k, x[k].dtype, x[k].tobytes()) for k in x], [(k, y[k].dtype, y[k].tobytes()) for k in y], path.name)


@harness.test
def what_travels(folder):
    """figures travel where both are there; else the side of fewer bytes does"""
    src, dst = put_dumps(folder, count=4, shape=(1, 16, 50, 50))  # 160 KB each, and noise that does not pack well
    far = setup(folder)
    mmtui("compare", f"far:{src}", f"far:{dst}", "-o", folder / "out", *far)
    check(received(folder) < 10_000, "more than figures came")
    mmtui("compare", f"far:{src}", dst, "-o", folder / "out", *far)
    whole = received(folder)
    check(400_000 < whole < 640_000, f"{whole} bytes of 640,000 came")
    for path in dst.iterdir():
        np.save(path, np.load(path).astype(np.float16))
    mmtui("compare", f"far:{src}", dst, "-o", folder / "out", *far)
    check(received(folder) < 10_000, "the float16 side is here: it is to be sent")
    mmtui("compare", src, f"far:{dst}", "-o", folder / "out", *far)
    half = received(folder)
    check(200_000 < half < 320_000, f"{half} bytes of 320,000 came")


@harness.test
def figures_only(folder):
    """--figures-only: the same figures, no value comes over the wire, and what is missing is said"""
    src, dst = put_dumps(folder, count=4, shape=(1, 16, 50, 50))
    far = setup(folder)
    mmtui("compare", src, dst, "-o", folder / "here")
    for s, d in list(placements(src, dst))[:3]:
        run = mmtui("compare", s, d, "-o", folder / "there", "--figures-only", *far)
        same((folder / "there/diff.json").read_bytes(), (folder / "here/diff.json").read_bytes(), f"{s} {d}")
        check("Values stay on far (--figures-only)" in run.err + run.out, "it is not said")
        run = mmtui("triage", s, d, "--figures-only", *far)
        check("no causes, what-if, recomputing" in run.out.replace("\n", " "), "it is not said")
        mmtui("show", f"far:{src}", "--figures-only", *far)
        check(received(folder) < 30_000, "more than figures came")
    run = mmtui("single", f"far:{src}/conv1.npy", dst / "conv1.npy", "--figures-only", *far, status=2)
    check("its values stay on far (--figures-only)" in run.err)
    run = mmtui("compare", f"far:{src}", f"other:{dst}", "-o", folder / "there", "--figures-only", *far, status=2)
    check("are on two machines" in run.err)


@harness.test
def cached(folder):
    """results are kept for the next run, and measured again when a file there is another one"""
    src, dst = put_dumps(folder)
    far, env = setup(folder), harness.cache(folder)
    harness.settle(src, dst)
    run = lambda: mmtui("compare", f"far:{src}", dst, "-o", folder / "out", *far, env=env)
    run()
    check(received(folder) > 100_000, "nothing came")
    same(harness.found(run()), (6, 6), "from the cache")
    check(received(folder) < 10_000, "tensors came all the same")
    np.save(src / "conv1.npy", 2 * np.load(src / "conv1.npy"))
    harness.settle(src, dst)
    same(harness.found(run()), (5, 6), "from the cache")


@harness.test
def lost(folder):
    """a connection that is lost midway: rows say so, r connects again and measures them"""
    src, dst = put_dumps(folder, count=12, shape=(1, 8, 40, 40))
    far = setup(folder)
    run = mmtui("compare", f"cut:{src}", dst, "-o", folder / "out", "-j", "1", *far)
    report = json.loads((folder / "out/mmtui.json").read_text())
    text = json.dumps(report)
    check("cut: the connection was lost" in text, "rows do not say so")
    check(0 < text.count("the connection was lost") < 12, "nothing was measured before")
    check(re.search(r"conv\d+\.npy: cut: the connection was lost", text), "the file's name is missing")
    check("closed by remote host" in text, "ssh's own words are missing")
    (folder / "cut").unlink()
    script = folder / "script"
    script.write_text(":screen -\nr\n:screen -\n")
    run = mmtui(f"cut:{src}", dst, "-j", "1", "--script", script, "--size", "100x24", *far)
    before, after = run.out.split(" mmtui ")[1:]
    check("unreadable" in before, "all was measured at first")
    check("layers are measured again" in after or "layer is measured again" in after, "nothing is measured again")
    check("unreadable" not in after, "not all is measured in the end")
    same(len(re.findall(r"conv\d+ +f32 → f32", after.split("---")[0])), 12, "rows")


@harness.test
def failures(folder):
    """what is wrong is said in one sentence, with the command that helps"""
    src, dst = put_dumps(folder, count=1)
    far = setup(folder)
    said = lambda *arguments: mmtui(*arguments, status=2).err
    err = said("compare", f"gone:{src}", dst, *far)
    check("gone: no connection: ssh: Could not resolve hostname gone" in err and "ssh gone true" in err)
    err = said("compare", f"plain:{src}", dst, *far[:2], "--remote-mmtui", "/no/mmtui")
    check("plain: there is no /no/mmtui there" in err and "--remote-mmtui PATH" in err)
    check("far:/no/dump: " in said("compare", "far:/no/dump", dst, *far))
    check("two are needed" in said(f"far:{src}", *far))
    check("copy some of them" in said("schema", f"far:{src}"))
    err = said("compare", "--", "-oProxyCommand=x:/d", dst)
    check("can't be a host" in err)
    err = said("compare", f"far:{src}", dst, "--ssh", "no-such-ssh")
    check("no-such-ssh: can't be started" in err and "--ssh COMMAND" in err)
    done = subprocess.run([MMTUI, "serve"], input=b"hello, is anybody there?\n", capture_output=True, timeout=60)
    same(done.returncode, 2, "status")
    check(done.stdout.startswith(b"mmtui serve\n") and b"is started by mmtui HOST:DIR" in done.stderr)


@harness.test
def colons(folder):
    """a name with a colon is a file here where a slash stands before it, or where it is there"""
    src, dst = put_dumps(folder, count=1)
    shutil.copytree(src, folder / "a:b")
    env = {"MMTUI_SSH": "false"}
    mmtui("compare", "a:b", "dst", "-o", "out", cwd=folder, env=env)
    mmtui("compare", "./a:b", "dst", "-o", "out", cwd=folder, env=env)
    err = mmtui("compare", "./c:d", "dst", "-o", "out", cwd=folder, env=env, status=2).err
    check("./c:d: " in err and "No such file" in err)
    err = mmtui("compare", "c:d", "dst", "-o", "out", cwd=folder, env=env, status=2).err
    check("c: the remote shell ended with status 1" in err)


@harness.test
def kept_in(folder):
    """mmtui serve DIR gives nothing of other folders; serve --figures-only no values, whatever is asked"""
    src, dst = put_dumps(folder, count=1)
    far = setup(folder)[:2]
    below = [*far, "--remote-mmtui", f"{MMTUI} serve '{src}' #"]
    mmtui("compare", f"far:{src}", dst, "-o", folder / "out", *below)
    err = mmtui("compare", src, f"far:{dst}", "-o", folder / "out", *below, status=2).err
    check("lies outside of" in err)
    keep = [*far, "--remote-mmtui", f"{MMTUI} serve --figures-only #"]
    mmtui("compare", f"far:{src}", f"far:{dst}", "-o", folder / "out", *keep)
    run = mmtui("compare", f"far:{src}", dst, "-o", folder / "out", *keep)
    check("values stay here" in json.dumps(json.loads((folder / "out/mmtui.json").read_text())))


if os.environ.get("MMTUI_LONG"):
    from remote_ssh import through_ssh

    harness.test(through_ssh)

if __name__ == "__main__":
    harness.main()
