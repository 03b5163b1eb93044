import EventEngine
import LatencyProfiles
import Testing
import Workload

@testable import Cluster

@Suite struct PredictionTests {
  /// A table of predictions says what it was made from, for every node, shape, batch and placement.
  @Test(arguments: [false, true], [false, true])
  func tablesHoldWhatIsComputed(encodeOnCPU: Bool, decodeOnCPU: Bool) throws {
    var bench = Bench()
    bench.nodes = 2
    bench.cores = 3
    (bench.encode, bench.step, bench.decode, bench.postProcess) = (0.5, 1, 0.25, 0.125)
    let placement = Placement(encodeOnCPU: encodeOnCPU, decodeOnCPU: decodeOnCPU)
    let sizes = [256, 512].map { ImageSize(height: $0, width: $0) }
    let times = try ServiceTimes(
      cluster: bench.cluster, shapes: sizes.map { Shape(model: "m", size: $0) }, guidance: false,
      maximumBatch: 5, placement: placement)
    for node in 0..<2 {
      for shape in 0..<2 {
        for images in 1...7 {
          let id = ShapeID(rawValue: UInt16(shape))
          for placement in [placement, Placement(encodeOnCPU: !encodeOnCPU)] {
            let told = times.prediction(
              node: node, shape: id, images: images, placement: placement)
            let computed = times.tables.prediction(
              node: node, shape: id, images: images, placement: placement)
            #expect(told == computed)
          }
        }
      }
    }
    // By hand: four images on three cores take two rounds of post-processing.
    let four = times.prediction(
      node: 1, shape: ShapeID(rawValue: 0), images: 4, placement: placement)
    #expect(four.evaluation == 1_000_000_000)
    #expect(
      four.encodeAndDecode == (encodeOnCPU ? 0 : 500_000_000) + (decodeOnCPU ? 0 : 250_000_000))
    #expect(
      four.onCPU == (encodeOnCPU ? 500_000_000 : 0) + (decodeOnCPU ? 500_000_000 : 0) + 250_000_000)
  }
}
