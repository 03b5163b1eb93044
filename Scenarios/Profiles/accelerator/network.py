"""A whole stage as PyTorch runs it: the manifest's passes as torch.fx modules, each node with weights of its own."""
import torch
from torch import fx

from accelerator import kernels

# Operations on images; activations and sums take either, all others rows.
ON_IMAGES = {"convolution", "groupNorm", "upsample", "concatenate"}
ON_EITHER = {"activation", "add", "multiply"}


def to_rows(image):
  """[batch, channels, height, width] to [batch, positions, channels]."""
  return image.permute(0, 2, 3, 1).reshape(image.shape[0], -1, image.shape[1])


def to_image(rows, height, width):
  """The other way."""
  return rows.reshape(rows.shape[0], height, width, -1).permute(0, 3, 1, 2)


class Weights:
  """Weights by model, stage and pass: batches of one network share them, as a server's do."""

  def __init__(self, maker):
    self.maker, self.known = maker, {}

  def of(self, key, nodes, items):
    if key not in self.known:
      # A model goes when the next one comes: the largest alone fill many a device.
      self.known = {k: v for k, v in self.known.items() if k[0] == key[0]}
      self.known[key] = [self.maker.parameters(*kernels.unpack(items[n[0]])) for n in nodes]
    made = self.known[key]
    return [self.fitting(items[n[0]], parameters) for n, parameters in zip(nodes, made)]

  def fitting(self, item, parameters):
    """An embedding looks up as many rows as this batch has prompts."""
    kind, shape = kernels.unpack(item)
    if kind == "embedding" and parameters[0].numel() != shape["rows"]:
      rows = torch.arange(shape["rows"], device=self.maker.device) * 7919 % shape["vocabulary"]
      return [rows, parameters[1]]
    return parameters


class PassBuilder:
  """Writes one pass as a graph of operations."""

  def __init__(self, items, tensors):
    self.items, self.tensors = items, tensors
    self.graph, self.root = fx.Graph(), {}
    self.values, self.are_rows = {}, {}

  def input(self, index):
    self.values[index] = self.graph.placeholder(f"x{index}")
    self.are_rows[index] = self.tensors[index][2] == 1

  def as_rows(self, index):
    if self.are_rows[index]:
      return self.values[index]
    return self.graph.call_function(to_rows, (self.values[index],))

  def as_image(self, index):
    if not self.are_rows[index]:
      return self.values[index]
    _, height, width, _ = self.tensors[index]
    return self.graph.call_function(to_image, (self.values[index], height, width))

  def node(self, number, node, parameters):
    kind, shape = kernels.unpack(self.items[node[0]])
    output, inputs = node[1], node[2:]
    if kind == "addPerImage":
      arguments, rows = [self.as_image(inputs[0]), self.as_rows(inputs[1])], False
    elif kind in ON_EITHER:
      rows = self.are_rows[inputs[0]]
      arguments = [self.as_rows(i) if rows else self.as_image(i) for i in inputs]
    else:
      rows = kind not in ON_IMAGES
      arguments = [self.as_rows(i) if rows else self.as_image(i) for i in inputs]
    for place, parameter in enumerate(parameters):
      name = f"w{number}_{place}"
      if kind == "embedding" and place == 0:
        parameter = parameter.reshape(self.tensors[output][0], -1)
      self.root[name] = parameter
      arguments.append(self.graph.get_attr(name))
    function, keywords = kernels.operation(kind, shape)
    self.values[output] = self.graph.call_function(function, tuple(arguments), keywords)
    self.are_rows[output] = rows

  def module(self, output):
    self.graph.output(self.values[output])
    return fx.GraphModule(self.root, self.graph)


def modules(entry, items, weights):
  """(module, inputs) of each of an entry's passes."""
  result = []
  for number, described in enumerate(entry["passes"]):
    tensors, nodes = described["tensors"], described["nodes"]
    builder = PassBuilder(items, tensors)
    for index in described["inputs"]:
      builder.input(index)
    key = (entry["model"], entry["stage"], number)
    for place, (node, parameters) in enumerate(zip(nodes, weights.of(key, nodes, items))):
      builder.node(place, node, parameters)
    result.append((builder.module(described["output"]), inputs(described, builder, weights.maker)))
  return result


def inputs(described, builder, maker):
  """What comes from outside: latents, text, time."""
  made = []
  for index in described["inputs"]:
    batch, height, width, channels = builder.tensors[index]
    made.append(maker.randn((batch, height, channels)) if builder.are_rows[index]
                else maker.randn((batch, channels, height, width)))
  return made
