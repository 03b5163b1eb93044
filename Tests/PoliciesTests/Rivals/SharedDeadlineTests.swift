import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// Batches that keep deadlines, and accelerators that are shared under them: schedules worked out by hand. A step takes
/// 10 ms, or 10 / 1.89 ms on two accelerators; nothing else takes time.
@Suite struct SharedDeadlineTests {
  private func cluster(_ accelerators: Int, _ binding: QueueBinding = .central)
    -> ClusterConfiguration
  {
    ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "n", accelerators: accelerators,
          accelerator: Device(synthetic: [.denoise: .deterministic(0.01)]), cores: 1,
          cpu: Device(synthetic: [:]), link: .instant)
      ], binding: binding)
  }

  /// Arrival and SLO in milliseconds.
  private struct Asked {
    let steps: Int
    let at: Int
    let slo: Int
  }

  private func run(
    _ queries: [Asked], on cluster: ClusterConfiguration,
    under policy: PolicySet
  ) throws -> [QueryRecord] {
    let queries = queries.enumerated().map { index, query in
      Query(
        id: QueryID(rawValue: Int32(index)),
        arrival: SimulationTime(nanoseconds: Int64(query.at) * 1_000_000),
        slo: SimulationDuration(nanoseconds: Int64(query.slo) * 1_000_000),
        model: ModelID(rawValue: 0),
        size: ImageSize(height: 512, width: 512), images: 1, steps: query.steps)
    }
    return try simulate(
      QueryStream(queries: queries, models: ["sd15"]), on: cluster, under: policy
    ).records.sorted { $0.query.id < $1.query.id }
  }

  /// A batch travels together: with a query of 50 steps one of 10 steps is done after 500 ms. Both wait until 20 ms.
  @Test(arguments: [(600, [520, 520]), (300, [120, 620])])
  func aQueryThatWouldMakeAnotherLateIsNotTaken(_ slo: Int, _ ends: [Int]) throws {
    var policy = try policySet([.named(.batching, "deadline-aware"), .named(.discipline, "edf")])
    let queries = [
      Asked(steps: 2, at: 0, slo: 100), Asked(steps: 10, at: 1, slo: slo),
      Asked(steps: 50, at: 1, slo: 2000),
    ]
    let records = try run(queries, on: cluster(1), under: policy)
    #expect(records.dropFirst().map { Int(($0.end.seconds * 1000).rounded()) } == ends)
    #expect(records.allSatisfy { $0.isOnTime })
    policy.batching = StaticBatching(images: 16, wait: .zero)
    let together = try run(queries, on: cluster(1), under: policy)
    #expect(together.dropFirst().allSatisfy { Int(($0.end.seconds * 1000).rounded()) == 520 })
  }

  /// Ten steps within 80 ms take two accelerators. Of two such queries the second waits until the first can do alone,
  /// and is hopeless by then.
  @Test func onlyIdleAcceleratorsGiveHope() throws {
    var policy = try policySet([
      .named(.batching, "none"), .named(.admission, "drop-hopeless"), .named(.discipline, "edf"),
    ])
    policy.steps = RoundParallelSteps(accelerators: 2, round: 5)
    let query = Asked(steps: 10, at: 0, slo: 80)
    let alone = try run([query], on: cluster(2), under: policy)
    #expect(alone[0].isOnTime && abs(alone[0].end.seconds - 0.1 / 1.89) < 1e-6)
    let both = try run([query, query], on: cluster(2), under: policy)
    #expect(both[0].isOnTime && abs(both[0].end.seconds - (0.05 / 1.89 + 0.05)) < 1e-6)
    #expect(both[1].outcome == .dropped(.hopelessBeforeService))
    // Without helpers it is known at once.
    policy.steps = FixedSteps()
    let hopeless = try run([query], on: cluster(2), under: policy)
    #expect(hopeless[0].outcome == .dropped(.hopelessAtArrival))
  }

  /// The second query joins the queue of the accelerator that helps the first, which gives it back after two steps.
  @Test func aHelperWithWorkOfItsOwnGoesBack() throws {
    var policy = try policySet([.named(.batching, "none"), .named(.dispatcher, "round-robin")])
    policy.steps = RoundParallelSteps(accelerators: 2, round: 2)
    let records = try run(
      [Asked(steps: 10, at: 0, slo: 1000), Asked(steps: 10, at: 9, slo: 1000)],
      on: cluster(2, .perWorker(stealing: false)), under: policy)
    #expect(abs((records[1].start?.seconds ?? 0) - 0.02 / 1.89) < 1e-6)
    #expect(abs(records[0].end.seconds - (0.02 / 1.89 + 0.08)) < 1e-6)
  }
}
