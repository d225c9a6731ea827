#!/usr/bin/env python3
"""Dump what the modules and operators of a PyTorch model compute, for mmtui to compare.

In a program:                     with dump(model, "DIR"):
                                      model(x)
A program as it is:               python3 dump_pytorch.py DIR program.py [its arguments]
Then, with another dump:          mmtui DIR OTHER

The second way dumps the first model that the program calls (a module that has modules in it), its first call; with
--calls N before DIR the first N calls, into DIR/step0, DIR/step1, ..., of which mmtui --step takes one.

A tensor is called by the path of its module; a second call of one module is PATH_1; parts of a tuple, list, dict or
data class are PATH[0], PATH[key]. What functional operators compute is PATH.OPERATOR, PATH.OPERATOR_1: they are seen
where they reach the dispatcher, so inside attention, too. Everything is copied at once, so that what is changed in
place later stays what it was. While it dumps, fast paths of attention and encoder layers are off, as they go round
the modules. Quantised tensors are written as their integers, with scale and zero point in scales.json.
Needs torch (1.13 and newer) and NumPy. What could not be seen is told at the end and in mmtui-dump.json.
"""
import argparse
import dataclasses
import runpy
from collections.abc import Mapping

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from writer import *

# Operators of ONNX by the names of modules and of ATen's operators; what is not here keeps its name.
TYPES = {
    "Conv1d": "Conv", "Conv2d": "Conv", "Conv3d": "Conv", "ConvTranspose1d": "ConvTranspose", "ConvTranspose2d": "ConvTranspose",
    "ConvTranspose3d": "ConvTranspose", "Linear": "Gemm", "BatchNorm1d": "BatchNormalization", "BatchNorm2d": "BatchNormalization",
    "BatchNorm3d": "BatchNormalization", "LayerNorm": "LayerNormalization", "GroupNorm": "GroupNormalization",
    "InstanceNorm1d": "InstanceNormalization", "InstanceNorm2d": "InstanceNormalization", "RMSNorm": "RMSNormalization",
    "ReLU": "Relu", "LeakyReLU": "LeakyRelu", "PReLU": "PRelu", "ELU": "Elu", "SELU": "Selu", "GELU": "Gelu",
    "Hardswish": "HardSwish", "Hardsigmoid": "HardSigmoid", "MaxPool1d": "MaxPool", "MaxPool2d": "MaxPool", "MaxPool3d": "MaxPool",
    "AvgPool1d": "AveragePool", "AvgPool2d": "AveragePool", "AvgPool3d": "AveragePool", "Embedding": "Gather",
    "MultiheadAttention": "Attention", "Quantize": "QuantizeLinear", "DeQuantize": "DequantizeLinear",
    "add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div", "pow": "Pow", "exp": "Exp", "log": "Log", "sqrt": "Sqrt", "erf": "Erf",
    "mm": "MatMul", "bmm": "MatMul", "baddbmm": "MatMul", "addmm": "Gemm", "convolution": "Conv", "_softmax": "Softmax",
    "_log_softmax": "LogSoftmax", "relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "gelu": "Gelu", "cat": "Concat",
    "mean": "ReduceMean", "sum": "ReduceSum", "amax": "ReduceMax", "where": "Where", "embedding": "Gather", "clamp": "Clip",
    "native_layer_norm": "LayerNormalization", "native_batch_norm": "BatchNormalization", "neg": "Neg", "abs": "Abs",
    "quantize_per_tensor": "QuantizeLinear", "dequantize": "DequantizeLinear", "max_pool2d_with_indices": "MaxPool",
}
# Copies and fillers: nothing is computed. All views are left out, too.
COPIES = {"clone", "copy_", "_to_copy", "_unsafe_view", "_reshape_alias", "detach", "alias", "lift_fresh", "lift_fresh_copy", "contiguous", "constant_pad_nd",
          "_has_compatible_shallow_copy_type", "int_repr", "q_scale", "q_zero_point", "zeros_like", "ones_like",
          "empty_like", "full_like", "new_zeros", "new_empty", "new_full", "new_ones"}
# Of their results the first is the tensor; the rest is for the backward pass.
FIRST_ONLY = ("native_", "_native", "_scaled_dot_product", "_fused", "_transformer", "mkldnn", "cudnn", "miopen", "_thnn")
# What preparation for quantisation and parametrisation puts into a model, to watch or to make weights.
HELPERS = ("activation_post_process", "weight_fake_quant", "parametrizations", "_packed_params")
# Containers that are never called, and those whose methods are (their operators are seen).
NOT_CALLED = ("ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "FloatFunctional", "QFunctional")


def parts(name, value, depth=0):
    """(name, tensor) of all tensors in what a module returned."""
    if isinstance(value, torch.Tensor):
        if value.is_nested:
            value = list(value.unbind())
        else:
            yield name, value
            return
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, item in items if depth < 16 else ():
        yield from parts("%s[%s]" % (name, key), item, depth + 1)


def numbers(tensor):
    """A tensor as put() takes it: array, descr, scales. It may share memory with the tensor."""
    tensor, scales = tensor.detach(), None
    if tensor.is_quantized:
        if tensor.qscheme() in (torch.per_channel_affine, torch.per_channel_symmetric):
            scales = {"scale": tensor.q_per_channel_scales().tolist(), "axis": tensor.q_per_channel_axis(),
                      "zero_point": [int(z) for z in tensor.q_per_channel_zero_points().tolist()]}
        else:
            scales = {"scale": tensor.q_scale(), "zero_point": tensor.q_zero_point()}
        tensor = tensor.int_repr()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    tensor = tensor.cpu().contiguous()
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor.resolve_conj())
    if hasattr(tensor, "resolve_neg"):
        tensor = tensor.resolve_neg()
    name = str(tensor.dtype).replace("torch.", "")
    if name == "bfloat16":
        return tensor.view(torch.int16).numpy(), "<V2", scales
    if name.startswith("float8"):
        return tensor.view(torch.uint8).numpy(), name, scales
    return tensor.numpy(), None, scales


class Operators(TorchDispatchMode):
    """Sees every operator that runs, below modules, functional calls, autograd and autocast."""

    def __init__(self, owner):
        super().__init__()
        self.owner = owner

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        self.owner.operator(function, args, kwargs or {}, result)
        return result


class dump:
    """with dump(model, folder): model(x)      writes the folder when the block ends.

    operators=False: modules alone."""

    def __init__(self, model, folder, operators=True):
        self.model, self.folder, self.operators = model, folder, operators
        self.handles, self.stack, self.calls, self.taken, self.busy = [], [], {}, set(), False
        self.fused = []  # the rows of the last fused module, while Identity stands for what it took in

    # ---- around the block ----

    def __enter__(self):
        self.writer = Writer(self.folder, "torch " + torch.__version__)
        modules = dict(self.model.named_modules())
        self.paths = {path: module for path, module in modules.items() if not any(h in path for h in HELPERS)}
        self.closed = {path for path, module in self.paths.items()
                       if isinstance(module, torch.jit.ScriptModule) or type(module).__name__ == "OptimizedModule"}
        self.stored = {id(t) for t in list(self.model.parameters()) + list(self.model.buffers())}
        for path, module in modules.items():
            self.hook(path if path in self.paths else None, module)
        self.look_at_model(modules)
        self.switch = hasattr(getattr(torch.backends, "mha", None), "set_fastpath_enabled")
        if self.switch:
            self.fast = torch.backends.mha.get_fastpath_enabled()
            torch.backends.mha.set_fastpath_enabled(False)
        self.mode = Operators(self) if self.operators else None
        if self.mode:
            self.mode.__enter__()
        return self

    def __exit__(self, *error):
        if self.mode:
            self.mode.__exit__(*error)
        if self.switch:
            torch.backends.mha.set_fastpath_enabled(self.fast)
        for handle in self.handles:
            handle.remove()
        for path, module in self.paths.items():
            if path not in self.calls and type(module).__name__ not in NOT_CALLED and not self.in_closed(path):
                self.writer.miss("%s: was not called as a module (its parent may use its weights, or call a method)"
                                 % (path or "the model"))
        self.writer.close()

    def in_closed(self, path):
        """Is it in a traced, scripted or compiled module?"""
        return any(path != outer and (outer == "" or path.startswith(outer + ".")) for outer in self.closed)

    def hook(self, path, module):
        try:
            self.handles.append(module.register_forward_pre_hook(
                lambda m, args, kwargs: self.before(path, args, kwargs), with_kwargs=True))
        except (TypeError, RuntimeError):  # before torch 2, and traced modules: without keyword arguments
            self.handles.append(module.register_forward_pre_hook(lambda m, args: self.before(path, args, {})))
        self.handles.append(module.register_forward_hook(lambda m, args, result: self.after(path, m, result)))

    def look_at_model(self, modules):
        tell = self.writer.miss
        if self.model.training:
            tell("the model is in training mode: Dropout and BatchNorm make every run another; call model.eval()")
        for path, module in self.paths.items():
            kind, what = type(module).__name__, path or "the model"
            if path in self.closed and not self.in_closed(path):
                tell("%s: is traced, scripted or compiled; modules in it are not seen, operators only where they are not "
                     "fused" % what)
            elif kind in ("DataParallel", "DistributedDataParallel"):
                tell("%s: is %s; copies on other devices and other processes are not seen" % (what, kind))
            elif ".intrinsic." in type(module).__module__:
                tell("%s: is fused (%s): there is no result of it alone" % (what, kind))
        if any("Observer" in type(m).__name__ or "FakeQuantize" in type(m).__name__ for m in modules.values()):
            tell("observers go on learning while the model runs, in eval mode, too: the next run may differ")

    # ---- modules ----

    def before(self, path, args, kwargs):
        if path == "":
            self.stack.clear()  # an earlier call may have ended with an error
            self.start(args, kwargs)
        name = None
        if path is not None:
            number = self.calls[path] = self.calls.get(path, -1) + 1
            name = self.free(path or "output", number)
        self.stack.append((path, name, []))

    def start(self, args, kwargs):
        """The model is called: its inputs."""
        number = self.calls.get("", -1) + 1
        name = "input" + ("_%d" % number if number else "")
        self.put(name, "", args[0] if len(args) == 1 and not kwargs else list(args))
        self.put(name, "", kwargs)
        self.gradients = torch.is_grad_enabled()
        if not self.switch:  # before torch 2.1 this is what turns fast paths off
            torch.set_grad_enabled(True)

    def after(self, path, module, result):
        while self.stack and self.stack[-1][0] != path:
            self.stack.pop()
        if not self.stack:
            return
        _, name, rows = self.stack.pop()
        kind = type(module).__name__
        if path is not None:
            self.put_result(module, name, kind, rows, result)
        if path == "" and not self.switch:
            torch.set_grad_enabled(self.gradients)

    def put_result(self, module, name, kind, rows, result):
        op_type, before = TYPES.get(kind, kind), len(self.writer.rows)
        fused = ".intrinsic." in type(module).__module__
        if kind == "Identity" and self.fused:  # conv, bn, relu became ConvReLU2d, Identity, Identity: this is relu's
            op_type, rows = self.fused[0]["op_type"], self.fused
        count = self.put("%s[%s]" % (name, kind) if fused else name, op_type, result, rows)
        if kind != "Identity":
            self.fused = self.writer.rows[before:] or rows[-1:] if fused else []
        if count == 0 and result is not None:
            self.writer.miss("%s: returned a %s without tensors" % (name, type(result).__name__))

    def free(self, name, number):
        """NAME, NAME_1, ... or, where a module is called so, NAME#1."""
        if number:
            plain = "%s_%d" % (name, number)
            name = plain if plain not in self.paths and plain not in self.taken else "%s#%d" % (name, number)
        self.taken.add(name)
        return name

    # ---- operators ----

    def operator(self, function, args, kwargs, result):
        if self.busy or not self.stack or self.stack[-1][0] is None:
            return
        path, _, rows = self.stack[-1]
        module, schema = self.paths.get(path), function._schema
        space, _, word = schema.name.partition("::")
        if word == "copy_":
            self.writer.miss("%s: writes into parts of tensors (copy_) are seen in what is computed of them next"
                             % (path or "the model"))
        written = any(r.alias_info is not None and r.alias_info.is_write for r in schema.returns)
        view = any(r.alias_info is not None for r in schema.returns) and not written
        whole = module is None or (not any(True for _ in module.children()) and type(module).__module__.startswith("torch."))
        tensors = [t for a in list(args) + list(kwargs.values())
                   for t in (a if isinstance(a, (list, tuple)) else [a]) if isinstance(t, torch.Tensor)]
        if whole or view or word in COPIES or word.endswith("_backward") or not tensors:
            return
        if written and id(args[0]) in self.stored:
            return  # a buffer that is kept up to date
        if isinstance(result, (list, tuple)) and word.startswith(FIRST_ONLY):
            result = result[0]
        op_type = TYPES.get(word.rstrip("_"), word.strip("_"))
        if word.startswith("_scaled_dot_product"):  # each device has its own
            word, op_type = "scaled_dot_product_attention", "Attention"
        base = (path + "." if path else "") + word.strip("_")
        base += "()" if base in self.paths else ""  # b.relu is a module, b.relu() the function
        number = self.calls["", base] = self.calls.get(("", base), -1) + 1
        name = self.free(base, number)
        before = len(self.writer.rows)
        self.put(name, op_type, result)
        rows.extend(self.writer.rows[before:])

    # ---- both ----

    def put(self, name, op_type, value, instead_of=()):
        """Write all tensors in a value; how many there were."""
        busy, self.busy, count = self.busy, True, 0
        try:
            for part, tensor in parts(name, value):
                count += 1
                self.put_one(part, op_type, tensor, instead_of)
        finally:
            self.busy = busy
        return count

    def put_one(self, name, op_type, tensor, instead_of):
        try:
            array, descr, scales = numbers(tensor)
        except Exception as error:  # whatever kind of tensor this is: the model goes on
            self.writer.miss("%s: %s of %s can't be copied: %s" % (name, type(tensor).__name__, tensor.dtype,
                                                                  str(error).split("\n")[0][:120]))
            return
        if tensor.is_complex():
            self.writer.miss("%s: complex; the last axis has real and imaginary part" % name)
        self.writer.put(name, op_type, array, descr, scales, instead_of)


def main():
    parser = argparse.ArgumentParser(description="Run a program, and dump the first model that it calls.")
    parser.add_argument("--calls", type=int, metavar="N", help="dump N calls of the model, into DIR/step0 and so on")
    parser.add_argument("--modules", action="store_true", help="modules alone, no operators")
    parser.add_argument("folder", metavar="DIR", help="for the dump; empty or not there yet")
    parser.add_argument("program", help="a Python file; its arguments follow")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    call, seen, inside = torch.nn.Module.__call__, [], []

    def dumped_call(self, *args, **kwargs):
        other = seen and self is not seen[0]
        if inside or other or len(seen) >= (options.calls or 1) or not any(self.children()):
            return call(self, *args, **kwargs)
        folder = os.path.join(options.folder, "step%d" % len(seen)) if options.calls else options.folder
        seen.append(self)
        inside.append(True)
        try:
            with dump(self, folder, not options.modules):
                return call(self, *args, **kwargs)
        finally:
            inside.pop()

    torch.nn.Module.__call__ = dumped_call
    sys.argv = [options.program] + options.arguments
    sys.path[0] = os.path.dirname(os.path.abspath(options.program))
    runpy.run_path(options.program, run_name="__main__")
    if not seen:
        sys.exit("%s: called no model (a module with modules in it)" % options.program)


if __name__ == "__main__":
    main()
