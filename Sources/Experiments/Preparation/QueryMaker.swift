import Cluster
import EventEngine
import LatencyProfiles
import Scenarios
import Workload

/// Makes a replication's queries of rows: the scenario's own values where a row has none.
struct QueryMaker: Sendable {
  /// What objectives that are multiples of standalone times need.
  struct Predictions: Sendable {
    let times: ServiceTimes
    let placement: Placement
  }

  private struct SLOKey: Hashable {
    let kind: QueryKind
    let scale: Double
  }

  private let models: [String]
  private let defaults: QueryDefaults
  private let ignoresSteps: Bool
  private let ignoresSLOs: Bool
  /// The id of each model that rows name.
  private let modelOfRow: [UInt16]
  /// What the scenario says of each class.
  private let serviceClasses: [ServiceClass?]
  private let seed: UInt64
  /// Nil leaves queries without an objective.
  private let predictions: Predictions?
  private var known = Memo<SLOKey, SimulationDuration>()

  init(
    models: [String], defaults: QueryDefaults, ignoresSteps: Bool, ignoresSLOs: Bool,
    modelOfRow: [UInt16],
    serviceClasses: [ServiceClass?], seed: UInt64, predictions: Predictions?
  ) {
    self.models = models
    self.defaults = defaults
    self.ignoresSteps = ignoresSteps
    self.ignoresSLOs = ignoresSLOs
    self.modelOfRow = modelOfRow
    self.serviceClasses = serviceClasses
    self.seed = seed
    self.predictions = predictions
  }

  /// What a row asks for.
  func kind(of row: TraceRow) -> QueryKind {
    let named = Int(row.model ?? -1)
    let model = modelOfRow.indices.contains(named) ? modelOfRow[named] : 0
    return QueryKind(
      model: ModelID(rawValue: model),
      size: ImageSize(
        height: Int(row.height ?? defaults.size.height),
        width: Int(row.width ?? defaults.size.width)),
      images: row.images ?? Int32(defaults.images),
      steps: ignoresSteps ? Int32(defaults.steps) : row.steps ?? Int32(defaults.steps))
  }

  /// The query of a row, the `index`-th of its replication.
  mutating func query(of row: TraceRow, index: Int) -> Query {
    let service = row.serviceClass.flatMap { serviceClasses[Int($0)] }
    let kind = kind(of: row)
    var query = Query(
      id: QueryID(rawValue: Int32(index)), arrival: row.arrival,
      slo: ignoresSLOs ? .zero : row.slo ?? .zero,
      model: kind.model, size: kind.size, images: Int(kind.images), steps: Int(kind.steps),
      promptSeed: row.prompt ?? Self.prompt(index, seed: seed),
      serviceClass: row.serviceClass.map { UInt16($0) },
      priority: service?.priority ?? ServiceClass.lastPriority,
      sourceRow: Int(row.sourceRow))
    if query.slo == .zero, let predictions {
      query.slo = slo(of: query, service?.slo ?? defaults.slo, predictions)
    }
    return query
  }

  private static func prompt(_ index: Int, seed: UInt64) -> UInt64 {
    var prompts = RandomStream(seed: seed, stream: .prompts, entity: UInt64(index))
    return prompts.next()
  }

  /// The objective of a query whose row has none.
  private mutating func slo(
    of query: Query, _ slo: QueryDefaults.SLO, _ predictions: Predictions
  ) -> SimulationDuration {
    switch slo {
    case .drawn(let distribution):
      var random = RandomStream(
        seed: seed, stream: .patience, entity: UInt64(query.id.rawValue))
      return SimulationDuration(seconds: distribution.sample(using: &random))
    case .time(let time): return time
    case .scale(let scale):
      return known.value(of: SLOKey(kind: query.kind, scale: scale)) { [models] in
        Self.scaled(query, of: models, by: scale, predictions)
      }
    }
  }

  private static func scaled(
    _ query: Query, of models: [String], by scale: Double, _ predictions: Predictions
  ) -> SimulationDuration {
    let times = predictions.times
    let shape = Shape(model: models[Int(query.model.rawValue)], size: query.size)
    let alone = times.id(of: shape).map {
      times.fastestStandalone(
        shape: $0, images: Int(query.images), evaluations: Int(query.steps),
        placement: predictions.placement)
    }
    return SimulationDuration(seconds: (alone ?? .zero).seconds * scale)
  }
}
