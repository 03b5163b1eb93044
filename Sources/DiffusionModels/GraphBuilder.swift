/// Writes a graph operation by operation; shapes follow from the inputs.
struct GraphBuilder {
  private var nodes: [OperatorGraph.Node] = []
  private var tensors: [TensorShape] = []
  private var inputs: [TensorID] = []
  private var scopes: [String] = []

  subscript(tensor: TensorID) -> TensorShape { tensors[tensor.index] }

  /// A tensor from outside.
  mutating func input(_ shape: TensorShape) -> TensorID {
    let id = tensor(shape)
    inputs.append(id)
    return id
  }

  /// Everything that `body` adds is named below `name`.
  mutating func scope<T>(_ name: String, _ body: (inout Self) -> T) -> T {
    scopes.append(name)
    defer { scopes.removeLast() }
    return body(&self)
  }

  func graph(_ name: String, output: TensorID) -> OperatorGraph {
    OperatorGraph(name: name, nodes: nodes, tensors: tensors, inputs: inputs, output: output)
  }

  private mutating func tensor(_ shape: TensorShape) -> TensorID {
    tensors.append(shape)
    return TensorID(index: tensors.count - 1)
  }

  private mutating func node(
    _ name: String, _ kernel: Kernel, _ inputs: [TensorID], gives shape: TensorShape
  ) -> TensorID {
    precondition(kernel.inputElements == inputs.map { self[$0].elements }, "\(name): \(kernel)")
    precondition(kernel.outputElements == shape.elements, "\(name): \(kernel)")
    let output = tensor(shape)
    let path = (scopes + [name]).joined(separator: ".")
    nodes.append(.init(path: path, kernel: kernel, inputs: inputs, output: output))
    return output
  }
}

// MARK: - Operations

extension GraphBuilder {
  mutating func convolution(
    _ name: String, _ x: TensorID, to outputs: Int, side: Int = 3, stride: Int = 1
  ) -> TensorID {
    var shape = self[x]
    let kernel = Kernel.convolution(
      batch: shape.batch, height: shape.height, width: shape.width, inputs: shape.channels,
      outputs: outputs, side: side, stride: stride)
    shape.height = Kernel.output(shape.height, stride)
    shape.width = Kernel.output(shape.width, stride)
    shape.channels = outputs
    return node(name, kernel, [x], gives: shape)
  }

  mutating func linear(
    _ name: String, _ x: TensorID, to outputs: Int, bias: Bool = true
  ) -> TensorID {
    var shape = self[x]
    let kernel = Kernel.linear(
      rows: shape.rows, inputs: shape.channels, outputs: outputs, bias: bias)
    shape.channels = outputs
    return node(name, kernel, [x], gives: shape)
  }

  mutating func attention(
    _ name: String, query: TensorID, key: TensorID, value: TensorID, heads: Int,
    causal: Bool = false
  ) -> TensorID {
    let shape = self[query]
    let kernel = Kernel.attention(
      batch: shape.batch, heads: heads, queries: shape.pixels, keys: self[key].pixels,
      width: shape.channels / heads, causal: causal)
    return node(name, kernel, [query, key, value], gives: shape)
  }

  mutating func groupNorm(_ name: String, _ x: TensorID, groups: Int = 32) -> TensorID {
    let shape = self[x]
    let kernel = Kernel.groupNorm(
      batch: shape.batch, pixels: shape.pixels, channels: shape.channels, groups: groups)
    return node(name, kernel, [x], gives: shape)
  }

  mutating func layerNorm(_ name: String, _ x: TensorID) -> TensorID {
    let shape = self[x]
    return node(name, .layerNorm(rows: shape.rows, channels: shape.channels), [x], gives: shape)
  }

  mutating func activation(
    _ name: String, _ function: Kernel.Activation, _ x: TensorID
  ) -> TensorID {
    let shape = self[x]
    return node(name, .activation(function, elements: shape.elements), [x], gives: shape)
  }

  mutating func add(_ name: String, _ x: TensorID, _ y: TensorID) -> TensorID {
    node(name, .add(elements: self[x].elements), [x, y], gives: self[x])
  }

  mutating func multiply(_ name: String, _ x: TensorID, _ y: TensorID) -> TensorID {
    node(name, .multiply(elements: self[x].elements), [x, y], gives: self[x])
  }

  mutating func addPerImage(_ name: String, _ x: TensorID, _ row: TensorID) -> TensorID {
    let shape = self[x]
    let kernel = Kernel.addPerImage(
      batch: shape.batch, pixels: shape.pixels, channels: shape.channels)
    return node(name, kernel, [x, row], gives: shape)
  }

  mutating func concatenate(_ name: String, _ x: TensorID, _ y: TensorID) -> TensorID {
    var shape = self[x]
    let kernel = Kernel.concatenate(
      rows: shape.rows, first: shape.channels, second: self[y].channels)
    shape.channels += self[y].channels
    return node(name, kernel, [x, y], gives: shape)
  }

  mutating func upsample(_ name: String, _ x: TensorID) -> TensorID {
    var shape = self[x]
    let kernel = Kernel.upsample(
      batch: shape.batch, height: shape.height, width: shape.width, channels: shape.channels)
    shape.height *= 2
    shape.width *= 2
    return node(name, kernel, [x], gives: shape)
  }

  mutating func embedding(
    _ name: String, batch: Int, tokens: Int, vocabulary: Int, channels: Int
  ) -> TensorID {
    node(
      name, .embedding(rows: batch * tokens, vocabulary: vocabulary, channels: channels), [],
      gives: TensorShape(batch: batch, height: tokens, width: 1, channels: channels))
  }

  /// The first token of each text: nothing moves, so it is no kernel.
  ///
  /// (The pipeline takes the token that ends the text; any one has the same shape.)
  mutating func oneToken(of x: TensorID) -> TensorID {
    var shape = self[x]
    shape.height = 1
    return input(shape)
  }
}
