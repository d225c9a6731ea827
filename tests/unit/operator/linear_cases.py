"""Random cases of Conv, ConvTranspose, Gemm and MatMul, computed by plain NumPy loops, for test_linear.c.

Writes models into the folder that it is given and a stream as node_tests.py does (which see). Outputs of a case: what
the operator gives, what rounding the weights to int8 adds to them (one scale; a scale a channel), and what the operator
makes of these two changes without its bias. In float64, stored as float32.
"""
import itertools
import sys

import numpy as np
from onnx import helper, TensorProto

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from stream import text_of

rng = np.random.default_rng(7)


def conv(x, w, bias, group, strides, dilations, pads):
    """Gathers: every output place looks at its window."""
    n, spatial = x.shape[0], x.ndim - 2
    padded = np.pad(x, [(0, 0), (0, 0)] + [(pads[i], pads[i + spatial]) for i in range(spatial)])
    kernel = w.shape[2:]
    out = [(padded.shape[i + 2] - (kernel[i] - 1) * dilations[i] - 1) // strides[i] + 1 for i in range(spatial)]
    y = np.zeros([n, w.shape[0]] + out)
    per_in, per_out = w.shape[1], w.shape[0] // group
    for m in range(w.shape[0]):
        g = m // per_out
        for at in itertools.product(*[range(o) for o in out]):
            window = tuple(slice(at[i] * strides[i], at[i] * strides[i] + (kernel[i] - 1) * dilations[i] + 1, dilations[i])
                           for i in range(spatial))
            part = padded[(slice(None), slice(g * per_in, (g + 1) * per_in)) + window]
            y[(slice(None), m) + at] = (part * w[m]).reshape(n, -1).sum(1)
    return y if bias is None else y + bias.reshape([1, -1] + [1] * spatial)


def conv_transpose(x, w, bias, group, strides, dilations, pads, more):
    """Scatters: every input place adds its kernel to the output."""
    n, spatial = x.shape[0], x.ndim - 2
    kernel = w.shape[2:]
    full = [(x.shape[i + 2] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1 + more[i] for i in range(spatial)]
    per_in, per_out = w.shape[0] // group, w.shape[1]
    y = np.zeros([n, group * per_out] + full)
    for c in range(w.shape[0]):
        g = c // per_in
        for at in itertools.product(*[range(d) for d in x.shape[2:]]):
            for m in range(per_out):
                window = tuple(slice(at[i] * strides[i], at[i] * strides[i] + (kernel[i] - 1) * dilations[i] + 1, dilations[i])
                               for i in range(spatial))
                for b in range(n):
                    y[(b, g * per_out + m) + window] += x[(b, c) + at] * w[c, m]
    y = y[(slice(None), slice(None)) + tuple(slice(pads[i], full[i] - pads[i + spatial]) for i in range(spatial))]
    return y if bias is None else y + bias.reshape([1, -1] + [1] * spatial)


def change(w, axis):
    others = None if axis is None else tuple(i for i in range(w.ndim) if i != axis)
    scale = np.abs(w).max(axis=others, keepdims=True) / 127
    return np.clip(np.rint(w / scale), -127, 127) * scale - w


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32).astype(np.float64)


def heavy(axis, *shape):
    """Weights whose channels are of different sizes, as they are."""
    size = np.exp2(rng.uniform(-6, 0, size=[d if i == axis else 1 for i, d in enumerate(shape)]))
    return (normal(*shape) * size).astype(np.float32).astype(np.float64)


def write(name, op, x, w, bias, axis, run, **attributes):
    tensor = lambda n: helper.make_tensor_value_info(n, TensorProto.FLOAT, None)
    inputs = ["x", "w"] + (["b"] if bias is not None else [])
    node = helper.make_node(op, inputs, ["y", "t", "c", "yt", "yc"][:1], **attributes)
    graph = helper.make_graph([node], name, [tensor(i) for i in inputs], [tensor("y")])
    path = "%s/%s.onnx" % (sys.argv[1], name)
    with open(path, "wb") as file:
        file.write(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]).SerializeToString())
    by_tensor, by_channel = change(w, None), change(w, axis)
    values = [run(x, w, bias), by_tensor, by_channel, run(x, by_tensor, None), run(x, by_channel, None), x, w]
    values += [bias] if bias is not None else []
    sys.stdout.buffer.write(b"case %s %s 13 5 %d\n" % (name.encode(), path.encode(), len(inputs)))
    for value in values:
        sys.stdout.buffer.write(text_of(("f32", np.asarray(value, np.float32))))


def convs():
    rows = [  # x, channels out, kernel, group, strides, dilations, pads
        ((2, 3, 11), 4, (3,), 1, (2,), (1,), (1, 0)),
        ((1, 4, 7, 9), 6, (3, 3), 1, (1, 1), (1, 1), (1, 1, 1, 1)),
        ((1, 6, 9, 8), 4, (3, 2), 2, (2, 1), (2, 3), (0, 2, 1, 1)),
        ((1, 8, 6, 6), 8, (3, 3), 8, (2, 2), (1, 1), (0, 0, 1, 1)),
        ((2, 40, 5, 5), 70, (1, 1), 1, (1, 1), (1, 1), (0, 0, 0, 0)),
        ((1, 2, 4, 5, 4), 3, (2, 3, 2), 1, (1, 2, 1), (1, 1, 2), (1, 0, 0, 0, 1, 1)),
    ]
    for i, (shape, out, kernel, group, strides, dilations, pads) in enumerate(rows):
        w = heavy(0, out, shape[1] // group, *kernel)
        write("conv%d" % i, "Conv", normal(*shape), w, normal(out) if i % 2 == 0 else None, 0,
              lambda x, w, b: conv(x, w, b, group, strides, dilations, pads),
              group=group, strides=strides, dilations=dilations, pads=pads)


def transposed():
    rows = [  # x, channels out of a group, kernel, group, strides, dilations, pads, more
        ((2, 3, 6), 4, (3,), 1, (2,), (1,), (1, 0), (1,)),
        ((1, 4, 4, 5), 3, (3, 3), 1, (2, 2), (1, 1), (1, 1, 1, 1), (1, 0)),
        ((1, 6, 4, 3), 2, (2, 3), 3, (3, 1), (1, 2), (0, 1, 0, 2), (2, 0)),
        ((1, 4, 5, 5), 1, (4, 4), 4, (2, 2), (1, 1), (1, 1, 1, 1), (0, 0)),
    ]
    for i, (shape, out, kernel, group, strides, dilations, pads, more) in enumerate(rows):
        w = heavy(1, shape[1], out, *kernel)
        write("transposed%d" % i, "ConvTranspose", normal(*shape), w, normal(out * group) if i % 2 == 0 else None, 1,
              lambda x, w, b: conv_transpose(x, w, b, group, strides, dilations, pads, more),
              group=group, strides=strides, dilations=dilations, pads=pads, output_padding=more)


def matrices():
    for i, (a, b) in enumerate([((5, 7), (7, 6)), ((2, 3, 5, 4), (4, 9)), ((3, 5, 4), (2, 1, 4, 6)), ((50, 33), (33, 80))]):
        write("matmul%d" % i, "MatMul", normal(*a), heavy(len(b) - 1, *b), None, len(b) - 1, lambda x, w, bias: x @ w)
    for turn_a, turn_b in itertools.product((0, 1), (0, 1)):
        x, w = normal(5, 7), heavy(1, 7, 6)
        bias = [normal(6), normal(5, 1), None, normal(1)][2 * turn_a + turn_b]

        def run(x, w, b):
            y = 0.5 * (x.T if turn_a else x) @ (w.T if turn_b else w)
            return y if b is None else y + 2 * b

        write("gemm%d%d" % (turn_a, turn_b), "Gemm", x.T if turn_a else x, w.T if turn_b else w, bias,
              0 if turn_b else 1, run, transA=turn_a, transB=turn_b, alpha=0.5, beta=2.0)


convs()
transposed()
matrices()
