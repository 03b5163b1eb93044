import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Workload

/// A small cluster with stage times in whole seconds, for schedules computed by hand.
struct Bench {
  var encode: Double? = 1
  var step: Double = 2
  var decode: Double? = 3
  var postProcess: Double? = 4
  var nodes = 1
  /// What is changed of each node.
  var conditions: @Sendable (Int, inout NodeConfiguration) -> Void = { _, _ in }
  /// On each node.
  var workers = 1
  var cores = 1
  var binding = QueueBinding.central
  var link = Link(bytesPerSecond: .infinity, latency: .zero)
  var probe: LatentProbe?
  var horizon = SimulationTime.distantFuture
  var countingFrom = SimulationTime.zero
  /// The share of steps that are guided; nil = none is.
  var guidedSteps: Double?
  var parallelism = SpeedupCurve(efficiency: 1)
  var policy = PolicySet(
    name: "test", steps: FixedSteps(), dispatcher: RoundRobin(),
    discipline: FirstComeFirstServed(), admission: AcceptAll(), batching: NoBatching())

  /// Arrival and SLO in seconds.
  struct Arrival {
    var at: Double
    var steps = 2
    var images = 1
    var slo: Double = 1000
    var model: UInt16 = 0
  }

  struct Result {
    let records: [QueryRecord]
    let usage: RunUsage
    let spans: [Span]
    /// In order of arrival, in seconds.
    var starts: [Double?] { sorted.map { $0.start?.seconds } }
    var ends: [Double] { sorted.map(\.end.seconds) }
    var evaluations: [Double] { sorted.map(\.evaluations) }
    var outcomes: [Outcome] { sorted.map(\.outcome) }
    var sorted: [QueryRecord] { records.sorted { $0.query.id < $1.query.id } }
  }

  struct Recorder: Observer {
    var records: [QueryRecord] = []
    var usage = RunUsage()
    var spans: [Span] = []
    var wantsSpans: Bool { true }
    var wantsMembers: Bool { true }
    mutating func queryEnded(_ record: QueryRecord) { records.append(record) }
    mutating func spanEnded(_ span: Span) { spans.append(span) }
    mutating func runEnded(_ usage: RunUsage) { self.usage = usage }
  }

  private func device(_ times: [Stage: Double?]) -> Device {
    var synthetic: [Stage: Distribution] = [:]
    for stage in Stage.allCases {
      if let time = times[stage], let time { synthetic[stage] = .deterministic(time) }
    }
    return Device(synthetic: synthetic)
  }

  var cluster: ClusterConfiguration {
    var cluster = ClusterConfiguration(
      nodes: (0..<nodes).map { index in
        var node = NodeConfiguration(
          name: "node\(index)", accelerators: workers,
          accelerator: device([.encode: encode, .denoise: step, .decode: decode]), cores: cores,
          cpu: device([.encode: encode, .decode: decode, .postProcess: postProcess]), link: link,
          probe: probe)
        conditions(index, &node)
        return node
      }, binding: binding)
    cluster.parallelism = parallelism
    return cluster
  }

  func stream(_ arrivals: [Arrival], models: [String] = ["m"]) -> QueryStream {
    QueryStream(
      queries: arrivals.enumerated().map { index, a in
        Query(
          id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: a.at),
          slo: SimulationDuration(seconds: a.slo), model: ModelID(rawValue: a.model),
          size: ImageSize(height: 512, width: 512), images: a.images, steps: a.steps)
      }, models: models)
  }

  /// Simulates; or runs by an executor's clock.
  func run(
    _ arrivals: [Arrival], models: [String] = ["m"], executor: (any Executor)? = nil
  ) throws -> Result {
    let stream = stream(arrivals, models: models)
    let times = try ServiceTimes(
      cluster: cluster,
      shapes: models.map { Shape(model: $0, size: ImageSize(height: 512, width: 512)) },
      guidance: guidedSteps != nil, guidedSteps: guidedSteps ?? 1,
      maximumBatch: max(policy.batching.maximumImages ?? 1, arrivals.map(\.images).max() ?? 1),
      placement: policy.placement)
    var simulation = ClusterSimulation(
      cluster: cluster, stream: stream, policy: policy, times: times, seed: 1, horizon: horizon,
      countingFrom: countingFrom, executor: executor, observer: Recorder())
    let told = executor == nil ? simulation.run() : simulation.runLive()
    guard let recorder = told as? Recorder else { preconditionFailure() }
    return Result(records: recorder.records, usage: recorder.usage, spans: recorder.spans)
  }
}
