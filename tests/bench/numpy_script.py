"""What people write today: compare two folders of .npy files, or two .npz, with NumPy. Used by bench.py as a partner to time against."""

import os
import sys

import numpy


def usual(s, d):
    """The script that everybody has: max, mean, mse, cosine."""
    e = numpy.abs(s - d)
    dot = numpy.dot(s.ravel(), d.ravel())
    norm = numpy.linalg.norm(s) * numpy.linalg.norm(d)
    return e.max(), e.mean(), (e * e).mean(), dot / norm if norm else 1.0


def full(s, d):
    """Everything that mmtui computes, in float64."""
    s, d = s.astype(numpy.float64), d.astype(numpy.float64)
    finite = numpy.isfinite(s) & numpy.isfinite(d)
    out = []
    for x in (s, d):
        own = x[numpy.isfinite(x)]
        out += [numpy.isnan(x).sum(), numpy.isposinf(x).sum(), numpy.isneginf(x).sum(), (x == 0).sum()]
        out += [own.min(), own.argmin(), own.max(), own.argmax(), own.mean(), own.std()]
    s, d = s[finite], d[finite]
    e = s - d
    a = numpy.abs(e)
    big = numpy.abs(s) > 1e-6
    out += [a.sum() / numpy.abs(s).sum(), numpy.sqrt((e * e).sum() / (s * s).sum())]
    out += [(a[big] / numpy.abs(s[big])).max(initial=0), a[~big].max(initial=0)]
    out += [(d > s).sum(), (d < s).sum(), (a * a).mean(), a.mean(), a.max(), a.argmax()]
    out += [(s * d).sum() / numpy.sqrt((s * s).sum() * (d * d).sum())]
    scale = ((s - s.mean()) * (d - d.mean())).sum() / ((s - s.mean()) ** 2).sum()
    offset = d.mean() - scale * s.mean()
    out += [scale, offset, numpy.sqrt(((d - scale * s - offset) ** 2).sum() / (d * d).sum())]
    out += [(a > 1e-8 + 1e-5 * numpy.abs(s)).sum()]
    return out


def arrays(src, dst):
    if os.path.isfile(src):
        with numpy.load(src) as s, numpy.load(dst) as d:
            yield from ((s[name], d[name]) for name in s)
        return
    for name in sorted(os.listdir(src)):
        yield numpy.load(os.path.join(src, name)), numpy.load(os.path.join(dst, name))


def main():
    what, src, dst = sys.argv[1:4]
    for s, d in arrays(src, dst):
        if what == "usual":
            usual(s.astype(numpy.float32), d.astype(numpy.float32))
        else:
            full(s, d)


main()
