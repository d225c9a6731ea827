#!/bin/sh
# OpenCV 5's DNN refuses the names that getLayerNames() returns, and returns float32 for a float16 model
# Expected: net.forward(name) takes each of getLayerNames(), as in OpenCV 4; x + x of 60000 in a float16 model
# is infinite.
# Seen: getLayerNames() gives node names of what is left after fusion, with new ones for added layers;
# forward() wants names of tensors and raises for all of them. It takes the ONNX tensor names r and y, not c
# and b that were fused away. The float16 model answers 120000 in float32. int64 inputs keep their lower 32
# bits only: 2**40 + 2**40 is 0.
# Versions: opencv-python-headless 5.0.0.93, onnx 1.23.2, numpy 2.4.6, 2026-11-30.
# Why it matters: dump scripts written for OpenCV 4 end in exceptions, and their layer names do not pair with
# those of version 5; an overflow in half precision cannot be seen there.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check --no-compile numpy==2.4.6 onnx==1.23.2 \
    opencv-python-headless==5.0.0.93
cd "$work"
venv/bin/python -W ignore - >seen 2>log <<'END_OF_CODE' || { cat log >&2; exit 1; }
import numpy as np
import onnx
import cv2



def net(text):
    m = onnx.parser.parse_model('<ir_version: 8, opset_import: ["" : 17]>\n' + text)
    return cv2.dnn.readNetFromONNX(np.frombuffer(m.SerializeToString(), np.uint8))


n = net("""agraph (float[1,1,2,2] x) => (float[1,1,2,2] y)
<float[1,1,1,1] w = {1.0}, float[1] s = {2.0}, float[1] o = {10.0}, float[1] z = {0.0}, float[1] v = {1.0}> {
  [conv] c = Conv(x, w) [norm] b = BatchNormalization(c, s, o, z, v) [relu] r = Relu(b) [last] y = Sigmoid(r)
}""")
n.setInput(np.ones((1, 1, 2, 2), np.float32))
n.forward()
for name in [*n.getLayerNames(), "c", "b", "r", "y"]:
    try:
        print(name, "%.2f" % n.forward(name).ravel()[0])
    except cv2.error as error:
        print(name, "raises cv2.error")
for type_, value in (("float16", np.float16(60000)), ("int64", np.int64(2**40))):
    n = net("agraph (%s[1,1] x) => (%s[1,1] y) { y = Add(x, x) }" % (type_, type_))
    n.setInput(np.full((1, 1), value))
    y = n.forward()
    print(type_, "%g + %g =" % (value, value), y.dtype.name, float(y.item()))
END_OF_CODE
cat >recorded <<'END_OF_RECORD'
trlayout.0 raises cv2.error
conv raises cv2.error
last raises cv2.error
c raises cv2.error
b raises cv2.error
r 12.00
y 1.00
float16 60000 + 60000 = float32 120000.0
int64 1.09951e+12 + 1.09951e+12 = int64 0.0
END_OF_RECORD
diff -u recorded seen || { echo "changed: no longer what was recorded" >&2; exit 1; }
sed 's/^/seen: /' seen
