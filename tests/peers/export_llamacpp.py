"""What llama.cpp's own quantiser makes of a tensor_types.txt that mmtui wrote: a small GGUF of the llama architecture with made-up
weights is quantised to Q4_0, and the types of its tensors are read.

No package has the program llama-quantize, whose --tensor-type-file reads the file; its library does the rest, and is called
here as the program calls it: words parted by blanks, the pattern made lower-case, the type looked up by its name.

Usage: export_llamacpp.py MMTUI LIBRARIES FOLDER (needs gguf and numpy; LIBRARIES is the folder with libllama of the npm package
@node-llama-cpp/linux-x64; writes into FOLDER)
"""

import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import sys

import gguf
import numpy as np

MMTUI = os.path.abspath(shutil.which(sys.argv[1]))
LIBRARIES, FOLDER = (pathlib.Path(argument).resolve() for argument in sys.argv[2:])
WIDE, INNER, VOCABULARY, BLOCKS = 256, 512, 64, 2
Q4_0 = 2  # LLAMA_FTYPE_MOSTLY_Q4_0
CHOSEN = {
    "blk.0.ffn_down.weight": ("llamacpp:q8_0", "Q8_0"),
    "blk.1.attn_q.weight": ("FLOAT16", "F16"),
    "blk.1.ffn_up.weight": ("llamacpp:q6_k", "Q6_K"),
    "blk.0.attn_v.weight": ("FLOAT32", "F32"),
    "blk.0.attn_k.weight": ("BFLOAT16", "BF16"),
}


class Override(ctypes.Structure):
    _fields_ = [("pattern", ctypes.c_char_p), ("type", ctypes.c_int)]


class Params(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int) for name in ("threads", "ftype", "output_type", "embedding_type")] + \
               [(name, ctypes.c_bool) for name in ("requantize", "output", "only_copy", "pure", "keep_split", "dry_run")] + \
               [(name, ctypes.c_void_p) for name in ("imatrix", "kv_overrides", "tensor_types", "prune_layers")]


def write_model(path):
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(128)
    writer.add_embedding_length(WIDE)
    writer.add_block_count(BLOCKS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(4)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(VOCABULARY)
    rng = np.random.default_rng(1)
    shapes = {"token_embd.weight": (VOCABULARY, WIDE), "output_norm.weight": (WIDE,), "output.weight": (VOCABULARY, WIDE)}
    for block in range(BLOCKS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"blk.{block}.{name}.weight"] = (WIDE, WIDE)
        shapes.update({f"blk.{block}.ffn_up.weight": (INNER, WIDE), f"blk.{block}.ffn_gate.weight": (INNER, WIDE),
                       f"blk.{block}.ffn_down.weight": (WIDE, INNER), f"blk.{block}.attn_norm.weight": (WIDE,),
                       f"blk.{block}.ffn_norm.weight": (WIDE,)})
    for name, shape in shapes.items():
        writer.add_tensor(name, rng.normal(size=shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def libraries():
    """libggml's processor part is loaded by its path, as the program finds it beside itself."""
    base = ctypes.CDLL(str(next(LIBRARIES.glob("libggml-base*.so"))), mode=ctypes.RTLD_GLOBAL)
    ggml = ctypes.CDLL(str(next(LIBRARIES.glob("libggml.*so"))), mode=ctypes.RTLD_GLOBAL)
    ggml.ggml_backend_load(str(LIBRARIES / "libggml-cpu-x64.so").encode())
    return base, ctypes.CDLL(str(next(LIBRARIES.glob("libllama.*so"))))


def ggml_type(base, word):
    """By its name in ggml, any case, as the program looks for it."""
    base.ggml_type_name.restype = ctypes.c_char_p
    number = int(gguf.GGMLQuantizationType[word.upper()])
    assert base.ggml_type_name(number).decode().lower() == word.lower(), word
    return number


def quantise(base, llama, model, out, types):
    words = [word.split("=", 1) for word in types.split()]
    overrides = (Override * (len(words) + 1))()
    for entry, (pattern, word) in zip(overrides, words):
        entry.pattern, entry.type = pattern.lower().encode(), ggml_type(base, word)
    llama.llama_model_quantize_default_params.restype = Params
    params = llama.llama_model_quantize_default_params()
    assert not params.only_copy and params.output and not params.tensor_types, "the structure is another one"
    params.ftype, params.threads = Q4_0, 1
    params.tensor_types = ctypes.cast(overrides, ctypes.c_void_p) if words else None
    status = llama.llama_model_quantize(str(model).encode(), str(out).encode(), ctypes.byref(params))
    assert status == 0, status
    return {tensor.name: tensor.tensor_type.name for tensor in gguf.GGUFReader(out).tensors}


def mmtui(*arguments, status=0):
    done = subprocess.run([MMTUI, *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.stderr)
    return done.stdout, done.stderr


def write_plan(chosen):
    overrides = [{"name": name, "op_type": "", "tensor": "", "precision": precision, "why": "", "figures": {}}
                 for name, precision in chosen.items()]
    (FOLDER / "plan.json").write_text(
        json.dumps({"format": "mmtui-plan", "schema_version": 2, "settings": {}, "overrides": overrides}))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    write_model(FOLDER / "model.gguf")
    base, llama = libraries()
    options = ["--plan", "plan.json", "--model", "model.gguf", "--to", "llamacpp"]
    write_plan({name: precision for name, (precision, _) in CHOSEN.items()})
    mmtui("export", *options, "out")
    types = (FOLDER / "out/tensor_types.txt").read_text()
    was = quantise(base, llama, FOLDER / "model.gguf", FOLDER / "was.gguf", "")
    now = quantise(base, llama, FOLDER / "model.gguf", FOLDER / "now.gguf", types)
    assert was["blk.0.ffn_down.weight"] == "Q4_0" and was["blk.0.attn_norm.weight"] == "F32", was
    for name, dtype in was.items():
        assert now[name] == CHOSEN[name][1] if name in CHOSEN else now[name] == dtype, (name, dtype, now[name])
    read, _ = mmtui("plan", "--from", "llamacpp", "out/tensor_types.txt", "--model", "model.gguf")
    back = {override["name"]: override["precision"] for override in json.loads(read)["overrides"]}
    assert back == {name: precision for name, (precision, _) in CHOSEN.items()}, back

    # every type that mmtui knows is one of ggml's; norms stay as they are, and it is told
    told, _ = mmtui("dialects", "llamacpp")
    (takes,) = (line.split()[1:] for line in told.splitlines() if line.startswith("  takes "))
    assert len(takes) > 20, takes
    for word in takes:
        ggml_type(base, word)
    write_plan({"blk.0.attn_norm.weight": "FLOAT16"})
    _, told = mmtui("export", *options, "refused", status=2)
    assert "changes no norms and routers" in told, told
    mmtui("export", *options, "--force", "refused")
    same = quantise(base, llama, FOLDER / "model.gguf", FOLDER / "same.gguf", (FOLDER / "refused/tensor_types.txt").read_text())
    assert same == was, same

    # capital letters, of which the pattern keeps none
    (FOLDER / "names.txt").write_text("Blk.0.ffn_down.weight\n")
    write_plan({"Blk.0.ffn_down.weight": "FLOAT16"})
    mmtui("export", "--plan", "plan.json", "--model", "names.txt", "--to", "llamacpp", "capital")
    same = quantise(base, llama, FOLDER / "model.gguf", FOLDER / "same.gguf", (FOLDER / "capital/tensor_types.txt").read_text())
    assert same == was, same
    print(f"llama.cpp: {len(CHOSEN)} of {len(was)} tensors have the types that were chosen, the others those they had")


main()
