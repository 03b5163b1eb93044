import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import LatentDynamics
import Policies
import Results
import Scenarios
import Workload

/// What is possible at all: a lower bound on violations, and the best schedule that is known.
struct ClairvoyantReference: Sendable {
  /// What the best known schedule is called among the policies.
  static let name = View.bestKnown

  /// Schedules by one who knows what is to come, of which the best counts.
  private var schedules: [PolicySet]
  /// Index of the best known schedule among the policies.
  let policy: Int
  private let times: ServiceTimes
  private let scenario: Scenario
  /// Fewest evaluations that keep the quality floor, by row of the trajectory table; empty without either.
  private let needs: [Int]

  init(schedules: [PolicySet], policy: Int, times: ServiceTimes, scenario: Scenario) {
    self.policy = policy
    self.times = times
    self.scenario = scenario
    let table = scenario.latents?.table
    self.schedules = schedules.map { schedule in
      var schedule = schedule
      schedule.steps.prepare(
        StepSetup(
          parallelism: scenario.cluster.parallelism, trajectories: table, finish: schedule.finish))
      return schedule
    }
    guard let table, let floor = scenario.quality.floor else {
      needs = []
      return
    }
    let limit = pow(10, -floor)
    needs = (0..<table.prompts).map {
      table.fewestEvaluations(row: $0, error: limit) ?? table.grid.steps
    }
  }

  /// Orders and batches that a clairvoyant tries, on the baseline's placement. Every prompt gets the fewest steps of a
  /// schedule that keeps the floor; what cannot be on time is dropped; the CPU works while the accelerator does.
  static func schedules(
    _ baseline: PolicySet, _ quality: QualityPlan, maximumImages: Int
  ) -> [PolicySet] {
    let disciplines: [any QueueDiscipline] = [
      EarliestDeadlineFirst(), ShortestJobFirst(), LeastSlackFirst(),
    ]
    let wait = SimulationDuration(seconds: 0.05)
    let batchings: [any BatchFormation] = [
      ContinuousBatching(images: 4), ContinuousBatching(images: 16), NoBatching(),
      StaticBatching(images: 4, wait: .zero), StaticBatching(images: 4, wait: wait),
      StaticBatching(images: 16, wait: .zero), StaticBatching(images: 16, wait: wait),
    ].filter { $0.maximumImages ?? 1 <= maximumImages }
    return batchings.flatMap { batching in
      disciplines.map { discipline in
        PolicySet(
          name: name,
          steps: quality.floor.map { PredictedSteps(floor: $0, error: 0) } ?? FixedSteps(),
          dispatcher: EarliestFinish(), discipline: discipline,
          admission: DropHopeless(margin: .zero),
          batching: batching, pipelining: .cpuGPU(buffer: 2), placement: baseline.placement)
      }
    }
  }

  /// The smallest share of late or dropped queries among those that arrive from `warmup` on; nil with a horizon, and
  /// without such queries.
  ///
  /// One machine does what all accelerators do together, in whatever pieces, each evaluation in the batch that suits it
  /// best, of those that the profiles and the scenario's policies know; nothing else takes time. Each query gets the
  /// fewest evaluations that keep the quality floor (or all that it asks for, if none do). ``OnTimeBound`` says how many
  /// it can have on time. Nil, too, where times are random or accelerators that share a query do more than each alone.
  func leastViolationRatio(
    _ queries: QueryStream, models: [String], warmup: SimulationTime
  ) -> Double? {
    let isSuperlinear = scenario.cluster.parallelism.points.contains {
      $0.speedup > Double($0.devices)
    }
    guard scenario.run.horizon == nil, times.hasFixedEvaluations, !isSuperlinear else { return nil }
    let jobs = jobs(queries, models, from: warmup)
    guard !jobs.isEmpty else { return nil }
    let most = min(OnTimeBound(jobs).maximumOnTime, jobs.count)
    return Double(jobs.count - most) / Double(jobs.count)
  }

  private func jobs(
    _ queries: QueryStream, _ models: [String], from start: SimulationTime
  ) -> [OnTimeBound.Job] {
    var work = Memo<QueryKind, Double>()
    let rates = rates()
    var jobs: [OnTimeBound.Job] = []
    for query in queries where query.arrival >= start {
      var kind = query.kind
      kind.steps = Int32(evaluations(query))
      let time = work.value(of: kind) { nanoseconds(kind, models, rates) }
      jobs.append(
        OnTimeBound.Job(
          release: query.arrival.nanoseconds, deadline: query.deadline.nanoseconds,
          work: Int64(time.rounded(.down))))
    }
    return jobs
  }

  private func evaluations(_ query: Query) -> Int {
    guard let table = scenario.latents?.table, !needs.isEmpty else { return Int(query.steps) }
    return min(needs[table.row(promptSeed: query.promptSeed)], Int(query.steps))
  }

  private struct Rate {
    let node: NodeID
    let accelerators: Int
    /// Of one of its accelerators, beside one of the first node.
    let speed: Double
  }

  /// The nodes that denoise. Any speeds give a bound; those of the first shape give a good one.
  private func rates() -> [Rate] {
    let nodes = scenario.cluster.nodes.indices.filter {
      scenario.cluster.nodes[$0].stages.contains(.denoise)
    }
    let first = ShapeID(rawValue: 0)
    let spent = nodes.map {
      times.leastEvaluation(node: NodeID(rawValue: Int32($0)), shape: first)
    }
    return zip(nodes, spent).map { node, time in
      Rate(
        node: NodeID(rawValue: Int32(node)),
        accelerators: scenario.cluster.nodes[node].accelerators,
        speed: time > 0 ? spent[0] / time : 1)
    }
  }

  /// Of all accelerators together, for a query of this kind.
  private func nanoseconds(_ kind: QueryKind, _ models: [String], _ rates: [Rate]) -> Double {
    let shape = Shape(model: models[Int(kind.model.rawValue)], size: kind.size)
    guard let id = times.id(of: shape) else { return 0 }
    let work = rates.map { rate in
      times.leastEvaluation(node: rate.node, shape: id) * Double(kind.steps) * rate.speed
    }
    let speed = rates.reduce(0) { $0 + Double($1.accelerators) * $1.speed }
    return (work.min() ?? 0) * Double(kind.images) / speed
  }

  /// The run with the fewest violations of all schedules and of those that serve a set chosen beforehand; of equal ones
  /// the one with the lowest mean latency.
  func best(
    of queries: QueryStream, models: [String], warmup: SimulationTime,
    _ simulate: (PolicySet) -> RunRecorder
  ) -> RunRecorder {
    var best: (run: RunRecorder, late: Int, latency: Double)?
    for schedule in schedules + chosen(queries, models) {
      let run = simulate(schedule)
      var late = 0
      var latency = 0.0
      for record in run.records where record.query.arrival >= warmup {
        if !record.isOnTime { late += 1 }
        latency += record.latency.seconds
      }
      if let best, (best.late, best.latency) <= (late, latency) { continue }
      best = (run, late, latency)
    }
    guard let best else { preconditionFailure("no schedule to choose from") }
    return best.run
  }

  /// Schedules that serve a set chosen with all arrivals known, as if all accelerators were one that does so much of
  /// their work; none for longer streams, which would take too long.
  private func chosen(_ queries: QueryStream, _ models: [String]) -> [PolicySet] {
    let jobs = jobs(queries, models, from: .zero)
    guard jobs.count <= 20_000 else { return [] }
    return [1, 0.9, 0.8].map { efficiency in
      var schedule = schedules[schedules.count - 1]
      schedule.discipline = EarliestDeadlineFirst()
      schedule.admission = ChosenQueries(jobs, efficiency: efficiency)
      return schedule
    }
  }
}
