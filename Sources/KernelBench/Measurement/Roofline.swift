import DiffusionModels
import LatencyProfiles

extension LatencyProfile.Roofline {
  /// Numbers on a side of the matrices.
  static let side = 2048
  /// Bytes copied, beyond any cache.
  static let copyBytes = 256 << 20

  static func measure(on engine: OneDNN, cacheBytes: Int) throws(KernelBenchError)
    -> LatencyProfile.Roofline
  {
    let product = Kernel.linear(rows: side, inputs: side, outputs: side, bias: false)
    let trial = try KernelTrial(product, on: engine, cacheBytes: cacheBytes)
    let watch = Stopwatch(minimum: 5, budget: 1)
    let seconds = try watch.time { () throws(KernelBenchError) in try trial.run() }
    let (from, to) = (Buffer(bytes: copyBytes), Buffer(bytes: copyBytes))
    from.fill(seed: 1, bound: 1)
    let threads = engine.threads
    let copy = try watch.time { () throws(KernelBenchError) in
      engine.parallel { thread in
        let (first, last) = (
          copyBytes / 64 * thread / threads, copyBytes / 64 * (thread + 1) / threads
        )
        (to.address + 64 * first).copyMemory(
          from: from.address + 64 * first, byteCount: 64 * (last - first))
      }
    }
    // The best run is the machine's peak; a median would let a noisy neighbour lower the roof.
    return LatencyProfile.Roofline(
      gflopPerS: product.flops / seconds.quantile(0) / 1e9,
      gbytePerS: 2 * Double(copyBytes) / copy.quantile(0) / 1e9)
  }
}
