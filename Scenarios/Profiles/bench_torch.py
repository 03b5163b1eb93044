"""Times the kernels of a manifest with PyTorch and writes a latency profile.

    qosdiff bench --model sd15 --batch 1,2,4 --manifest kernels.json
    python3 bench_torch.py kernels.json --out gpu.json --dtype fp16

On a GPU every kernel is captured in a CUDA graph over rotating memory and timed by events; on a CPU
it is timed by the clock. Each is checked against the same operation in double precision first. Whole
stages run kernel by kernel in the manifest's order, each node with weights of its own. Needs PyTorch
and nothing else; qosdiff itself does not need it.
"""
import argparse
import datetime
import json
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F

DTYPES = {"f32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
# Largest error relative to the reference's root mean square: rounding of inputs and sums.
TOLERANCES = {"f32": 2e-4, "fp16": 2e-2, "bf16": 1e-1}
# Fewer timings than these say too little of how a latency scatters (as in the harness).
RESIDUAL_REPETITIONS = 20
COPIED_BYTES = 64 << 20
ROTATED_BYTES = 256 << 20  # beyond the last-level cache of current devices


def randn(*shape, scale=1.0):
  return torch.randn(*shape) * scale


def image(batch, height, width, channels):
  return randn(batch, channels, height, width).to(memory_format=torch.channels_last)


def make(operation):
  """(function, inputs, parameters) of one kernel, in single precision on the CPU."""
  (kind, o), = operation.items()
  if kind == "convolution":
    side, inputs = o["side"], o["inputs"]
    weight = randn(o["outputs"], inputs, side, side, scale=1 / math.sqrt(inputs * side * side))
    return (lambda x, w, b: F.conv2d(x, w, b, stride=o["stride"], padding=side // 2),
            [image(o["batch"], o["height"], o["width"], inputs)],
            [weight.to(memory_format=torch.channels_last), randn(o["outputs"])])
  if kind == "linear":
    parameters = [randn(o["outputs"], o["inputs"], scale=1 / math.sqrt(o["inputs"]))]
    if o["bias"]:
      parameters.append(randn(o["outputs"]))
    return F.linear, [randn(o["rows"], o["inputs"])], parameters
  if kind == "attention":
    batch, heads, width = o["batch"], o["heads"], o["width"]

    def attend(q, k, v):
      q, k, v = (t.view(batch, -1, heads, width).transpose(1, 2) for t in (q, k, v))
      mixed = F.scaled_dot_product_attention(q, k, v, is_causal=o["causal"])
      return mixed.transpose(1, 2).reshape(batch, -1, heads * width)

    rows = [randn(batch, n, heads * width) for n in (o["queries"], o["keys"], o["keys"])]
    return attend, rows, []
  if kind == "groupNorm":
    return (lambda x, w, b: F.group_norm(x, o["groups"], w, b, 1e-5),
            [image(o["batch"], o["pixels"], 1, o["channels"])],
            [randn(o["channels"]), randn(o["channels"])])
  if kind == "layerNorm":
    return (lambda x, w, b: F.layer_norm(x, (o["channels"],), w, b, 1e-5),
            [randn(o["rows"], o["channels"])], [randn(o["channels"]), randn(o["channels"])])
  if kind == "activation":
    function = {"silu": F.silu, "gelu": F.gelu,
                "quick-gelu": lambda x: x * torch.sigmoid(1.702 * x)}[o["_0"]]
    return function, [randn(o["elements"])], []
  if kind in ("add", "multiply"):
    function = torch.add if kind == "add" else torch.mul
    return function, [randn(o["elements"]), randn(o["elements"])], []
  if kind == "addPerImage":
    return (lambda x, row: x + row, [randn(o["batch"], o["pixels"], o["channels"]),
                                     randn(o["batch"], 1, o["channels"])], [])
  if kind == "concatenate":
    return (lambda x, y: torch.cat((x, y), 1),
            [randn(o["rows"], o["first"]), randn(o["rows"], o["second"])], [])
  if kind == "upsample":
    return (lambda x: F.interpolate(x, scale_factor=2.0, mode="nearest"),
            [image(o["batch"], o["height"], o["width"], o["channels"])], [])
  if kind == "embedding":
    rows = torch.arange(o["rows"]) * 7919 % o["vocabulary"]
    return (lambda table: F.embedding(rows.to(table.device), table), [],
            [randn(o["vocabulary"], o["channels"])])
  sys.exit(f"error: this script does not know the operation '{kind}'; it is of another version")


class Kernel:
  """One kernel on the device, checked."""

  def __init__(self, item, device, dtype_name):
    self.name, self.flops, self.elements = item["kernel"], item["flops"], item["elements"]
    self.device, self.dtype = device, DTYPES[dtype_name]
    self.function, self.inputs, self.parameters = make(item["operation"])
    self.inputs = [self.place(t) for t in self.inputs]
    self.check(TOLERANCES[dtype_name])

  def place(self, tensor):
    return tensor.to(self.device, self.dtype)

  def fresh(self):
    """Parameters of their own for one more node."""
    return [self.place(t) for t in self.parameters]

  def check(self, tolerance):
    arguments = self.inputs + self.fresh()
    result = self.function(*arguments).double()
    expected = self.function(*[t.double() for t in arguments])
    scale = expected.square().mean().sqrt().item() or 1.0
    error = (result - expected).abs().max().item() / scale
    if not error <= tolerance:
      sys.exit(f"error: {self.name} computes a wrong result and is not timed: relative error {error}")

  def sets(self):
    """Enough copies of the memory that a run finds its own pushed out of the cache."""
    size = sum(t.numel() * t.element_size() for t in self.inputs + self.parameters)
    copies = min(64, 1 + ROTATED_BYTES // max(size, 1))
    return [[t.clone() for t in self.inputs] + self.fresh() for _ in range(copies)]


def quantile(values, p):
  """Type 7, as numpy's default."""
  values = sorted(values)
  position = p * (len(values) - 1)
  below = int(position)
  above = min(below + 1, len(values) - 1)
  return values[below] * (1 - position + below) + values[above] * (position - below)


def timings(runs, device, seconds, least=7, most=1000):
  """Seconds of one run each; `runs` are called in turn."""
  if device.type == "cuda":
    return graph_timings(runs, seconds, least, most)
  return clock_timings(runs, seconds, least, most)


def clock_timings(runs, seconds, least=7, most=1000):
  """By the host's clock: each run must have ended when it returns."""
  for run in runs[:2]:
    run()
  samples, spent, turn = [], 0.0, 0
  while len(samples) < most and (len(samples) < least or spent < seconds):
    start = time.perf_counter()
    runs[turn % len(runs)]()
    samples.append(time.perf_counter() - start)
    spent += samples[-1]
    turn += 1
  return samples


def graph_timings(runs, seconds, least, most):
  """Replays one graph of all runs: no launch of a single kernel is timed."""
  side = torch.cuda.Stream()
  side.wait_stream(torch.cuda.current_stream())
  with torch.cuda.stream(side):
    for run in runs[:3]:
      run()
  torch.cuda.current_stream().wait_stream(side)
  graph = torch.cuda.CUDAGraph()
  with torch.cuda.graph(graph):
    for run in runs:
      run()
  graph.replay()
  torch.cuda.synchronize()
  samples, spent = [], 0.0
  while len(samples) < most and (len(samples) < least or spent < seconds):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    graph.replay()
    end.record()
    torch.cuda.synchronize()
    took = start.elapsed_time(end) / 1e3
    samples.append(took / len(runs))
    spent += took
  return samples


def lag1(values):
  mean = statistics.fmean(values)
  total = sum((v - mean) ** 2 for v in values)
  if not total:
    return 0.0
  products = sum((a - mean) * (b - mean) for a, b in zip(values, values[1:]))
  return min(max(products / total, -0.99), 0.99)


def spread(values):
  return (quantile(values, 0.75) - quantile(values, 0.25)) / quantile(values, 0.5)


def peak(device, dtype, seconds):
  """GFLOP/s of a large matrix product and GB/s of a large copy."""
  side = 8192 if device.type == "cuda" else 2048
  a, b = (torch.randn(side, side).to(device, dtype) for _ in range(2))
  product = min(timings([lambda: a @ b], device, seconds))
  x = torch.empty(ROTATED_BYTES, dtype=torch.uint8, device=device)
  y = torch.empty_like(x)
  copy = min(timings([lambda: y.copy_(x)], device, seconds))
  return {"gflop_per_s": 2 * side ** 3 / product / 1e9, "gbyte_per_s": 2 * ROTATED_BYTES / copy / 1e9}


def host_copy(device, seconds):
  """GB/s between pinned memory of the host and the device, and the time of the smallest copy."""
  is_gpu = device.type == "cuda"

  def copied(size, to_device):
    host = torch.zeros(size, dtype=torch.uint8, pin_memory=is_gpu)
    on_device = torch.zeros(size, dtype=torch.uint8, device=device)
    source, target = (host, on_device) if to_device else (on_device, host)

    def copy():
      target.copy_(source, non_blocking=True)
      if is_gpu:
        torch.cuda.synchronize()

    return quantile(clock_timings([copy], seconds), 0.5)

  return {"to_device_gbyte_per_s": COPIED_BYTES / copied(COPIED_BYTES, True) / 1e9,
          "to_host_gbyte_per_s": COPIED_BYTES / copied(COPIED_BYTES, False) / 1e9,
          "latency_s": copied(4, False)}


def latent_entropy(device, seconds):
  """Entropy in bits of the histogram of a latent's values, brought to the host: 256 bins over [-5, 5]."""
  latents = [torch.randn(4 * 64 * 64, device=device) for _ in range(16)]

  def entropy(latent):
    counts = torch.histc(latent, 256, -5, 5)
    shares = counts[counts > 0] / counts.sum()
    return -(shares * shares.log2()).sum().item()

  timed = clock_timings([lambda x=x: entropy(x) for x in latents], seconds)
  return {"values": latents[0].numel(), "median_s": quantile(timed, 0.5),
          "p10_s": quantile(timed, 0.1), "p90_s": quantile(timed, 0.9), "repetitions": len(timed)}


def entry_of(manifest_entry, kernels, timed, device, seconds, runs_whole):
  entry = {key: value for key, value in manifest_entry.items()
           if key != "sequence" and value is not None}
  sequence = manifest_entry["sequence"]
  for key, p in (("median_s", 0.5), ("p10_s", 0.1), ("p90_s", 0.9)):
    entry[key] = sum(quantile(timed[i], p) for i in sequence)
  entry["repetitions"] = min(len(timed[i]) for i in sequence)
  entry["provenance"] = "measured"
  entry["derivation"] = "sum of count x median over its kernels"
  if runs_whole:
    nodes = [(kernels[i].function, kernels[i].inputs + kernels[i].fresh()) for i in sequence]

    def whole():
      for function, arguments in nodes:
        function(*arguments)

    samples = timings([whole], device, 20 * seconds, least=3)
    middle = quantile(samples, 0.5)
    entry["whole_s"], entry["whole_gap"] = middle, entry["median_s"] / middle - 1
    if len(samples) >= RESIDUAL_REPETITIONS:
      entry["residual_quantiles"] = [quantile(samples, i / 20) / middle for i in range(21)]
      entry["lag1_autocorrelation"] = lag1(samples)
  return entry


def main():
  parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
  parser.add_argument("manifest")
  parser.add_argument("--out", required=True)
  parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
  parser.add_argument("--dtype", choices=DTYPES, default="f32")
  parser.add_argument("--seconds", type=float, default=0.2, help="for each kernel")
  parser.add_argument("--no-whole", action="store_true", help="sums of kernels alone")
  options = parser.parse_args()
  with open(options.manifest, encoding="utf-8") as file:
    manifest = json.load(file)
  if manifest.get("schema") != 1:
    sys.exit(f"{options.manifest}: error: manifest version {manifest.get('schema')}; this reads 1")
  torch.manual_seed(1)
  device = torch.device(options.device)
  with torch.inference_mode():
    roofline = peak(device, DTYPES[options.dtype], options.seconds)
    kernels, timed, rows = [], [], []
    for number, item in enumerate(manifest["kernels"]):
      print(f"\r{number + 1}/{len(manifest['kernels'])} {item['kernel'][:60]:60}", end="",
            file=sys.stderr)
      kernel = Kernel(item, device, options.dtype)
      runs = [lambda s=s: kernel.function(*s) for s in kernel.sets()]
      samples = timings(runs, device, options.seconds)
      del runs
      kernels.append(kernel)
      timed.append(samples)
      rows.append({
          "kernel": kernel.name, "implementation": "torch", "flops": kernel.flops,
          "bytes": kernel.elements * kernel.dtype.itemsize, "repetitions": len(samples),
          "median_s": quantile(samples, 0.5), "p10_s": quantile(samples, 0.1),
          "p90_s": quantile(samples, 0.9), "spread": spread(samples)})
    print(file=sys.stderr)
    entries = [entry_of(e, kernels, timed, device, options.seconds, not options.no_whole)
               for e in manifest["entries"]]
  is_gpu = device.type == "cuda"
  how = "graph replay" if is_gpu else "eager"
  profile = {
      "schema": 1, "name": options.out.rsplit("/", 1)[-1].removesuffix(".json"),
      "provenance": "measured",
      "device": torch.cuda.get_device_name(device) if is_gpu
      else f"CPU, {torch.get_num_threads()} threads",
      "source": "measured by bench_torch.py", "mode": f"PyTorch, {options.dtype}, {how}",
      "libraries": {"torch": torch.__version__, **({"cuda": torch.version.cuda} if is_gpu else {})},
      "date": datetime.date.today().isoformat(), "harness": manifest["harness"],
      "roofline": roofline, "entries": entries, "kernels": sorted(rows, key=lambda r: r["kernel"])}
  profile["latent_entropy"] = latent_entropy(device, options.seconds)
  if is_gpu:
    profile["host_copy"] = host_copy(device, options.seconds)
  else:
    profile["cores"] = torch.get_num_threads()
  with open(options.out, "w", encoding="utf-8") as file:
    json.dump(profile, file, indent=1)
    file.write("\n")
  print(f"{options.out}: {len(rows)} kernels, {len(entries)} entries")


if __name__ == "__main__":
  main()
