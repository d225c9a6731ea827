# ---- what all dump scripts share: a folder of .npy files, and lists that tell what they are ----
import hashlib
import json
import os
import re
import struct
import sys

import numpy as np

VERSION = "tree"


def npy(descr, shape, data):
    """The bytes of a .npy file; also for types that NumPy itself has no code for (descr "bfloat16")."""
    header = "{'descr': %r, 'fortran_order': False, 'shape': %r, }" % (descr, tuple(int(n) for n in shape))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode("latin1") + data


class Writer:
    """Tensors, in the order in which they are put, into a folder that is empty or not there yet."""

    def __init__(self, folder, framework):
        self.folder, self.framework = os.fspath(folder), framework
        self.rows, self.scales, self.not_seen, self.known, self.keys, self.count = [], {}, {}, {}, {}, 0
        os.makedirs(self.folder, exist_ok=True)
        if os.listdir(self.folder):
            raise FileExistsError("%s: has files in it; a dump needs a folder of its own" % self.folder)

    def put(self, name, op_type, array, descr=None, scales=None, instead_of=()):
        """Write a copy of a NumPy array; the row of the list, or None. `descr`: what the bytes are, if the array's own
        type does not say it. `scales`: {"scale": s or [..], "zero_point": z or [..], "axis": k} of integers. The last row of
        `instead_of` that has the same values is renamed."""
        array = np.asarray(array)
        if descr is None and (array.dtype.kind not in "biuf" or array.dtype.itemsize > 8):
            return self.miss("%s: elements of type %s are not written" % (name, array.dtype))
        array = array.astype(array.dtype.newbyteorder("<"), copy=False)
        descr = descr or array.dtype.str
        data = npy(descr, array.shape, array.tobytes())
        key = hashlib.sha1(data).digest()
        row = next((r for r in reversed(instead_of) if self.keys[r["file"]] == key), None)
        if row is None:
            file = self.file(self.count, name)
            self.write(file, data, self.known.get(key))
            row = {"name": name, "op_type": op_type, "dtype": descr, "shape": list(array.shape), "file": file}
            self.rows.append(row)
            self.count += 1
        else:
            old = row["file"]
            file = self.file(int(old.split("_")[0]), name)
            self.scales.pop(row["name"], None)
            os.rename(os.path.join(self.folder, old), os.path.join(self.folder, file))
            row.update(name=name, op_type=op_type, file=file)
        self.known[key], self.keys[file] = file, key
        if scales:
            self.scales[name] = scales
        return row

    @staticmethod
    def file(number, name):
        return "%04d_%s.npy" % (number, re.sub(r"[^A-Za-z0-9._+-]", "_", name)[:120])

    def write(self, file, data, same):
        """What is there already, byte for byte, takes no room of its own where links can be made."""
        path = os.path.join(self.folder, file)
        if same:
            try:
                os.link(os.path.join(self.folder, same), path)
                return
            except OSError:
                pass
        with open(path, "wb") as out:
            out.write(data)

    def miss(self, text):
        """Tell what this dump does not have, once."""
        self.not_seen[text] = True

    def save_json(self, file, value):
        path = os.path.join(self.folder, file)
        with open(path + ".part", "w", encoding="utf-8") as out:
            json.dump(value, out, indent=1)
        os.replace(path + ".part", path)

    def close(self):
        """Write the lists; what was missed also goes to stderr."""
        if self.scales:
            self.save_json("scales.json", self.scales)
        self.save_json("mmtui-dump.json", {"mmtui_dump": 1, "script": "mmtui " + VERSION, "framework": self.framework,
                                           "tensors": self.rows, "not_seen": list(self.not_seen)})
        sys.stderr.write("%s: %d tensors\n" % (self.folder, len(self.rows)))
        for text in self.not_seen:
            sys.stderr.write("not seen: %s\n" % text)
