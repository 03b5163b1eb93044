import Cluster
import EventEngine
import Workload

/// DiffServe's plan: the largest share t of deferred prompts, with so many workers and such a batch for each model that
/// both keep up with the demand D and a query that meets both is on time.
///
/// With x_mb workers of model m at batch b (0 unless y_mb = 1, one b for each m), e_m(b) the time of a batch and q_m the
/// wait by Little's law, queue over throughput:
///
///     maximise t
///     sum_b x_lb b / e_l(b) >= D        sum_b x_hb b / e_h(b) >= D t       sum x <= S
///     sum_b y_lb e_l(b) + q_l + sum_b y_hb e_h(b) + q_h <= SLO
///
/// Where nothing obeys all of it, the waits are left out; where nothing obeys that either, the light model has all but
/// one worker and nothing is deferred. Simplified: workers are alike (as the first is), and of one size of images.
struct DiffServePlanner: Controller {
  static let share = "deferred"
  static let heavyTime = "heavy-time"
  static let batches = [1, 2, 4, 8, 16, 32]

  private let solver: Solver
  /// Nil, as the heavy model and its steps, until the queries are known where the scenario does not say.
  private var slo: SimulationDuration?
  private let headroom: Double
  private let maximumDeferred: Double
  private let discriminator: SimulationDuration
  private let lightSteps: Int
  private var heavySteps: Int?
  private var light: ModelID?
  private var heavy: ModelID?
  private var timing: PlanTiming
  private var demand: DemandEstimate
  /// The share of the last plan.
  private var deferred = 1.0

  init(_ arguments: PolicyArguments, _ solver: Solver) {
    self.solver = solver
    slo = arguments.durationIfGiven("slo")
    headroom = arguments.number("headroom")
    maximumDeferred = arguments.number("most-deferred")
    discriminator = arguments.duration("discriminator")
    lightSteps = arguments.integer("light-steps")
    heavySteps = arguments.integerIfGiven("heavy-steps")
    timing = PlanTiming(
      every: arguments.duration("every"), delay: arguments.duration("planning"))
    demand = DemandEstimate(weight: arguments.number("smoothing"))
  }

  mutating func bind(light: ModelID?, heavy: ModelID?) {
    self.light = light
    self.heavy = heavy
  }

  /// Takes what the scenario does not say.
  mutating func bind(_ typical: TypicalQuery) {
    heavy = heavy ?? typical.model
    heavySteps = min(heavySteps ?? .max, typical.steps)
    slo = slo ?? typical.slo
  }

  func nextReplan(after last: SimulationTime?) -> SimulationTime? { timing.next(after: last) }

  mutating func replan(_ cluster: ClusterView) -> [Action] {
    if let due = timing.due(at: cluster.now) { return due }
    guard timing.isTime(at: cluster.now) else { return [] }
    return timing.take(plan(cluster), at: cluster.now)
  }

  /// What a worker does with a model, for each batch.
  struct Speeds {
    var batches: [Int]
    var seconds: [Double]
  }

  private mutating func plan(_ cluster: ClusterView) -> [Action] {
    demand.count(cluster.arrived, at: cluster.now)
    let workers = cluster.workers.filter { $0.isActive && $0.isUp }
    guard let light, let heavy, let heavySteps, let slo, workers.count > 1, demand.perSecond > 0,
      let slow = speeds(cluster, heavy, heavySteps, workers[0].id, .zero),
      let fast = speeds(cluster, light, lightSteps, workers[0].id, discriminator)
    else { return [] }
    let asked = max(demand.perSecond, DemandEstimate.least) * headroom
    let waits = waits(cluster, workers, heavy)
    let plan =
      solve(
        fast, slow, demand: asked, workers: workers.count,
        budget: slo.seconds - waits.light - waits.heavy)
      ?? solve(fast, slow, demand: asked, workers: workers.count, budget: slo.seconds)
      ?? Plan(
        lightWorkers: workers.count - 1, lightBatch: fast.batches[fast.batches.count - 1],
        heavyBatch: slow.batches[0], deferred: 0)
    deferred = plan.deferred
    return assignments(workers, light: light, heavy: heavy, lightWorkers: plan.lightWorkers) + [
      .limitBatch(light, plan.lightBatch), .limitBatch(heavy, plan.heavyBatch),
      .tune(Self.share, plan.deferred),
      .tune(Self.heavyTime, heavyTime(slow, batch: plan.heavyBatch) + waits.heavy),
    ]
  }

  struct Plan: Hashable {
    var lightWorkers: Int
    var lightBatch: Int
    var heavyBatch: Int
    var deferred: Double
  }

  private func speeds(
    _ cluster: ClusterView, _ model: ModelID, _ steps: Int, _ worker: WorkerID,
    _ extra: SimulationDuration
  ) -> Speeds? {
    var speeds = Speeds(batches: [], seconds: [])
    for batch in Self.batches where batch <= cluster.batchLimit ?? 1 {
      guard
        let time = cluster.predictedBatch(
          of: model, images: batch, evaluations: steps, on: worker)
      else { return nil }
      speeds.batches.append(batch)
      speeds.seconds.append((time + extra).seconds)
    }
    return speeds
  }

  private func heavyTime(_ heavy: Speeds, batch: Int) -> Double {
    heavy.batches.firstIndex(of: batch).map { heavy.seconds[$0] } ?? 0
  }

  /// What a query waits for each model, in seconds: images in the queues over their throughput.
  private func waits(
    _ cluster: ClusterView, _ workers: [WorkerView], _ heavy: ModelID
  ) -> (light: Double, heavy: Double) {
    let slow = workers.reduce(0) { $0 + ($1.model == heavy ? $1.queuedImages : 0) }
    // A central queue does not say whose images it holds: all of them go by the demand.
    let all = workers.reduce(cluster.centralImages) { $0 + $1.queuedImages }
    return (
      Double(all - slow) / demand.perSecond,
      Double(slow) / (demand.perSecond * max(deferred, 0.01))
    )
  }

  func solve(
    _ light: Speeds, _ heavy: Speeds, demand: Double, workers: Int, budget: Double
  ) -> Plan? {
    var program = IntegerProgram()
    let share = program.variable(0...maximumDeferred, objective: 1)
    var all: [(variable: Int, factor: Double)] = []
    var time: [(variable: Int, factor: Double)] = []
    /// Workers and choice, for each batch.
    func model(_ speeds: Speeds) -> (workers: [Int], chosen: [Int]) {
      let counts = speeds.batches.map { _ in
        program.variable(0...Double(workers), isInteger: true)
      }
      let chosen = speeds.batches.map { _ in program.variable(0...1, isInteger: true) }
      program.require(chosen.map { ($0, 1) }, .equal, 1)
      for (count, choice) in zip(counts, chosen) {
        program.require([(count, 1), (choice, -Double(workers))], .atMost, 0)
      }
      all += counts.map { ($0, 1) }
      time += zip(chosen, speeds.seconds).map { ($0, $1) }
      return (counts, chosen)
    }
    func rates(_ counts: [Int], _ speeds: Speeds) -> [(variable: Int, factor: Double)] {
      counts.indices.map { (counts[$0], Double(speeds.batches[$0]) / speeds.seconds[$0]) }
    }
    let (lightCounts, lightChosen) = model(light)
    let (heavyCounts, heavyChosen) = model(heavy)
    program.require(rates(lightCounts, light), .atLeast, demand)
    program.require(rates(heavyCounts, heavy) + [(share, -demand)], .atLeast, 0)
    program.require(all, .atMost, Double(workers))
    program.require(time, .atMost, budget)
    guard let values = solver.solve(program) else { return nil }
    func batch(_ chosen: [Int], _ speeds: Speeds) -> Int {
      chosen.firstIndex { values[$0] > 0.5 }.map { speeds.batches[$0] } ?? speeds.batches[0]
    }
    let lightWorkers = lightCounts.reduce(0.0) { $0 + values[$1] }
    return Plan(
      lightWorkers: max(1, min(Int(lightWorkers.rounded()), workers - 1)),
      lightBatch: batch(lightChosen, light), heavyBatch: batch(heavyChosen, heavy),
      deferred: min(max(values[share], 0), 1))
  }

  /// Gives workers a model, and leaves as many as can be with the one that they have.
  private func assignments(
    _ workers: [WorkerView], light: ModelID, heavy: ModelID, lightWorkers: Int
  ) -> [Action] {
    let ranked = workers.enumerated().sorted {
      let (a, b) = ($0.element.model == light ? 0 : 1, $1.element.model == light ? 0 : 1)
      return (a, $0.offset) < (b, $1.offset)
    }
    return ranked.enumerated().compactMap { place, worker in
      let model = place < lightWorkers ? light : heavy
      return worker.element.model == model ? nil : .assign(worker.element.id, model)
    }
  }
}
