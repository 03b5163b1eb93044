@testable import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// The order that each discipline gives the same four queries.
@Suite struct DisciplineTests {
  /// (arrival, deadline, predicted service) in seconds; slack = deadline - service: 8, 4, 9, 2.
  static let queries: [QueryView] = [
    .make(arrival: 0, deadline: 9, service: 1), .make(arrival: 1, deadline: 8, service: 4),
    .make(arrival: 2, deadline: 11, service: 2), .make(arrival: 3, deadline: 10, service: 8),
  ]

  private func order(_ discipline: some QueueDiscipline) -> [Int] {
    let ranks = Self.queries.map { discipline.priority(of: $0, at: Situation.now) }
    return Self.queries.indices.sorted { ranks[$0] < ranks[$1] }
  }

  @Test func knownOrders() {
    #expect(order(FirstComeFirstServed()) == [0, 1, 2, 3])
    #expect(order(EarliestDeadlineFirst()) == [1, 0, 3, 2])
    #expect(order(LeastSlackFirst()) == [3, 1, 0, 2])
    #expect(order(ShortestJobFirst()) == [0, 2, 1, 3])
  }

  /// The order in a whole run: a long query holds the one worker while the others arrive.
  @Test(arguments: [
    ("fcfs", [0, 1, 2, 3]), ("edf", [0, 3, 1, 2]), ("least-slack", [0, 1, 3, 2]),
    ("sjf", [0, 3, 2, 1]),
  ])
  func orderOfService(_ name: String, _ expected: [Int32]) throws {
    // A step takes 1 s. Query: arrival 0, 1, 2, 3; steps 9, 6, 4, 2.
    let steps = [9, 6, 4, 2]
    let deadlines: [Double] = [100, 30, 40, 29]
    let queries = steps.indices.map { index in
      Query(
        id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: Double(index)),
        slo: SimulationDuration(seconds: deadlines[index] - Double(index)),
        model: ModelID(rawValue: 0), size: ImageSize(height: 512, width: 512), images: 1,
        steps: steps[index])
    }
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "one", accelerators: 1,
          accelerator: Device(synthetic: [.denoise: .deterministic(1)]), cores: 1,
          cpu: Device(synthetic: [:]), link: Link(bytesPerSecond: .infinity, latency: .zero))
      ], binding: .perWorker(stealing: false))
    let policy = try policySet([.named(.discipline, name), .named(.batching, "none")])
    let run = try simulate(
      QueryStream(queries: queries, models: ["sd15"]), on: cluster, under: policy)
    #expect(run.records.map(\.query.id.rawValue) == expected)
    #expect(run.usage.end == SimulationTime(seconds: 21))
  }
}
