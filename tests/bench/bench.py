"""make bench: one table of what mmtui costs, as ratios in one run.

usage: bench.py MMTUI BUILD_FOLDER [MIB]

Rows inside one process come from BUILD/tests/bench/bench, whole runs are timed here, each beside its partner in turn.
The result is printed and written to BUILD/bench.json. tests/bench/README tells what each row means. Needs NumPy for
the data; says so and stops without it. Rows whose partner is not there (python3-protobuf) are left out with a word.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

try:
    import numpy
except ImportError:
    sys.exit("make bench needs NumPy (Debian: python3-numpy)")

import formats  # beside this script
import screens

HERE = os.path.dirname(os.path.abspath(__file__))
MMTUI, BUILD = sys.argv[1:3]
MIB = int(sys.argv[3]) if len(sys.argv) > 3 else 256
FILES = os.path.join(BUILD, "tests/bench/files")
ROUNDS = 3
MANY = 10  # for what takes a fraction of a second, where a neighbour on the machine is half of a round
FEW = 2  # for scripts that take many seconds
rows = []


def best_of(*commands, rounds=ROUNDS, status=0):
    """Run commands in turn, some rounds; the least wall time of each (the first, uncounted round warms the cache)."""
    best = [float("inf")] * len(commands)
    for turn in range(rounds + 1):
        for i, command in enumerate(commands):
            started = time.perf_counter()
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            if done.returncode != status:
                sys.stderr.buffer.write(done.stderr)
                raise subprocess.CalledProcessError(done.returncode, command)
            if turn:
                best[i] = min(best[i], time.perf_counter() - started)
    return best


def processor_time(*commands, rounds=MANY):
    """The same of the processors' time, user's and system's, of all threads: the median, which neighbours move less."""
    times = [[] for _ in commands]
    for turn in range(rounds + 1):
        for i, command in enumerate(commands):
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise subprocess.CalledProcessError(status, command)
            if turn:
                times[i].append(usage.ru_utime + usage.ru_stime)
    return [sorted(x)[len(x) // 2] for x in times]


def best_beside(ours, *scripts):
    """The same for a command beside scripts that take many times as long: it has several chances a round, so that its
    figure is not that of one moment."""
    best = best_of(ours, ours, ours, *scripts, ours, rounds=FEW)
    return [min(best[:3] + best[-1:]), *best[3:-1]]


def row(name, value, unit, ratio=None, partner="", want=None):
    rows.append({"name": name, "value": value, "unit": unit, "ratio": ratio, "partner": partner, "want": want})
    ratio_text = "" if ratio is None else f"{ratio:8.2f} x {partner}"
    want_text = "" if want is None else f"   (wanted: {want})"
    print(f"  {name:<44}{value:10.3f} {unit:<5}{ratio_text}{want_text}", flush=True)


# ---- inside one process ----

WANT = {
    "f32 f32": "0.50 of the limit", "f32 f32, sse2": "0.20 of the limit", "f32 f16": "0.75 of f32", "f16 f16": "0.75 of f32",
    "f32 i8": "0.75 of f32", "i8 i8": "0.75 of f32", "f32 f32, one block in 256 with -inf": "0.6 of clean",
    "f32 f32, ties (dst on an int8 grid)": "0.7 of clean", "f32 f32, ties (both rectified, on that grid)": "0.7 of clean",
    "f32 f32, heat map": "0.50 of f32", "f32 f32, heat map, many equal errors": "0.50 of f32", "f32 i8, heat map": "0.50 of f32",
    "f32 f32, a third is -inf": "0.6 of clean", "f32 f32, unpacked (5 bytes a value)": "5 GB/s, or 0.30 of the limit",
}


def inside():
    print(f"Full metric pass over {MIB} MiB a side in memory; the limit is reading the same two streams")
    text = subprocess.run([os.path.join(BUILD, "tests/bench/bench"), str(MIB)], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        name, rate, limit, partner = line.split("\t")
        if partner == "-":
            row(name, float(rate), "GB/s", float(limit), "the read limit", WANT.get(name))
        else:
            row(name, float(rate), "GB/s", float(partner), "the rate of f32 f32 per element", WANT.get(name))


def read_limit():
    return next(r["value"] for r in rows if r["name"] == "read two streams, 1 thread")


# ---- whole runs ----

def folder(top, name):
    path = os.path.join(top, name)
    os.mkdir(path)
    return path


def save(path, array, random):
    numpy.save(path, array)
    return (array + random.standard_normal(array.shape, dtype=numpy.float32) * numpy.float32(1e-3)).astype(numpy.float32)


def compare(src, dst, out, *more):
    no_cache = ["--no-cache"] if HAS_CACHE else []
    return [MMTUI, "compare", "-s", src, "-d", dst, "-o", out, *no_cache, *more]


def help_has(word):
    return word in subprocess.run([MMTUI, "compare", "--help"], capture_output=True, text=True).stdout


HAS_CACHE = help_has("--no-cache")


def large(top, random):
    print("1 GiB of .npy files (8 pairs of 64 MiB), page cache warm, 2 threads")
    src, dst, out = folder(top, "large_src"), folder(top, "large_dst"), os.path.join(top, "out")
    for i in range(8):
        array = random.standard_normal(16 << 20, dtype=numpy.float32)
        numpy.save(os.path.join(dst, f"t{i}.npy"), save(os.path.join(src, f"t{i}.npy"), array, random))
    two = compare(src, dst, out, "-j", "2")
    size = 2 ** 30 / 1e9
    ours, limit, single = best_of(two, [FILES, "sum", src, dst, "2"], compare(src, dst, out, "-j", "1"), rounds=MANY)
    row("mmtui compare", size / ours, "GB/s", limit / ours, "mapping and summing the files", "0.8")
    row("mmtui compare, 1 thread", size / single, "GB/s", single / ours, "the time of 2 threads")
    script = [sys.executable, os.path.join(HERE, "numpy_script.py")]
    ours, usual, full = best_beside(two, script + ["usual", src, dst], script + ["full", src, dst])
    row("the usual NumPy script", size / usual, "GB/s", usual / ours, "mmtui's time", "12")
    row("NumPy with all metrics", size / full, "GB/s", full / ours, "mmtui's time", "30")
    if help_has("--hist"):
        ours, hist = best_of(two, two + ["--hist"])
        row("mmtui compare --hist", size / hist, "GB/s", hist / ours, "the time without", None)
    interactive(src, dst, out, two)
    cache(src, dst, out, two)
    for path in (src, dst):
        shutil.rmtree(path)


def forms(top, random):
    print(f"{MIB} MiB in several formats (4 pairs), 1 thread: the processors' time")
    sides = [{}, {}]
    for i in range(4):
        sides[0][f"t{i}"] = random.standard_normal(MIB << 15, dtype=numpy.float32)
        sides[1][f"t{i}"] = sides[0][f"t{i}"] + numpy.float32(1e-3)
    pairs = {name: [folder(top, f"forms_{name}_{side}") for side in ("src", "dst")] for name in ("npy", "onnx")}
    for ending in formats.MANY:
        pairs[ending] = [os.path.join(top, f"forms_{side}.{ending}") for side in ("src", "dst")]
    for k, side in enumerate(sides):
        for ending, write in formats.MANY.items():
            write(pairs[ending][k], side)
        for name, array in side.items():
            formats.npy(os.path.join(pairs["npy"][k], name + ".npy"), array)
            formats.onnx(os.path.join(pairs["onnx"][k], name + ".pb"), array)
    out = os.path.join(top, "out")
    times = dict(zip(pairs, processor_time(*(compare(*pair, out, "-j", "1") for pair in pairs.values()), rounds=2 * MANY)))
    titles = {"npy": ".npy", "onnx": "ONNX .pb, raw", "npz": ".npz, stored", "gguf": "GGUF, floats", "pt": ".pt"}
    for name, took in times.items():
        ratio = () if name == "npy" else (times["npy"] / took, "the rate of .npy", "0.95")
        row(f"mmtui compare, {titles.get(name, name)}", MIB * 2 ** 20 / 1e9 / took, "GB/s", *ratio)
    for path in sum(pairs.values(), []):
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def archives(top, random):
    print("Deflated .npz (4 pairs of 16 MiB, half of it zeros), and 10,000 arrays of 1 KB in one .npz")
    out, script = os.path.join(top, "out"), [sys.executable, os.path.join(HERE, "numpy_script.py"), "usual"]
    packed = [os.path.join(top, f"packed_{side}.npz") for side in ("src", "dst")]
    src = {f"t{i}": numpy.maximum(random.standard_normal(4 << 20, dtype=numpy.float32), 0) for i in range(4)}
    noise = {name: random.standard_normal(x.shape, dtype=numpy.float32) * numpy.float32(1e-3) for name, x in src.items()}
    formats.npz(packed[0], src, numpy.savez_compressed)
    formats.npz(packed[1], {name: numpy.where(x > 0, x + noise[name], x) for name, x in src.items()}, numpy.savez_compressed)
    ours, usual = processor_time(compare(*packed, out, "-j", "1"), script + packed, rounds=ROUNDS)
    row("mmtui compare, deflated", ours, "s", usual / ours, "as fast as numpy.load and the usual script", "2")
    many = [os.path.join(top, f"many_{side}") for side in ("src", "dst")]
    for path in many:
        os.mkdir(path)
        arrays = {f"t{i}": random.standard_normal(224, dtype=numpy.float32) for i in range(10000)}
        formats.npz(path + ".npz", arrays)
        for name, array in arrays.items():
            formats.npy(os.path.join(path, name + ".npy"), array)
    members, files = processor_time(compare(*(path + ".npz" for path in many), out), compare(*many, out))
    row("mmtui compare, 10,000 members", members, "s", members / files, "the time of 10,000 .npy", "1 at most")
    for path in many:
        shutil.rmtree(path)
        os.remove(path + ".npz")
    for path in packed:
        os.remove(path)


def blocks(top):
    print("GGUF, Q4_K (4 pairs of 16 million values), 1 thread: the processors' time")
    script = [sys.executable, os.path.join(HERE, "gguf_script.py")]
    files = [os.path.join(top, f"blocks_{side}.gguf") for side in ("src", "dst")]
    if subprocess.run(script + ["make", *files], stderr=subprocess.DEVNULL).returncode:
        print("  (the package gguf is not there: its row is left out)")
        return
    out = os.path.join(top, "out")
    ours, decoded, start = processor_time(compare(*files, out, "-j", "1"), script + ["decode", *files], script, rounds=ROUNDS)
    row("mmtui compare, Q4_K", ours, "s", (decoded - start) / ours, "as fast as gguf's decoder alone", "3")
    for path in files:
        os.remove(path)


READ_JSON = """
import base64, io, json, sys, numpy
for path in sys.argv[1:]:
    with open(path) as file:
        for _, iterations in json.load(file)["lst"]:
            for outputs in iterations:
                for value in outputs["outputs"].values():
                    numpy.load(io.BytesIO(base64.b64decode(value["values"]["array"])))
"""


def write_polygraphy(path, folder_):
    """The files of a folder as one, laid out as the package does it."""
    with open(path, "w") as file:
        comma = '{\n    "lst": [["A", [{"outputs": {'
        for name in sorted(os.listdir(folder_)):
            with open(os.path.join(folder_, name), "rb") as array:
                text = base64.b64encode(array.read()).decode()
            file.write(f'{comma}\n        "{name[:-4]}": {{"values": {{"array": "{text}"}}}}')
            comma = ","
        file.write('}, "runtime": null}]]], "polygraphy_class": "RunResults"}\n')


def polygraphy(top, random):
    print("1 GiB of Polygraphy's JSON (6 pairs of 64 MiB in two files), page cache warm, 2 threads")
    folders = [folder(top, f"polygraphy_{side}") for side in ("src", "dst")]
    files = [path + ".json" for path in folders]
    for i in range(6):
        array = random.standard_normal(16 << 20, dtype=numpy.float32)
        numpy.save(os.path.join(folders[1], f"t{i}.npy"), save(os.path.join(folders[0], f"t{i}.npy"), array, random))
    for path, folder_ in zip(files, folders):
        write_polygraphy(path, folder_)
    out, script = os.path.join(top, "out"), [sys.executable, "-c", READ_JSON]
    size = sum(map(os.path.getsize, files)) / 1e9
    ours, npy = best_of(compare(*files, out, "-j", "2"), compare(*folders, out, "-j", "2"), rounds=MANY)
    row("mmtui compare, Polygraphy's JSON", size / ours, "GB/s", ours / npy, "the time of the same as .npy")
    ours, python = best_beside(compare(*files, out, "-j", "2"), script + files)
    row("Python's json, base64, numpy.load", size / python, "GB/s", python / ours, "mmtui's time", "10")
    listed, = best_of([MMTUI, "show", files[0], "no such tensor"], rounds=MANY, status=2)
    row("listing 512 MiB", listed * 1000, "ms")
    for path in folders:
        shutil.rmtree(path)
    for path in files:
        os.remove(path)


def one(top, random):
    print("1 pair of 256 MiB a side (.npy): its pieces are shared by 2 threads")
    src, dst, out = folder(top, "one_src"), folder(top, "one_dst"), os.path.join(top, "out")
    array = random.standard_normal(64 << 20, dtype=numpy.float32)
    numpy.save(os.path.join(dst, "t.npy"), save(os.path.join(src, "t.npy"), array, random))
    two = compare(src, dst, out, "-j", "2")
    size = 2 ** 29 / 1e9
    ours, limit, single = best_of(two, [FILES, "sum", src, dst, "2"], compare(src, dst, out, "-j", "1"), rounds=MANY)
    row("mmtui compare", size / ours, "GB/s", limit / ours, "mapping and summing the files")
    row("mmtui compare, 1 thread", size / single, "GB/s", single / ours, "the time of 2 threads")
    if help_has("--hist"):
        hist, single = best_of(two + ["--hist"], compare(src, dst, out, "-j", "1", "--hist"))
        row("mmtui compare --hist", size / hist, "GB/s", hist / ours, "the time without")
        row("mmtui compare --hist, 1 thread", size / single, "GB/s", single / hist, "the time of 2 threads")
    for path in (src, dst):
        shutil.rmtree(path)


def interactive(src, dst, out, batch):
    """The screen as a user has it, headless: every result goes through the app; a step ends when all is measured."""
    script = os.path.join(out, "steps")
    with open(script, "w") as file:
        file.write(f":screen {os.path.join(out, 'frame')}\n")
    no_cache = ["--no-cache"] if HAS_CACHE else []
    inspector = [MMTUI, src, dst, "-j", "2", "--script", script, "--size", "132x43", *no_cache]
    ours, limit = best_of(inspector, batch, rounds=MANY)
    row("the inspector, all measured", ours, "s", ours / limit, "the time of compare", "1.05 at most")


def cache(src, dst, out, batch):
    if not HAS_CACHE:
        return
    os.environ["XDG_CACHE_HOME"] = os.path.join(out, "cache")
    ours, limit = best_of([MMTUI, "compare", "-s", src, "-d", dst, "-o", out], batch)
    row("mmtui compare, unchanged folders (cache)", ours, "s", ours / limit, "the time of measuring")
    del os.environ["XDG_CACHE_HOME"]


def small(top, random):
    print("10,000 pairs of 1 KB (.npy)")
    src, dst, out = folder(top, "small_src"), folder(top, "small_dst"), os.path.join(top, "out")
    for i in range(10000):
        array = random.standard_normal(224, dtype=numpy.float32)
        numpy.save(os.path.join(dst, f"t{i}.npy"), save(os.path.join(src, f"t{i}.npy"), array, random))
    script = [sys.executable, os.path.join(HERE, "numpy_script.py")]
    ours, limit = best_of(compare(src, dst, out), [FILES, "read", src, dst], rounds=MANY)
    row("mmtui compare", ours, "s", ours / limit, "opening, reading and closing them", "1.6 at most")
    ours, usual = best_beside(compare(src, dst, out), script + ["usual", src, dst])
    row("the usual NumPy script", usual, "s", usual / ours, "mmtui's time", "30")
    steps = os.path.join(out, "paint")
    with open(steps, "w") as file:
        file.write(f":screen-now {os.path.join(out, 'frame')}\n")
    paint, = best_of([MMTUI, src, dst, "--script", steps])
    row("start to first paint (and stop)", paint * 1000, "ms")
    for path in (src, dst):
        shutil.rmtree(path)


def text(top, random):
    print("MagicMind text and binary, 4 million floats a side")
    values = random.standard_normal(4 << 20, dtype=numpy.float32)
    src, dst, out = folder(top, "text_src"), folder(top, "text_dst"), os.path.join(top, "out")
    head = f"version_number: 1\nnode_name: \"n\"\ndtype: DT_FLOAT32\ntensor_shape: {len(values)}\n"
    body = "".join(f"float_val: {x}\n" for x in values.tolist())
    for path in (src, dst):
        with open(os.path.join(path, "1000_t.pbtxt"), "w") as file:
            file.write(head + body)
    one = os.path.join(src, "1000_t.pbtxt")
    size = 2 * os.path.getsize(one) / 1e9
    ours, loop = best_of(compare(src, dst, out, "-j", "1"), [FILES, "strtof", one])
    row("mmtui compare, .pbtxt, 1 thread", size / ours, "GB/s", 2 * loop / ours, "a strtof loop over both files", "3")
    for path in (src, dst):
        shutil.rmtree(path)
    binary(top, values, out)


def triage(top, out):
    print("A made-up int8 network of 161 small tensors, most of them over the threshold: the processors' time")
    net = folder(top, "int8_net")
    made = subprocess.run([sys.executable, os.path.join(HERE, "int8_net.py"), net], stderr=subprocess.DEVNULL)
    if made.returncode:
        print("  (python3-onnx is not there: its rows are left out)")
        return
    src, dst, model = (os.path.join(net, name) for name in ("src", "dst", "model.onnx"))
    look = [MMTUI, "triage", src, dst, *(["--no-cache"] if HAS_CACHE else [])]
    measured, looked, computed = processor_time(compare(src, dst, out), look, look + ["--model", model], rounds=2 * MANY)
    row("mmtui triage, nothing recomputed", looked * 1000, "ms", looked / measured, "compare's", "1.5 at most")
    row("mmtui triage --model, recomputed", computed * 1000, "ms", computed / measured, "compare's", "3.5 at most")
    shutil.rmtree(net)


def peaks(*commands):
    """The most memory that each had, in MiB. What wait4 tells has in it what this process had when it made the other one, so
    the kernel's own mark is read until the end."""
    marks = []
    for command in commands:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        mark = 0
        while process.poll() is None:
            with contextlib.suppress(OSError, ValueError, StopIteration), open(f"/proc/{process.pid}/status") as status:
                text = status.read()
                if f"Name:\t{os.path.basename(command[0])}\n" in text:
                    mark = max(mark, int(next(line for line in text.splitlines() if line.startswith("VmHWM")).split()[1]))
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        marks.append(mark / 1024)
    return marks


def simulated(plain, out):
    """By the processors' time. A copy is one in memory, of arrays that are there already."""
    with open(os.path.join(out, "mmtui-dump.json")) as file:
        sizes = [4 * int(numpy.prod(r["shape"])) for r in json.load(file)["tensors"]]
    a, b = ([numpy.ones(size, dtype=numpy.uint8) for size in sizes] for _ in range(2))
    begun = time.process_time()
    for _ in range(MANY):
        for x, y in zip(a, b):
            y[:] = x
    copy = (time.process_time() - begun) / MANY
    modes = ["force_float16", "force_bfloat16"]
    bare, *took = processor_time(plain, *[[*plain, "--precision-mode", mode] for mode in modes])
    for mode, here in zip(modes, took):
        row(f"mmtui dump, {mode}, simulated", here, "s", here / (bare + 2 * copy), "a plain run, plus twice a copy", "1.0 at most")


def dumps(top):
    print("A model run by ONNX Runtime (48 convolutions and ReLUs, 81 MiB of tensors), 1 thread")
    fetched = subprocess.run(["sh", os.path.join(HERE, "../fetch_onnxruntime.sh")], capture_output=True, text=True)
    net, out, copy = folder(top, "network"), os.path.join(top, "dump"), os.path.join(top, "copy")
    made = subprocess.run([sys.executable, os.path.join(HERE, "networks.py"), net], stderr=subprocess.DEVNULL)
    if fetched.returncode or made.returncode:
        print(f"  ({fetched.stderr.strip() or 'python3-onnx is not there'}: its rows are left out)")
        return
    library = ["--onnxruntime", fetched.stdout.strip()]

    def run(model, value, mode):
        return [MMTUI, "dump", os.path.join(net, model), "-i", os.path.join(net, value), "-o", out, "--mode", mode, *library]

    plain, dump = run("conv.onnx", "x.npy", "off"), run("conv.onnx", "x.npy", "all")
    subprocess.run(dump, check=True, stdout=subprocess.DEVNULL)
    written = ["sh", "-c", 'rm -rf "$2" && cp -r "$1" "$2"', "sh", out, copy]
    bare, writing, all_ = best_of(plain, written, dump)
    row("mmtui dump, all tensors", all_, "s", all_ / (bare + writing), "a run without a dump, plus copying it", "1.2 at most")
    least, most = peaks(plain, dump)
    row("  the same, memory at its peak", most, "MiB", most / least, "a run without a dump", "1.3 at most")
    simulated(plain, out)
    small, large = best_of(run("small.onnx", "rows.npy", "all"), run("large.onnx", "rows.npy", "all"), rounds=MANY)
    row("mmtui dump, weights of 2 GiB", large * 1000, "ms", large / small, "of 2 MiB", "3 at most")
    replays(top, net, library)
    for path in (net, out, copy):
        shutil.rmtree(path)


def replays(top, net, library):
    """What --replay adds to triage, against a run of the model. Every operator is replayed."""
    model, src, dst = os.path.join(net, "deep.onnx"), os.path.join(top, "deep_src"), os.path.join(top, "deep_dst")

    def run(path, out, *more):
        return [MMTUI, "dump", path, "-i", os.path.join(net, "deep.npy"), "-o", out, *more, *library]

    subprocess.run(run(model, src), check=True, stdout=subprocess.DEVNULL)
    for kind, title, want in (("float16", "dst in float16", "3 at most"), ("int8", "dst in int8", "3 at most"),
                              ("weights", "weights in int8, too", None)):
        rounded = run(os.path.join(net, f"deep_{kind}.onnx"), dst, "--tensor", "[xcr]*")
        subprocess.run(rounded, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        look = [MMTUI, "triage", src, dst, "--model", model, "--threshold", "1e-5", *(["--no-cache"] if HAS_CACHE else [])]
        replay = look + ["--replay", *library]
        found = json.loads(subprocess.run(replay + ["--json"], check=True, capture_output=True).stdout)["replay"]
        if (found["right"], found["wrong"], found["left_out"]) != (200, 0, 0):
            sys.exit(f"bench: replay of a healthy network: {found}")
        bare, without, all_ = processor_time(run(model, os.path.join(top, "deep_none"), "--mode", "off"), look, replay)
        row(f"replay of 200 operators, {title}", (all_ - without) * 1000, "ms", (all_ - without) / bare, "a run of the model", want)
        shutil.rmtree(dst)
    shutil.rmtree(src)


def field_number(name):
    """From proto/tensor.proto, as any reader would."""
    for line in open(os.path.join(HERE, "../../proto/tensor.proto")):
        words = line.replace(";", " ").replace("=", " = ").split()
        if name in words and "=" in words and words.index(name) < words.index("="):
            return int(words[words.index("=") + 1])
    raise KeyError(name)


def binary(top, values, out):
    def wire(name, kind):
        return formats.varint(field_number(name) << 3 | kind)

    head = wire("version_number", 0) + b"\x01" + wire("dtype", 0) + b"\x02" + wire("tensor_shape", 0) + formats.varint(len(values))
    packed = head + wire("float_val", 2) + formats.varint(4 * len(values)) + values.tobytes()
    tag = wire("float_val", 5)
    each = numpy.empty((len(values), len(tag) + 4), dtype=numpy.uint8)
    each[:, :len(tag)] = list(tag)
    each[:, len(tag):] = values.view(numpy.uint8).reshape(-1, 4)
    for name, payload in (("packed", packed), ("unpacked", head + each.tobytes())):
        src, dst = folder(top, name + "_src"), folder(top, name + "_dst")
        for path in (src, dst):
            with open(os.path.join(path, "1000_t.pb"), "wb") as file:
                file.write(payload)
        one = os.path.join(src, "1000_t.pb")
        ours, limit = best_of(compare(src, dst, out, "-j", "1"), [FILES, "sum", src, dst, "1"])
        rate = 2 * len(payload) / 1e9 / ours
        row(f"mmtui compare, .pb {name}, 1 thread", rate, "GB/s", limit / ours, "mapping and summing")
        if name == "unpacked":
            row("  the same", rate, "GB/s", rate / read_limit(), "the read limit", "5 GB/s, or 0.30")
        if name == "packed":
            protobuf(one, ours)


def protobuf(path, ours):
    """Python's protobuf: parse the message and make an array of it, as conversion scripts do."""
    folder_ = tempfile.mkdtemp()
    try:
        subprocess.run(["protoc", "--proto_path", os.path.join(HERE, "../../proto"), "--python_out", folder_, "tensor.proto"], check=True)
        code = ("import sys; sys.path.insert(0, sys.argv[1]); import numpy, tensor_pb2; m = tensor_pb2.TensorProto();"
                "m.ParseFromString(open(sys.argv[2], 'rb').read()); numpy.array(m.float_val, dtype=numpy.float32)")
        command = [sys.executable, "-c", code, folder_, path]
        theirs, start = best_of(command, [sys.executable, "-c", "import numpy, google.protobuf.message"])
        row("Python protobuf, one file to an array", theirs - start, "s", 2 * (theirs - start) / ours, "mmtui's time for a pair")
    except (OSError, subprocess.CalledProcessError):
        print("  (python3-protobuf or protoc is not there: its row is left out)")
    finally:
        shutil.rmtree(folder_)


def main():
    inside()
    random = numpy.random.default_rng(1)
    top = tempfile.mkdtemp(prefix="mmtui-bench-")
    try:
        os.mkdir(os.path.join(top, "out"))
        large(top, random)
        forms(top, random)
        polygraphy(top, random)
        archives(top, random)
        blocks(top)
        one(top, random)
        small(top, random)
        triage(top, os.path.join(top, "out"))
        dumps(top)
        text(top, random)
        screens.screens(MMTUI, BUILD, MIB, top, row)
    finally:
        shutil.rmtree(top)
    with open(os.path.join(BUILD, "bench.json"), "w") as file:
        json.dump({"mib": MIB, "rows": rows}, file, indent=1)
        file.write("\n")


main()
