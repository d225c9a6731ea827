#!/usr/bin/python3
"""Pairing by hand, rungs that are switched off, names that could be several, and axes that the model explains."""

import json
import re

import numpy as np
import onnx
from onnx import TensorProto, helper

from harness import check, compare, layers, load_report, main, mmtui, pair_of_folders, same, test

RANDOM = np.random.default_rng(29)
RUNGS = "exact, occurrence, numbers, only, suffix, quantised, graph, separators, output, case, prefix, order"


def values(*shape):
    return RANDOM.standard_normal(shape or (3, 4)).astype("f4")


def dumps(folder, src, dst):
    np.savez(folder / "src.npz", **src)
    np.savez(folder / "dst.npz", **dst)


def run(folder, *options, **more):
    return compare(folder, *options, src="src.npz", dst="dst.npz", **more)


def paired(folder):
    """src's name -> (dst's name, by what)"""
    own = lambda side: side["member"].removesuffix(".npy")
    return {
        own(layer["src"]): (own(layer["dst"]), layer["paired_by"])
        for layer in load_report(folder)["layers"]
        if layer.get("src") and layer.get("dst")
    }


# ---- rungs ----


def rung(folder, name, src, dst, by, *options):
    """One rung pairs the two names; switched off, nothing does, or `by` what comes after it."""
    tensor, other = values(), values()
    dumps(folder, {src: tensor, "zz9": other}, {dst: tensor, "zz9": other})
    run(folder, *options)
    same(paired(folder).get(src), (dst, name), f"{name} on")
    run(folder, *options, "--no-pair-by", name)
    same(paired(folder).get(src), by, f"{name} off")


@test
def rungs(folder):
    """pairing: each rung is said, and is not used once it is switched off"""
    rung(folder, "separators", "a/b", "a_b", None)
    rung(folder, "output", "conv1_output_0", "conv1", None)
    rung(folder, "case", "Conv1", "conv1", None)
    rung(folder, "quantised", "act", "act_DequantizeLinear_Output", None)
    same(paired(folder)["zz9"], ("zz9", "exact"), "the same name")


@test
def exact(folder):
    """pairing: without exact, equal names are not paired by a weaker likeness either"""
    x, y = values(), values()
    dumps(folder, {"1": x, "a/b": y}, {"1": x, "a_b": y})
    run(folder, "--no-pair-by", "exact")
    same(paired(folder), {"a/b": ("a_b", "separators")}, "pairs")
    run(folder, "--no-pair-by", "exact,separators")
    same(paired(folder), {}, "pairs")


@test
def suffix_prefix(folder):
    """pairing: ends and beginnings that all names of a side have"""
    names = [f"conv{i}" for i in "abcde"]
    tensors = [values() for _ in names]
    dumps(folder, dict(zip(names, tensors)), {name + "_x": t for name, t in zip(names, tensors)})
    run(folder)
    same({by for _, by in paired(folder).values()}, {"suffix"}, "ends")
    run(folder, "--no-pair-by", "suffix,order")
    same(paired(folder), {}, "ends")
    dumps(folder, dict(zip(names, tensors)), {"main/" + name: t for name, t in zip(names, tensors)})
    run(folder)
    same({by for _, by in paired(folder).values()}, {"prefix"}, "beginnings")
    run(folder, "--no-pair-by", "suffix,prefix,order")
    same(paired(folder), {}, "beginnings")


@test
def occurrence(folder):
    """pairing: of a name that one side has several times nothing is paired without occurrence"""
    src, dst = pair_of_folders(folder)
    for side, stamp in ((src, 10), (dst, 20)):
        for k in range(2):
            (side / f"{stamp + k}_h.pbtxt").write_text(
                f'version_number: 1\nnode_name: "h"\ndtype: DT_FLOAT32\ntensor_shape: [2]\nfloat_val: [{k + 1}, 2]\n')
        (side / f"{stamp + 5}_one.pbtxt").write_text(
            'version_number: 1\nnode_name: "one"\ndtype: DT_FLOAT32\ntensor_shape: [2]\nfloat_val: [1, 2]\n')
    compare(folder)
    same(sorted(layer["paired_by"] for layer in load_report(folder)["layers"]), ["exact", "occurrence", "occurrence"],
         "by what")
    compare(folder, "--no-pair-by", "occurrence")
    same([layer["name"] for layer in load_report(folder)["layers"] if "paired_by" in layer], ["one"], "pairs")


@test
def only_and_numbers(folder):
    """pairing: two files with one tensor each; numbers before names"""
    x = values()
    np.save(folder / "a.npy", x)
    np.save(folder / "b.npy", x)
    compare(folder, src="a.npy", dst="b.npy")
    same(load_report(folder)["layers"][0]["paired_by"], "only", "by what")
    compare(folder, "--no-pair-by", "only", src="a.npy", dst="b.npy")
    same(len(load_report(folder)["layers"]), 2, "not paired")
    src, dst = pair_of_folders(folder)
    for k in range(3):
        np.save(src / f"{k}_conv.npy", values())
    for k in (1, 2):
        (dst / f"{k}_conv.npy").write_bytes((src / f"{k}_conv.npy").read_bytes())
    compare(folder)
    errors = lambda: [layer["metrics"]["diff2"] for layer in load_report(folder)["layers"] if "paired_by" in layer]
    same((layers(folder).keys(), errors()), ({"0_conv", "1_conv", "2_conv"}, [0, 0]), "by numbers")
    compare(folder, "--no-pair-by", "numbers")
    same({layer["name"] for layer in load_report(folder)["layers"]}, {"conv"}, "without them the first is the first")
    check(min(errors()) > 0.5, errors())


@test
def names_in_quotes(folder):
    """pairing: :pairs writes names with quotes and signs in them, and --map reads them back; also behind a byte-order mark"""
    names = ['say "a"', "b != c", "plain"]
    dumps(folder, {name: values() + k for k, name in enumerate(names)}, {name: values() + k for k, name in enumerate(names)})
    session(folder, "".join(f":search {name[:5]}\n!\n" for name in names) + ":pairs made.map\n:screen -\n")
    text = (folder / "made.map").read_text()
    for line in ('"say ""a""" != "say ""a"""', '"b != c" != "b != c"', "plain != plain"):
        check(line in text.splitlines(), text)
    for mark in ("", "\ufeff"):
        (folder / "made.map").write_text(mark + text.split("\n", 1)[1], encoding="utf-8")
        run(folder, "--map", folder / "made.map")
        same(paired(folder), {}, "apart")
    (folder / "csv").write_text('\ufeffplain,"say ""a"""\n', encoding="utf-8")
    run(folder, "--map", folder / "csv")
    same(paired(folder)["plain"][0], 'say "a"', "the first line behind a mark")
    (folder / "bad").write_text('"a" != "b" c\n')
    check("bad, line 1: of a name in quotes" in run(folder, "--map", folder / "bad", status=2).err)


def again(folder):
    """The report, read and written again, says the same (but for verdicts, which are judged anew)."""
    text = (folder / "out/mmtui.json").read_text()
    found = mmtui(folder / "out/mmtui.json", "--format", "json").out
    strip = lambda report: [line for line in report.splitlines() if '"verdict"' not in line]
    same(strip(found), strip(text), "written again")


@test
def reports_opened_again(folder):
    """pairing: a report that is opened again says by what tensors were paired and laid, and which operators they are"""
    turned(folder, (1, 6, 5))
    again(folder)
    check("Transpose" in mmtui(folder / "out/mmtui.json").row("u"), "the operator that the model has")
    (folder / "keys").write_text(":search t\nEnter\n1\n:screen -\n")
    frame = mmtui(folder / "out/mmtui.json", "--script", folder / "keys").out
    check("measured as src transposed 0,2,1" in frame, frame)
    dumps(folder, {"a": values(), "b": values() + 1, "only": values() + 2}, {"q": values(), "b": values() + 1})
    (folder / "names.map").write_text("a = q\n")
    run(folder, "--map", folder / "names.map")
    again(folder)
    same(mmtui(folder / "out/mmtui.json").row("a")[1], "a", "the pair")


@test
def likely_pairs(folder):
    """pairing: of names that tell nothing, rows say which tensor has the same shape and alike statistics; none is paired"""
    one, two, bits = values(6, 50) * 3 + 1, values(6, 50), np.arange(300, dtype="f4").reshape(6, 50)
    flat = np.full((6, 50), 2, "f4")
    noise = lambda tensor: tensor * np.float32(1.001)
    dumps(folder, {"one": one, "two": two, "other": bits, "flat": flat, "small": values(2, 2)},
          {"9": noise(two), "8": noise(one.T), "7": -bits, "6": flat, "5": values(50, 3, 2) * 40})
    run(folder)
    same(paired(folder), {}, "nothing is paired")
    said = {layer["name"]: layer["pairing"] for layer in load_report(folder)["layers"]}
    for name, where, partner in (("one", "src", "8"), ("two", "src", "9"), ("8", "dst", "one"), ("9", "dst", "two")):
        other = "dst" if where == "src" else "src"
        want = f'only in {where}; not paired: could be "{partner}" of {other} (same shape, alike statistics)'
        same(said.pop(name), want, name)
    check(all(text in ("only in src", "only in dst") for text in said.values()), str(said))
    check('could be "8" of dst' in mmtui(folder / "src.npz", folder / "dst.npz").out, "the row")
    (folder / "keys").write_text("Enter\n1\n:screen -\n")
    frame = mmtui(folder / "src.npz", folder / "dst.npz", "--script", folder / "keys").out
    check('pair      only in src; not paired: could be "8" of dst' in frame, frame)
    dumps(folder, {"a": one, "b": one}, {"x": noise(one), "y": two})
    run(folder)
    said = [layer["pairing"] for layer in load_report(folder)["layers"]]
    same(said[2], 'only in dst; not paired: could be "a" or "b" of src (same shape, alike statistics)', "two")
    run(folder, "--vendor-exact")
    check(not any("could be" in layer["pairing"] for layer in load_report(folder)["layers"]), "--vendor-exact")


@test
def dtype_by_either_name(folder):
    """pairing: --dtype takes the name that a tensor has in src, or the one in dst"""
    reference = values()
    bits = (reference.view("u4") >> 16).astype("u2")
    dumps(folder, {"a": reference}, {"q": bits})
    (folder / "names.map").write_text("a = q\n")
    off = np.abs(reference - (bits.astype("u4") << 16).view("f4")).sum() / np.abs(reference).sum()
    for name in ("a", "q", "?"):
        run(folder, "--map", folder / "names.map", "--dtype", f"{name}=bf16")
        (layer,) = load_report(folder)["layers"]
        check(abs(layer["metrics"]["diff1"] - off) < 1e-9, f"{name}: {layer['metrics']['diff1']}, not {off}")
    lost = run(folder, "--map", folder / "names.map", "--dtype", "b=bf16", status=2).err
    check("--dtype b=bf16: no tensor has that name" in lost, lost)


@test
def unknown_rung(folder):
    """pairing: what is no rung gets a sentence with those that there are"""
    for text in ("cas", "case,", "", ",", "graph,nothing"):
        wanted = 0 if text == "case," else 2
        dumps(folder, {"a": values()}, {"a": values()})
        said = run(folder, "--no-pair-by", text, status=wanted).err
        check(wanted == 0 or f"there are {RUNGS}" in said, said)
    help_text = " ".join(mmtui("--help").out.split())
    check(RUNGS in help_text, "--help has them")


@test
def ambiguous(folder):
    """pairing: a name that fits several is listed with all of them, in either dump"""
    dumps(folder, {"a/b": values(), "c.1.x": values()},
          {"a.b": values(), "a_b": values(), "c/1/x": values(), "c:1:x": values(), "c_1_x": values(), "c|1|x": values()})
    run(folder)
    same(paired(folder), {}, "nothing by luck")
    how = {layer["name"]: layer["pairing"] for layer in load_report(folder)["layers"]}
    same(how["a/b"], 'only in src; not paired: could be "a.b" or "a_b" of dst', "how")
    same(how["a_b"], 'only in dst; not paired: could be "a/b" of src, and so could "a.b" of dst', "how")
    text = {layer["name"]: layer["verdict"]["text"] for layer in load_report(folder)["layers"]}
    same(text["a/b"], 'only in src: could be "a.b" or "a_b" of dst', "verdict")
    check(re.fullmatch(r'only in src; not paired: could be "c.1.x", "c.1.x", "c.1.x" or 1 more of dst', how["c.1.x"]),
          how["c.1.x"])


# ---- by hand ----

RELU, POOL, FC, OTHER = values(), values(), values(), values()


def hand(folder):
    dumps(folder, {"conv": OTHER, "relu": RELU, "pool": POOL, "fc": FC},
          {"conv": OTHER, "act_7": RELU + np.float32(0.001), "down": POOL, "fc": FC})


def session(folder, script, *options, status=0, size="80x13"):
    """The frames of a script, as text."""
    path = folder / "script"
    path.write_text(script)
    run = mmtui(folder / "src.npz", folder / "dst.npz", "--no-cache", "--sort", "layer", "--script", path, "--size", size,
                *options, status=status, cwd=folder)
    frames = []
    for frame in re.split(r"(?m)^---$", run.out)[:-1]:
        lines = frame.split("\n")
        height = int(size.split("x")[1])
        frames.append("\n".join(lines[-height - 1:]))
    return frames


def rows(frame):
    """Name -> what stands at its end."""
    found = {}
    for line in frame.split("\n"):
        match = re.match(r"^(.) {5}(\S+) .*  (\S.*)$", line)
        if match:
            found[match[2]] = (match[1] + match[3]).strip()
    return found


@test
def by_hand(folder):
    """pairing: = marks, = on the other side pairs; measured at once, undone, done again, Esc drops the mark"""
    hand(folder)
    frames = session(folder, """
:search relu
=
:screen -
Esc
:screen -
=
:search pool
=
:screen -
:search act_7
=
:screen -
u
:screen -
C-r
Enter 1
:screen -
""")
    marked, dropped, refused, made, undone, stats = frames
    same(rows(marked)["relu"], "=only in src", "the mark")
    check("relu marked: = on one only in dst pairs the two" in marked, marked)
    check("= pair  Esc back out" in marked, marked)
    same(rows(dropped)["relu"], "only in src", "no mark")
    check("Mark dropped" in dropped, dropped)
    check("are both in src alone: a pair has one of each" in refused, refused)
    same(rows(refused)["relu"], "=only in src", "the mark stays")
    check("Paired relu with act_7 (u undoes it" in made, made)
    check("act_7 " not in made.split(" Paired ")[0] and "3 pairs" in made, made)
    expected = np.linalg.norm((RELU + np.float32(0.001)).astype("f8") - RELU) / np.linalg.norm(RELU.astype("f8"))
    check(f"{expected:.2e}".replace("e-0", "e-") in made, f"{expected} is not in {made}")
    same((rows(undone)["relu"], rows(undone)["act_7"]), ("only in src", "only in dst"), "undone")
    check("Undone: pair relu with act_7 (C-r redoes it)" in undone, undone)
    check("paired by hand; same shape" in stats and "* not saved" in stats, stats)


@test
def by_name(folder):
    """pairing: :pair takes names, says which one may be meant, and refuses what is paired"""
    hand(folder)
    frames = session(folder, """
:pair pool dwn
:screen -
:pair relo = act_7
:screen -
:pair conv down
:screen -
:pair pool
:screen -
:pair "pool" "down"
:screen -
:pair nothinglikeit down
:screen -
""")
    for frame, text in zip(frames, ('dst has no tensor "dwn". Did you mean down?', 'src has no tensor "relo". Did you mean relu?',
                                    "conv is paired already (same name)", "A name of src and one of dst are needed",
                                    "Paired pool with down", 'src has no tensor "nothinglikeit"')):
        check(text in frame, f"{text} is not in {frame}")
    check("Did you mean" not in frames[-1], frames[-1])


@test
def taken_apart(folder):
    """pairing: ! takes a pair apart, both halves can be paired anew; the map file says so again"""
    hand(folder)
    frames = session(folder, """
:search conv
!
:screen -
:unpair fc
:pair conv = fc
:pair relu = act_7
:unpair relu
:screen -
:pair relu = act_7
:pairs names.map
:screen -
q
:screen -
""")
    same((rows(frames[0])["conv"], "2 pairs" not in frames[0]), ("only in dst", True), "both halves")
    same(frames[0].count("only in"), 6, "halves")
    same((rows(frames[1])["relu"], rows(frames[1])["act_7"]), ("only in src", "only in dst"), "as it was before")
    check("Wrote 4 lines to names.map" in frames[2], frames[2])
    same(len(frames), 3, "ends without a question, all is saved")
    lines = (folder / "names.map").read_text().split("\n")
    same(lines[1:], ["conv != conv", "fc != fc", "conv = fc", "relu = act_7", ""], "the file")
    run(folder, "--map", folder / "names.map")
    same({s: d for s, (d, _) in paired(folder).items()}, {"conv": "fc", "relu": "act_7"}, "read again")
    same({by for _, by in paired(folder).values()}, {"map"}, "by what")


@test
def odd_names(folder):
    """pairing: names that a line of a map file could take for something else are written so that they are read back"""
    x = [values() for _ in range(5)]
    src = ["s/a/b/", "a = b", 'say "x"', "# no", "plain one"]
    dst = ["q1", "q 2", "q3", "q,4", "q5"]
    dumps(folder, dict(zip(src, x)), dict(zip(dst, x)))
    run(folder, "--no-pair-by", "order")
    own = {layer["name"]: layer for layer in load_report(folder)["layers"]}
    script = "".join(f'{line}\n' for line in (
        ":pair s/a/b/ q1", ':search a = b', "=", ":search q 2", "=", ":search say", "=", ":search q3", "=",
        ":search # no", "=", ":search q,4", "=", ":pair plain one = q5", ":pairs odd.map", ":screen -"))
    frames = session(folder, script, "--no-pair-by", "order")
    check("Wrote 5 lines" in frames[0], frames[0])
    run(folder, "--map", folder / "odd.map")
    same(len(paired(folder)), 5, (folder / "odd.map").read_text())
    check(all(layer["metrics"]["diff2"] == 0 for layer in load_report(folder)["layers"]), "each with its own")
    same(len(own), 10, "before")


@test
def not_robbed(folder):
    """pairing: leaving with pairs that are in no file asks; a file that can't be written leaves them unsaved"""
    hand(folder)
    frames = session(folder, """
:pair pool down
:pairs /nowhere/at/all.map
:screen -
q
:screen -
n
:screen -
u
q
:screen -
""")
    check("at/all.map: making a temporary file" in frames[0], frames[0])
    check("Hand-made pairs not saved. Quit anyway?" in frames[1], frames[1])
    check("* not saved" in frames[2], frames[2])
    same(len(frames), 3, "nothing is lost when all is undone")


@test
def kept(folder):
    """pairing: what is tagged, chosen, filtered and looked at stays when a pair is made; r measures it again"""
    src, dst = pair_of_folders(folder)
    for name, d in {"conv": "conv", "relu": "act_7", "fc": "fc"}.items():
        x = values()
        np.save(src / f"{name}.npy", x)
        np.save(dst / f"{d}.npy", x)
    script = folder / "script"
    script.write_text(""":search fc
t
:precision f32
:pair relu act_7
:screen -
Enter
:undo
:screen -
q
C-r
r
:screen -
""")
    run = mmtui(src, dst, "--no-cache", "--sort", "layer", "--script", script, "--size", "100x12")
    frames = [frame for frame in re.split(r"(?m)^---$", run.out)[:-1]]
    check("1 override" in frames[0] or "Paired relu" in frames[0], frames[0])
    check(re.search(r"(?m)^●.* fc .*▸F32", frames[0]), frames[0])
    check("Undone: pair relu with act_7" in frames[1] and "only in" in frames[1], frames[1])
    check("No file has changed" in frames[2] and "3 pairs" in frames[2], frames[2])


@test
def reports(folder):
    """pairing: a report that is opened has no tensors that could be paired"""
    hand(folder)
    run(folder)
    script = folder / "script"
    script.write_text(":pair relu act_7\n:screen -\n")
    run_ = mmtui(folder / "out" / "mmtui.json", "--script", script, "--size", "100x12")
    check("a report has figures, not tensors" in run_.out, run_.out)


# ---- axes that the model explains ----


def model(folder, shape, perm=(0, 2, 1), declared=True):
    """x -> Relu t -> Transpose u -> Relu y."""
    info = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
    turned = [shape[axis] for axis in perm]
    nodes = [helper.make_node("Relu", ["x"], ["t"], name="n0"),
             helper.make_node("Transpose", ["t"], ["u"], name="n1", perm=perm),
             helper.make_node("Relu", ["u"], ["y"], name="n2")]
    graph = helper.make_graph(nodes, "g", [info("x", shape)], [info("y", turned)],
                              value_info=[info("t", shape), info("u", turned)] if declared else [])
    onnx.save(helper.make_model(graph), folder / "m.onnx")


def tensors(shape, perm=(0, 2, 1)):
    x = values(*shape)
    t = np.maximum(x, 0)
    u = np.ascontiguousarray(t.transpose(perm))
    return {"x": x, "t": t, "u": u, "y": u.copy()}


def turned(folder, shape, perm=(0, 2, 1), side="src", declared=True, order=None):
    """compare with `t` of one side transposed; what the report says of it."""
    model(folder, shape, perm, declared)
    src, dst = tensors(shape, perm), None
    dst = {name: (t + np.float32(1e-3)) for name, t in src.items()}
    one = src if side == "src" else dst
    one["t"] = np.ascontiguousarray(one["t"].transpose(order or perm))
    dumps(folder, src, dst)
    said = run(folder, "--model", folder / "m.onnx").out
    return layers(folder)["t"], said, src, dst


@test
def declared_shape(folder):
    """pairing: src transposed against the model's shape is measured under that, and nobody's fault"""
    layer, said, src, dst = turned(folder, (2, 5, 7))
    same(layer["layout"], "measured as src transposed 0,2,1", "layout")
    same((layer["verdict"]["kind"], layer["verdict"]["text"]), ("ok", "ok: measured as src transposed 0,2,1"), "verdict")
    s, d = src["t"].transpose(0, 2, 1).astype("f8"), dst["t"].astype("f8")
    check(abs(layer["metrics"]["diff2"] - np.linalg.norm(s - d) / np.linalg.norm(s)) < 1e-9, layer["metrics"]["diff2"])
    triage = mmtui("triage", folder / "src.npz", folder / "dst.npz", "--model", folder / "m.onnx").out
    flat = " ".join(triage.split())
    check("1 tensor of src has the axes in another order than the model, which dst follows (t: measured as src transposed "
          "0,2,1)." in flat, flat)


@test
def transpose_beside(folder):
    """pairing: without a declared shape the Transpose beside the tensor explains it, if dst has both of its sides"""
    layer, *_ = turned(folder, (2, 5, 7), declared=False)
    same((layer["layout"], layer["verdict"]["kind"]), ("measured as src transposed 0,2,1", "ok"), "beside")
    layer, *_ = turned(folder, (2, 5, 7), declared=False, order=(2, 0, 1))
    same((layer["layout"], layer["verdict"]["bad"]), ("shapes differ", True), "another order than the Transpose's")


@test
def values_decide(folder):
    """pairing: axes of the same length: the order under which the values agree; no order, no guess"""
    layer, *_ = turned(folder, (4, 6, 6, 3), (0, 3, 1, 2), order=(0, 3, 2, 1))
    same(layer["layout"], "measured as src transposed 0,3,2,1", "layout")
    check(layer["metrics"]["diff2"] < 0.01, layer["metrics"]["diff2"])
    layer, *_ = turned(folder, (4, 6, 6, 3), (0, 3, 1, 2))
    same(layer["layout"], "measured as src transposed 0,2,3,1", "layout")
    same(layer["verdict"]["kind"], "ok", "verdict")
    model(folder, (4, 6, 6, 3), (0, 3, 1, 2))
    src = tensors((4, 6, 6, 3), (0, 3, 1, 2))
    dst = dict(src)
    src = {**src, "t": values(4, 3, 6, 6)}
    dumps(folder, src, dst)
    run(folder, "--model", folder / "m.onnx")
    same(layers(folder)["t"]["layout"], "shapes differ", "other values: no order fits")


@test
def dst_is_off(folder):
    """pairing: dst transposed against the model stays a fault; so does either without a model"""
    layer, *_ = turned(folder, (2, 5, 7), side="dst")
    same(layer["layout"], "shapes differ", "layout")
    check(layer["verdict"]["bad"], layer["verdict"])
    report = json.loads(mmtui("triage", folder / "src.npz", folder / "dst.npz", "--model", folder / "m.onnx", "--format",
                              "json").out)
    check('"transposed"' in json.dumps(report), report)
    layer, *_ = turned(folder, (2, 5, 7), side="dst", declared=False)
    check(layer["verdict"]["bad"], layer["verdict"])
    turned(folder, (2, 5, 7))
    run(folder)
    layer = layers(folder)["t"]
    same((layer["layout"], layer["verdict"]["bad"]), ("shapes differ", True), "without a model")
    page = mmtui("triage", folder / "src.npz", folder / "dst.npz").out
    check("axes in another order" in page, page)


@test
def named_by_map(folder):
    """pairing: what --map pairs is found in the model by dst's name, and transposed as well"""
    layer, _, src, dst = turned(folder, (2, 5, 7))
    dumps(folder, {"block.0" if name == "t" else name: tensor for name, tensor in src.items()}, dst)
    (folder / "names.map").write_text("block.0 = t\n")
    run(folder, "--model", folder / "m.onnx", "--map", folder / "names.map")
    found = layers(folder)["block.0"]
    same((found["paired_by"], found["layout"]), ("map", "measured as src transposed 0,2,1"), "the pair")
    same(found["metrics"]["diff2"], layer["metrics"]["diff2"], "figures")


@test
def vendor_exact(folder):
    """pairing: --vendor-exact transposes nothing"""
    turned(folder, (2, 5, 7))
    run(folder, "--model", folder / "m.onnx", "--vendor-exact")
    same(layers(folder)["t"]["layout"], "shapes differ", "layout")


main()
