import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Workload

/// What may be asked of a run of this setting.
extension Setting {
  /// A query's rank in its queue, where a discipline ranks by nothing but the query itself.
  func rank(_ query: Query) -> Int64? {
    switch policy.discipline {
    case is FirstComeFirstServed: query.arrival.nanoseconds
    case is EarliestDeadlineFirst: query.deadline.nanoseconds
    default: nil
    }
  }

  /// Whether spans tell when a worker could have served, and it should have: it takes what has waited for company
  /// for as long as it may, the steps are fixed, and a worker is taken from its first span of a batch on.
  var conservesWork: Bool {
    let isUniform = cluster.nodes.allSatisfy {
      $0.stages == StagePools.acceleratorStages && $0.failures == .none
        && !$0.link.isShared && $0.cpuTasks.allSatisfy { $0.cores == 1 }
        && ($0.memory == nil || policy.pipelining == .none)
    }
    guard isUniform, policy.controller == nil, horizon == nil, policy.steps is FixedSteps,
      policy.admission is AcceptAll,
      !policy.placement.encodeOnCPU
    else { return false }
    // A thief looks at the longest queue alone, and only while it has none of its own.
    if cluster.binding == .perWorker(stealing: true), policy.batching.maximumWait > .zero {
      return false
    }
    switch policy.pipelining {
    case .none: return true
    case .cpuGPU:
      // What a slot holds is told apart by its query.
      return policy.batching is NoBatching && !policy.placement.decodeOnCPU
    }
  }
}

/// Who must be served when.
extension InvariantCheck {
  private struct Line: Hashable {
    var shape: Shape
    var worker: WorkerID?
  }

  /// Nobody starts while one of the same queue and shape waits that the discipline puts first. Of another
  /// shape it may: its batch need not be due.
  mutating func theRightOneGoesFirst() {
    let isCentral = setting.cluster.binding == .central
    guard setting.cluster.binding != .perWorker(stealing: true) else { return }
    // A record names the last worker: with re-submissions or pools it need not be that of the start.
    let isOneService =
      !setting.policy.steps.requirements.decidesAfterDecode
      && setting.cluster.pools.stages.count == 1
      && setting.policy.controller == nil && !setting.hasFailures
    guard isCentral || isOneService else { return }
    var lines: [Line: [(query: Query, rank: Int64, start: SimulationTime)]] = [:]
    // In a worker's own queue it is known of whole queries alone who waited where.
    for record in run.records where isCentral || record.parts == 1 {
      guard let start = record.start, let rank = setting.rank(record.query) else { continue }
      let model = setting.models[Int(record.query.model.rawValue)]
      lines[
        Line(
          shape: Shape(model: model, size: record.query.size),
          worker: isCentral ? nil : record.worker), default: []
      ].append((record.query, rank, start))
    }
    for line in lines.values {
      for one in line {
        let overlooked = line.contains { other in
          let isThere =
            other.query.arrival < one.start
            || (other.query.arrival == one.start && other.query.id < one.query.id)
          return isThere && other.start > one.start
            && (other.rank, other.query.id) < (one.rank, one.query.id)
        }
        require(.turn, !overlooked, "query \(one.query.id.rawValue) jumps the queue")
      }
    }
  }

  /// A worker is idle where it has no work, does not stand still for its CPU stages and is not blocked; then
  /// no query that it may take waits for longer than no time. Those are all, or with queues of their own and
  /// without stealing those that it came to serve, as far as they are one part.
  mutating func nobodyIsIdleBesideAQueue() {
    guard setting.conservesWork else { return }
    let takesAll = setting.cluster.binding != .perWorker(stealing: false)
    for worker in setting.nodes.indices {
      let served = setting.cluster.nodes[setting.nodes[worker]].models
      let own = run.records.filter { record in
        let model = setting.models[Int(record.query.model.rawValue)]
        return (takesAll || record.parts == 1 && record.worker.map { Int($0.rawValue) } == worker)
          && (served?.contains(model) ?? true)
      }
      let longest = setting.policy.batching.maximumWait
      let waits = Self.merged(
        own.compactMap {
          let due = $0.query.arrival + longest
          let start = $0.start ?? $0.end
          return due < start ? (due, start) : nil
        })
      let taken = Self.merged(takenTimes(of: worker))
      for (start, end) in waits {
        let isCovered = taken.contains { $0.0 <= start && end <= $0.1 }
        require(.conservation, isCovered, "worker \(worker) idles within \(start)...\(end)")
      }
    }
  }

  /// Where queries are encoded ahead, none goes to a worker that holds another's while a worker holds nothing:
  /// told where a query is a batch by itself.
  mutating func noWorkerHoardsBesideAFreeOne() {
    let isUniform = setting.cluster.nodes.allSatisfy {
      $0.models == nil && $0.stages == StagePools.acceleratorStages && $0.failures == .none
        && $0.memory == nil
    }
    guard isUniform, setting.policy.controller == nil, setting.horizon == nil,
      setting.cluster.binding == .central,
      setting.policy.pipelining != .none, setting.policy.placement.encodeOnCPU,
      setting.policy.batching is NoBatching, !setting.policy.steps.requirements.decidesAfterDecode,
      setting.policy.steps.requirements.maximumAccelerators == 1,
      // A query that made way may have begun on another worker than its record's.
      !setting.policy.discipline.isPreemptive
    else { return }
    let accelerated = Dictionary(
      run.spans.filter { $0.resource == .accelerator }.map { ($0.query, $0.end) }
    ) { max($0, $1) }
    var held = setting.nodes.map { _ in
      [(taken: SimulationTime, left: SimulationTime, end: SimulationTime)]()
    }
    for record in run.records {
      guard let start = record.start, let worker = record.worker else { continue }
      held[Int(worker.rawValue)].append(
        (start, accelerated[record.query.id] ?? start, record.end))
    }
    for (worker, queries) in held.enumerated() {
      for query in queries {
        let now = query.taken
        guard queries.contains(where: { $0.taken < now && now < $0.left }) else { continue }
        let isFree = held.indices.contains { other in
          other != worker && !held[other].contains { $0.taken <= now && now <= $0.end }
        }
        require(.conservation, !isFree, "worker \(worker) hoards at \(now) beside a free one")
      }
    }
  }

  /// No core is idle while an image that was handed over waits for one: told where each query is handed over
  /// by itself and its hand-over leaves a span.
  mutating func noCoreIsIdleBesideATask() {
    guard setting.horizon == nil, setting.policy.batching is NoBatching,
      !setting.policy.placement.decodeOnCPU, !setting.hasFailures, !setting.hasMemory,
      setting.cluster.nodes.allSatisfy({ $0.cpuTasks.allSatisfy { $0.cores == 1 } })
    else { return }
    let nodes = setting.nodes
    for (node, configuration) in setting.cluster.nodes.enumerated() {
      let spans = run.spans.filter { nodes[Int($0.worker.rawValue)] == node }
      var handedOver: [QueryID: SimulationTime] = [:]
      for span in spans where span.resource == .link && span.stage == .postProcess {
        handedOver[span.query] = span.end
      }
      let tasks = spans.filter { $0.resource == .cpu }
      let busy = Self.fullTimes(tasks.map { ($0.start, $0.end) }, level: configuration.cores)
      for task in tasks where task.stage == .postProcess {
        guard let ready = handedOver[task.query] else { continue }
        require(.order, ready <= task.start, "query \(task.query.rawValue) is worked on too early")
        let isCovered =
          ready == task.start || busy.contains { $0.0 <= ready && task.start <= $0.1 }
        require(.conservation, isCovered, "a core of \(configuration.name) idles at \(ready)")
      }
    }
  }

  /// Where at least `level` intervals lie over one another, as intervals that do not touch.
  private static func fullTimes(
    _ intervals: [(SimulationTime, SimulationTime)], level: Int
  ) -> [(SimulationTime, SimulationTime)] {
    var changes: [SimulationTime: Int] = [:]
    for (start, end) in intervals {
      changes[start, default: 0] += 1
      changes[end, default: 0] -= 1
    }
    var full: [(SimulationTime, SimulationTime)] = []
    var count = 0
    var since: SimulationTime?
    for (time, change) in changes.sorted(by: { $0.key < $1.key }) {
      count += change
      if count >= level {
        since = since ?? time
      } else if let start = since {
        full.append((start, time))
        since = nil
      }
    }
    return full
  }

  private func takenTimes(of worker: Int) -> [(SimulationTime, SimulationTime)] {
    let spans = run.spans.filter { Int($0.worker.rawValue) == worker }
    guard case .cpuGPU(let buffer) = setting.policy.pipelining else {
      // A batch holds its worker from its first work to its last, on whatever device.
      return Dictionary(grouping: spans, by: \.batch).values.map { batch in
        (batch.map(\.start).min() ?? .zero, batch.map(\.end).max() ?? .zero)
      }
    }
    let work = spans.filter { $0.resource == .accelerator }
    var taken = work.map { ($0.start, $0.end) }
    let ends = Dictionary(run.records.map { ($0.query.id, $0.end) }) { first, _ in first }
    var handedOver: [SimulationTime] = []
    for decoded in work where decoded.stage == .decode {
      let done = ends[decoded.query] ?? decoded.end
      // The slot that it gets is the one that is free first; until then it blocks the worker.
      let held = handedOver.filter { $0 > decoded.end }.sorted()
      if held.count >= buffer { taken.append((decoded.end, held[held.count - buffer])) }
      handedOver.append(done)
    }
    return taken
  }

  /// The union of intervals, as intervals in order that do not touch; those without length are left out.
  static func merged(
    _ intervals: [(SimulationTime, SimulationTime)]
  ) -> [(SimulationTime, SimulationTime)] {
    var union: [(SimulationTime, SimulationTime)] = []
    for (start, end) in intervals.sorted(by: { $0.0 < $1.0 }) where start < end {
      if let last = union.last, start <= last.1 {
        union[union.count - 1].1 = max(last.1, end)
      } else {
        union.append((start, end))
      }
    }
    return union
  }
}
