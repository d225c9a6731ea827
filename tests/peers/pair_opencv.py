#!/usr/bin/python3
"""What OpenCV's DNN module makes of every layer of FOLDER/model.onnx with the inputs of FOLDER/x.npz: FOLDER/opencv.npz,
layers by the names that OpenCV has for them. Constants, which are no layers' results, are left out.

Usage: pair_opencv.py FOLDER ...
"""
import pathlib
import sys

import cv2
import numpy as np


def dump(folder):
    net = cv2.dnn.readNetFromONNX(str(folder / "model.onnx"))
    with np.load(folder / "x.npz") as inputs:
        for name in inputs:
            net.setInput(inputs[name].astype("f4"), name)
    names = [name for k, name in enumerate(net.getLayerNames(), 1) if net.getLayer(k).type != "Const"]
    values = net.forward(names)
    np.savez(folder / "opencv.npz", **{name: value for name, value in zip(names, values) if isinstance(value, np.ndarray)})
    return len(names)


def main():
    for folder in map(pathlib.Path, sys.argv[1:]):
        try:
            dump(folder)
        except cv2.error as error:
            print(f"pairs: OpenCV {cv2.__version__} does not read {folder.name}: {str(error).strip().splitlines()[0][:140]}", file=sys.stderr)


if __name__ == "__main__":
    main()
