#!/bin/sh
# Dumps of the same networks by ONNX Runtime and OpenCV, and by hooks of PyTorch and ONNX Runtime, and which of their tensors
# mmtui pairs. Fails where it makes less than 95 % of the true pairs, or where 1 % of those that it makes are false.
#
# Usage: tests/peers/pairs.sh FOLDER MADE (of run.sh: where the environment `pytorch` is, and what is made)
set -eu
folder=${1:?usage: tests/peers/pairs.sh FOLDER MADE}
made=${2:?usage: tests/peers/pairs.sh FOLDER MADE}
here=$(cd "$(dirname "$0")" && pwd)
python=$folder/pytorch/bin/python
networks=$folder/networks
rm -rf "$networks"
mkdir -p "$networks"

# A real network: the classifier of text directions in the wheel
if [ ! -e "$folder"/rapidocr/rapidocr_onnxruntime/models ]; then
    "$folder/pytorch/bin/pip" download --quiet --no-deps --dest "$folder/rapidocr" rapidocr-onnxruntime==1.4.4
    "$python" -m zipfile -e "$folder"/rapidocr/rapidocr_onnxruntime-1.4.4-*.whl "$folder/rapidocr"
fi
"$python" "$here/pair_networks.py" --run "$folder/rapidocr/rapidocr_onnxruntime/models/ch_ppocr_mobile_v2.0_cls_infer.onnx" \
    "$networks/ppocr_cls" 48x192

"$python" "$here/pair_networks.py" "$networks" "" resnet18 mobilenet_v3_small squeezenet1_1 shufflenet_v2_x0_5 mnasnet0_5 \
    googlenet yolo unet gpt speech
# Debian's PyTorch exports as older ones do
if /usr/bin/python3 -c 'import torch, torchvision, onnx' 2>/dev/null; then
    /usr/bin/python3 "$here/pair_networks.py" "$networks" debian- resnet18 mobilenet_v3_small unet gpt speech encoder
else
    echo "peers: python3-torch and python3-torchvision are not installed: no networks exported by them" >&2
fi
for name in "$networks"/*; do
    [ ! -e "$name/hooks.npz" ] || "$python" "$here/pair_networks.py" --ort "$name"
done
if /usr/bin/python3 -c 'import cv2' 2>/dev/null; then
    /usr/bin/python3 "$here/pair_opencv.py" "$networks"/* 2>&1 | grep '^pairs:' >&2 || true
else
    echo "peers: python3-opencv is not installed: no pairs with ONNX Runtime" >&2
fi
"$python" "$here/pair_check.py" "${MMTUI:-mmtui}" "$networks"/*
# The kept file is made of these; where one of them could not be made, it stays as it is
if [ ! -d "$networks/debian-speech" ] || [ ! -e "$networks/ppocr_cls/opencv.npz" ]; then
    echo "peers: not all networks of pairs.json.gz were made: it is the one that is kept" >&2
    cp "$here/files/pairs.json.gz" "$made/files"
    exit
fi
"$python" "$here/pair_check.py" --keep "$made/files/pairs.json.gz" "$networks/ppocr_cls:ort:opencv" \
    "$networks/debian-unet:ort:opencv" "$networks/debian-resnet18:ort:opencv" "$networks/gpt-dynamo:hooks:ort" \
    "$networks/resnet18-dynamo:hooks:ort" "$networks/shufflenet_v2_x0_5:hooks:ort" "$networks/debian-speech:hooks:ort" \
    "$networks/yolo-dynamo:hooks:ort"
