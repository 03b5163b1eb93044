"""What is measured, in order of worth. Needs no PyTorch."""
import dataclasses
import json

SCHEMA = 2


class BadManifest(Exception):
  """A manifest that cannot be used: where, what is wrong, and what would be right."""


@dataclasses.dataclass
class Part:
  """Tasks that belong together, and the share of the time that they may take."""
  letter: str
  title: str
  share: float
  tasks: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Entry:
  """A stage of a manifest, without its passes."""
  manifest: int
  index: int
  model: str
  stage: str
  height: int
  width: int
  guidance: bool
  batch: int

  @property
  def title(self):
    mode = {True: ", guided", False: ", unguided", None: ""}[self.guidance]
    size = f" {self.height}x{self.width}" if self.height else ""
    return f"{self.model} {self.stage}{size}{mode}, batch {self.batch}"

  def is_smaller(self, other):
    """Whether it is the same work for fewer images."""
    same = dataclasses.replace(self, batch=other.batch, index=other.index)
    return same == other and self.batch < other.batch


def read_manifest(path):
  """A manifest's contents; raises BadManifest, or OSError."""
  with open(path, encoding="utf-8") as file:
    try:
      manifest = json.load(file)
    except ValueError as fault:
      raise BadManifest(f"{path}: error: no manifest: {fault}; write one by qosdiff bench --manifest") from None
  version = manifest.get("schema") if isinstance(manifest, dict) else None
  if version != SCHEMA:
    raise BadManifest(f"{path}: error: a manifest of version {version}; this script reads version {SCHEMA}: "
                      "write it by qosdiff bench --manifest of the same version")
  try:
    if not entries([manifest]) or not manifest["harness"]:
      raise KeyError("entries")
    for item in manifest["kernels"]:
      item["kernel"], item["operation"], item["flops"], item["elements"]
    for e in manifest["entries"]:
      [manifest["kernels"][node[0]] for part in e["passes"] for node in part["nodes"]]
  except (KeyError, IndexError, TypeError) as fault:
    raise BadManifest(f"{path}: error: a manifest without {fault}; write it by qosdiff bench --manifest") from None
  return manifest


def entries(manifests):
  """Every stage of the manifests: small batches first, denoising before other stages, guided before unguided."""
  found = []
  for number, manifest in enumerate(manifests):
    for index, e in enumerate(manifest["entries"]):
      found.append(Entry(number, index, e["model"], e["stage"], e["height"], e["width"],
                         e.get("guidance"), e["batch"]))
  return sorted(found, key=lambda e: (e.batch, e.stage != "denoise", e.guidance is False))


def twins(manifests):
  """By place (manifest, index), where the same passes stand first: an unguided batch is the guided one of half of it."""
  first, places = {}, {}
  for e in entries(manifests):
    entry = manifests[e.manifest]["entries"][e.index]
    work = (e.manifest, e.model, e.stage, json.dumps(entry["passes"]))
    places[e.manifest, e.index] = first.setdefault(work, (e.manifest, e.index))
  return places


def parts(manifests, device, is_cut):
  """The parts of a session, `a` to `g`."""
  same = twins(manifests)
  found = [e for e in entries(manifests) if same[e.manifest, e.index] == (e.manifest, e.index)]
  models = list(dict.fromkeys(e["model"] for m in manifests for e in m["entries"]))
  first, second, others = models[0], models[1:2], models[2:]
  steps = {"repetitions": 6 if is_cut else 100, "least": 2 if is_cut else 20}
  # As few as tell how a latency scatters: these are shorter parts of a query, or other ways to launch a known one.
  stages = {"repetitions": 3 if is_cut else 20, "least": 2 if is_cut else 5}
  modes = {"repetitions": 3 if is_cut else 40, "least": 2 if is_cut else 10}
  seconds = 0.002 if is_cut else 0.2
  # A GPU's kernels take microseconds, and there are hundreds.
  each = seconds / 10 if device["is_gpu"] else seconds / 2

  def of(models, stage):
    return [e for e in found if e.model in models and (e.stage == "denoise") == (stage == "denoise")]

  def whole(models, stage, kind="steps"):
    return [task(kind, e.title, e, **(steps if stage == "denoise" else stages))
            for e in of(models, stage)]

  guided = [e for e in of([first], "denoise") if e.guidance is not False]
  result = [
    Part("a", f"steps of {first}", 0.2,
         [task("peak", "peak rates", seconds=seconds)] + whole([first], "denoise")),
    Part("b", f"kernels of {first}", 0.08,
         [task("kernel_times", "kernels of " + e.title, e, seconds=each)
          for e in of([first], "denoise") + of([first], "other")]),
    Part("c", "steps of " + " ".join(second), 0.18, whole(second, "denoise")),
    Part("d", "other stages, ways to the host, looks at latents", 0.16,
         whole([first], "other")
         + [task("host_copy", "copies between host and device", seconds=seconds),
            task("look", "a look at a latent", seconds=seconds, latent=latent(of([first], "denoise")))]
         + whole(second, "other")),
    Part("e", f"launch modes of {first}", 0.2,
         [task("graph", "CUDA graph: " + e.title, e, **modes) for e in guided]
         # A compilation takes a minute: the first batch now, others in what is left at the end.
         + [task("compiled", "torch.compile: " + e.title, e, **modes, is_extra=place > 0 and not is_cut,
                 needs_s=0 if is_cut else 45) for place, e in enumerate(spread_out(guided))]),
    Part("f", "steps and stages of " + ", ".join(others), 0.14,
         whole(others, "denoise") + whole(others, "other")),
    Part("g", "steps beside other work", 0.04, beside(found, first, device, seconds, is_cut)),
  ]
  for part in result:
    for task_ in part.tasks:
      task_["smaller"] = smaller(task_, part.tasks, found)
  return [part for part in result if part.tasks]


def task(kind, title, entry=None, **settings):
  place = {} if entry is None else {"entry": [entry.manifest, entry.index]}
  return {"key": title if kind != "steps" else "whole: " + title, "kind": kind, **place, **settings}


def smaller(task_, tasks, found):
  """Keys of the same work for fewer images: where one does not fit into memory, this one does not."""
  if "entry" not in task_:
    return []
  by_place = {(e.manifest, e.index): e for e in found}
  own = by_place[tuple(task_["entry"])]
  return [t["key"] for t in tasks if "entry" in t and t["kind"] == task_["kind"]
          and by_place[tuple(t["entry"])].is_smaller(own)]


def spread_out(steps):
  """Every other batch first: compilation takes a minute each, and time may end."""
  return steps[::2] + steps[1::2]


def latent(steps):
  """Numbers of a latent of the first model: 4 channels of an eighth of the image's sides."""
  return [4, steps[0].height // 8, steps[0].width // 8] if steps else [4, 64, 64]


def beside(found, model, device, seconds, is_cut):
  """A step of one image while another process uses the same device, or others the host's cores."""
  steps = [e for e in found if e.model == model and e.stage == "denoise"]
  if not steps:
    return []
  result = [task("beside", "steps beside PNG-like compression on the host's cores", steps[0],
                 seconds=5 * seconds,
                 beside={"kind": "compression", "cores": 1 if is_cut else max(1, device["cores"] - 1)})]
  decode = [e for e in found if e.model == model and e.stage == "decode"][:1]
  for other in steps[:1] + decode:
    result.append(task(
      "beside", f"steps beside another process: {other.title}", steps[0], seconds=5 * seconds,
      beside={"kind": "process", "task": {"kind": "busy", "entry": [other.manifest, other.index]}}))
  return result
