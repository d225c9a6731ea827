#!/usr/bin/env python3
"""Dumps of a small network by `mmtui dump --script tensorflow`, and what they must hold, computed without it.

Usage: dump_tensorflow.py SCRIPT FOLDER   (SCRIPT: what mmtui printed; makes FOLDER/dump_tensorflow.zip: f32, bf16, function,
                                           int8 and f32.npz, function.npz, int8.npz, the expected tensors)
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.filterwarnings("ignore")

import numpy as np
import tensorflow as tf

layers = tf.keras.layers


class Block(layers.Layer):
    """A layer called twice, and operators outside of layers."""

    def __init__(self, **options):
        super().__init__(**options)
        self.conv = layers.Conv2D(2, 3, padding="same", name="conv")
        self.norm = layers.BatchNormalization(name="norm")

    def call(self, x):
        return tf.nn.relu(self.norm(self.conv(self.conv(x))) - x)


def network(policy):
    tf.keras.utils.set_random_seed(0)
    tf.keras.mixed_precision.set_global_policy(policy)
    x = tf.keras.Input((4, 4, 3), name="x")
    y = layers.Conv2D(2, 3, padding="same", activation="relu", name="stem")(x)
    y = Block(name="block")(y)
    y = layers.Reshape((16, 2), name="rows")(y)
    y = layers.MultiHeadAttention(2, 2, name="attention")(y, y)
    y = layers.Dense(3, activation="softmax", name="head")(layers.Flatten(name="flat")(y))
    model = tf.keras.Model(x, y)
    model.set_weights([w if w.ndim > 1 or w.min() else w + 0.25 for w in model.get_weights()])
    return model


def expected(model, x):
    """By models that end at a layer, and by hand."""
    found = {name: tf.keras.Model(model.inputs, model.get_layer(name).output)(x).numpy()
             for name in ("stem", "block", "rows", "attention", "flat", "head")}
    block = model.get_layer("block")
    found["block/conv"] = block.conv(found["stem"]).numpy()
    found["block/conv_1"] = block.conv(found["block/conv"]).numpy()
    found["block/norm"] = block.norm(found["block/conv_1"]).numpy()
    found["block/Sub"] = found["block/norm"] - found["stem"]
    found["output"] = model(x).numpy()
    return found


def convert(model, x):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([x[i:i + 1]] for i in range(len(x)))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    return converter.convert()


def small(x):
    """Without what the converter rewrites: convolution, pooling, dense."""
    tf.keras.mixed_precision.set_global_policy("float32")
    given = tf.keras.Input((4, 4, 3), name="x")
    y = layers.Conv2D(2, 3, activation="relu", name="stem")(given)
    y = layers.Dense(3, name="head")(layers.GlobalAveragePooling2D(name="pool")(y))
    model = tf.keras.Model(given, y)
    ends = [tf.keras.Model(model.inputs, model.get_layer(name).output)(x).numpy() for name in ("stem", "pool", "head")]
    return model, dict(zip(("stem", "pool", "head"), ends))


def run(script, model, folder, x):
    done = subprocess.run([sys.executable, script, model, folder, "--input", f"x={x}"], stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def main():
    script, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute() / "dump_tensorflow"
    spec = importlib.util.spec_from_file_location("dump_tensorflow_script", script)
    adapter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(adapter)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    x = np.random.default_rng(0).standard_normal((2, 4, 4, 3)).astype(np.float32)
    for name, policy in (("f32", "float32"), ("bf16", "mixed_bfloat16")):
        model = network(policy)
        plain = model(x)
        with adapter.dump(model, folder / name):
            dumped = model(x)
        assert (plain.numpy() == dumped.numpy()).all(), "a dump must not change what is computed"
    model = network("float32")
    np.savez(folder / "f32.npz", **expected(model, x))
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        np.save(made / "x.npy", x)
        with adapter.dump(model, made / "predict") as to:  # a traced function, run eagerly
            model.predict(x, verbose=0)
        assert {row["name"] for row in to.writer.rows} >= {"stem", "block/conv_1", "attention", "output"}, to.writer.rows
        model.export(made / "saved", verbose=False)
        run(script, made / "saved", folder / "function", made / "x.npy")
        light, ends = small(x)
        light.save(made / "light.keras")
        run(script, made / "light.keras", made / "keras", made / "x.npy")
        (made / "light.tflite").write_bytes(convert(light, x))
        run(script, made / "light.tflite", folder / "int8", made / "x.npy")
        np.savez(folder / "int8.npz", **ends)
    shutil.make_archive(folder, "zip", folder)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
