import LatencyProfiles

/// A stage as a server runs it.
enum FullStage {
  case networks(FullPass)
  case png(PNGEncoder)

  init(_ entry: BenchPlan.Entry, on engine: OneDNN) throws(KernelBenchError) {
    if entry.model == nil {
      self = .png(PNGEncoder(height: entry.size.height, width: entry.size.width))
    } else {
      self = .networks(try FullPass(entry.graphs, on: engine))
    }
  }

  /// Runs it once.
  func run() throws(KernelBenchError) {
    switch self {
    case .networks(let pass): try pass.run()
    case .png(let encoder): _ = try encoder.encode()
    }
  }

  /// Whether the last run gave numbers.
  var isFinite: Bool {
    switch self {
    case .networks(let pass): pass.isFinite
    case .png: true
    }
  }
}
