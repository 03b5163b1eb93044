"""The kernels of a manifest as PyTorch operations: each is checked against double precision, then timed.

An operation is built from its shape by `operation`, works on tensors of the manifest's shapes, and is what
`network` runs in sequence, too.
"""
import math

import torch
import torch.nn.functional as F

DTYPES = {"f32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
# Largest error relative to the reference's root mean square: rounding of inputs and sums.
TOLERANCES = {"f32": 2e-4, "fp16": 2e-2, "bf16": 1e-1}
# Numbers of an operation's inputs and output that are computed in double precision at either end.
CHECKED_ELEMENTS = 4 << 20
ROTATED_BYTES = 256 << 20  # beyond the last-level cache of current devices


class WrongResult(Exception):
  """A kernel does not compute what its name says."""


def attend(q, k, v, heads, causal):
  """softmax(Q K^T / sqrt(width)) V of rows [batch, positions, heads x width]."""
  batch, queries, channels = q.shape
  width = channels // heads
  q, k, v = (t.reshape(batch, -1, heads, width).transpose(1, 2) for t in (q, k, v))
  if hasattr(F, "scaled_dot_product_attention"):
    mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
  else:  # PyTorch before 2.0: two plain products
    scores = q @ k.transpose(-2, -1) / math.sqrt(width)
    if causal:
      later = torch.ones(queries, k.shape[-2], dtype=torch.bool, device=q.device).triu(1)
      scores = scores.masked_fill(later, -math.inf)
    mixed = scores.softmax(-1) @ v
  return mixed.transpose(1, 2).reshape(batch, queries, channels)


def quick_gelu(x):
  return x * torch.sigmoid(1.702 * x)


def add_per_image(x, row):
  """Adds one row [batch, 1, channels] to all positions of an image."""
  return x + row.transpose(1, 2).unsqueeze(-1)


def concatenate(x, y):
  return torch.cat((x, y), 1)


def upsample(x):
  return F.interpolate(x, scale_factor=2.0, mode="nearest")


ACTIVATIONS = {"silu": F.silu, "gelu": F.gelu, "quick-gelu": quick_gelu}


def unpack(item):
  """(kind, shape) of a manifest's kernel."""
  (pair,) = item["operation"].items()
  return pair


def shapes_of(kind, o):
  """Shapes of one kernel's inputs: images are [batch, channels, height, width], rows [batch, positions, channels]."""
  if kind == "convolution":
    return [(o["batch"], o["inputs"], o["height"], o["width"])]
  if kind == "upsample":
    return [(o["batch"], o["channels"], o["height"], o["width"])]
  if kind == "groupNorm":
    return [(o["batch"], o["channels"], o["pixels"], 1)]
  if kind == "linear":
    return [(1, o["rows"], o["inputs"])]
  if kind == "layerNorm":
    return [(1, o["rows"], o["channels"])]
  if kind == "attention":
    width = o["heads"] * o["width"]
    return [(o["batch"], n, width) for n in (o["queries"], o["keys"], o["keys"])]
  if kind == "activation":
    return [(o["elements"],)]
  if kind in ("add", "multiply"):
    return [(o["elements"],)] * 2
  if kind == "addPerImage":
    return [(o["batch"], o["channels"], o["pixels"], 1), (o["batch"], 1, o["channels"])]
  if kind == "concatenate":
    return [(o["rows"], o["first"]), (o["rows"], o["second"])]
  if kind == "embedding":
    return []
  raise ValueError(f"operation '{kind}' is not known; the manifest is of another version")


def operation(kind, o):
  """(function, keyword arguments) of one kernel: called with its inputs, then its parameters."""
  if kind == "convolution":
    return F.conv2d, {"stride": o["stride"], "padding": o["side"] // 2}
  if kind == "linear":
    return F.linear, {}
  if kind == "attention":
    return attend, {"heads": o["heads"], "causal": o["causal"]}
  if kind == "groupNorm":
    return group_norm, {"groups": o["groups"]}
  if kind == "layerNorm":
    return layer_norm, {}
  if kind == "activation":
    return ACTIVATIONS[o["_0"]], {}
  return {"add": torch.add, "multiply": torch.mul, "addPerImage": add_per_image,
          "concatenate": concatenate, "upsample": upsample, "embedding": F.embedding}[kind], {}


def group_norm(x, weight, bias, groups):
  return F.group_norm(x, groups, weight, bias, 1e-5)


def layer_norm(x, weight, bias):
  return F.layer_norm(x, (x.shape[-1],), weight, bias, 1e-5)


class Maker:
  """Makes tensors of random numbers on a device; images and their weights are channels-last."""

  def __init__(self, device, dtype):
    self.device, self.dtype = device, dtype

  def randn(self, shape, scale=1.0):
    x = torch.randn(shape, device=self.device, dtype=self.dtype).mul_(scale)
    return x.to(memory_format=torch.channels_last) if x.dim() == 4 else x

  def inputs(self, kind, o):
    return [self.randn(shape) for shape in shapes_of(kind, o)]

  def parameters(self, kind, o):
    """Weights that keep the variance of what passes through, as trained ones about do."""
    if kind == "convolution":
      side, inputs = o["side"], o["inputs"]
      shape = (o["outputs"], inputs, side, side)
      return [self.randn(shape, 1 / math.sqrt(inputs * side * side)), self.randn((o["outputs"],))]
    if kind == "linear":
      weight = self.randn((o["outputs"], o["inputs"]), 1 / math.sqrt(o["inputs"]))
      return [weight, self.randn((o["outputs"],))] if o["bias"] else [weight]
    if kind in ("groupNorm", "layerNorm"):
      return [self.randn((o["channels"],)), self.randn((o["channels"],))]
    if kind == "embedding":
      rows = torch.arange(o["rows"], device=self.device) * 7919 % o["vocabulary"]
      return [rows, self.randn((o["vocabulary"], o["channels"]))]
    return []


class Kernel:
  """One kernel on the device, checked."""

  def __init__(self, item, maker, dtype_name):
    self.kind, self.shape = unpack(item)
    self.name, self.flops = item["kernel"], item["flops"]
    self.bytes = item["elements"] * torch.finfo(maker.dtype).bits // 8
    self.function, self.keywords = operation(self.kind, self.shape)
    self.maker = maker
    self.inputs = maker.inputs(self.kind, self.shape)
    self.parameters = maker.parameters(self.kind, self.shape)
    self.check(TOLERANCES[dtype_name])

  def run(self, inputs, parameters):
    return self.function(*inputs, *parameters, **self.keywords)

  def slices(self):
    """The first and the last of what can be computed by itself: images, or rows."""
    if not self.inputs:
      return [slice(None)]
    axis = 1 if self.kind in ("linear", "layerNorm") else 0
    count = self.inputs[0].shape[axis]
    each = max(1, sum(t.numel() for t in self.inputs) // count)
    few = max(1, CHECKED_ELEMENTS // each)
    if 2 * few >= count:
      return [slice(None)]
    parts = [slice(0, few), slice(count - few, count)]
    return [(slice(None), part) if axis else part for part in parts]

  def check(self, tolerance):
    result = self.run(self.inputs, self.parameters)
    for part in self.slices():
      expected = self.run([double(t[part]) for t in self.inputs], [double(t) for t in self.parameters])
      scale = expected.square().mean().sqrt().item() or 1.0
      error = (result[part].double() - expected).abs().max().item() / scale
      if not error <= tolerance:
        raise WrongResult(f"{self.name} computes a wrong result: relative error {error:.3g}")

  def runs(self, rotated_bytes=ROTATED_BYTES):
    """The kernel on enough copies of its memory that a run finds its own pushed out of the cache."""
    size = sum(t.numel() * t.element_size() for t in self.inputs + self.parameters)
    copies = min(64, 1 + rotated_bytes // max(size, 1))
    sets = [([t.clone() for t in self.inputs], [t.clone() for t in self.parameters])
            for _ in range(copies)]
    return [lambda s=s: self.run(*s) for s in sets]


def double(tensor):
  return tensor.double() if tensor.is_floating_point() else tensor
