package import Cluster
package import EventEngine

/// So many active accelerators from given times on.
package struct ScheduledScaling: Controller {
  static let entry = PolicyEntry(
    .scaling, "scheduled", summary: "numbers of active accelerators by the clock",
    parameters: [
      PolicyParameter(
        "plan", .schedule, default: .schedule([]),
        "times from the start of the run, and the active accelerators from each on; all before the first"
      ),
      PolicyParameter(
        "period", .duration, default: .duration(.zero),
        "length after which the plan begins again, such as 24 h; 0 s = never"),
    ]
  ) { arguments in
    let plan = arguments.schedule("plan")
    guard !plan.isEmpty else {
      return .failure(.init("plan", "a schedule without an entry"))
    }
    let period = arguments.duration("period")
    if period > .zero, let last = plan.last, last.at >= period {
      return .failure(.init("plan", "the plan goes on after its period"))
    }
    return .success(.scaling(ScheduledScaling(plan: plan, repeating: period)))
  }

  let plan: [ScheduleEntry]
  let length: SimulationDuration

  /// A plan in order of time, that begins again after `length`, if above zero.
  package init(plan: [ScheduleEntry], repeating length: SimulationDuration = .zero) {
    self.plan = plan
    self.length = length
  }

  /// The most in the plan.
  package var maximumAccelerators: Int { plan.reduce(0) { max($0, $1.accelerators) } }

  /// The next time in the plan.
  package func nextReplan(after last: SimulationTime?) -> SimulationTime? {
    guard let last else { return plan.first.map { .zero + $0.at } }
    let (round, time) = place(of: last)
    if let next = plan.first(where: { $0.at > time }) { return round + next.at }
    guard length > .zero, let first = plan.first else { return nil }
    return round + length + first.at
  }

  /// As many as the plan says of now.
  package mutating func replan(_ cluster: ClusterView) -> [Action] {
    let time = place(of: cluster.now).time
    guard let entry = plan.last(where: { $0.at <= time }) else { return [] }
    return cluster.scaled(to: entry.accelerators)
  }

  /// The start of the round that a time lies in, and how far in.
  private func place(of time: SimulationTime) -> (round: SimulationTime, time: SimulationDuration) {
    guard length > .zero else { return (.zero, time - .zero) }
    let inRound = SimulationDuration(nanoseconds: time.nanoseconds % length.nanoseconds)
    return (SimulationTime(nanoseconds: time.nanoseconds - inRound.nanoseconds), inRound)
  }
}

/// A time and the accelerators that are active from then on.
package struct ScheduleEntry: Hashable, Sendable {
  /// From the start of the run.
  package var at: SimulationDuration
  /// Active accelerators.
  package var accelerators: Int
  /// An entry from its parts.
  package init(at: SimulationDuration, accelerators: Int) {
    self.at = at
    self.accelerators = accelerators
  }
}

extension ClusterView {
  /// Accelerators that are active or on their way, without those of failed nodes.
  var activeCount: Int { workers.count { $0.isUp && ($0.isActive || $0.isStarting) } }

  /// The changes that leave `count` workers active. Each pool keeps its share of them as nearly as whole
  /// workers allow; of a pool the first inactive ones come, and those that hold least go. One that does each
  /// stage for each model stays.
  func scaled(to count: Int) -> [Action] {
    let change = min(max(count, 0), workers.count) - activeCount
    var shares = PoolShares(self)
    var actions: [Action] = []
    if change > 0 {
      var coming = workers.filter { $0.isUp && !$0.isActive && !$0.isStarting }
      while actions.count < change,
        let pool = shares.least(of: coming.map(\.pool)),
        let place = coming.firstIndex(where: { $0.pool == pool })
      {
        actions.append(.setActive(coming.remove(at: place).id, true))
        shares.add(1, to: pool)
      }
      return actions
    }
    var staying = workers.filter { $0.isUp && ($0.isActive || $0.isStarting) }.sorted { a, b in
      let (held, other) = (a.queuedImages + a.runningImages, b.queuedImages + b.runningImages)
      return (held, -Int(a.id.rawValue)) < (other, -Int(b.id.rawValue))
    }
    var leaving = staying
    while actions.count < -change,
      let pool = shares.most(of: leaving.map(\.pool)),
      let place = leaving.firstIndex(where: { $0.pool == pool })
    {
      let worker = leaving.remove(at: place)
      let others = staying.filter { $0.id != worker.id && $0.pool == worker.pool }
      guard covers(others, worker) else { continue }
      staying.removeAll { $0.id == worker.id }
      actions.append(.setActive(worker.id, false))
      shares.add(-1, to: pool)
    }
    return actions
  }

  /// Whether others serve every model that a worker serves.
  private func covers(_ others: [WorkerView], _ worker: WorkerView) -> Bool {
    if others.contains(where: { $0.servedModels == nil }) { return true }
    guard let served = worker.servedModels else { return false }
    return served.indices.allSatisfy { model in
      !served[model] || others.contains { $0.servedModels?[model] ?? true }
    }
  }
}

/// How much of each pool is active.
private struct PoolShares {
  private var active: [Int: Int] = [:]
  private var all: [Int: Int] = [:]

  init(_ cluster: ClusterView) {
    for worker in cluster.workers {
      all[worker.pool, default: 0] += 1
      if worker.isUp, worker.isActive || worker.isStarting { active[worker.pool, default: 0] += 1 }
    }
  }

  mutating func add(_ change: Int, to pool: Int) { active[pool, default: 0] += change }

  /// The pool with the smallest share of those named; of equals the first.
  func least(of pools: [Int]) -> Int? { Set(pools).min { (share($0), $0) < (share($1), $1) } }

  /// The pool with the largest share of those named; of equals the first.
  func most(of pools: [Int]) -> Int? { Set(pools).min { (-share($0), $0) < (-share($1), $1) } }

  private func share(_ pool: Int) -> Double {
    Double(active[pool] ?? 0) / Double(max(all[pool] ?? 0, 1))
  }
}
