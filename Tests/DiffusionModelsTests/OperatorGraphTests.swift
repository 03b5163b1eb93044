import Foundation
import Testing

@testable import DiffusionModels

struct OperatorGraphTests {
  static let models = ModelRegistry.models

  @Test(arguments: models) func everyTensorIsWrittenBeforeItIsRead(model: DiffusionModel) {
    let side = model.sizeMultiple
    let graphs =
      model.encode(images: 1, guidance: true)
      + model.denoise(images: 1, height: side, width: 2 * side, guidance: true)
      + model.decode(images: 1, height: side, width: 2 * side)
    for graph in graphs {
      var written = Set(graph.inputs)
      for node in graph.nodes {
        #expect(node.inputs.allSatisfy(written.contains), "\(graph.name) \(node.path)")
        #expect(written.insert(node.output).inserted)
      }
      #expect(written.contains(graph.output))
      #expect(Set(graph.nodes.map(\.path)).count == graph.nodes.count, "paths are unique")
    }
  }

  @Test(arguments: models) func resultHasTheShapeOfTheImage(model: DiffusionModel) {
    let side = model.sizeMultiple
    let step = model.denoise(images: 3, height: side, width: 2 * side, guidance: true)[0]
    #expect(
      step.tensors[step.output.index]
        == TensorShape(batch: 6, height: side / 8, width: side / 4, channels: 4))
    let image = model.decode(images: 3, height: side, width: 2 * side)[1]
    #expect(
      image.tensors[image.output.index]
        == TensorShape(batch: 3, height: side, width: 2 * side, channels: 3))
  }

  @Test(arguments: models) func workGrowsWithTheBatchAndParametersDoNot(model: DiffusionModel) {
    let side = model.nativeSide
    let one = model.denoise(images: 1, height: side, width: side, guidance: false)[0]
    let four = model.denoise(images: 2, height: side, width: side, guidance: true)[0]
    #expect(four.flops == 4 * one.flops)
    #expect(four.parameters == one.parameters)
    #expect(four.bytes(elementBytes: 4) < 4 * one.bytes(elementBytes: 4))
  }

  @Test func distinctKernelsCountEveryNodeOnce() {
    let graph = DiffusionModel.sd15.unet.graph(batch: 1, height: 64, width: 64)
    #expect(graph.kernels.reduce(0) { $0 + $1.count } == graph.nodes.count)
    #expect(Set(graph.kernels.map(\.kernel.description)).count == graph.kernels.count)
    #expect(graph.kernels.reduce(0) { $0 + Double($1.count) * $1.kernel.flops } == graph.flops)
  }

  // By hand from the architecture: 22 residual blocks of 2 convolutions, 14 shortcuts (2 down, 12
  // up), 3 downsamplings, 3 upsamplings, first and last, 16 transformers with 2 each.
  @Test func sd15HasTheConvolutionsAndAttentionsOfItsArchitecture() {
    let graph = DiffusionModel.sd15.unet.graph(batch: 1, height: 64, width: 64)
    let kinds = Dictionary(grouping: graph.nodes, by: \.kernel.kind).mapValues(\.count)
    #expect(kinds["convolution"] == 44 + 14 + 3 + 3 + 2 + 32)
    #expect(kinds["attention"] == 32)
    #expect(kinds["group-norm"] == 44 + 16 + 1)
    #expect(kinds["layer-norm"] == 48)
    #expect(kinds["concatenate"] == 12)
    #expect(kinds["upsample"] == 3)
    #expect(kinds["gelu"] == 16)
  }

  // 2 x 3 x 4 output pixels at stride 2 of 6 x 8; 9 taps; 5 -> 7 channels.
  @Test func countsOfSingleKernelsAreAsByHand() {
    let convolution = Kernel.convolution(
      batch: 2, height: 6, width: 8, inputs: 5, outputs: 7, side: 3, stride: 2)
    #expect(convolution.flops == 2 * 24 * 5 * 7 * 9)
    #expect(convolution.parameters == 5 * 7 * 9 + 7)
    #expect(convolution.bytes(elementBytes: 2) == 2 * (480 + 168 + 322))
    let attention = Kernel.attention(
      batch: 2, heads: 3, queries: 5, keys: 7, width: 11, causal: false)
    #expect(attention.flops == 2 * 2 * 3 * 2 * 5 * 7 * 11)
    #expect(attention.bytes(elementBytes: 4) == 4 * 2 * 3 * 11 * (5 + 7 + 7 + 5))
    #expect(Kernel.linear(rows: 3, inputs: 5, outputs: 7, bias: false).parameters == 35)
    #expect(
      Kernel.embedding(rows: 3, vocabulary: 100, channels: 5).bytes(elementBytes: 4) == 120)
  }

  @Test(arguments: models) func sizesThatCannotBeMadeAreNamed(model: DiffusionModel) {
    let side = model.sizeMultiple
    #expect(model.sizeFault(height: side, width: 3 * side) == nil)
    for (height, width) in [(side + 8, side), (side, 0), (-side, side), (side, 1 << 20)] {
      #expect(model.sizeFault(height: height, width: width)?.contains("multiples of") == true)
    }
  }

  @Test func kernelsSurviveJSON() throws {
    let graphs =
      DiffusionModel.sd15.encode(images: 1, guidance: true)
      + DiffusionModel.sdxl.denoise(images: 1, height: 256, width: 256, guidance: true)
    for kernel in OperatorGraph.kernels(of: graphs).map(\.kernel) {
      let data = try JSONEncoder().encode(kernel)
      #expect(try JSONDecoder().decode(Kernel.self, from: data) == kernel)
    }
  }
}
