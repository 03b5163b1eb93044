"""Latency profiles and a summary from finished tasks. Needs no PyTorch."""
import hashlib
import json
import os
import re

from accelerator import plan

# Launch modes: kind of task, end of the file's name, the profile's `mode`, and how a step was executed.
MODES = [("steps", "eager", "eager, of the bare networks: a pipeline's own Python comes on top",
          "executed whole, launched one by one"),
         ("graph", "cuda-graph", "CUDA graph of a step, other stages eager", "executed whole, a replayed CUDA graph"),
         ("compiled", "compiled", "torch.compile of a step, other stages eager", "executed whole, compiled")]
FIGURES = ["median_s", "p10_s", "p90_s", "repetitions", "residual_quantiles", "lag1_autocorrelation"]
VERSION = 1
# More than this between the lowest and the highest is told.
TOLD_SPREAD = 0.10
# More than this between the sum of the kernels and the whole is told, as the harness does.
TOLD_GAP = 0.05


def content_hash(path):
  """Of a file's contents, short."""
  return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def rows_of(done):
  """Timed kernels by name, of all tasks."""
  return {row["kernel"]: row for line in done.values() for row in line.get("result", {}).get("rows", [])}


def known_kernels(done):
  return sorted(rows_of(done))


class Measured:
  """What finished tasks say of each stage."""

  def __init__(self, manifests, done):
    self.manifests, self.done = manifests, done
    self.kernels = rows_of(done)
    self.entries = plan.entries(manifests)
    self.twins = plan.twins(manifests)

  def result(self, key):
    return self.done.get(key, {}).get("result")

  def of_kind(self, kind):
    """(entry, result) of each stage that a kind of task measured, in the manifests' order."""
    found = {tuple(line["entry"]): line["result"] for line in self.done.values()
             if line.get("kind") == kind and line.get("entry") and "result" in line}
    placed = sorted(self.entries, key=lambda e: (e.manifest, e.index))
    return [(e, found[self.twins[e.manifest, e.index]]) for e in placed
            if self.twins[e.manifest, e.index] in found]

  def twin(self, entry):
    """The entry of the same passes that was measured in its place; None where it was itself."""
    place = self.twins[entry.manifest, entry.index]
    if place == (entry.manifest, entry.index):
      return None
    return next(e for e in self.entries if (e.manifest, e.index) == place)

  def used(self, entry):
    """The manifest's kernels in the order of execution."""
    manifest = self.manifests[entry.manifest]
    return [manifest["kernels"][node[0]]
            for part in manifest["entries"][entry.index]["passes"] for node in part["nodes"]]

  def kernel_sum(self, entry):
    """Seconds of count x median over the kernels; None unless all are timed."""
    used = [item["kernel"] for item in self.used(entry)]
    if any(name not in self.kernels for name in used):
      return None
    return sum(self.kernels[name]["median_s"] for name in used)

  def flops(self, entry):
    return sum(item["flops"] for item in self.used(entry))

  def beside(self):
    """(title, result) of each comparison with other work."""
    return [(key, line["result"]) for key, line in self.done.items()
            if line.get("kind") == "beside" and "result" in line]

  def clocks(self):
    """(key, clocks) of the tasks during which the GPU was seen at work."""
    return [(key, line["clocks"]) for key, line in self.done.items() if line.get("clocks")]


def entry_of(measured, entry, result, kind, settings):
  """An entry of a profile."""
  made = {"model": entry.model, "stage": entry.stage, "height": entry.height, "width": entry.width}
  if entry.guidance is not None:
    made["guidance"] = entry.guidance
  made["batch"] = entry.batch
  made.update({key: result[key] for key in FIGURES if key in result})
  how = next(how for own, _, _, how in MODES if own == kind)
  twin = measured.twin(entry)
  if twin:
    how += f"; the same passes as {twin.title}, measured as that"
  made["provenance"] = "measured"
  if settings["cut"]:
    made["provenance"], how = "derived", "a rehearsal (--cut), no measurement; " + how
  made["derivation"] = how
  gap = gap_of(measured, entry, result, kind, settings)
  if gap is not None:
    made["whole_s"], made["whole_gap"] = result["median_s"], gap
  return made


def gap_of(measured, entry, result, kind, settings):
  """How much longer the sum of the kernels is than the stage; None where launches are in one of them alone."""
  total = measured.kernel_sum(entry)
  if total is None or kind != ("graph" if settings["kind"] == "cuda" else "steps"):
    return None
  return total / result["median_s"] - 1


def profile_of(measured, kind, settings):
  """One launch mode's profile; None where no step was measured in it."""
  _, ending, mode, _ = next(m for m in MODES if m[0] == kind)
  steps = [pair for pair in measured.of_kind(kind) if pair[0].stage == "denoise"]
  if not steps:
    return None
  others = [pair for pair in measured.of_kind("steps") if pair[0].stage != "denoise"]
  entries = ([entry_of(measured, e, r, kind, settings) for e, r in steps]
             + [entry_of(measured, e, r, "steps", settings) for e, r in others])
  what = "a rehearsal (--cut), no measurement, by" if settings["cut"] else "measured by"
  libraries = {**settings["libraries"], **({"driver": settings["driver"]} if settings["driver"] else {})}
  kind_of_figures = "rehearsed" if settings["cut"] else "measured"
  profile = {
    "schema": 1, "name": f"{slug(settings['device'])}-{kind_of_figures}-{ending}",
    "provenance": "derived" if settings["cut"] else "measured", "device": settings["device"],
    "source": f"{what} measure_accelerator.py" + clock_text(measured),
    "mode": f"PyTorch, {settings['dtype']}, {mode}", "libraries": libraries, "date": settings["date"],
    "harness": f"measure_accelerator {VERSION}, kernels of {measured.manifests[0]['harness']}",
    "entries": entries}
  if settings["kind"] == "cpu":
    profile["cores"] = settings["cores"]
  if measured.result("peak rates") and not settings["cut"]:
    profile["roofline"] = measured.result("peak rates")
  if measured.result("copies between host and device") and settings["kind"] != "cpu":
    profile["host_copy"] = measured.result("copies between host and device")
  look = measured.result("a look at a latent")
  if look:
    profile["latent_entropy"] = {"values": look["values"], **look["on_device"]}
  if kind != "compiled" and measured.kernels:  # compilation fuses kernels
    profile["kernels"] = [measured.kernels[name] for name in sorted(measured.kernels)]
  return profile


def slug(device):
  text = re.sub(r"^nvidia[ -]+", "", device.lower())
  return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def clock_text(measured):
  clocks = [c for _, c in measured.clocks()]
  if not clocks:
    return ""
  low, high = min(c["sm_mhz"][0] for c in clocks), max(c["sm_mhz"][1] for c in clocks)
  return f"; SM clock at work {low:.0f} to {high:.0f} MHz"


def save(path, text):
  """Whole or not at all."""
  temporary = path.with_name(path.name + ".part")
  temporary.write_text(text, encoding="utf-8")
  os.replace(temporary, path)


def write(out, manifests, done, settings):
  """Writes a profile for each launch mode and the summary; returns the summary."""
  measured = Measured(manifests, done)
  written = []
  for kind, *_ in MODES:
    profile = profile_of(measured, kind, settings)
    if profile:
      path = out / (profile["name"] + ".json")
      save(path, json.dumps(profile, indent=1) + "\n")
      written.append(str(path))
  text = summary(measured, settings, written)
  save(out / "summary.txt", text)
  return text


# The summary

def summary(measured, settings, written):
  lines = [f"{settings['device']}, PyTorch {settings['libraries']['torch']}, {settings['dtype']}"
           + (": a rehearsal, no measurement" if settings["cut"] else "") + clock_text(measured)]
  peak = measured.result("peak rates")
  if peak and not settings["cut"]:
    lines.append(f"peak: {peak['gflop_per_s']:.4g} GFLOP/s (matrix product), {peak['gbyte_per_s']:.4g} GB/s (copy)")
  copy = measured.result("copies between host and device")
  if copy:
    lines.append(f"copies: {copy['to_device_gbyte_per_s']:.3g} GB/s to the device, "
                 f"{copy['to_host_gbyte_per_s']:.3g} GB/s to the host, {1e6 * copy['latency_s']:.3g} us at least")
  look = measured.result("a look at a latent")
  if look:
    lines.append(f"look at a latent of {look['values']} values: {1e6 * look['on_device']['median_s']:.3g} us on the "
                 f"device, {1e6 * look['on_host']['median_s']:.3g} us on the host, transfer included")
  for key, result in measured.beside():
    lines.append(f"{key}: {result['factor']:.3f} x as long (alone again: {result['alone_again']:.3f} x)")
  lines += ["", *table(measured, None if settings["cut"] else peak), ""]
  lines += warnings(measured, settings) + unfinished(measured.done)
  lines += [f"{path}: written" for path in written]
  return "\n".join(lines) + "\n"


def table(measured, peak):
  """A line a stage and launch mode."""
  header = ["stage", "mode", "median_ms", "p10_ms", "p90_ms", "runs", "lag-1", "kernels/whole", "of peak %"]
  rows = []
  for kind, ending, _, _ in MODES:
    for entry, result in measured.of_kind(kind):
      total = measured.kernel_sum(entry)
      rate = measured.flops(entry) / result["median_s"] / 1e9
      rows.append([
        entry.title, ending, *(f"{1e3 * result[key]:.4g}" for key in ("median_s", "p10_s", "p90_s")),
        str(result["repetitions"]), f"{result['lag1_autocorrelation']:.2f}" if "lag1_autocorrelation" in result else "-",
        f"{total / result['median_s']:.3f}" if total and kind != "compiled" else "-",
        f"{100 * rate / peak['gflop_per_s']:.1f}" if peak else "-"])
  if not rows:
    return ["no stage was measured"]
  widths = [max(len(row[i]) for row in [header] + rows) for i in range(len(header))]
  return ["  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1])]
                    + [cell.rjust(width) for cell, width in zip(row[2:], widths[2:])]).rstrip()
          for row in [header] + rows]


def warnings(measured, settings):
  """What makes a figure doubtful."""
  lines = []
  for kind, *_ in MODES:
    for entry, result in measured.of_kind(kind):
      if measured.twin(entry):
        continue
      if result["repetitions"] < result["wanted"]:
        lines.append(f"warning: {entry.title} ({kind}): {result['repetitions']} runs of {result['wanted']} wanted: "
                     "there was no time for more")
      gap = gap_of(measured, entry, result, kind, settings)
      if gap is not None and abs(gap) > TOLD_GAP and not settings["cut"]:
        lines.append(f"warning: {entry.title} ({kind}): the sum of the kernels is {100 * gap:+.0f} % off the whole: "
                     "what lies between kernels, and what one leaves in the cache for the next")
      wide = (result["p90_s"] - result["p10_s"]) / result["median_s"]
      if wide > TOLD_SPREAD:
        lines.append(f"warning: {entry.title} ({kind}): p10 to p90 is {100 * wide:.0f} % of the median")
      if abs(result["drift"]) > TOLD_SPREAD:
        lines.append(f"warning: {entry.title} ({kind}): the last quarter took {100 * result['drift']:+.0f} % "
                     "of the first: the device's speed changed")
  for key, clocks in measured.clocks():
    low, high = clocks["sm_mhz"]
    if (high - low) / high > TOLD_SPREAD:
      lines.append(f"warning: {key}: the SM clock fell to {low:.0f} of {high:.0f} MHz (at most "
                   f"{clocks['temperature_c']} C, {clocks['power_w']} W): the device throttles, or was idle")
  for line in measured.done.values():
    lines += [f"warning: {text}; it is not timed" for text in line.get("result", {}).get("wrong", [])]
  return lines


def unfinished(done):
  """What is missing, and why."""
  lines = []
  for key, line in done.items():
    late = line.get("result", {}).get("no_time", [])
    if late:
      lines.append(f"left out: {key}: no time for {len(late)} kernels; run the same command again")
    if "left_out" in line:
      lines.append(f"left out: {key}: {line['left_out']}")
    if "failed" in line:
      lines.append(f"failed: {key}: {line['failed']}; see worker.log")
  return lines
