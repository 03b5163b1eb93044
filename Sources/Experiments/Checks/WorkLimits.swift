import Cluster
import Diagnostics
import EventEngine
import Scenarios
import Workload

/// Keeps simulated time inside its 64 bits, and a superposed trace inside memory.
enum WorkLimits {
  /// About 30 years, in seconds: sums of all work stay well inside `Int64` nanoseconds.
  static let longest = 1e9
  /// Queries that a run may hold.
  static let maximumQueries = 50_000_000.0

  /// Refuses a workload whose longest query, deadline or whole work lies beyond simulated time.
  static func check(
    _ sample: WorkloadSample, _ times: ServiceTimes, _ scenario: Scenario
  ) throws(InputError) {
    var scale = 1.0
    if case .scale(let factor) = scenario.query.slo { scale = max(factor, 1) }
    let slowest = times.slowestStage.seconds
    let perImage = slowestTransfer(times, scenario)
    let load = slowestLoad(scenario)
    var total = 0.0
    for (kind, count) in sample.kinds {
      let query = Double(kind.steps) * slowest + Double(kind.images) * perImage + load
      total += query * Double(count)
      guard query * scale < longest, total < 4 * longest else {
        throw InputError([
          scenario.fault(
            of: "query", scenario.workloadPath,
            what: "the workload's times lie beyond simulated time",
            hint:
              "a query's steps x time x SLO scale must stay under 30 years, all of them under 120")
        ])
      }
    }
  }

  /// Seconds that the hand-overs of an image take at most, one after the other.
  private static func slowestTransfer(_ times: ServiceTimes, _ scenario: Scenario) -> Double {
    let links = scenario.cluster.nodes.flatMap { [$0.link, $0.network] }
    let rate = links.reduce(Double.infinity) { min($0, $1.bytesPerSecond) }
    let latency = links.reduce(0.0) { max($0, $1.latency.seconds) }
    return Double(times.bytesHandedOver) / rate + 4 * latency
  }

  /// Seconds that the weights of the largest model take at most.
  private static func slowestLoad(_ scenario: Scenario) -> Double {
    scenario.cluster.nodes.compactMap(\.memory).reduce(0) { most, memory in
      let bytes = memory.weights.values.max() ?? 0
      return max(most, bytes / memory.source.bytesPerSecond + memory.source.latency.seconds)
    }
  }

  /// Refuses a warm-up after which nothing arrives in some replication.
  static func checkWarmup(
    _ streams: QueryStreams, _ scenario: Scenario, replications: Int
  ) throws(InputError) {
    guard case .fixed(let warmup) = scenario.run.warmup, warmup > .zero else { return }
    let end = SimulationTime.zero + (scenario.run.horizon ?? .longest)
    var last = min(streams.lastArrival(replication: 0), end)
    // Only one of half of the first replication and more can outlast another.
    if warmup.seconds > 0.5 * (last - SimulationTime.zero).seconds {
      for replication in 1..<max(replications, 1) {
        last = min(last, streams.lastArrival(replication: replication))
      }
    }
    guard .zero + warmup < last else {
      throw InputError([
        scenario.fault(
          of: "run.warmup",
          what: "run.warmup leaves no query to count: \(warmup.seconds) s of \(last.seconds) s",
          hint: "shorten it, or lengthen the workload")
      ])
    }
  }

  /// Refuses a superposition of more queries than fit in memory.
  static func check(
    factor: Double, _ streams: QueryStreams, _ scenario: Scenario
  ) throws(InputError) {
    guard let trace = streams.trace, scenario.workload.loadMethod == .superpose else { return }
    let queries = Double(trace.rows.count) * factor
    guard queries < maximumQueries else {
      throw InputError([
        scenario.fault(
          of: "\(scenario.workloadPath).load", "experiment.loads",
          what: "this load needs \(Int(min(queries, 1e15))) superposed queries a run",
          hint: "choose a window of the trace, or load_by: time")
      ])
    }
  }
}
