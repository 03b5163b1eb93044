import Cluster
import EventEngine
import Foundation
import LatentDynamics
import Workload

/// Which share of each class of prompts gets which number of steps: the largest mean accuracy that the workers keep up
/// with.
///
/// With z_cvn the share of queries that are of class c (p_c of all) and get level v on node n, which has W_n workers that
/// spend s_vn seconds on each, the demand D and accuracies a_cv:
///
///     maximise sum a_cv z_cvn      sum_vn z_cvn = p_c for each c      sum_cv z_cvn s_vn D / W_n <= 1 for each n
///
/// s_vn is that of the largest batch that takes no longer than the objective, as Proteus plans. Where the demand is too
/// much, everybody gets the lowest level. Simplified: plans count on all queries to be of the most frequent model, the first
/// size and one image, as those of the rivals are.
struct VariantPlanner: Controller {
  static let parameters = [
    PolicyParameter(
      "levels", .integers(1...1000), default: .integers([10, 15, 20, 30, 50]),
      "numbers of steps to choose from (Assumed)"),
    PolicyParameter(
      "slo", .duration, default: .ofQueries,
      "objective that plans are made for; default: the queries' mean"),
    PolicyParameter(
      "every", .duration, default: .duration(SimulationDuration(seconds: 10)),
      "time between two plans; published code: 10 to 20 s"),
    PolicyParameter(
      "headroom", .number(1...10), default: .number(1.05),
      "planned over estimated demand; published code: 1.05"),
    PolicyParameter(
      "smoothing", .number(0.01...1), default: .number(0.4),
      "weight of the newest count in the estimated demand (Assumed)"),
    PolicyParameter(
      "planning", .duration, default: .duration(SimulationDuration(seconds: 0.01)),
      "time from a look to its plan's effect (Assumed)"),
    PolicyParameter("solver", .name, default: .name(Solver.defaultLibrary), "the library of GLPK"),
  ]

  /// Prompts that are planned for alike.
  struct PromptClass: Hashable {
    /// Of all prompts.
    var share: Double
    /// By level.
    var accuracies: [Double]
  }

  let levels: [Int]
  private let solver: Solver
  /// Nil until the queries are known, where the scenario does not say.
  private var slo: SimulationDuration?
  private var model = ModelID(rawValue: 0)
  /// Most steps that a query gets, whatever its level.
  private var maximumSteps = Int.max
  private let headroom: Double
  private var timing: PlanTiming
  private var demand: DemandEstimate
  private var classes: [PromptClass] = []

  init(_ arguments: PolicyArguments, _ solver: Solver) {
    self.solver = solver
    levels = arguments.integers("levels")
    slo = arguments.durationIfGiven("slo")
    headroom = arguments.number("headroom")
    timing = PlanTiming(
      every: arguments.duration("every"), delay: arguments.duration("planning"))
    demand = DemandEstimate(weight: arguments.number("smoothing"))
  }

  mutating func bind(_ classes: [PromptClass]) { self.classes = classes }

  /// Takes the model and the steps that queries ask for, and what else the scenario does not say; before the classes.
  mutating func bind(_ typical: TypicalQuery) {
    model = typical.model
    maximumSteps = typical.steps
    slo = slo ?? typical.slo
  }

  /// Mean convergence of rows at a full schedule of so many steps; beyond `cap` it counts for nothing.
  static func accuracy(
    _ table: TrajectoryTable, rows: [Int], steps: Int, cap: Double = .infinity
  ) -> Double {
    guard !rows.isEmpty else { return 0 }
    let sum = rows.reduce(0.0) { sum, row in
      let error = table.error(row: row, DenoisingPath(scheduled: steps, done: steps), .none)
      return sum + min(-log10(max(error, 1e-9)), cap)
    }
    return sum / Double(rows.count)
  }

  func nextReplan(after last: SimulationTime?) -> SimulationTime? { timing.next(after: last) }

  mutating func replan(_ cluster: ClusterView) -> [Action] {
    if let due = timing.due(at: cluster.now) { return due }
    guard timing.isTime(at: cluster.now) else { return [] }
    return timing.take(plan(cluster), at: cluster.now)
  }

  private mutating func plan(_ cluster: ClusterView) -> [Action] {
    demand.count(cluster.arrived, at: cluster.now)
    let workers = cluster.workers.filter { $0.isActive && $0.isUp }
    guard let slo, !workers.isEmpty else { return [] }
    // A demand that is nearly none is planned for as a little: the solver does not like numbers of all sizes.
    let shares = solve(
      cluster, workers, demand: max(demand.perSecond, DemandEstimate.least) * headroom,
      within: slo)
    return classes.indices.flatMap { c in
      levels.indices.map { v in
        .tune(
          VariantShares.name(class: c, level: v), shares?[c][v] ?? (v == 0 ? 1 : 0))
      }
    }
  }

  /// What queries get at a level: no more than they ask for.
  func steps(_ level: Int) -> Int { min(levels[level], maximumSteps) }

  /// Seconds of a worker for one image at a level.
  private func seconds(
    _ cluster: ClusterView, _ worker: WorkerID, level: Int, within slo: SimulationDuration
  ) -> Double? {
    var best: Double?
    for images in 1...max(cluster.batchLimit ?? 1, 1) {
      guard
        let time = cluster.predictedBatch(
          of: model, images: images, evaluations: steps(level), on: worker)
      else { return nil }
      if best != nil, time > slo { break }
      best = time.seconds / Double(images)
    }
    return best
  }

  /// By class and level; nil where the demand is too much.
  private func solve(
    _ cluster: ClusterView, _ workers: [WorkerView], demand: Double,
    within slo: SimulationDuration
  ) -> [[Double]]? {
    var program = IntegerProgram()
    var served = classes.map { _ in
      [[(variable: Int, factor: Double)]](repeating: [], count: levels.count)
    }
    let nodes = Dictionary(grouping: workers, by: \.node).sorted {
      $0.key.rawValue < $1.key.rawValue
    }
    for (_, own) in nodes {
      var work: [(variable: Int, factor: Double)] = []
      for v in levels.indices {
        guard let spent = seconds(cluster, own[0].id, level: v, within: slo) else { continue }
        for c in classes.indices {
          let share = program.variable(0...1, objective: classes[c].accuracies[v])
          served[c][v].append((share, 1))
          work.append((share, spent * demand / Double(own.count)))
        }
      }
      program.require(work, .atMost, 1)
    }
    for c in classes.indices {
      program.require(served[c].flatMap { $0 }, .equal, classes[c].share)
    }
    guard let values = solver.solve(program) else { return nil }
    return classes.indices.map { c in
      let all = classes[c].share
      return levels.indices.map { v in
        all > 0 ? served[c][v].reduce(0) { $0 + values[$1.variable] } / all : (v == 0 ? 1 : 0)
      }
    }
  }
}

/// The shares of each class of prompts at each level, as a step policy holds them.
struct VariantShares: Sendable {
  private let levels: [Int]
  private var shares: [[Double]]

  /// Everybody at the highest level.
  init(levels: [Int], classes: Int) {
    self.levels = levels
    shares = (0..<classes).map { _ in levels.indices.map { $0 == levels.count - 1 ? 1 : 0 } }
  }

  /// A whole class at one level.
  mutating func keep(_ level: Int, class c: Int) {
    shares[c] = levels.indices.map { $0 == level ? 1 : 0 }
  }

  static func name(class c: Int, level: Int) -> String { "\(c) \(level)" }

  mutating func tune(_ name: String, to share: Double) {
    let numbers = name.split(separator: " ").compactMap { Int($0) }
    guard numbers.count == 2, shares.indices.contains(numbers[0]),
      levels.indices.contains(numbers[1])
    else { return }
    shares[numbers[0]][numbers[1]] = share
  }

  /// The steps of a query's level, drawn by query.
  func level(of query: QueryView, class c: Int) -> Int {
    var random = RandomStream(
      seed: query.promptSeed, stream: .cascade, entity: UInt64(query.id.rawValue))
    var rest = random.uniform()
    for (level, share) in zip(levels, shares[c]) {
      if rest < share { return level }
      rest -= share
    }
    return levels[levels.count - 1]
  }
}
