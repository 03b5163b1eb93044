import DiffusionModels
import Foundation

@testable import KernelBench

// Kernels of the harness beside the same oneDNN primitives with free layouts, in turn, so that
// whatever slows the machine slows both. A ratio of 1 = as fast; the aim is 0.95 at least.

let machine = Machine.current()
let engine = try OneDNN(library: OneDNNLibrary(), threads: machine.cores)
let graphs = DiffusionModel.sd15.denoise(images: 1, height: 512, width: 512, guidance: true)
let kernels = OperatorGraph.kernels(of: graphs)
  .sorted { Double($0.count) * $0.kernel.flops > Double($1.count) * $1.kernel.flops }

func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(width - text.count, 0))
}

print(
  "sd15, one guided step, 512x512, batch 1, f32, \(machine.cores) threads, \(machine.processor)")
print(padded("kernel", 44), "count  harness_ms  bare_ms  bare/harness")
var (all, bareAll) = (0.0, 0.0)
for item in kernels.prefix(30) {
  guard let bare = try BarePrimitives(item.kernel, on: engine) else { continue }
  let trial = try KernelTrial(item.kernel, on: engine, cacheBytes: machine.cacheBytes)
  let bytes = item.kernel.bytes(elementBytes: engine.precision.elementBytes)
  let copies = min(256, 2 * machine.cacheBytes / Int(bytes)) + 1
  let sets = try (0..<copies).map { _ in try bare.bind() }
  for set in sets { try set.run() }
  var (ours, theirs) = (Samples(), Samples())
  var spent = 0.0
  while ours.count < 15 || (spent < 0.5 && ours.count < 300) {
    ours.seconds.append(
      try Stopwatch.once { () throws(KernelBenchError) in try trial.run() })
    theirs.seconds.append(
      try Stopwatch.once { () throws(KernelBenchError) in
        try sets[theirs.count % copies].run()
      })
    spent += ours.seconds.last ?? 0
  }
  let (a, b) = (ours.median, theirs.median)
  all += Double(item.count) * a
  bareAll += Double(item.count) * b
  print(
    padded(item.kernel.description, 44),
    String(format: "%5d  %10.3f  %7.3f  %12.3f", item.count, 1e3 * a, 1e3 * b, b / a),
    b / a < 0.95 ? "below 0.95" : "")
}
print(String(format: "all of these, by count: %.3f", bareAll / all))
