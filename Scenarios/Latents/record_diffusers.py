#!/usr/bin/env python3
"""Records a trajectory table from a real Stable Diffusion pipeline of Hugging Face's diffusers.

  record_diffusers.py --model stable-diffusion-v1-5/stable-diffusion-v1-5 --prompts prompts.txt --out sd15.table

Writes what `qosdiff latents generate` writes, from real latents: `qosdiff latents inspect sd15.table`. One prompt a
line; a prompt costs about 1500 evaluations of the network (--fast: about 450, the rest of the grid stays unrecorded).
"""
import argparse
import json
import math
import struct
import sys

import torch

CHANNELS, BINS, RANGE = 4, 256, 5.0
REMAINING = [1, 2, 3, 5, 8, 12, 16, 20, 25, 30, 40, 50]
SOLVER_STEPS = [5, 6, 8, 10, 12, 15, 20, 25, 50]
CONVERGED_STEPS = 200


def levels():
  """(signal, noise) of the 1000 times of the scaled-linear schedule."""
  betas = torch.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000, dtype=torch.float64) ** 2
  alphas = torch.cumprod(1 - betas, 0)
  return [(a ** 0.5, (1 - a) ** 0.5) for a in alphas.tolist()]


LEVELS = levels()
CLEAN = (1.0, 0.0)


def covering(time, count):
  """`count` times from `time` downwards, as NoiseSchedule.times(from:evaluations:)."""
  return [int(math.floor(time * (1 - j / count) + 0.5)) for j in range(count)]


def entropy(latent):
  """Shannon entropy in bits of the histogram of a latent's values."""
  counts = torch.histc(latent.float(), BINS, -RANGE, RANGE)
  shares = counts[counts > 0] / counts.sum()
  return float(-(shares * shares.log2()).sum())


def grid(steps):
  times = [1000 // steps * (steps - 1 - k) + 1 for k in range(steps)]
  stops = [k for k in [0, 2, 5, 8] + list(range(10, steps, 5)) if k < steps]
  return {"times": times, "stops": stops, "remaining": [m for m in REMAINING if m <= steps],
          "solver_steps": SOLVER_STEPS}


class Sampler:
  """Deterministic sampling with a pipeline's own network, one prompt at a time."""

  def __init__(self, pipe, embeddings, guidance):
    self.pipe, self.embeddings, self.guidance = pipe, embeddings, guidance
    self.evaluations = 0

  @torch.no_grad()
  def predict(self, latent, time):
    """The clean latent that the network predicts at a time: x0 = (x - s eps) / a."""
    self.evaluations += 1
    both = torch.cat([latent] * self.embeddings.shape[0]).to(self.embeddings.dtype)
    noise = self.pipe.unet(both, time, encoder_hidden_states=self.embeddings).sample.double()
    if noise.shape[0] == 2:
      noise = noise[:1] + self.guidance * (noise[1:] - noise[:1])
    signal, sigma = LEVELS[time]
    return (latent - sigma * noise) / signal

  def ddim(self, latent, times):
    for i, time in enumerate(times):
      predicted = self.predict(latent, time)
      latent = ddim_step(latent, predicted, time, times[i + 1] if i + 1 < len(times) else None)
    return latent

  def solver(self, latent, times):
    """DPM-Solver++(2M); the step that ends clean is of first order."""
    before, last = None, None
    for i, time in enumerate(times):
      predicted = self.predict(latent, time)
      (a, s), (b, r) = LEVELS[time], LEVELS[times[i + 1]] if i + 1 < len(times) else CLEAN
      step = math.log(b / r) - math.log(a / s) if r > 0 else math.inf
      weight = step / (2 * last) if before is not None and r > 0 else 0.0
      keep = r / s
      target = (1 + weight) * predicted - (weight * before if before is not None else 0)
      latent = keep * latent + (b - keep * a) * target
      before, last = predicted, step
    return latent


def ddim_step(latent, predicted, time, following):
  (a, s), (b, r) = LEVELS[time], LEVELS[following] if following is not None else CLEAN
  return (r / s) * latent + (b - r / s * a) * predicted


def main_run(pipe, embeddings, noise, times, guidance):
  """The pipeline's own run: its latents after every step, by the step-end callback."""
  from diffusers import DDIMScheduler
  pipe.scheduler = DDIMScheduler(
      num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
      clip_sample=False, set_alpha_to_one=True, timestep_spacing="leading")
  latents = []

  def keep(_pipe, _step, time, values):
    latents.append((int(time), values["latents"].double()))
    return values

  guided = embeddings.shape[0] == 2
  pipe(prompt_embeds=embeddings[-1:], negative_prompt_embeds=embeddings[:1] if guided else None,
       guidance_scale=guidance if guided else 1.0, num_inference_steps=len(times), latents=noise.to(embeddings.dtype),
       output_type="latent", callback_on_step_end=keep, callback_on_step_end_tensor_inputs=["latents"])
  if [time for time, _ in latents] != times:
    sys.exit("error: the pipeline walked through other times than the table's; use another diffusers version")
  return [latent for _, latent in latents]


def predicted_of(before, after, time, following):
  """x0 of a DDIM step from the latents at both its ends: x = a x0 + s e, x' = b x0 + r e."""
  (a, s), (b, r) = LEVELS[time], LEVELS[following] if following is not None else CLEAN
  return (s * after - r * before) / (s * b - r * a)


def row_of(pipe, embeddings, noise, table, guidance, fast):
  times, stops, remaining = table["times"], table["stops"], table["remaining"]
  steps = len(times)
  sampler = Sampler(pipe, embeddings, guidance)
  start = noise.double()
  converged = sampler.solver(start, covering(999, CONVERGED_STEPS))
  norm = converged.norm()

  def error(latent):
    return float((latent - converged).norm() / norm)

  after = [start] + main_run(pipe, embeddings, noise, times, guidance)
  following = times[1:] + [None]
  predicted = [predicted_of(after[k], after[k + 1], times[k], following[k]) for k in range(steps)]
  row = [math.nan, math.nan]
  row += [entropy(latent) for latent in after[1:]] + [entropy(latent) for latent in predicted]
  for k in stops:
    row.append(error(after[k]))
    if k == 0:
      row.append(math.nan)
    else:
      moved = ddim_step(after[k - 1], predicted[k - 1], times[k - 1], times[-1])
      row.append(error(sampler.ddim(moved, [times[-1]])))
    for m in remaining:
      if k + m > steps or (m > 12 and k > 10) or (fast and m > 5 and k > 0):
        row.append(math.nan)
      else:
        row.append(error(sampler.ddim(after[k], covering(999 if k == 0 else times[k], m))))
  row.append(error(after[steps]))
  row += [error(sampler.solver(start, covering(999, n))) for n in SOLVER_STEPS]
  return row


def embed(pipe, prompt, guidance):
  positive, negative = pipe.encode_prompt(prompt, pipe.device, 1, guidance > 1)
  return torch.cat([negative, positive]) if guidance > 1 else positive


def write(path, rows, table, model, height, width, provenance):
  header = {"schema": 1, "source": "recorded", "provenance": provenance, "model": model, "height": height,
            "width": width, "prompts": len(rows), "grid": table}
  with open(path, "wb") as file:
    file.write(json.dumps(header, sort_keys=True).encode() + b"\n")
    for row in rows:
      file.write(struct.pack(f"<{len(row)}f", *row))


def record(pipe, embeddings, out, model, height, width, steps, guidance, seed, fast, provenance):
  """One row for each prompt's embeddings; the seed of prompt i's noise is seed + i."""
  table = grid(steps)
  rows = []
  for i, embedding in enumerate(embeddings):
    generator = torch.Generator().manual_seed(seed + i)
    noise = torch.randn((1, CHANNELS, height // 8, width // 8), generator=generator).to(pipe.device)
    rows.append(row_of(pipe, embedding, noise, table, guidance, fast))
    print(f"\r{i + 1} of {len(embeddings)} prompts", end="", file=sys.stderr)
  print(file=sys.stderr)
  write(out, rows, table, model, height, width, provenance)
  print(f"{out}: {len(rows)} prompts")


def main():
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--model", required=True, help="a Stable Diffusion 1.x or 2.x that predicts noise")
  parser.add_argument("--name", default="sd15", help="the model's name in scenarios")
  parser.add_argument("--prompts", required=True, help="text file, one prompt a line")
  parser.add_argument("--size", default="512x512", help="HEIGHTxWIDTH")
  parser.add_argument("--steps", type=int, default=50)
  parser.add_argument("--guidance", type=float, default=7.5)
  parser.add_argument("--seed", type=int, default=1)
  parser.add_argument("--fast", action="store_true", help="leave the long ways of finishing unrecorded")
  parser.add_argument("--out", required=True)
  options = parser.parse_args()
  from diffusers import StableDiffusionPipeline
  import diffusers
  device = "cuda" if torch.cuda.is_available() else "cpu"
  pipe = StableDiffusionPipeline.from_pretrained(
      options.model, torch_dtype=torch.float16 if device == "cuda" else torch.float32, safety_checker=None).to(device)
  pipe.set_progress_bar_config(disable=True)
  if pipe.scheduler.config.prediction_type != "epsilon":
    sys.exit("error: the model predicts something else than noise; use one that predicts noise")
  height, width = (int(side) for side in options.size.split("x"))
  with open(options.prompts, encoding="utf-8") as file:
    prompts = [line.strip() for line in file if line.strip()]
  embeddings = [embed(pipe, prompt, options.guidance) for prompt in prompts]
  record(pipe, embeddings, options.out, options.name, height, width, options.steps, options.guidance, options.seed,
         options.fast,
         f"diffusers {diffusers.__version__}, {options.model}, guidance {options.guidance}, {len(prompts)} prompts of "
         f"{options.prompts}; DDIM; converged = DPM-Solver++(2M) in {CONVERGED_STEPS} steps; entropy of {BINS} bins "
         f"over [{-RANGE}, {RANGE}]")


if __name__ == "__main__":
  main()
