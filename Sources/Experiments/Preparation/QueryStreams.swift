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
  /// SLOs that are drawn; entity = index of the query.
  static let patience = RandomStreamID(rawValue: 3)
}

/// A trace that is over before its first query can be, or a tenth of them: its arrivals have no rate that a cluster could
/// keep up with or not.
struct Burst: Sendable {
  /// The offered load from which on a trace counts as one. Assumed.
  static let leastLoad = 10.0

  let queries: Int
  let span: SimulationDuration
}

/// The queries of each replication: trace or process, transformed, brought to the load, with SLOs.
struct QueryStreams: Sendable {
  let scenario: Scenario
  /// The trace after window, rate scale and rescaling, before the load; nil for generated arrivals.
  let trace: Trace?
  /// Factor on the rate of arrivals; 1 where no load was asked for. Of a trace whose replications differ it is that of the
  /// trace as it is, and each replication has its own.
  private(set) var loadFactor = 1.0
  /// What brings a trace's replications to the load asked, each by its own rows; nil where none is asked.
  private var target: (load: Double, offered: OfferedLoad)?
  /// Models by `ModelID`.
  let models: [String]
  /// Names the trace's content, so that an experiment on another trace is another experiment.
  let contentHash: String
  /// The id of each model that rows name.
  private let modelOfRow: [UInt16]
  let classes: [String]
  /// What the scenario says of each of `classes`.
  let serviceClasses: [ServiceClass?]

  /// - Parameter extraModels: names of models that policies may switch to.
  init(_ scenario: Scenario, extraModels: [String]) throws(InputError) {
    self.scenario = scenario
    let rowModels: [String]
    switch scenario.workload.source {
    case .trace(let path, let format, let options):
      var trace = try TraceLoader.load(path: path, format: format, options: options)
      let plan = scenario.workload
      if let window = plan.window {
        let rows = trace.rows.count
        trace = trace.windowed(from: window.from, length: window.length)
        guard !trace.rows.isEmpty else {
          throw InputError([
            scenario.fault(
              of: "\(scenario.workloadPath).window",
              what: "\(scenario.workloadPath).window holds no row of the trace",
              hint: "the trace has \(rows) rows; 'qosdiff trace inspect' shows its span")
          ])
        }
      }
      // In the order of 'trace convert': a factor on rates that were pinned before would have no effect on them.
      if let rescale = plan.rescale {
        trace = trace.minMaxRescaled(
          low: rescale.minimum, high: rescale.maximum, bin: rescale.bin)
      }
      if plan.rateScale != 1 { trace = trace.rateScaled(by: plan.rateScale) }
      trace.startAtZero()
      self.trace = trace
      contentHash = ContentIdentity.hex(of: trace)
      rowModels = plan.ignoresTraceModels ? [] : trace.models
      classes = trace.classes
    case .generated(_, let mix, _, _):
      trace = nil
      contentHash = "generated"
      rowModels = mix.models.map(\.value)
      classes = mix.classes.map(\.value)
    }
    var models = [scenario.query.model]
    for model in rowModels + extraModels where !models.contains(model) { models.append(model) }
    self.models = models
    modelOfRow = rowModels.map { UInt16(models.firstIndex(of: $0) ?? 0) }
    for known in scenario.classes where !classes.contains(known.name) {
      throw InputError(
        .badInput, at: known.location, "no query is of class '\(known.name)'",
        hint: classes.isEmpty
          ? "the trace has no 'class' column; generated queries get theirs from workload.mix.classes"
          : Suggestion.hint(for: known.name, in: classes, noun: "class"))
    }
    let ranks = Dictionary(
      scenario.classes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    serviceClasses = classes.map { ranks[$0] }
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

  /// The trace as a burst; nil where it is none, or its load is set. `load` is what it offers at its own rate.
  func burst(of sample: WorkloadSample, load: Double?, _ reference: ReferencePolicy) -> Burst? {
    guard let trace, scenario.workload.load == nil else { return nil }
    let soonest = sample.kinds.compactMap { kind, _ in
      reference.times.id(of: Shape(model: models[Int(kind.model.rawValue)], size: kind.size)).map {
        reference.times.fastestStandalone(
          shape: $0, images: Int(kind.images), evaluations: Int(kind.steps),
          placement: reference.policy.placement)
      }
    }.min()
    guard
      trace.span == .zero || trace.span < soonest ?? .zero || load ?? 0 >= Burst.leastLoad
    else { return nil }
    return Burst(queries: trace.rows.count, span: trace.span)
  }

  /// Brings arrivals to a load.
  ///
  /// - Parameter factor: what the whole trace's rate, or the process's, is multiplied by to reach it.
  mutating func set(load: Double, factor: Double, _ offered: OfferedLoad) {
    loadFactor = factor
    target = (load, offered)
  }

  /// Whether replications of a trace have other rows, or other times, than the trace.
  var hasOwnRows: Bool {
    scenario.workload.resampleBlock != nil
      || scenario.workload.loadMethod == .superpose && scenario.workload.load != nil
  }

  /// The seed of a replication's streams.
  static func seed(_ base: UInt64, replication: Int) -> UInt64 {
    var stream = RandomStream(seed: base, stream: .replicationSeeds, entity: UInt64(replication))
    return stream.next()
  }

  /// The trace's queries, or those of the first replication, before the load's factor and without SLOs: what shapes are
  /// read from.
  func sample() -> WorkloadSample {
    guard let trace else { return WorkloadSample(stream(replication: 0, factor: 1)) }
    return WorkloadSample(
      stream(trace.rows, maker(seed: Self.seed(scenario.run.seed, replication: 0))))
  }

  /// What queries ask for, and how often in proportion: of the trace, or by the expectation of the process's mix.
  func kinds(of sample: WorkloadSample) -> [(kind: QueryKind, number: Double)] {
    guard case .generated(_, let mix, _, _) = scenario.workload.source else {
      return sample.kinds.map { ($0.kind, Double($0.count)) }
    }
    let maker = maker(seed: 0)
    return mix.expectedRows.map { (maker.kind(of: $0.row), $0.share) }
  }

  /// The model that all queries ask for; nil where there are several.
  func askedModel(of sample: WorkloadSample) -> String? {
    var asked = Set(sample.kinds.map { models[Int($0.kind.model.rawValue)] })
    // A rare model of a mix may appear in another replication only.
    if case .generated(_, let mix, _, _) = scenario.workload.source {
      asked.formUnion(mix.models.filter { $0.weight > 0 }.map(\.value))
    }
    return asked.count == 1 ? asked.first : nil
  }

  /// What the queries of the first replication ask for on the whole; nil without any.
  func typicalQuery(of sample: WorkloadSample, _ reference: ReferencePolicy) -> TypicalQuery? {
    var counts = [Int](repeating: 0, count: models.count)
    var steps = 0
    for (kind, count) in sample.kinds {
      counts[Int(kind.model.rawValue)] += count
      steps += Int(kind.steps) * count
    }
    guard sample.count > 0,
      let model = counts.indices.max(by: { (counts[$0], $1) < (counts[$1], $0) })
    else { return nil }
    var seconds = 0.0
    let queries = stream(
      replication: 0, factor: 1,
      QueryMaker.Predictions(times: reference.times, placement: reference.policy.placement))
    for query in queries { seconds += query.slo.seconds }
    return TypicalQuery(
      model: ModelID(rawValue: UInt16(model)), modelName: models[model],
      steps: max(Int((Double(steps) / Double(sample.count)).rounded()), 1),
      slo: SimulationDuration(seconds: seconds / Double(sample.count)))
  }

  /// Queries of a replication.
  func count(replication: Int) -> Int {
    stream(replication: replication, factor: loadFactor).reduce(0) { count, _ in count + 1 }
  }

  /// When the last query of a replication arrives; 0 without any.
  func lastArrival(replication: Int) -> SimulationTime {
    var last = SimulationTime.zero
    for query in stream(replication: replication, factor: loadFactor) { last = query.arrival }
    return last
  }

  /// The queries of a replication, with the deadlines that `times` gives where SLOs are scales.
  func queries(
    replication: Int, times: ServiceTimes, placement: Placement
  ) -> QueryStream {
    stream(
      replication: replication, factor: loadFactor,
      QueryMaker.Predictions(times: times, placement: placement))
  }

  private func stream(
    replication: Int, factor: Double, _ predictions: QueryMaker.Predictions? = nil
  ) -> QueryStream {
    let seed = Self.seed(scenario.run.seed, replication: replication)
    let maker = maker(seed: seed, predictions)
    if let trace {
      let (rows, factor) = rows(of: trace, seed: seed, factor: factor, maker)
      return stream(rows, compressedBy: factor, maker)
    }
    guard case .generated(let process, let mix, let duration, let count) = scenario.workload.source
    else { return QueryStream(queries: [], models: models, classes: classes) }
    let rows = GeneratedRows(
      process: process.scaled(by: factor), mix: mix, duration: duration, count: count, seed: seed)
    return stream(rows, maker)
  }

  private func maker(
    seed: UInt64, _ predictions: QueryMaker.Predictions? = nil
  ) -> QueryMaker {
    QueryMaker(
      models: models, defaults: scenario.query, ignoresSteps: scenario.workload.ignoresTraceSteps,
      ignoresSLOs: scenario.workload.ignoresTraceSLOs,
      modelOfRow: modelOfRow, serviceClasses: serviceClasses, seed: seed, predictions: predictions)
  }

  /// A replication's rows of the trace, and the factor by which their times are to be compressed.
  ///
  /// Where a load is asked, and the rows are the replication's own, so is the factor: by their number, their span and
  /// what they ask for.
  private func rows(
    of trace: Trace, seed: UInt64, factor: Double, _ maker: QueryMaker
  ) -> (rows: SpillingArray<TraceRow>, factor: Double) {
    var trace = trace
    if let block = scenario.workload.resampleBlock {
      trace = trace.resampled(block: block, seed: seed)
    }
    guard let target else { return (trace.rows, factor) }
    guard scenario.workload.loadMethod == .superpose else {
      return (trace.rows, hasOwnRows ? needed(trace.rows, target, maker) ?? factor : factor)
    }
    let copies =
      scenario.workload.resampleBlock == nil
      ? factor : needed(trace.rows, target, maker, over: trace.wrapPeriod) ?? factor
    let rows = trace.superposed(factor: copies, seed: seed).rows
    return (rows, needed(rows, target, maker) ?? 1)
  }

  /// The factor on the rate of these rows that brings them to the load; nil where none does.
  private func needed(
    _ rows: SpillingArray<TraceRow>, _ target: (load: Double, offered: OfferedLoad),
    _ maker: QueryMaker, over period: SimulationDuration? = nil
  ) -> Double? {
    let realised = target.offered.realised(
      rows.lazy.map { (maker.kind(of: $0), $0.arrival) }, over: period)
    return realised.map { target.load / $0 }
  }

  private func stream<Rows: Sequence & Sendable>(
    _ rows: Rows, compressedBy factor: Double = 1, _ maker: QueryMaker
  ) -> QueryStream where Rows.Element == TraceRow {
    QueryStream(models: models, classes: classes) {
      var state = (rows: rows.makeIterator(), maker: maker, index: 0)
      return AnyIterator {
        guard var row = state.rows.next() else { return nil }
        if factor != 1 { row.compress(by: factor) }
        state.index += 1
        return state.maker.query(of: row, index: state.index - 1)
      }
    }
  }
}

extension Trace {
  /// Moves the rows so that the first arrives at time 0: rates and utilisations are of the span
  /// between arrivals, not of the time before them.
  mutating func startAtZero() {
    guard let first = rows.first?.arrival, first != .zero else { return }
    rows = rows.changing { $0.arrival = .zero + ($0.arrival - first) }
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
