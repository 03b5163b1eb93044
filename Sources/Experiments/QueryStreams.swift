import Cluster
import Diagnostics
import EventEngine
import LatencyProfiles
import Scenarios
import Workload

extension RandomStreamID {
  /// Seeds of replications; entity = replication.
  static let replicationSeeds = RandomStreamID(rawValue: 1)
  /// Prompts where the trace has none; entity = index of the query.
  static let prompts = RandomStreamID(rawValue: 2)
}

/// The queries of each replication: trace or process, transformed, brought to the load, with SLOs.
struct QueryStreams: Sendable {
  let scenario: Scenario
  /// The trace after window, rate scale and rescaling, before the load; nil for generated arrivals.
  let trace: Trace?
  /// Factor on the rate of arrivals; 1 where no load was asked for.
  private(set) var loadFactor = 1.0
  /// Models by `ModelID`.
  let models: [String]
  let classes: [String]

  /// - Parameter extraModels: names of models that policies may switch to.
  init(_ scenario: Scenario, extraModels: [String]) throws(InputError) {
    self.scenario = scenario
    switch scenario.workload.source {
    case .trace(let path, let format, let options):
      var trace = try TraceLoader.load(path: path, format: format, options: options)
      let plan = scenario.workload
      if let window = plan.window {
        let rows = trace.rows.count
        trace = trace.windowed(from: window.from, length: window.length)
        guard !trace.rows.isEmpty else {
          throw InputError(
            .badInput, at: .init(file: scenario.path),
            "workload.window holds no row of the trace",
            hint:
              "the trace has \(rows) rows; 'qosdiff trace inspect' shows its span")
        }
      }
      if plan.rateScale != 1 { trace = trace.rateScaled(by: plan.rateScale) }
      if let rescale = plan.rescale {
        trace = trace.minMaxRescaled(
          low: rescale.minimum, high: rescale.maximum, bin: rescale.bin)
      }
      trace.startAtZero()
      self.trace = trace
      models =
        plan.ignoresTraceModels || trace.models.isEmpty
        ? [scenario.query.model] + extraModels
        : [scenario.query.model] + trace.models + extraModels
      classes = trace.classes
    case .generated:
      trace = nil
      models = [scenario.query.model] + extraModels
      classes = []
    }
  }

  /// Queries per second before the load's factor.
  var rate: Double {
    if let trace {
      let span =
        scenario.workload.loadMethod == .superpose && scenario.workload.load != nil
        ? trace.wrapPeriod : trace.span
      return span > .zero ? Double(trace.rows.count) / span.seconds : 0
    }
    guard case .generated(let process, _, _, _) = scenario.workload.source else { return 0 }
    return process.meanRate
  }

  mutating func setLoadFactor(_ factor: Double) { loadFactor = factor }

  /// The seed of a replication's streams.
  static func seed(_ base: UInt64, replication: Int) -> UInt64 {
    var stream = RandomStream(seed: base, stream: .replicationSeeds, entity: UInt64(replication))
    return stream.next()
  }

  /// The queries before the load's factor and without SLOs: what mix and shapes are read from.
  func sample() -> QueryStream { stream(rows: rows(replication: 0, factor: 1), replication: 0) }

  /// The queries of a replication, with the deadlines that `times` gives where SLOs are scales.
  func queries(
    replication: Int, times: ServiceTimes, placement: Placement
  ) -> QueryStream {
    var stream = stream(
      rows: rows(replication: replication, factor: loadFactor), replication: replication)
    var known: [SLOKey: SimulationDuration] = [:]
    for i in stream.queries.indices where stream.queries[i].slo == .zero {
      let query = stream.queries[i]
      switch scenario.query.slo {
      case .time(let time): stream.queries[i].slo = time
      case .scale(let scale):
        let key = SLOKey(
          model: query.model, size: query.size, images: query.images, steps: query.steps)
        if let slo = known[key] {
          stream.queries[i].slo = slo
          continue
        }
        let shape = Shape(model: models[Int(query.model.rawValue)], size: query.size)
        let alone = times.id(of: shape).map {
          times.fastestStandalone(
            shape: $0, images: Int(query.images), evaluations: Int(query.steps),
            placement: placement)
        }
        let slo = SimulationDuration(seconds: (alone ?? .zero).seconds * scale)
        known[key] = slo
        stream.queries[i].slo = slo
      }
    }
    return stream
  }

  /// Names the trace's content, so that an experiment on another trace is another experiment.
  var contentHash: String {
    guard let trace else { return "generated" }
    return ContentIdentity.hex(trace.models + trace.classes + trace.rows.map { "\($0)" })
  }

  private struct SLOKey: Hashable {
    let model: ModelID
    let size: ImageSize
    let images: Int32
    let steps: Int32
  }

  private func rows(replication: Int, factor: Double) -> [TraceRow] {
    let seed = Self.seed(scenario.run.seed, replication: replication)
    if var trace {
      if let block = scenario.workload.resampleBlock {
        trace = trace.resampled(block: block, seed: seed)
      }
      if factor == 1 { return trace.rows }
      switch scenario.workload.loadMethod {
      case .time: return trace.compressed(by: factor).rows
      case .superpose: return trace.superposed(factor: factor, seed: seed).rows
      }
    }
    guard case .generated(let process, let mix, let duration, let count) = scenario.workload.source
    else { return [] }
    return TraceGenerator.generate(
      process: process.scaled(by: factor), mix: mix, duration: duration, count: count, seed: seed
    ).rows
  }

  private func stream(rows: [TraceRow], replication: Int) -> QueryStream {
    let defaults = scenario.query
    let seed = Self.seed(scenario.run.seed, replication: replication)
    let queries = rows.enumerated().map { index, row in
      var prompts = RandomStream(seed: seed, stream: .prompts, entity: UInt64(index))
      let model =
        scenario.workload.ignoresTraceModels ? 0 : row.model.map { UInt16($0 + 1) } ?? 0
      return Query(
        id: QueryID(rawValue: Int32(index)), arrival: row.arrival, slo: row.slo ?? .zero,
        model: ModelID(rawValue: model),
        size: ImageSize(
          height: row.height.map(Int.init) ?? Int(defaults.size.height),
          width: row.width.map(Int.init) ?? Int(defaults.size.width)),
        images: row.images.map(Int.init) ?? defaults.images,
        steps: scenario.workload.ignoresTraceSteps
          ? defaults.steps : row.steps.map(Int.init) ?? defaults.steps,
        promptSeed: row.prompt ?? prompts.next(),
        serviceClass: UInt16(row.serviceClass ?? 0), sourceRow: Int(row.sourceRow))
    }
    return QueryStream(queries: queries, models: models, classes: classes)
  }
}

extension Trace {
  /// Moves the rows so that the first arrives at time 0: rates and utilisations are of the span
  /// between arrivals, not of the time before them.
  mutating func startAtZero() {
    guard let first = rows.first?.arrival, first != .zero else { return }
    for i in rows.indices { rows[i].arrival = .zero + (rows[i].arrival - first) }
  }
}

extension ArrivalProcess {
  /// The same process with all rates multiplied and its other times kept.
  func scaled(by factor: Double) -> ArrivalProcess {
    switch self {
    case .poisson(let rate): .poisson(rate: rate * factor)
    case .gamma(let rate, let cv): .gamma(rate: rate * factor, cv: cv)
    case .markovModulated(let states):
      .markovModulated(
        states.map { ModulatedState(rate: $0.rate * factor, meanDwell: $0.meanDwell) })
    case .diurnal(let process, let curve): .diurnal(process.scaled(by: factor), curve)
    }
  }
}
