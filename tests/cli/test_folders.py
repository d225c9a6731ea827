#!/usr/bin/python3
"""Folders as runtimes leave them, made here: trees, steps and ranks, lists of names, snapshots; what pairs with what, in
which order, and what is said of it."""

import json
import os
import re

import numpy as np
import onnx
from onnx import numpy_helper

from harness import check, compare, layers, load_report, main, mmtui, same, settle, test


def save(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.asarray(values, "f4"))


def both(folder, *names, fall=0.0):
    """The same arrays on both sides; dst's are off by `fall`."""
    for k, name in enumerate(names, 1):
        save(folder / "src" / name, np.arange(1, 7) * k)
        save(folder / "dst" / name, np.arange(1, 7) * k + fall)


def names_of(folder, *options):
    """Names in the order of the report, after a comparison."""
    compare(folder, *options)
    return [layer["name"] for layer in load_report(folder)["layers"]]


def load(folder):
    """The report of a comparison, whatever came out of it."""
    mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    return load_report(folder)


def diff1(folder, name):
    return layers(folder)[name]["metrics"]["diff1"]


# ---- trees ----


@test
def test_tree(folder):
    """folders: the path is a part of the name, beside files in the root too"""
    both(folder, "conv1.npy", "block1/conv1.npy", "block1/deep/conv1.npy", "block10/conv1.npy", "block2/conv1.npy")
    same(names_of(folder), ["block1/conv1", "block1/deep/conv1", "block2/conv1", "block10/conv1", "conv1"], "names")
    run = compare(folder)
    check("note: src and dst: 5 tensors in a tree of 5 folders." in run.err, run.err)


@test
def test_flat_says_nothing(folder):
    """folders: of a flat folder nothing is said"""
    both(folder, "a.npy", "b.npy")
    same(compare(folder).err, "", "notes")


@test
def test_members_in_a_tree(folder):
    """folders: the members of an archive in a tree have its path before their names, not the file's"""
    for side in ("src", "dst"):
        (folder / side / "part").mkdir(parents=True)
        np.savez(folder / side / "part" / "all.npz", x=np.ones(3), y=np.zeros(2))
    same(names_of(folder), ["part/x", "part/y"], "names")


@test
def test_hidden(folder):
    """folders: hidden folders are passed over and counted"""
    both(folder, "a.npy", ".old/a.npy")
    same(names_of(folder), ["a"], "names")
    same(load_report(folder)["totals"]["skipped_files"], 2, "skipped")


@test
def test_links(folder):
    """folders: links to what was seen already, and loops, are left out and said; a link elsewhere is followed"""
    both(folder, "b/a.npy")
    save(folder / "elsewhere" / "c.npy", [1, 2])
    for side in ("src", "dst"):
        (folder / side / "a_link").symlink_to("b")
        (folder / side / "b" / "loop").symlink_to("..")
        (folder / side / "other").symlink_to(folder / "elsewhere")
    same(names_of(folder), ["b/a", "other/c"], "names")
    check("left out: 2 folders that links lead to once more" in compare(folder).err)


@test
def test_deep(folder):
    """folders: 32 below the root are gone into, more are left out and said"""
    deep = "/".join(["d"] * 32)
    both(folder, f"{deep}/a.npy", f"{deep}/e/b.npy")
    same(names_of(folder), [f"{deep}/a"], "names")
    check("left out: 1 folders that are too deep" in compare(folder).err)


@test
def test_too_many(folder):
    """folders: more than 10,000 are refused with a sentence"""
    both(folder, "a.npy")
    for i in range(10000):
        (folder / "src" / f"f{i}").mkdir()
    run = mmtui(folder / "src", folder / "dst", status=2)
    check("more than 10000 folders" in run.err, run.err)


@test
def test_fifo(folder):
    """folders: a FIFO is left out with a note, and not waited for"""
    both(folder, "a.npy")
    os.mkfifo(folder / "src" / "pipe")
    run = compare(folder)
    check("src: 1 tensor; left out: 1 that are no files (FIFOs, devices)." in run.err, run.err)
    same(load_report(folder)["totals"]["skipped_files"], 1, "skipped")


@test
def test_magicmind_is_flat(folder):
    """folders: beside MagicMind's files, folders are another dump"""
    for side in ("src", "dst"):
        both(folder, "old/a.npy")
        (folder / side / "1_x.pbtxt").write_text("")
    same([layer["name"] for layer in load(folder)["layers"]], ["x"], "names")


# ---- steps and ranks ----


@test
def test_steps(folder):
    """folders: of steps and ranks the first is taken, which is said; --step and --rank take another"""
    for step in (2, 10):
        for rank in (0, 1):
            both(folder, f"step{step}/rank{rank}/dump_tensor_data/f.npy", fall=step + rank)
    total = 21  # 1 + 2 + ... + 6
    run = compare(folder)
    check("step 2 of 2 (--step N takes another), rank 0 of 2 (--rank N takes another)" in run.err, run.err)
    same(list(layers(folder)), ["f"], "names")
    same(diff1(folder, "f"), 6 * 2 / total, "diff1")
    compare(folder, "--step", "10", "--rank", "1")
    same(diff1(folder, "f"), 6 * 11 / total, "diff1")
    run = mmtui(folder / "src", folder / "dst", "--step", "3", status=2)
    check(f"mmtui: {folder / 'src'}: --step 3: there is no such folder in it, but step2, step10\n" in run.err, run.err)
    same(mmtui(f"{folder}/src//", folder / "dst", "--step", "3", status=2).err, run.err, "slashes behind the name")


@test
def test_steps_of_one_side(folder):
    """folders: a step folder is no part of a name, whatever the other side has; --step needs one of them"""
    save(folder / "src" / "step_3" / "f.npy", [1, 2])
    save(folder / "dst" / "f.npy", [1, 2])
    same(names_of(folder), ["f"], "names")
    same(names_of(folder, "--step", "3"), ["f"], "names")
    run = mmtui(folder / "dst", folder / "dst", "--step", "3", status=2)
    check("neither src nor dst has folders such as step0" in run.err, run.err)


@test
def test_same_step(folder):
    """folders: without --step both sides have the same step, if they can"""
    for side, steps in (("src", (1, 2)), ("dst", (0, 1)), ("far", (7,))):
        for step in steps:
            save(folder / side / f"step{step}" / "f.npy", [step, 1])
    compare(folder)
    same(diff1(folder, "f"), 0, "diff1")
    run = compare(folder, src="dst", dst="src")
    same(diff1(folder, "f"), 0, "diff1")
    run = compare(folder, dst="far")
    check("src is step 1, dst step 7: they need not hold the same." in run.err, run.err)


# ---- ONNX ----


def put_tensor(path, values, name):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(numpy_helper.from_array(np.asarray(values, "f4"), name).SerializeToString())


@test
def test_onnx_data(folder):
    """folders: tensors of ONNX's test data are called as their messages say, data sets are steps"""
    for k in (0, 1):
        put_tensor(folder / "src" / f"test_data_set_{k}" / "input_0.pb", [k, 2], "image")
        put_tensor(folder / "src" / f"test_data_set_{k}" / "output_0.pb", [k, 3], "/fc/Gemm_output_0")
    (folder / "src" / "model.onnx").write_bytes(onnx.ModelProto(ir_version=8).SerializeToString())
    save(folder / "dst" / "image.npy", [0, 2])
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    same([layer["name"] for layer in load_report(folder)["layers"]], ["image", "/fc/Gemm_output_0"], "names")
    check("2 tensors of an ONNX test data set (named as in its messages), step 0 of 2" in run.err, run.err)


@test
def test_onnx_without_names(folder):
    """folders: ONNX's test data whose messages have no names, or the same, are called as their files"""
    for side, names in (("src", ("", "")), ("dst", ("same", "same"))):
        put_tensor(folder / side / "input_0.pb", [1, 2], names[0])
        put_tensor(folder / side / "output_0.pb", [1, 3], names[1])
    same(names_of(folder), ["input_0", "output_0"], "names")


@test
def test_onnx_of_two_exporters(folder):
    """folders: where ONNX's messages share no name, files that are called alike are paired"""
    for side, names in (("src", ("image", "fc")), ("dst", ("x:0", "y:0")), ("none", ("", ""))):
        put_tensor(folder / side / "input_0.pb", [1, 2], names[0])
        put_tensor(folder / side / "output_0.pb", [1, 3], names[1])
    for dst in ("dst", "none"):
        compare(folder, dst=dst)
        same([(layer["name"], layer["state"]) for layer in load_report(folder)["layers"]],
             [("input_0", "measured"), ("output_0", "measured")], dst)


# ---- lists of names ----


def put_trtexec(folder, rows):
    """rows: (name, file, values)"""
    folder.mkdir()
    tensors = []
    for name, file, values in rows:
        save(folder / file, values)
        tensors.append({"name": name, "shape": [2], "type": "FLOAT", "statistics": {"min": 0, "max": 1, "avg": 0.5},
                        "files": {"numpy": file}})
    text = {"metadata": {"title": "Tensor Summary Report"}, "tensors": tensors}
    (folder / "tensor_summary.json").write_text(json.dumps(text))


@test
def test_trtexec(folder):
    """folders: trtexec's summary has the true names, also of files whose names were shortened"""
    put_trtexec(folder / "dst", [("/net/conv.1/Conv_output_0", "0000_netconv.1Conv_output_0.npy", [1, 2]),
                                 ("z" * 200, "0001_" + "z" * 60 + "..." + "z" * 60 + ".npy", [3, 4]),
                                 ("a", "0002_a_to_float.npy", [5, 6])])
    for name, values in (("a", [5, 6]), ("z" * 200, [3, 4])):
        save(folder / "src" / f"{name}.npy", values)
    run = mmtui("compare", "-s", folder / "src", "-d", folder / "dst", "-o", folder / "out")
    report = load_report(folder)["layers"]
    same([layer["name"] for layer in report], ["/net/conv.1/Conv_output_0", "z" * 200, "a"], "names")
    check("dst: 3 tensors of trtexec's debug tensors (tensor_summary.json)." in run.err, run.err)


@test
def test_list_that_cannot_be_read(folder):
    """folders: a list that can't be read is passed over, which is said"""
    both(folder, "a.npy")
    (folder / "dst" / "tensor_summary.json").write_text('{"tensors": [')
    run = compare(folder)
    same(list(layers(folder)), ["a"], "names")
    check("dst: 1 tensor; names are the files'" in run.err and "tensor_summary.json" in run.err, run.err)
    (folder / "dst" / "tensor_summary.json").rename(folder / "dst" / "dump.json")
    same(compare(folder).err, "", "notes")


def put_rknn(folder, runtime=True, kind="npy", above=True):
    """The list beside the folders, as the toolkit writes it; the order is not that of the names."""
    names = ["[Conv] /z/Conv_output_0", "[Relu] /m/Relu_output_0", "output with blank"]
    files = ["z_Conv_output_0", "m_Relu_output_0", "output_with_blank"]
    text = "layer_name" + " " * 50 + "file_name\n" + "-" * 70 + "\n"
    text += "".join(f"{name:60}{file}\n" for name, file in zip(names, files))
    sides = {"golden": 0.0, "simulator": 0.25, **({"runtime": 0.5} if runtime else {})}
    for side, fall in sides.items():
        for k, file in enumerate(files, 1):
            values = np.arange(1, 7) * k + fall
            place = folder / "snapshot" / side
            if kind == "npy":
                save(place / "npy" / f"{file}.npy", values)
            else:
                place.mkdir(parents=True, exist_ok=True)
                (place / f"{file}.txt").write_text("\n".join(f"{v:.6f}" for v in values))
        if not above:
            (folder / "snapshot" / side / "map_name_to_file.txt").write_text(text)
    if above:
        (folder / "snapshot" / "map_name_to_file.txt").write_text(text)
    (folder / "snapshot" / "error_analysis.txt").write_text("layer_name  simulator_error\n")
    return names


@test
def test_rknn(folder):
    """folders: RKNN's snapshot in two words: names and order from the list, wherever it lies"""
    for k, (kind, above) in enumerate((("npy", True), ("npy", False), ("txt", True), ("txt", False))):
        names = put_rknn(folder / str(k), kind=kind, above=above)
        snapshot = folder / str(k) / "snapshot"
        run = mmtui("compare", "-s", snapshot / "golden", "-d", snapshot / "simulator", "-o", folder / "out")
        report = load_report(folder)
        same([layer["name"] for layer in report["layers"]], names, f"names {kind} {above}")
        same([layer["metrics"]["diff1"] for layer in report["layers"]], [0.25 * 6 / (21 * k) for k in (1, 2, 3)], "diff1")
        check("src and dst: 3 tensors of an RKNN snapshot (map_name_to_file.txt)." in run.err, run.err)
        same(report["order"], "list", "order")


@test
def test_rknn_in_one_word(folder):
    """folders: RKNN's snapshot alone is golden against runtime, else simulator, for every command"""
    put_rknn(folder)
    snapshot = folder / "snapshot"
    mmtui("compare", snapshot, "-o", folder / "out")
    report = load_report(folder)
    same((report["src"], report["dst"]), (str(snapshot / "golden"), str(snapshot / "runtime")), "sides")
    told = json.loads(mmtui("triage", snapshot, "--json").out)["notice"]
    same(told, "src and dst: 3 tensors of an RKNN snapshot (map_name_to_file.txt).", "notice")
    for words in ((snapshot,), ("triage", snapshot), ("suggest", snapshot, "--top", "3"), ("diff", snapshot)):
        run = mmtui(*words)
        check("3 tensors of an RKNN snapshot" in run.out + run.err, run.show())
    put_rknn(folder / "without", runtime=False)
    mmtui("compare", folder / "without" / "snapshot", "-o", folder / "out")
    same(load_report(folder)["dst"], str(folder / "without" / "snapshot" / "simulator"), "dst")
    run = mmtui(snapshot / "golden", status=2)
    check("two dumps are needed" in run.err, run.err)


@test
def test_aimet(folder):
    """folders: AIMET's layer outputs: order from the list beside them, samples are steps, shapes are given"""
    names = ["z_conv", "m_relu", "a_fc"]
    for side, fall in (("src", 0), ("dst", 1)):
        top = folder / side
        for sample in (0, 1):
            place = top / "outputs" / f"layer_outputs_{sample}"
            place.mkdir(parents=True)
            for name in names:
                (np.arange(1, 7, dtype="f4") + fall * (sample + 1)).tofile(place / f"{name}.raw")
        (top / "layer_output_name_order.json").write_text(json.dumps({"layer_output_names": names}))
    run = compare(folder, "--shape", "z_conv=1x2x3x1")
    report = load_report(folder)
    same([layer["name"] for layer in report["layers"]], names, "names")
    same(report["order"], "list", "order")
    same([layer["metrics"]["diff1"] for layer in report["layers"]], [6 / 21] * 3, "diff1")
    same(layers(folder)["z_conv"]["src"]["shape"], [1, 2, 3, 1], "shape")
    check("3 tensors of AIMET's layer outputs (layer_output_name_order.json), step 0 of 2" in run.err, run.err)
    compare(folder, "--step", "1")
    same(diff1(folder, "a_fc"), 12 / 21, "diff1")


@test
def test_msprobe(folder):
    """folders: msprobe's dump.json gives the order of the tensors; NaN in it is read"""
    apis = ["Module.z.Conv2d.forward.0", "Functional.relu.0.forward", "Functional.relu.0.backward"]
    for side in ("src", "dst"):
        top = folder / side / "step0" / "rank"
        data = {}
        for api in apis:
            data[api] = {"input_kwargs": {}}
            for place, item in (("input_args", "input.0"), ("output", "output.0")):
                file = f"{api}.{item}.npy"
                save(top / "dump_tensor_data" / file, [1, 2])
                data[api][place] = [{"type": "torch.Tensor", "Max": float("nan"), "data_name": file}, None]
        text = {"task": "tensor", "level": "mix", "dump_data_dir": "/far/away", "data": data}
        (top / "dump.json").write_text(json.dumps(text))
    run = compare(folder)
    report = load_report(folder)
    same([layer["name"] for layer in report["layers"]],
         [f"{api}.{item}" for api in apis for item in ("input.0", "output.0")], "names")
    same(report["order"], "list", "order")
    check("src and dst: 6 tensors of an msprobe dump (dump.json)." in run.err, run.err)


@test
def test_msprobe_statistics(folder):
    """folders: of an msprobe dump of statistics these are compared, in the order of the calls, and it is said"""
    for side, off in (("src", 1.0), ("dst", 1.5)):
        top = folder / side / "step0" / "rank0"
        top.mkdir(parents=True)
        item = lambda k: {"type": "torch.Tensor", "dtype": "torch.float32", "shape": [2], "Max": 2.0 * k, "Min": 1.0 * k,
                          "Mean": 1.5 * k, "Norm": 2.25 * k}
        data = {"Tensor.zeta.0.forward": {"input_args": [item(1)], "output": [item(off)]},
                "Tensor.alpha.0.forward": {"input_args": [item(off)], "output": [item(float("nan"))]}}
        (top / "dump.json").write_text(json.dumps({"task": "statistics", "level": "L1", "data": data}))
    run = compare(folder)
    check("4 tensors of an msprobe dump (dump.json), which kept their statistics alone" in run.err, run.err)
    check('the task "tensor" keeps all values' in run.err, run.err)
    report = load_report(folder)
    same([layer["name"] for layer in report["layers"]],
         ["Tensor.zeta.0.forward.input.0", "Tensor.zeta.0.forward.output.0", "Tensor.alpha.0.forward.input.0",
          "Tensor.alpha.0.forward.output.0"], "names")
    same([round(layer["metrics"]["diff1"], 12) for layer in report["layers"][:3]], [0, 0.5, 0.5], "diff1")
    same(report["order"], "list", "order")
    shown = mmtui("show", folder / "src", "*zeta*output*").out
    check("Max, Min, Mean, RMS of torch.float32 [2]: 2, 1, 1.5, 1.59099" in shown, shown)
    files = [folder / side / "step0" / "rank0" / "dump.json" for side in ("src", "dst")]
    run = mmtui(*files)
    check("4 pairs; " in run.out and "kept their statistics alone" in run.err, run.out + run.err)
    same(run.out.splitlines()[1].split()[0], "2", "numbered in the order of the calls")
    for file in files:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    same(mmtui(*files).out, run.out, "with a byte-order mark")


@test
def test_msprobe_processes(folder):
    """folders: msprobe's proc4711 (one process, nothing distributed) is no part of names; of several runs in a folder one is taken"""
    for place, value in (("src/step0/proc17", 1), ("dst/step0/proc4", 2), ("dst/step0/proc5", 3)):
        top = folder / place
        save(top / "dump_tensor_data" / "Tensor.add.0.forward.output.0.npy", [value, 4])
        item = {"type": "torch.Tensor", "data_name": "Tensor.add.0.forward.output.0.npy"}
        text = {"task": "tensor", "level": "L1", "data": {"Tensor.add.0.forward": {"output": [item]}}}
        (top / "dump.json").write_text(json.dumps(text))
    run = compare(folder)
    (layer,) = load_report(folder)["layers"]
    same((layer["name"], layer["pairing"]), ("Tensor.add.0.forward.output.0", "same name"), "pair")
    same(layer["metrics"]["diff1"], 0.2, "of proc4")
    check("rank 4 of 2 (--rank N takes another)" in run.err and "need not hold" not in run.err, run.err)
    compare(folder, "--rank", "5", src="dst")
    same(layers(folder)["Tensor.add.0.forward.output.0"]["metrics"]["diff1"], 0, "the same run twice")
    statistics(folder / "stats/step0/proc9/dump.json")
    (name,) = [row["name"] for row in json.loads(mmtui("show", folder / "stats", "--json").out)]
    save(folder / "values" / f"{name}.npy", [1])
    for src, dst, side in (("values", "stats", "dst"), ("stats", "values", "src")):
        run = mmtui(folder / src, folder / dst)
        check(f"mmtui: {side}: step0/proc9/dump.json: tensor" in run.err, run.err)


@test
def test_msprobe_statistics_of_what(folder):
    """folders: reports of statistics have the tensor's dtype and shape, as far as dump.json says them, and the figures by name"""
    statistics(folder / "src/dump.json")
    statistics(folder / "dst/dump.json", dtype="torch.bfloat16", Max=2.5)
    statistics(folder / "odd/dump.json", dtype="torch.strange", shape=None)
    run = compare(folder)
    check("skipped" not in run.out, run.out)
    report = load_report(folder)
    same(report["totals"]["skipped_files"], 0, "dump.json is not skipped")
    sides = [report["layers"][0][side] for side in ("src", "dst")]
    same([side["dtype"] for side in sides], ["f32", "bf16"], "dtype")
    same([side["shape"] for side in sides], [[10, 100]] * 2, "shape")
    same(sides[0]["statistics"], {"Max": 3.0, "Min": -2.0, "Mean": 0.5, "RMS": 1.0}, "figures")
    check(all("stats" not in side for side in sides), "they are not those of the figures")
    same(json.loads((folder / "out/diff.json").read_text())[0]["TensorShape"], [10, 100], "diff.json")
    again = mmtui(folder / "out/mmtui.json")
    check("f32 → bf16" in again.out, again.out)
    same(mmtui(folder / "out/mmtui.json", "--format", "json").out, (folder / "out/mmtui.json").read_text(), "written again")
    (folder / "keys").write_text("Enter\n1\n:screen -\n")
    again = mmtui(folder / "out/mmtui.json", "--script", folder / "keys").out
    check("kept      Max, Min, Mean, RMS" in again and "of        f32 10x100" in again, again)
    (shown,) = json.loads(mmtui("show", folder / "odd", "--json").out)
    same((shown["dtype"], shown["shape"]), (None, None), "what is not known")
    same(shown["statistics"]["Norm"], 1000**0.5, "without a shape it is the norm")
    check("Norm of torch.strange null: " not in mmtui("show", folder / "odd").out, "null is no shape")
    check("Max, Min, Mean, RMS of torch.float32 [10,100]\n" in mmtui("diff", *[folder / s / "dump.json" for s in ("src", "dst")]).out)


def statistics(path, **changed):
    """A dump of the task "statistics" with a thousand elements of size one; None: there is no such figure."""
    item = {"type": "torch.Tensor", "dtype": "torch.float32", "shape": [10, 100], "Max": 3.0, "Min": -2.0, "Mean": 0.5,
            "Norm": 1000**0.5} | changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"task": "statistics", "data": {"Tensor.add.0.forward": {"output": [item]}}}))


@test
def test_msprobe_statistics_weigh(folder):
    """folders: of statistics the norm does not hide the others; other statistics and shapes are not compared; nothing is rounded"""
    name = "Tensor.add.0.forward.output.0"
    statistics(folder / "src/dump.json")
    for changed, kind in (({"Max": 2.0, "Min": -3.0}, "implementation"), ({"Mean": None}, "unreadable"),
                          ({"Norm": None}, "unreadable"), ({"shape": [10, 99]}, "unreadable"), ({"shape": [100, 10]}, "ok"),
                          ({"dtype": "torch.float16"}, "ok")):
        statistics(folder / "dst/dump.json", **changed)
        compare(folder)
        found = layers(folder)[name]
        check(found["verdict"]["kind"] == kind or (kind == "implementation" and found["verdict"]["bad"]), f"{changed}: {found}")
    s, d = np.array([3, -2, 0.5, 1]), np.array([2, -3, 0.5, 1])
    statistics(folder / "dst/dump.json", Max=2.0, Min=-3.0)
    compare(folder)
    same(round(layers(folder)[name]["metrics"]["diff2"], 9), round(float(np.linalg.norm(s - d) / np.linalg.norm(s)), 9), "diff2")
    save(folder / "values" / f"{name}.npy", np.array([3, -2, 0.5, 1]))
    run = compare(folder, dst="values")
    check("only statistics were kept (Max, Min, Mean, RMS of torch.float32 [10,100]), which can't be compared with dst's values: they are not as many" in run.err, run.err)
    (folder / "s").write_text("Enter\n1\n:screen -\n2\n:screen -\n5\n:screen -\n")
    seen = mmtui(folder / "src", folder / "dst", "--script", folder / "s").out
    for said in ("kept      Max, Min, Mean, RMS", "of        torch.float32 [10,100]", "there are no values to count",
                 "there are no values to round"):
        check(said in seen, f"{said}: {seen}")
    for rank in range(2):
        statistics(folder / f"ranks/rank{rank}/dump.json")
    run = compare(folder, "--concat", "0", dst="ranks")
    check("can't be joined: only statistics of the parts were kept" in run.err, run.err)
    same(layers(folder)[name]["verdict"]["kind"], "unreadable", "joined")


@test
def test_printed_values(folder):
    """folders: what llama.cpp's eval-callback prints is refused, with what to do"""
    lines = "main: build = 1\n{}:  inp_embd = (f32)   GET_ROWS(a{{8, 2, 1, 1}}, b{{2, 1, 1, 1}}}}) = {{8, 2, 1, 1}}\n    [ 0.1, ..., 0.2],\n"
    for name, mark in (("a.txt", "ggml_debug"), ("a.log", "common_debug_cb_eval")):
        (folder / name).write_text(lines.format(mark))
        run = mmtui(folder / name, folder / name, status=2)
        check(f"{name}: is what llama.cpp's eval-callback prints" in run.err and "NAME.raw" in run.err, run.err)


@test
def test_show_and_convert(folder):
    """folders: show and convert take trees, too"""
    both(folder, "step0/b/a.npy", "step1/b/a.npy")
    shown = json.loads(mmtui("show", folder / "src", "--json", "--step", "1").out)
    same([(one["name"], one["file"]) for one in shown], [("b/a", "step1/b/a.npy")], "shown")
    mmtui("convert", "-r", folder / "src", folder / "made", "--format", "raw")
    same(sorted(path.name for path in (folder / "made").iterdir()), ["b_a.raw"], "files")


# ---- Cambricon CATCH ----

CATCH_TYPES = {"float32": "Float", "int32": "Int", "bool": "Bool"}


def catch_text(values, level=2):
    """As its dump tool writes a tensor: a line about it, and a value a line with six digits."""
    values = np.asarray(values)
    flat = values.ravel()
    kept = [flat[:10], np.abs(flat).sum(keepdims=True), flat][level]
    lines = [f"Tensor : Type = {CATCH_TYPES[str(values.dtype)]} : Shape = {list(values.shape)} : Stride = "
             f"{[s // values.itemsize for s in values.strides]} : Dumped = {kept.size}"]
    return "\n".join(lines + [f"{float(x):.6g}" for x in kept]) + "\n"


def catch_dump(folder, level=2, off=0.0, cpu=False):
    """Three operators, the second of which calls another; the second's result is off."""
    x = np.arange(-8, 16, dtype="f4").reshape(2, 3, 4)
    files = {
        "1_relu/mlu_self": catch_text(x, level),
        "1_relu/cnnl_result": catch_text(np.maximum(x, 0), level),
        "2_add/mlu_self": catch_text(x, level),
        "2_add/mlu_alpha": "Scalar : Type = int\n1\n",
        "2_add/1_fill_/mlu_value": "Scalar : Type = float\n1\n",
        "2_add/1_fill_/cnnl_result": catch_text(np.ones_like(x), level),
        "2_add/cnnl_result": catch_text(x + np.float32(1 + off), level),
        "10_max/cnnl_result": "Tuple : Size = 2\n" + catch_text(x.max(2), level) + catch_text(x.argmax(2).astype("i4"), level),
    }
    if cpu:
        files["1_relu/cpu_result"] = catch_text(np.maximum(x, 0), level)
        files["2_add/cpu_result"] = catch_text(x + 1, level)
        files["10_max/cpu_result"] = files["10_max/cnnl_result"]
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "2_add" / "notes").write_text("mine")


@test
def test_catch(folder):
    """folders: CATCH's numbered folders give operators and order; scalars and other files are skipped"""
    catch_dump(folder / "src")
    catch_dump(folder / "dst", off=0.5)
    run = compare(folder)
    report = load_report(folder)
    names = ["1_relu/mlu_self", "1_relu/cnnl_result", "2_add/mlu_self", "2_add/1_fill_/cnnl_result",
             "2_add/cnnl_result", "10_max/cnnl_result[0]", "10_max/cnnl_result[1]"]
    same([layer["name"] for layer in report["layers"]], names, "names")
    same([layer["src"]["op_type"] for layer in report["layers"]], ["relu"] * 2 + ["add", "fill_", "add"] + ["max"] * 2, "types")
    same(report["order"], "numbers", "order")
    same(report["totals"]["skipped_files"], 6, "skipped")
    check("note: src and dst: 7 tensors of Cambricon CATCH's dump tool." in run.err, run.err)
    x = np.arange(-8, 16) + 1.0
    same(round(diff1(folder, "2_add/cnnl_result"), 9), round(0.5 * 24 / np.abs(x).sum(), 9), "diff1")
    same(diff1(folder, "10_max/cnnl_result[1]"), 0, "diff1 of what is equal")


@test
def test_catch_cpu(folder):
    """folders: a CATCH dump with use_cpu alone is the CPU's results against the accelerator's"""
    catch_dump(folder / "dump", off=0.5, cpu=True)
    for command in (["compare", folder / "dump", "-o", folder / "out"], [folder / "dump"], ["triage", folder / "dump"]):
        run = mmtui(*command)
    mmtui("compare", folder / "dump", "-o", folder / "out")
    found = [(layer["name"], layer["verdict"]["kind"]) for layer in load_report(folder)["layers"]]
    same([name for name, kind in found], ["1_relu", "2_add/1_fill_", "2_add", "10_max[0]", "10_max[1]"], "names")
    same([name for name, kind in found if kind not in ("ok", "unpaired")], ["2_add"], "bad")
    check("numbers that the dump tool gave" in run.out, run.out)
    check("each error is the operator's own" in run.out.replace("\n", " "), run.out)
    check("compared with itself" not in run.err, run.err)
    catch_dump(folder / "without", off=0.5)
    mmtui(folder / "without", status=2)


@test
def test_catch_one_operator(folder):
    """folders: the folder of one operator of CATCH's, by its path and as ".", against another, and the CPU's results in it"""
    catch_dump(folder / "src")
    catch_dump(folder / "dst", off=0.5)
    for src, dst, cwd in ((folder / "src/2_add", folder / "dst/2_add", None), (".", folder / "dst/2_add/", folder / "src/2_add")):
        run = mmtui("compare", "-s", src, "-d", dst, "-o", folder / "out", cwd=cwd)
        found = load_report(folder)["layers"]
        same([layer["name"] for layer in found], ["mlu_self", "1_fill_/cnnl_result", "cnnl_result"], "names and order")
        same([layer["src"]["op_type"] for layer in found], ["add", "fill_", "add"], "types")
        same([layer["verdict"]["bad"] for layer in found], [False, False, True], "bad")
        check("note: src and dst: 3 tensors of Cambricon CATCH's dump tool" in run.err, run.err)
    check("float" in mmtui("show", folder / "src/10_max").out or "f32 [2, 3]" in mmtui("show", folder / "src/10_max").out)
    catch_dump(folder / "cpu", off=0.5, cpu=True)
    mmtui("compare", folder / "cpu/2_add", "-o", folder / "out")
    found = {layer["name"]: layer["verdict"]["kind"] for layer in load_report(folder)["layers"]}
    same(set(found), {"2_add", "1_fill_"}, "names")
    check(found["2_add"] not in ("ok", "unpaired"), found)
    (folder / "7_notes").mkdir()
    (folder / "7_notes" / "README").write_text("mine")
    mmtui(folder / "7_notes", folder / "7_notes", status=2)


@test
def test_catch_converted(folder):
    """folders: a CATCH dump that was converted pairs with one that was not: its files' names have the numbers, too"""
    catch_dump(folder / "src")
    catch_dump(folder / "dst", off=0.5)
    mmtui("convert", "-r", folder / "dst", folder / "made", "--format", "npy")
    for src, dst in (("src", "made"), ("made", "src")):
        compare(folder, src=src, dst=dst)
        found = [layer["name"] for layer in load_report(folder)["layers"] if layer["verdict"]["bad"]]
        same(len(load_report(folder)["layers"]), 7, "all are paired")
        same(len(found), 1, found)


@test
def test_one_word(folder):
    """folders: one word that is no dump: it is said when it is not there"""
    for command in ((), ("triage",), ("diff",)):
        check("nowhere: opening it: No such file" in mmtui(*command, folder / "nowhere", status=2).err)
    save(folder / "src/a.npy", np.ones(3))
    check("two dumps are needed" in mmtui(folder / "src", status=2).err)


@test
def test_catch_parts(folder):
    """folders: CATCH dumps that did not keep all values: what is there is compared, and said"""
    for level, words in ((0, "of 5 only the first values were kept"), (1, "only the sum of the absolute values was kept")):
        catch_dump(folder / "src", level=level)
        catch_dump(folder / "dst", level=level, off=0.5)
        run = compare(folder)
        check(words in run.err, run.err)
        x = np.arange(-8, 16) + 1.0
        expected = [5 / np.abs(x[:10]).sum(), (np.abs(x + 0.5).sum() - np.abs(x).sum()) / np.abs(x).sum()][level]
        check(abs(diff1(folder, "2_add/cnnl_result") - expected) < 1e-5, diff1(folder, "2_add/cnnl_result"))


@test
def test_catch_one_file(folder):
    """folders: a file of CATCH's by itself, whatever it is called; a damaged one is one bad row"""
    catch_dump(folder / "src")
    shown = mmtui("show", folder / "src" / "10_max" / "cnnl_result").out
    check("i32 [2, 3], 6 values" in shown, shown)
    catch_dump(folder / "dst")
    (folder / "dst" / "2_add" / "cnnl_result").write_text(catch_text(np.ones(4, "f4"))[:-2])
    same(layers(load(folder) and folder)["2_add/cnnl_result"]["verdict"]["kind"], "unreadable", "verdict")


# ---- Sophgo's tpu-mlir ----


def sophgo_model(path):
    """x -> Conv -> Relu -> Softmax, by the names that matter here."""
    node = onnx.helper.make_node
    nodes = [node("Conv", ["x", "w"], ["conv1"]), node("Relu", ["conv1"], ["/r/Relu_output_0"]),
             node("Softmax", ["/r/Relu_output_0"], ["prob"])]
    value = lambda name: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 2, 3, 3])
    weights = [numpy_helper.from_array(np.ones((2, 2, 1, 1), "f4"), "w")]
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph(nodes, "g", [value("x")], [value("prob")], weights)), path)


@test
def test_sophgo(folder):
    """folders: names of tpu-mlir's archives pair with a framework's, from an archive, a folder and the model"""
    sophgo_model(folder / "m.onnx")
    tensors = {name: np.full((1, 2, 3, 3), k + 1, "f4") for k, name in enumerate(["x", "conv1", "/r/Relu_output_0", "prob"])}
    np.savez(folder / "src.npz", **tensors)
    (folder / "src").mkdir()
    for name, values in tensors.items():
        np.save(folder / "src" / f"{name.replace('/', '_')}.npy", values)
    np.savez(folder / "m_top_outputs.npz", x=tensors["x"], conv1_Conv=tensors["conv1"], prob_Softmax_f32=tensors["prob"] * 2,
             **{"/r/Relu_output_0_Relu": tensors["/r/Relu_output_0"], "prob_Softmax": tensors["prob"]})
    np.savez(folder / "other.npz", **dict(np.load(folder / "m_top_outputs.npz")))
    for src in ("src.npz", "src"):
        run = compare(folder, src=src, dst="m_top_outputs.npz")
        check("Sophgo's tpu-mlir (4 names end with the operator's type)" in run.err, run.err)
        found = load_report(folder)["layers"]
        pairs = {layer["src"]["member" if src == "src.npz" else "file"]: layer for layer in found if layer.get("src")}
        same(len(pairs), 4, "tensors of src")
        for layer in pairs.values():
            same(layer["metrics"]["diff1"], 0, f"diff1 of {layer['name']}")
        same(sorted(layer["dst"]["op_type"] for layer in pairs.values()), ["", "Conv", "Relu", "Softmax"], "types")
    compare(folder, src="src.npz", dst="other.npz", status=0)
    same(sum(1 for layer in load_report(folder)["layers"] if layer.get("metrics")), 1, "pairs where nothing tells")
    compare(folder, "--model", folder / "m.onnx", src="src.npz", dst="other.npz")
    same(sum(1 for layer in load_report(folder)["layers"] if layer.get("metrics")), 4, "pairs by the model")


@test
def test_sophgo_steps(folder):
    """folders: of an operator that tpu-mlir took apart, the last step is the framework's result"""
    x = np.arange(1, 11, dtype="f4").reshape(1, 10)
    steps = {"logits_MatMul": x, "logits_MatMul_reshape": x[..., None, None], "prob_Softmax__softmax": x[..., None, None] / 55,
             "prob_Softmax__softmax_reshape": x / 55, "prob_Softmax__softmax_reshape_f32": x / 55}
    np.savez(folder / "int8_tensors.npz", **steps)
    np.savez(folder / "int8_tpu_outputs.npz", **dict(list(steps.items())[3:]))
    np.savez(folder / "frame.npz", logits=x, prob=x / 55)
    np.savez(folder / "top_outputs.npz", logits_MatMul=x, prob_Softmax=x / 55)
    for src, dst, count in (("frame.npz", "int8_tensors.npz", 2), ("top_outputs.npz", "int8_tensors.npz", 2),
                            ("int8_tensors.npz", "frame.npz", 2), ("frame.npz", "int8_tpu_outputs.npz", 1)):
        compare(folder, src=src, dst=dst)
        found = [layer for layer in load_report(folder)["layers"] if layer.get("metrics")]
        same(len(found), count, f"{src} {dst}")
        (last,) = [layer for layer in found if layer["name"].startswith("prob")]
        other = "dst" if dst.startswith("int8") else "src"
        same(last[other]["member"].removesuffix(".npy"), "prob_Softmax__softmax_reshape_f32", f"{src} {dst}")
        check(all(layer["metrics"]["diff1"] == 0 for layer in found), found)


# ---- ranks ----

PARALLEL = {"qkv": ((2, 4, 12), 2), "up": ((2, 4, 8), 2), "out": ((2, 4, 6), None), "norm": ((6,), None)}


def parallel(folder, off=0.0):
    """src has whole tensors, dst two ranks: qkv and up in halves, the others whole on each. dst's up is off."""
    for name, (shape, axis) in PARALLEL.items():
        x = np.arange(1, 1 + np.prod(shape), dtype="f4").reshape(shape)
        save(folder / "src" / f"{name}.npy", x)
        x = x * (1 + off * (name == "up"))
        for rank, part in enumerate(np.split(x, 2, axis) if axis else [x, x]):
            save(folder / "dst" / f"rank{rank}" / f"{name}.npy", part)
            save(folder / "names" / f"{name}.rank{rank}.npy", part)


@test
def test_concat(folder):
    """folders: --concat joins the parts of ranks, in folders and by names; what is whole on each rank is compared once"""
    parallel(folder, off=0.25)
    for dst in ("dst", "names"):
        run = compare(folder, "--concat", "2", dst=dst)
        found = layers(folder)
        same(sorted(found), sorted(PARALLEL), "names")
        for name in PARALLEL:
            same(round(found[name]["metrics"]["diff1"], 7), 0.25 if name == "up" else 0, f"diff1 of {name}")
        same(found["qkv"]["dst"]["shape"], [2, 4, 12], "shape")
        same(found["qkv"]["dst"]["ranks"], 2, "ranks")
        check("4 of them joined over 2 ranks" in run.err, run.err)
        check("2 tensors have the whole shape on each rank: rank 0's are compared." in run.err, run.err)
    run = compare(folder, "--concat", "7", src="dst", dst="dst")
    check("4 tensors do not have the axis of --concat: rank 0's are compared." in run.err, run.err)
    compare(folder, "--concat", "-1", src="names", dst="src")
    same(layers(folder)["qkv"]["metrics"]["diff1"], 0, "src joined")


@test
def test_concat_of_the_third(folder):
    """folders: --concat joins what has ranks, and be it the earlier dump or the simulation alone"""
    parallel(folder)
    save(folder / "flat/qkv.npy", np.load(folder / "src/qkv.npy"))
    for option in ("--before", "--sim"):
        column = "before" if option == "--before" else "impl"
        run = mmtui(folder / "src", folder / "src", option, folder / "dst", "--concat", "2", "--columns", f"layer,{column}")
        check(re.search(r"^qkv +0$", run.out, re.M), run.out)
        run = mmtui(folder / "src", folder / "src", option, folder / "flat", "--concat", "2", status=2)
        check("--concat: neither src nor dst has tensors of several ranks" in run.err, run.err)


@test
def test_concat_by_name(folder):
    """folders: --concat NAME=AXIS joins these alone; of the others one rank stays"""
    parallel(folder)
    compare(folder, "--concat", "q*=2")
    found = layers(folder)
    same((found["qkv"]["metrics"]["diff1"], found["up"]["verdict"]["kind"] != "ok"), (0, True), "qkv joined, up not")


@test
def test_concat_wrong(folder):
    """folders: a wrong axis is answered with the one that fits, a missing part with the rank, no ranks with an error"""
    parallel(folder)
    run = compare(folder, "--concat", "1")
    check("2 tensors (qkv, up) do not have src's shape when joined; along axis 2 they would (--concat NAME=2)." in run.err, run.err)
    save(folder / "dst" / "rank2" / "qkv.npy", np.zeros((2, 4, 1)))
    run = compare(folder, "--concat", "2")
    check("1 tensor (qkv) does not have src's shape when joined." in run.err, run.err)
    check("up (2 ranks): can't be joined: rank 2 of ranks 0 to 2 has no part of it" in run.err, run.err)
    same(layers(folder)["up"]["verdict"]["kind"], "unreadable", "up")
    same(layers(folder)["qkv"]["verdict"]["kind"], "shape", "qkv")
    run = compare(folder, "--concat", "0", dst="src", status=2)
    check("--concat: neither src nor dst has tensors of several ranks" in run.err, run.err)
    mmtui("show", folder / "src", "--concat", "0", status=2)
    for bad in ("x", "16", "a=", "1.5"):
        compare(folder, "--concat", bad, status=2)


@test
def test_concat_wrong_everywhere(folder):
    """folders: tensors that are alike and all joined along a wrong axis are not taken for padding; one rank of all is said to be a part"""
    for name in "abcdef":
        x = np.random.default_rng(ord(name)).standard_normal((4, 6)).astype("f4")
        save(folder / "src" / f"{name}.npy", x)
        for rank in range(2):
            save(folder / "dst" / f"rank{rank}" / f"{name}.npy", x[:, 3 * rank : 3 * rank + 3])
    for axis in ("0", "5"):
        run = compare(folder, "--concat", axis)
        check("along axis 1 they would (--concat NAME=1)." in run.err and "padding" not in run.err, run.err)
        same({one["verdict"]["kind"] for one in layers(folder).values()}, {"shape"}, f"joined along {axis}")
    run = compare(folder, "--concat", "c=0")
    same(layers(folder)["c"]["verdict"]["kind"], "shape", "c")
    check("have the whole shape" not in run.err and "has the whole shape" not in run.err, run.err)
    hint = "6 tensors of rank 0 of dst are 1/2 as long as src's along axis 1: --concat 1 compares what all ranks have."
    check(hint in compare(folder).err, "no hint without --concat")
    check("--concat 1 compares" not in compare(folder, "--concat", "1").err, "hint although joined")


@test
def test_concat_shows_and_converts(folder):
    """folders: --concat of show and convert: whole tensors, as NumPy joins them"""
    parallel(folder)
    check("f32 [2, 4, 12], 96 values" in mmtui("show", folder / "names", "qkv", "--concat", "2").out)
    mmtui("convert", "-r", folder / "names", folder / "all.npz", "--concat", "2")
    whole = np.load(folder / "all.npz")
    check((whole["qkv"] == np.load(folder / "src" / "qkv.npy")).all(), "qkv")


@test
def test_concat_members(folder):
    """folders: --concat of archives: keys with ranks in one file, compressed members, and an archive a rank"""
    parallel(folder)
    values = {path.stem: np.load(path) for path in (folder / "names").iterdir()}
    np.savez_compressed(folder / "keys.npz", **values)
    for rank in range(2):
        (folder / "archives" / f"rank{rank}").mkdir(parents=True)
        np.savez(folder / "archives" / f"rank{rank}" / "a.npz", **{k[:-6]: v for k, v in values.items() if k.endswith(str(rank))})
    for dst in ("keys.npz", "archives"):
        compare(folder, "--concat", "2", dst=dst)
        same({name: layer["metrics"]["diff1"] for name, layer in layers(folder).items()}, dict.fromkeys(PARALLEL, 0), dst)


@test
def test_concat_cache(folder):
    """folders: results of joined tensors are kept by all parts and the axis"""
    parallel(folder)
    with_cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    run = lambda axis: mmtui(folder / "src", folder / "dst", "--concat", axis, env=with_cache)
    square = np.arange(16, dtype="f4").reshape(4, 4)
    save(folder / "src" / "sq.npy", square)
    for rank in range(2):
        save(folder / "dst" / f"rank{rank}" / "sq.npy", square[:, 2 * rank : 2 * rank + 2])
    settle(folder)
    run("1")
    check("5 of 5 from the cache" in run("1").out, "not all kept")
    check("5 of 5 from the cache" not in run("0").out, "axis 0 was taken for axis 1")
    save(folder / "dst" / "rank1" / "sq.npy", square[:, 2:] + 1)
    settle(folder)
    same(run("1").row("sq")[-1] != "ok", True, "a part that changed")


# ---- SGLang's dumper ----


@test
def test_fields(folder):
    """folders: names made of fields give names, order, step and rank; --concat joins ranks; a step that is not there is an error"""
    whole = np.arange(1, 9, dtype="f4").reshape(2, 4)
    for side, off in (("src", 1.0), ("dst", 1.5)):
        for step in (3, 4):
            for rank in (0, 1):
                for index, (name, layer) in enumerate([("zin", 0), ("attn_q", 0), ("attn_q", 1), ("mlp", 1)]):
                    values = whole[:, 2 * rank : 2 * rank + 2] if name == "attn_q" else whole * (off if name == "mlp" else 1)
                    stem = f"step={step}___rank={rank}___dump_index={10 * step + index}___name={name}___layer_id={layer}"
                    save(folder / side / f"{stem}.npy", values + step)
    names = ["zin.layer_id=0", "attn_q.layer_id=0", "attn_q.layer_id=1", "mlp.layer_id=1"]
    run = compare(folder)
    check("4 tensors of SGLang's dumper" in run.err and "step 3 of 2" in run.err and "rank 0 of 2" in run.err, run.err)
    report = load_report(folder)
    same([layer["name"] for layer in report["layers"]], names, "names")
    same([layer["dst"]["shape"] for layer in report["layers"]], [[2, 4], [2, 2], [2, 2], [2, 4]], "shapes")
    same(report["order"], "numbers", "order")
    same(round(layers(folder)["mlp.layer_id=1"]["metrics"]["diff1"], 6), round(18 / (36 + 24), 6), "diff1")
    compare(folder, "--step", "4", "--rank", "1")
    same(round(layers(folder)["mlp.layer_id=1"]["metrics"]["diff1"], 6), round(18 / (36 + 32), 6), "diff1 of step 4")
    compare(folder, "--concat", "1")
    same(layers(folder)["attn_q.layer_id=0"]["dst"]["shape"], [2, 4], "joined")
    compare(folder, "--concat", "attn*=1")
    same([layer["name"] for layer in load_report(folder)["layers"]], names, "names of what is joined, and of one rank's others")
    run = compare(folder, "--concat", "1", "--rank", "1", status=2)
    check("--concat joins ranks, and --rank takes one" in run.err, run.err)
    for option in ("--step", "--rank"):
        run = compare(folder, option, "7", status=2)
        check(f"{option} 7: no name of a file in it has this" in run.err, run.err)


if __name__ == "__main__":
    main()
