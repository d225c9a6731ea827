#!/usr/bin/python3
"""Are the labelled faults what their labels say? NumPy's own arithmetic, on the dumps.

For every case without noise (and those of overflow and underflow, which need FP16): every tensor before the one at
fault is the same on both sides, and the one at fault is what the fault makes of the reference. What an operator
computes instead (class "implementation") is checked for some operators, from the operator's input.
"""

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("BUILD", "build")
MEMORY = "/dev/shm"  # a folder in memory, where there is one
CORPUS = os.path.join(ROOT, BUILD, "tests/triage/corpus")
MEAN = np.array([0.485, 0.456, 0.406])
DEVIATION = np.array([0.229, 0.224, 0.225])
CLIP_MEAN = np.array([0.4815, 0.4578, 0.4082])
CLIP_DEVIATION = np.array([0.2686, 0.2613, 0.2758])
COCO_91 = [n for n in range(1, 91) if n not in (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)]
TYPES = {
    "DT_FLOAT16": ("float_val", np.float32),
    "DT_FLOAT32": ("float_val", np.float32),
    "DT_INT8": ("int_val", np.int64),
    "DT_UINT8": ("uint32_val", np.int64),
    "DT_INT64": ("int64_val", np.int64),
}


# stamp, the step's name
NAME = dict.fromkeys(["usual", "channels-last", "raw", "runs"], r"([0-9]+)_(.+)\.(pb|npy)")
NAME["suffix"] = r"([0-9]+)_(.+?)(?:_DequantizeLinear_Output)?\.(pb|npy)"
NAME["model-names"] = r"([0-9]+)_net_(.+)_output_0\.(pb|npy)"


def compile_schema(folder):
    command = ["protoc", f"--proto_path={ROOT}/proto", f"--python_out={folder}", "tensor.proto"]
    subprocess.run(command, check=True)
    sys.path.insert(0, folder)
    return importlib.import_module("tensor_pb2")


def read(path, schema):
    if path.endswith(".npy"):
        return np.load(path).astype(np.float64)
    message = schema.TensorProto()
    with open(path, "rb") as file:
        message.ParseFromString(file.read())
    field, kind = TYPES[schema.DataType.Name(message.dtype)]
    if not getattr(message, field) and field == "uint32_val":
        field = "int_val"
    values = np.array(getattr(message, field), dtype=kind)
    return values.reshape(tuple(message.tensor_shape)).astype(np.float64)


class Case:
    """Tensors are read when they are asked for; names are in execution order."""

    def __init__(self, row, folder, schema):
        self.__dict__.update(row)
        self.folder, self.schema, self.files = folder, schema, {}
        for side in ("src", "dst"):
            names = [re.fullmatch(NAME[self.form], f) for f in os.listdir(os.path.join(folder, side))]
            names.sort(key=lambda m: int(m.group(1)))
            self.files[side] = {m.group(2): m.group(0) for m in names}  # of several runs, the last
        self.names = list(self.files["src"])

    def tensor(self, side, name):
        """As it was before the whole dump was made in another form."""
        value = read(os.path.join(self.folder, side, self.files[side][name]), self.schema)
        if self.form == "channels-last" and side == "dst" and value.ndim == 4:
            value = np.moveaxis(value, -1, 1)
        return value

    def both(self, name):
        return self.tensor("src", name), self.tensor("dst", name)


def near(a, b, tolerance=2e-5):
    return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance * np.abs(b).max(initial=1e-30))


def channel_axis(s):
    return 1 if s.shape[1] == 3 else s.ndim - 1


def along(vector, s, axis):
    return np.reshape(vector, [-1 if i == axis else 1 for i in range(s.ndim)])


def is_affine(s, d, axis):
    """d = a s + b with a and b of each place along the axis, and more than one of them."""
    s, d = (np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1) for x in (s, d))
    for x, y in zip(s, d):
        if np.ptp(x) > 0:
            a, b = np.polyfit(x, y, 1)
            if not near(a * x + b, y, 1e-3):
                return False
    return True


# ---- one function a class: (case, src, dst) -> is it that fault? ----


def overflow(case, s, d):
    beyond = np.abs(s) > 65520
    edge = np.abs(np.abs(s) / 65520 - 1) < (0.05 if case.demo else 0.01)  # inputs were rounded before
    return np.isinf(d).any() and (np.isinf(d) == beyond)[~edge].all()


def saturation_half(case, s, d):
    return (np.abs(s) > 65504).any() and near(d, np.clip(s, -65504, 65504))


def inner_overflow(case, s, d):
    x = case.tensor("src", case.names[case.names.index(case.site) - 1])
    if case.site == "pool":
        beyond = x.sum(axis=(2, 3)) > 65520
    else:
        centre = x.mean(axis=-1, keepdims=True) if case.site == "norm" else 0
        square = (x - centre) ** 2
        beyond = (np.where(square > 65519, np.inf, square).sum(axis=-1) > 65519).reshape(s.shape[:-1])
        if case.site == "norm":  # the mean of squares is kept, not their sum
            beyond = (np.where(square > 65519, np.inf, square).mean(axis=-1) > 65519).reshape(s.shape[:-1])
        else:
            beyond = beyond.reshape(s.shape)
    wrong = ~np.isclose(s, d, rtol=1e-2, atol=1e-2 * np.abs(s).max())
    wrong = wrong.reshape(beyond.shape + (-1,)).any(axis=-1)
    return np.abs(s).max() < 65504 and beyond.any() and not beyond.all() and (wrong == beyond).mean() > 0.97


def underflow(case, s, d):
    limit = 2.0**-14 if case.how == 1 else 2.0**-25  # flushed, or rounded
    lost = (d == 0) & (s != 0)
    return lost.mean() > 0.01 and (np.abs(s[lost]) < limit * 1.05).all()


def saturation(case, s, d):
    most = np.abs(d).max()
    step = most / 127
    inside = np.abs(s) <= most
    plateau = np.isclose(np.abs(d), most)
    return plateau.mean() > 0.002 and near(d, np.rint(np.clip(s, -most, most) / step) * step, 1e-2) and inside.any()


def integers(s, signed):
    low, high = min(s.min(), 0), max(s.max(), 0)
    scale = np.abs(s).max() / 127 if signed else (high - low) / 255
    zero = 0 if signed else np.rint(-low / scale)
    limits = (-127, 127) if signed else (0, 255)
    return np.clip(np.rint(s / scale + zero), *limits), scale, zero


def one_off(d, expected, scale=1.0):
    """The same integers; a few may round to the neighbour."""
    off = np.abs(d - expected) / scale
    return d.shape == expected.shape and (off < 0.01).mean() > 0.99 and off.max() < 1.01


def not_dequantised(case, s, d):
    return (d == np.rint(d)).all() and any(one_off(d, integers(s, signed)[0]) for signed in (True, False))


def zero_point(case, s, d):
    q, scale, zero = integers(s, False)
    return zero != 0 and one_off(d, q * scale, scale)


def signedness(case, s, d):
    q, scale, _ = integers(s, True)
    u, wide, zero = integers(s, False)
    as_unsigned = np.where(q < 0, q + 256, q) * scale
    as_signed = np.where(u > 127, u - 256, u) * wide
    return one_off(d, as_unsigned, scale) or (zero == 0 and one_off(d, as_signed, wide))


def scale(case, s, d):
    if near(d, s * case.amount):
        return True
    axis = 1 if s.ndim == 4 else s.ndim - 1  # but for the bias of each channel
    rest = d - s * case.amount
    return near(rest, np.broadcast_to(rest.mean(axis=tuple(i for i in range(s.ndim) if i != axis), keepdims=True),
                                      s.shape), 1e-4 * abs(case.amount) + 1e-4)


def on_grid(case, s, d):
    highest = 2 ** (case.how - 1) - 1
    step = np.abs(s).max() / highest
    return one_off(d / step, np.rint(s / step))


def channel_range(case, s, d):
    if case.demo:
        return True  # the weights', which are not dumped
    size = np.abs(s).reshape(-1, s.shape[-1]).max(axis=0)
    return on_grid(case, s, d) and size.max() > 20 * np.median(size)


def one_sided(case, s, d):
    return on_grid(case, s, d) and s.min() >= 0


def outlier(case, s, d):
    return on_grid(case, s, d) and np.abs(s).max() > 12 * s.std() / 2 and (np.abs(s) > np.abs(s).max() / 2).sum() <= 4


def near_zero(case, s, d):
    x = case.tensor("src", case.names[0])
    return np.abs(s - d).max() < 2.0**-9 * np.abs(x).max() and np.abs(s).max() < 0.05 * np.abs(x).max()


def reversed_axis(case, s, d):
    return (d == np.flip(s, case.how)).all()


def permuted(case, s, d):
    rows, taken = (np.moveaxis(x, case.how, 0).reshape(x.shape[case.how], -1) for x in (s, d))
    if case.fault == "channels-permuted" and case.how == 1 and s.shape[1] == 3:
        return (d == np.roll(s, 1, 1)).all()
    same = sorted(map(tuple, rows)) == sorted(map(tuple, taken))
    return same and not (rows == taken).all() and not (rows == taken[::-1]).all()


def layout(case, s, d):
    planes = np.moveaxis(s, 1, -1).reshape(s.shape)
    last = np.moveaxis(s, -1, 1).reshape(s.shape)
    return (d == planes).all() or (d == last).all()


def transposed(case, s, d):
    for turned in (np.swapaxes(s, -1, -2), np.moveaxis(s, 1, -1)):
        if turned.shape == d.shape and (turned == d).all():
            return True
    return False


def shifted(case, s, d):
    by, moved = int(case.amount), np.roll(s, int(case.amount), case.how)
    inside = [slice(None)] * s.ndim
    inside[case.how] = slice(by, None) if by > 0 else slice(None, by)
    outside = [slice(None)] * s.ndim
    outside[case.how] = slice(None, by) if by > 0 else slice(by, None)
    comes_in = d[tuple(outside)]
    return (d == moved)[tuple(inside)].all() and ((comes_in == 0).all() or (d == moved).all())


def cropped(case, s, d):
    first = int(case.amount) // 2
    return d.shape != s.shape and (d == s.take(range(first, first + d.shape[case.how]), case.how)).all()


def constant(case, s, d):
    return np.ptp(d) == 0 and d.flat[0] != 0


def stale(case, s, d):
    names = [case.other] if case.other else case.names[: case.names.index(case.site)]
    return any((t := case.tensor("dst", n)).size == d.size and (t.ravel() == d.ravel()).all() for n in names)


def unwritten(case, s, d):
    wrong = s != d
    share = wrong.mean() / max(1e-9, (s != 0).mean())
    first = int(np.argmax(wrong.ravel()))
    row = s.shape[-1] / s.size  # rows are left out as a whole
    return share < 1.3 * case.amount + row and (d.ravel()[:first] == s.ravel()[:first]).all()


def normalisation(case, s, d):
    axis = channel_axis(s)
    mean, deviation = along(MEAN, s, axis), along(DEVIATION, s, axis)
    pixel = (s * deviation + mean) * 255
    expected = [
        pixel,
        pixel / 255,
        (s - mean) / deviation,
        (pixel - mean) / deviation,
        (pixel / 255 - 0.5) / 0.5,
        pixel - 255 * mean,
        (pixel / 255 / 255 - mean) / deviation,
        (pixel / 255 - along(CLIP_MEAN, s, axis)) / along(CLIP_DEVIATION, s, axis),
    ][case.how]
    whole = np.abs(pixel - np.rint(pixel)).max() < 1e-2  # the reference is an image of bytes
    return whole and near(d, expected, 1e-4)


def affine(case, s, d):
    axis = 1 if s.ndim == 4 else s.ndim - 1
    return is_affine(s, d, axis) and not is_affine(s.reshape(1, -1), d.reshape(1, -1), 0)


def class_map(case, s, d):
    table = {}
    good = all(table.setdefault(a, b) == b for a, b in zip(s.ravel(), d.ravel()))
    if case.how == 1:
        good = good and all(COCO_91[int(a)] == b for a, b in table.items())
    if case.how == 2:
        good = good and (d == s + 1).all()
    return good and (s == np.rint(s)).all() and len(set(table.values())) == len(table)


def boxes(case, s, d):
    s, d, rest = s.reshape(-1, s.shape[-1]), d.reshape(-1, d.shape[-1]), slice(4, None)
    if not (s[:, rest] == d[:, rest]).all():
        return False
    return all(
        is_affine(s[:, k : k + 3 : 2].reshape(1, -1), d[:, k : k + 3 : 2].reshape(1, -1), 0) for k in (0, 1)
    )


def reordered(case, s, d):
    rows, taken = (np.moveaxis(x, case.how, 0).reshape(x.shape[case.how], -1) for x in (s, d))
    return sorted(map(tuple, rows)) == sorted(map(tuple, taken)) and not (rows == taken).all()


def implementation(case, s, d):
    before = case.names[case.names.index(case.site) - 1]
    x = case.tensor("src", before)
    if case.site.endswith(("gelu", "Gelu")):
        return any(near(d, y) for y in (np.maximum(x, 0), x / (1 + np.exp(-x))))
    if case.site.startswith("relu"):
        return near(d, np.where(x < 0, case.amount * x, x))
    if case.site == "pool":
        return near(d, x.max(axis=(2, 3)))
    if case.site in ("gate", "enc.1.ffn.Sigmoid"):
        return near(d, np.clip(x / 6 + 0.5, 0, 1))
    return not near(s, d, 1e-2)


def two_complement(q, bits, with_sign):
    low = q.astype(np.int64) & (2**bits - 1)
    return np.where(with_sign & (low >= 2 ** (bits - 1)), low - 2**bits, low).astype(float)


def wrapped(case, s, d):
    bits, with_sign = abs(case.how), case.how > 0
    step = np.abs(s).max() * case.amount / (2 ** (bits - with_sign) - 1)
    q = np.rint(s / step)
    fits = (q >= -(2 ** (bits - 1)) * with_sign) & (q < 2 ** (bits - with_sign))
    return one_off(d, two_complement(q, bits, with_sign) * step, step) and (~fits).sum() >= 3


def range_both_ends(case, s, d):
    low, high = s.min() * case.amount, s.max() * case.amount
    plateaus = (d == d.min()).sum() >= 4 and (d == d.max()).sum() >= 4
    step = (high - low) / 255
    return plateaus and low < 0 < high and np.abs(d - np.clip(s, low, high)).max() < 1.01 * step


def signs_turned(case, s, d):
    if (d == np.abs(s)).all():
        return (s < 0).any()
    size = [s.shape[i] if i == case.how % s.ndim else 1 for i in range(s.ndim)]
    others = tuple(i for i in range(s.ndim) if i != case.how % s.ndim)
    sign = np.sign((s * d).sum(axis=others)).reshape(size)
    turned = (sign < 0).sum()
    return (d == sign * s).all() and turned == max(1, int(case.amount * size[case.how % s.ndim]))


def border(case, s, d):
    x = case.tensor("src", case.names[case.names.index(case.site) - 1])
    inside = (s == d)[:, :, 1 if x.shape[2] == s.shape[2] else 1 : -1 if x.shape[2] == s.shape[2] else None, 1:-1]
    rim = (s != d).any(axis=(0, 1))
    return inside.all() and rim[0].mean() > 0.5 and rim[:, 0].mean() > 0.5


def batch_sample(case, s, d):
    wrong = np.flatnonzero([not np.array_equal(a, b) for a, b in zip(s, d)])
    b = wrong[-1]
    return {
        0: lambda: len(wrong) == 1 and (d[b] == 0).all(),
        1: lambda: len(wrong) == 2 and (d[b] == s[wrong[0]]).all() and (d[wrong[0]] == s[b]).all(),
        2: lambda: len(wrong) == 1 and (d[b] == s[b - 1]).all(),
        3: lambda: len(wrong) == 1 and not np.isclose(d[b], s[b]).mean() > 0.1,
    }[case.how]()


def softmax_axis(case, s, d):
    x = case.tensor("src", case.names[case.names.index(case.site) - 1])
    with np.errstate(invalid="ignore"):
        y = np.exp(x - x.max(axis=-2, keepdims=True))
    return near(d, y / y.sum(axis=-2, keepdims=True), 1e-4)


def mask_differs(case, s, d):
    alone = np.isneginf(d) & np.isfinite(s)
    both = np.isneginf(d) & np.isneginf(s)
    return alone.any() and both.any() and (d[~alone & ~both] == s[~alone & ~both]).all()


def isolated(case, s, d):
    at = np.flatnonzero(s != d)
    return len(at) == case.amount and np.abs(s - d).ravel()[at].min() > np.abs(s).max() and (np.diff(at) > 1).all()


def in_dump(case, s, d):
    """The values of a tensor further on; what reads this one has the right ones."""
    after = case.names[case.names.index(case.site) + 1 :]
    readers = [n for n in after if n != case.other]
    return np.array_equal(d, case.tensor("dst", case.other)) and all(np.array_equal(*case.both(n)) for n in readers)


def masked_noise(case, s, d):
    hidden = s < -1e8
    return near(s[hidden], d[hidden], 1e-5) and not near(s[~hidden], d[~hidden], 0.1) and hidden.mean() > 0.3


def reference_nan(case, s, d):
    return np.isnan(s).any() and np.isfinite(d).all() and (s == d)[~np.isnan(s)].all()


def last_column(case, s, d):
    return (s[:, :-1] == d[:, :-1]).all() and class_map(case, s[:, -1], d[:, -1])


def boxes_turned(case, s, d):
    return (s[..., [1, 0, 3, 2]] == d[..., :4]).all() and (s[..., 4:] == d[..., 4:]).all()


def scores_column(case, s, d):
    score = s[..., 4:]
    expected = np.log(score / (1 - score)) if case.how == 0 else 0 * score
    return (s[..., :4] == d[..., :4]).all() and near(d[..., 4:], expected, 1e-4)


def lost_row(case, s, d):
    rows, taken = (np.moveaxis(x, case.how, 0).reshape(x.shape[case.how], -1) for x in (s, d))
    lost = np.flatnonzero((rows != taken).any(axis=1))
    return len(lost) == 1 and any((taken[lost[0]] == row).all() for row in rows)


def block_order(case, s, d):
    """DepthToSpace of the input, by ONNX's own words: DCR for CRD."""
    x = case.tensor("src", case.names[case.names.index(case.site) - 1])
    _, channels, height, width = x.shape
    channels //= 4
    turned = x.reshape(1, 2, 2, channels, height, width).transpose(0, 3, 4, 1, 5, 2)
    right = x.reshape(1, channels, 2, 2, height, width).transpose(0, 1, 4, 2, 5, 3)
    return all((y.reshape(s.shape) == of).all() for y, of in ((right, s), (turned, d)))


def integers_differ(case, s, d):
    wrong = s != d
    return (d == np.rint(d)).all() and case.amount / 4 < wrong.mean() < 2 * case.amount


def cancellation(case, s, d):
    x = case.tensor("src", case.names[0])
    step = 2.0 ** (np.floor(np.log2(np.abs(x).mean())) - 10)
    return np.abs(s - d).max() <= 1.01 * step and np.abs(s).mean() < 0.05 * np.abs(x).mean()


def channel_zero(case, s, d):
    rows, taken = (np.moveaxis(x, case.how, 0).reshape(x.shape[case.how], -1) for x in (s, d))
    wrong = (rows != taken).any(axis=1)
    return wrong.sum() == 1 and (taken[wrong] == 0).all()


def concat_swapped(case, s, d):
    half = s.shape[1] // 2
    return (np.concatenate([s[:, half:], s[:, :half]], 1) == d).all()


CHECKS = {
    "channels-last": implementation,
    "suffix": implementation,
    "model-names": implementation,
    "second-run": implementation,
    "in-dump": in_dump,
    "masked-noise": masked_noise,
    "reference-nan": reference_nan,
    "class-column": last_column,
    "boxes-turned": boxes_turned,
    "scores-column": scores_column,
    "fewer-rows": lambda case, s, d: np.array_equal(np.delete(s, case.how, 0), d),
    "lost-row": lost_row,
    "block-order": block_order,
    "integers": integers_differ,
    "cancellation": cancellation,
    "channel-zero": channel_zero,
    "concat-swapped": concat_swapped,
    "overflow": overflow,
    "saturation-half": saturation_half,
    "inner-overflow": inner_overflow,
    "underflow": underflow,
    "saturation": saturation,
    "not-dequantised": not_dequantised,
    "zero-point": zero_point,
    "signedness": signedness,
    "scale": scale,
    "channel-range": channel_range,
    "one-sided": one_sided,
    "one-sided-tail": one_sided,
    "outlier": outlier,
    "outlier-channels": outlier,
    "near-zero": near_zero,
    "rounding": on_grid,
    "channels-reversed": reversed_axis,
    "channels-two": reversed_axis,
    "channels-permuted": permuted,
    "layout": layout,
    "transposed": transposed,
    "transposed-square": transposed,
    "flipped": reversed_axis,
    "flipped-middle": reversed_axis,
    "shifted": shifted,
    "cropped": cropped,
    "zero": lambda case, s, d: (d == 0).all() and (s != 0).any(),
    "constant": constant,
    "stale": stale,
    "unwritten": unwritten,
    "normalisation": normalisation,
    "affine": affine,
    "class-map": class_map,
    "class-offset": class_map,
    "boxes": boxes,
    "reordered": reordered,
    "implementation": implementation,
    "wrapped": wrapped,
    "range-both-ends": range_both_ends,
    "signs-turned": signs_turned,
    "border": border,
    "batch-sample": batch_sample,
    "softmax-axis": softmax_axis,
    "mask-differs": mask_differs,
    "isolated": isolated,
    "accumulator": lambda case, s, d: np.abs(d).max() < np.abs(s).max() * 0.7,
}
FP16_TOO = ("overflow", "underflow", "near-zero", "cancellation")


def same_before(case):
    """Nothing is wrong before the site. Noise apart, both sides are equal to the bit."""
    end = case.names.index(case.site) if case.site else len(case.names)
    for name in case.names[:end]:
        s, d = case.both(name)
        if not np.array_equal(s, d):
            return False
    return True


def check(case):
    if case.form in ("raw", "no-order") or (case.other and not case.site):
        return ""  # what is different there is no fault of a tensor
    if case.noise == "fp32" and not same_before(case):
        return "differs before the site"
    if not case.site:
        return ""
    s, d = case.both(case.site)
    return "" if CHECKS[case.fault](case, s, d) else "is not that fault"


def main():
    listed = subprocess.run([CORPUS, "--list"], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in listed.splitlines()]
    known = {row["fault"] for row in rows if row["site"]}
    print("ok every class is checked" if known == set(CHECKS) else f"not ok every class is checked: {known ^ set(CHECKS)}")
    wrong, count = {}, {}
    rows = [r for r in rows if r["noise"] == "fp32" or r["noise"] == "fp16" and r["fault"] in FP16_TOO]
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        schema = compile_schema(folder)
        subprocess.run([CORPUS, "--write", folder] + [str(row["number"]) for row in rows], check=True)
        for row in rows:
            place = os.path.join(folder, str(row["number"]))
            if row["form"] == "no-order":
                continue  # nothing tells which tensor comes first
            complaint = check(Case(row, place, schema))
            count[row["fault"]] = count.get(row["fault"], 0) + 1
            if complaint:
                wrong.setdefault(row["fault"], []).append(f"    case {row['number']} at {row['site']} {complaint}")
    for fault in count:
        print(f"{'not ok' if fault in wrong else 'ok'} {fault} ({count[fault]} cases)")
        print("\n".join(wrong.get(fault, [])), end="\n" if fault in wrong else "")
    sys.exit(bool(wrong) or known != set(CHECKS))


main()
