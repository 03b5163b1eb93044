"""Floating-point operations and parameters of the networks, counted from their architecture.

FLOPs = 2 x multiply-accumulates of convolutions, linear layers and both matrix products of every
attention; normalisations, activations and additions are left out, as in model_oracles.csv.
Run as a program it checks itself against that file: `python3 flops.py`. Standard library only.
"""
import csv
import os
import sys


class Counter:
  """Sums parameters and FLOPs of one forward pass at batch 1."""

  def __init__(self):
    self.parameters = 0
    self.flops = 0

  def conv(self, inputs, outputs, kernel, height, width):
    self.parameters += inputs * outputs * kernel * kernel + outputs
    self.flops += 2 * inputs * outputs * kernel * kernel * height * width

  def linear(self, inputs, outputs, tokens, bias=True):
    self.parameters += inputs * outputs + (outputs if bias else 0)
    self.flops += 2 * inputs * outputs * tokens

  def norm(self, channels):
    self.parameters += 2 * channels

  def attention_products(self, width, queries, keys):
    self.flops += 2 * 2 * queries * keys * width


# Published configurations (the models' own config.json); a depth of 0 = no transformer there.
UNETS = {
    "sd15": dict(channels=(320, 640, 1280, 1280), depths=(1, 1, 1, 0), middle=1, context=768,
                 added=0),
    "sd21": dict(channels=(320, 640, 1280, 1280), depths=(1, 1, 1, 0), middle=1, context=1024,
                 added=0),
    "sdxl": dict(channels=(320, 640, 1280), depths=(0, 2, 10), middle=10, context=2048, added=2816),
}
TOKENS = 77
RESNETS = 2  # per down block; an up block and a decoder block have one more
TEXT_ENCODERS = {
    "clip-l": dict(width=768, layers=12, projection=0),
    "openclip-h": dict(width=1024, layers=23, projection=0),
    "openclip-bigg": dict(width=1280, layers=32, projection=1280),
}


def resnet(count, inputs, outputs, embedding, h, w):
  count.norm(inputs)
  count.conv(inputs, outputs, 3, h, w)
  if embedding:
    count.linear(embedding, outputs, 1)
  count.norm(outputs)
  count.conv(outputs, outputs, 3, h, w)
  if inputs != outputs:
    count.conv(inputs, outputs, 1, h, w)


def transformer(count, channels, depth, context, h, w):
  if not depth:
    return
  tokens = h * w
  count.norm(channels)
  count.linear(channels, channels, tokens)  # a 1x1 convolution in sd15: the same count
  for _ in range(depth):
    for keys, key_width in ((tokens, channels), (TOKENS, context)):
      count.norm(channels)
      count.linear(channels, channels, tokens, bias=False)
      count.linear(key_width, channels, keys, bias=False)
      count.linear(key_width, channels, keys, bias=False)
      count.attention_products(channels, tokens, keys)
      count.linear(channels, channels, tokens)
    count.norm(channels)
    count.linear(channels, 8 * channels, tokens)  # gated: two halves of 4 x channels
    count.linear(4 * channels, channels, tokens)
  count.linear(channels, channels, tokens)


def unet(name, h, w):
  """One forward pass of a UNet on an h x w latent, no guidance."""
  config = UNETS[name]
  channels, depths, context = config["channels"], config["depths"], config["context"]
  embedding = 4 * channels[0]
  count = Counter()
  count.linear(channels[0], embedding, 1)
  count.linear(embedding, embedding, 1)
  if config["added"]:
    count.linear(config["added"], embedding, 1)
    count.linear(embedding, embedding, 1)
  count.conv(4, channels[0], 3, h, w)
  skips, current = [channels[0]], channels[0]
  for level, (width, depth) in enumerate(zip(channels, depths)):
    for _ in range(RESNETS):
      resnet(count, current, width, embedding, h, w)
      transformer(count, width, depth, context, h, w)
      current = width
      skips.append(width)
    if level + 1 < len(channels):
      h, w = h // 2, w // 2
      count.conv(width, width, 3, h, w)
      skips.append(width)
  resnet(count, current, current, embedding, h, w)
  transformer(count, current, config["middle"], context, h, w)
  resnet(count, current, current, embedding, h, w)
  for level in reversed(range(len(channels))):
    for _ in range(RESNETS + 1):
      resnet(count, current + skips.pop(), channels[level], embedding, h, w)
      transformer(count, channels[level], depths[level], context, h, w)
      current = channels[level]
    if level:
      h, w = h * 2, w * 2
      count.conv(current, current, 3, h, w)
  count.norm(current)
  count.conv(current, 4, 3, h, w)
  return count


def vae_decoder(h, w):
  """The autoencoder's decoder on an h x w latent, without post_quant_conv's 20 parameters."""
  count = Counter()
  current = 512
  count.conv(4, current, 3, h, w)
  resnet(count, current, current, 0, h, w)
  count.norm(current)
  for _ in range(4):
    count.linear(current, current, h * w)
  count.attention_products(current, h * w, h * w)
  resnet(count, current, current, 0, h, w)
  for level, width in enumerate((512, 512, 256, 128)):
    for _ in range(RESNETS + 1):
      resnet(count, current, width, 0, h, w)
      current = width
    if level < 3:
      h, w = h * 2, w * 2
      count.conv(current, current, 3, h, w)
  count.norm(current)
  count.conv(current, 3, 3, h, w)
  return count


def text_encoder(name):
  """One prompt of 77 tokens."""
  config = TEXT_ENCODERS[name]
  width = config["width"]
  count = Counter()
  count.parameters += (49408 + TOKENS) * width
  for _ in range(config["layers"]):
    count.norm(width)
    for _ in range(4):
      count.linear(width, width, TOKENS)
    count.attention_products(width, TOKENS, TOKENS)
    count.norm(width)
    count.linear(width, 4 * width, TOKENS)
    count.linear(4 * width, width, TOKENS)
  count.norm(width)
  if config["projection"]:
    count.linear(width, config["projection"], 1, bias=False)
  return count


def check(path):
  """Lists every figure of model_oracles.csv that the counts do not give."""
  texts = {"sd15": "clip-l", "sd21": "openclip-h", "sdxl": "openclip-bigg"}
  wrong = []
  with open(path, newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
      h, w = int(row["latent_height"] or 64), int(row["latent_width"] or 64)
      if row["component"] == "unet":
        count = unet(row["model"], h, w)
      elif row["component"] == "vae_decoder":
        count = vae_decoder(h, w)
      else:
        count = text_encoder(texts[row["model"]])
      label = f"{row['model']} {row['component']} {h}x{w}"
      if count.parameters != int(row["parameters"]):
        wrong.append(f"{label}: {count.parameters} parameters, published {row['parameters']}")
      if row["forward_gflop"] and f"{count.flops / 1e9:.3f}" != row["forward_gflop"]:
        wrong.append(f"{label}: {count.flops / 1e9:.3f} GFLOP, published {row['forward_gflop']}")
      if __name__ == "__main__":
        print(f"{label}: {count.parameters} parameters, {count.flops / 1e9:.3f} GFLOP")
  return wrong


if __name__ == "__main__":
  here = os.path.dirname(os.path.abspath(__file__))
  problems = check(os.path.join(here, "published", "model_oracles.csv"))
  print("\n".join(problems) if problems else "all as published")
  sys.exit(1 if problems else 0)
