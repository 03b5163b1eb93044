import Cluster
import EventEngine
import Policies
import Testing
import Workload

/// What a run must keep to, whatever the policy.
enum Invariant: String, CaseIterable, Sendable {
  /// Every query that arrives is told of once.
  case endsOnce
  /// Offered = completed + dropped + in flight, and as many of each as records say.
  case counts
  /// A record is of its query and its times are in order.
  case records
  /// Nothing happens before what was told before it.
  case order
  /// Little's law for the system: the integral of the number in it is the sum of residence times.
  case system
  /// The same for the queue, and its greatest length.
  case queue
  /// An accelerator does one thing at a time, and its busy time, by stage and by what it rests on, is the sum of what
  /// it does.
  case accelerators
  /// A pool uses no more cores than it has, and its busy time is the sum of what they do.
  case cores
  /// A batch holds no more than its limit; without batching, one query.
  case limit
  /// Work begins with its model's weights in a memory that it fits into.
  case memory
  /// Every image gets each stage, and its evaluations.
  case work
  /// The times in a query's states sum to its latency, and are those of the work that was told of it.
  case journeys
  /// No accelerator that could serve is idle while a query waits, and no core while an image does.
  case conservation
  /// Who the discipline puts first goes first.
  case turn
}

/// What a run did that it must not do.
struct Breach: CustomStringConvertible {
  var invariant: Invariant
  var what: String
  var description: String { "\(invariant.rawValue): \(what)" }
}

/// What a run was made from.
struct Setting {
  var queries: [Query]
  var models: [String]
  var cluster: ClusterConfiguration
  var policy: PolicySet
  /// Where the run was cut off; nil = it ran to its end.
  var horizon: SimulationTime?

  /// The node of each worker.
  var nodes: [Int] {
    cluster.nodes.indices.flatMap { Array(repeating: $0, count: cluster.nodes[$0].accelerators) }
  }

  /// Whether memory, too, bounds batches and parts.
  var hasMemory: Bool { cluster.nodes.contains { $0.memory != nil } }
  var hasFailures: Bool { cluster.nodes.contains { $0.failures != .none } }

  /// Images of a query's parts but the last, of its last part, and the number of parts.
  func split(_ query: Query) -> (each: Int, last: Int, parts: Int) {
    let images = Int(query.images)
    let limit = min(policy.batching.maximumImages ?? images, maximumImages(query))
    let parts = (images + limit - 1) / limit
    return (min(limit, images), images - limit * (parts - 1), parts)
  }
}

extension Setting {
  /// Most images of a query's size and first model, and of those that the policy may send it on to, that fit into
  /// the memory of every accelerator that serves them.
  private func maximumImages(_ query: Query) -> Int {
    let named = policy.steps.requirements.firstModel.flatMap { models.contains($0) ? $0 : nil }
    let first = named ?? models[Int(query.model.rawValue)]
    return ([first] + policy.steps.requirements.models).map { model in
      let shape = Shape(model: model, size: query.size)
      let serving = cluster.nodes.filter { $0.models?.contains(model) ?? true }
      return serving.compactMap { $0.memory?.maximumImages(of: shape) }.min() ?? .max
    }.min() ?? .max
  }
}

/// Holds a run, as an observer is told of it, against the invariants. All sums are formed anew from records
/// and spans, with nothing of the simulator's own.
struct InvariantCheck {
  let run: RunResult
  let setting: Setting
  private(set) var breaches: [Breach] = []

  /// All that a run did wrong.
  static func breaches(of run: RunResult, in setting: Setting) -> [Breach] {
    var check = InvariantCheck(run: run, setting: setting)
    check.endsOnce()
    check.counts()
    check.records()
    check.order()
    check.littlesLaw()
    check.acceleratorsDoOneThing()
    check.coresAreEnough()
    check.batchesKeepTheLimit()
    check.workFindsItsWeights()
    check.everyImageIsWorkedOn()
    check.journeysFitTheWork()
    check.nobodyIsIdleBesideAQueue()
    check.noCoreIsIdleBesideATask()
    check.noWorkerHoardsBesideAFreeOne()
    check.theRightOneGoesFirst()
    return check.breaches
  }

  private init(run: RunResult, setting: Setting) {
    self.run = run
    self.setting = setting
  }

  mutating func require(
    _ invariant: Invariant, _ holds: Bool, _ what: @autoclosure () -> String
  ) {
    if !holds { breaches.append(Breach(invariant: invariant, what: what())) }
  }

  private mutating func endsOnce() {
    let ids = run.records.map(\.query.id.rawValue)
    require(.endsOnce, Set(ids).count == ids.count, "a query is told of twice")
    let horizon = setting.horizon ?? .distantFuture
    let arrived = setting.queries.filter { $0.arrival <= horizon }.map(\.id.rawValue)
    require(.endsOnce, Set(arrived) == Set(ids), "not all that arrive are told of, or others")
  }

  private mutating func counts() {
    let usage = run.usage
    require(
      .counts, usage.offered == usage.completed + usage.dropped + usage.inFlight,
      "\(usage.offered) offered")
    let count = run.records.count
    require(.counts, usage.offered == count, "\(count) records")
    for worker in usage.workers {
      let spent = worker.busyTotal + worker.waitingForCPU + worker.blocked + worker.loading
      require(
        .counts, spent <= worker.active && worker.active + worker.down <= usage.end - .zero,
        "worker \(worker.worker.rawValue) was at work or down for longer than it was there")
    }
    var told = (completed: 0, dropped: 0, inFlight: 0)
    for record in run.records {
      switch record.outcome {
      case .completed: told.completed += 1
      case .dropped: told.dropped += 1
      case .inFlight: told.inFlight += 1
      }
    }
    require(.counts, told.completed == usage.completed, "\(told.completed) completed")
    require(.counts, told.dropped == usage.dropped, "\(told.dropped) dropped")
    require(.counts, told.inFlight == usage.inFlight, "\(told.inFlight) in flight")
    if let horizon = setting.horizon {
      require(.counts, usage.end == horizon, "the end is \(usage.end)")
    } else {
      require(.counts, usage.inFlight == 0, "in flight at the end")
    }
  }

  private mutating func records() {
    for record in run.records {
      let query = record.query
      let started = record.start ?? record.end
      var isSound = query == setting.queries[Int(query.id.rawValue)]
      isSound = isSound && query.arrival <= started && started <= record.end
      isSound = isSound && record.end <= run.usage.end
      switch record.outcome {
      case .completed:
        isSound = isSound && record.start != nil && record.evaluations >= 1
        isSound = isSound && record.worker != nil && record.parts == setting.split(query).parts
        if setting.policy.steps is FixedSteps, !setting.hasFailures {
          isSound = isSound && record.evaluations == Double(query.steps)
        }
      case .dropped(.lostToFailure): isSound = isSound && record.start != nil
      case .dropped: isSound = isSound && record.start == nil && record.evaluations == 0
      case .inFlight: isSound = isSound && record.end == setting.horizon
      }
      require(.records, isSound, "query \(query.id.rawValue)")
    }
  }

  private mutating func order() {
    for (earlier, later) in zip(run.records, run.records.dropFirst()) {
      require(.order, earlier.end <= later.end, "query \(later.query.id.rawValue) ends too late")
    }
    for (earlier, later) in zip(run.spans, run.spans.dropFirst()) {
      require(.order, earlier.start <= later.start, "work of \(later.start) is told too late")
    }
    for span in run.spans {
      let isSound = span.start <= span.end && span.end <= run.usage.end
      require(.order, isSound, "work from \(span.start) to \(span.end)")
    }
  }

  private mutating func littlesLaw() {
    let usage = run.usage
    let residences = run.records.map { ($0.query.arrival, $0.end) }
    let (inSystem, _) = Self.swept(residences)
    let sum = Self.total(residences)
    require(.system, inSystem == sum, "\(inSystem) in the system, \(sum) resided")
    require(.system, usage.systemIntegral == sum, "\(usage.systemIntegral) in usage")
    require(.system, usage.residenceSum == sum, "\(usage.residenceSum) resided in usage")
    let waits = run.records.map { ($0.query.arrival, $0.start ?? $0.end) }
    let (waiting, most) = Self.swept(waits)
    let waited = Self.total(waits)
    require(.queue, waiting == waited, "\(waiting) in the queue, \(waited) waited")
    let end = usage.end.nanoseconds
    let mean = end > 0 ? Double(waited) / Double(end) : 0
    require(.queue, usage.meanWaiting == mean, "\(usage.meanWaiting) is not \(mean)")
    require(.queue, usage.maximumWaiting == most, "\(usage.maximumWaiting) is not \(most)")
  }

  private static func total(_ intervals: [(SimulationTime, SimulationTime)]) -> Int128 {
    intervals.reduce(0) { $0 + Int128(($1.1 - $1.0).nanoseconds) }
  }

  /// Integral over time of the number of intervals that cover it, and the largest such number that lasts.
  static func swept(
    _ intervals: [(SimulationTime, SimulationTime)]
  ) -> (integral: Int128, most: Int) {
    var changes: [SimulationTime: Int] = [:]
    for (start, end) in intervals {
      changes[start, default: 0] += 1
      changes[end, default: 0] -= 1
    }
    var integral: Int128 = 0
    var most = 0
    var count = 0
    var last = SimulationTime.zero
    for (time, change) in changes.sorted(by: { $0.key < $1.key }) {
      integral += Int128(count) * Int128((time - last).nanoseconds)
      last = time
      count += change
      most = max(most, count)
    }
    return (integral, most)
  }
}
