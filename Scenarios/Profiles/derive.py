"""Writes the profiles beside this file that nobody measured: from the figures in published/, the
counts of flops.py, and the one measured profile.

    python3 derive.py [FOLDER]     FOLDER: where to write; default: beside this file

The same bytes on every run: nothing here reads a clock or a random source. Standard library only.
What is assumed rather than published says 'Assumed'. See README.md for the rules of derivation.
"""
import csv
import json
import os
import sys

import flops

HERE = os.path.dirname(os.path.abspath(__file__))

# Published source -> the part of the profile's name that stands for it.
STEP_SOURCES = {
    "huggingface/diffusers docs/source/en/optimization/torch2.0.md": "diffusers",
}
DEVICES = {"NVIDIA A100": "a100", "NVIDIA V100": "v100", "NVIDIA T4": "t4",
           "NVIDIA RTX 3090": "rtx3090", "NVIDIA RTX 4090": "rtx4090", "NVIDIA A10": "a10",
           "NVIDIA H100": "h100", "NVIDIA A100 80GB": "a100", "NVIDIA H100 PCIe": "h100"}
# Assumed: guidance of each model as its own pipeline's default has it; sd-turbo runs without.
MODELS = {
    "sd15": dict(unet="sd15", texts=("clip-l",), guidance=True),
    "sd-turbo": dict(unet="sd21", texts=("openclip-h",), guidance=False),
    "sdxl": dict(unet="sdxl", texts=("clip-l", "openclip-bigg"), guidance=True),
}
IMAGE_SOURCES = {
    "DiffServe (MLSys 2025) profiling table": dict(
        suffix="diffserve", mode="end to end", libraries={}, date="2025"),
    "LambdaLabsML/lambda-diffusers benchmark_H100_MIG.csv": dict(
        suffix="lambda", mode="end to end, fp16, no autocast, no xformers",
        libraries={}, date=None),
    "stabilityai stable-diffusion-xl-1.0-tensorrt model card": dict(
        suffix="stabilityai-sdxl", mode="end to end, the card's baseline (not TensorRT)",
        libraries={}, date=None),
}

# What one core was measured at; written by `qosdiff bench`, not here.
MEASURED_CORE = "epyc-zen5-core"
SOCKET_CORES = 64
# Assumed: what so many cores on one network reach of so many times one core's speed.
SOCKET_SCALING = 0.7


def rows(name):
  """The rows of a published table; 'same' stands for the row above."""
  with open(os.path.join(HERE, "published", name), newline="", encoding="utf-8") as file:
    above = {}
    for row in csv.DictReader(file):
      for key, value in row.items():
        if value == "same":
          row[key] = above[key]
      above = row
      yield row


def work(model, height, width):
  """FLOPs for one image: (encode, one denoising step, decode)."""
  what = MODELS[model]
  passes = 2 if what["guidance"] else 1
  h, w = height // 8, width // 8
  return (passes * sum(flops.text_encoder(t).flops for t in what["texts"]),
          passes * flops.unet(what["unet"], h, w).flops,
          flops.vae_decoder(h, w).flops)


def seconds(value):
  """Nine significant digits: finer than any source, and short to read."""
  return float(f"{value:.9g}")


def entry(model, stage, height, width, batch, value, provenance, derivation=None):
  result = {"model": model, "stage": stage}
  result["height"], result["width"] = (0, 0) if stage == "encode" else (height, width)
  if stage in ("encode", "denoise"):
    result["guidance"] = MODELS[model]["guidance"]
  result["batch"] = batch
  result["median_s"] = seconds(value)
  result["provenance"] = provenance
  if derivation:
    result["derivation"] = derivation
  return result


def step_profiles():
  """Published seconds a step; encode and decode at the rate of the same profile's step."""
  profiles = {}
  for row in rows("gpu_step_latency.csv"):
    name = f"{DEVICES[row['device']]}-{STEP_SOURCES[row['source']]}-{row['mode']}"
    profile = profiles.setdefault(name, {
        "name": name, "provenance": "published", "device": row["device"],
        "source": row["source"], "mode": f"{row['mode']}, {row['dtype']}",
        "libraries": {"diffusers": "0.17.0.dev0", "torch": "2.0"}, "entries": []})
    model, height, width = row["model"], int(row["height"]), int(row["width"])
    batch, step = int(row["batch"]), float(row["step_ms"]) / 1e3
    encode_work, step_work, decode_work = work(model, height, width)
    why = f"FLOPs at the sustained rate of this profile's own denoising step at batch {batch}"
    profile["entries"] += [
        entry(model, "encode", height, width, batch, step * encode_work / step_work, "derived",
              why),
        entry(model, "denoise", height, width, batch, step, "published"),
        entry(model, "decode", height, width, batch, step * decode_work / step_work, "derived",
              why)]
  return list(profiles.values())


def image_profiles():
  """End-to-end seconds = encode + steps x step + decode, split in proportion to FLOPs."""
  profiles = {}
  for row in rows("gpu_image_latency.csv"):
    if row["model"] not in MODELS:
      continue  # the VAE decode alone was timed under TensorRT: another mode, never mixed in
    source = IMAGE_SOURCES[row["source"]]
    name = f"{DEVICES[row['device']]}-{source['suffix']}"
    profile = profiles.setdefault(name, {
        "name": name, "provenance": "derived", "device": row["device"], "source": row["source"],
        "mode": source["mode"], "libraries": source["libraries"],
        **({"date": source["date"]} if source["date"] else {}), "entries": []})
    model, height, width = row["model"], int(row["height"]), int(row["width"])
    batch, steps, total = int(row["batch"]), int(row["steps"]), float(row["image_ms"]) / 1e3
    parts = work(model, height, width)
    rate = (parts[0] + steps * parts[1] + parts[2]) / total
    noun = "step" if steps == 1 else "steps"
    why = f"{row['image_ms']} ms end to end at {steps} {noun}, split in proportion to FLOPs"
    for stage, part in zip(("encode", "denoise", "decode"), parts):
      profile["entries"].append(
          entry(model, stage, height, width, batch, part / rate, "derived", why))
  return list(profiles.values())


def socket_profile():
  """The measured core's stages on 64 such cores as one worker; two batches, so that any lies on
  their line."""
  with open(os.path.join(HERE, MEASURED_CORE + ".json"), encoding="utf-8") as file:
    core = json.load(file)
  why = (f"Assumed: {MEASURED_CORE}'s median over {SOCKET_CORES} cores x {SOCKET_SCALING} "
         "(scaling over cores)")
  entries = []
  for known in core["entries"]:
    if known["stage"] == "post-process" or known["batch"] != 1:
      continue
    for batch in (1, SOCKET_CORES):
      fresh = {key: known[key] for key in ("model", "stage", "height", "width", "guidance")
               if key in known}
      fresh["batch"] = batch
      fresh["median_s"] = seconds(batch * known["median_s"] / SOCKET_CORES / SOCKET_SCALING)
      fresh["provenance"], fresh["derivation"] = "derived", why
      entries.append(fresh)
  return {"name": "cpu-socket-64", "provenance": "derived",
          "device": f"{SOCKET_CORES} cores like {MEASURED_CORE}'s on one network, Assumed",
          "source": f"{MEASURED_CORE} over Assumed scaling; see README.md",
          "mode": core["mode"], "libraries": {}, "cores": SOCKET_CORES, "entries": entries}


def text(profile):
  """JSON with one entry a line."""
  lines = ["{", '  "schema": 1,']
  for key, value in profile.items():
    if key != "entries":
      lines.append(f"  {json.dumps(key)}: {json.dumps(value)},")
  lines.append('  "entries": [')
  lines.append(",\n".join("    " + json.dumps(e) for e in profile["entries"]))
  return "\n".join(lines + ["  ]", "}", ""])


def main():
  folder = sys.argv[1] if len(sys.argv) > 1 else HERE
  problems = flops.check(os.path.join(HERE, "published", "model_oracles.csv"))
  if problems:
    sys.exit("flops.py does not give the published counts: " + "; ".join(problems))
  for profile in step_profiles() + image_profiles() + [socket_profile()]:
    path = os.path.join(folder, profile["name"] + ".json")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
      file.write(text(profile))


if __name__ == "__main__":
  sys.dont_write_bytecode = True
  main()
