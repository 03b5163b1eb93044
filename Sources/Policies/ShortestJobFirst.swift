public import Cluster
public import EventEngine

/// Shortest predicted service first.
public struct ShortestJobFirst: PreemptiveDiscipline {
  static let entry = PolicyEntry(
    .discipline, "sjf", summary: "shortest predicted service first",
    reference: "Smith, Nav. Res. Logist. Q. 3 (1956)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { Preemption.made(by: $0) { ShortestJobFirst($0) } }

  /// By rank, at step boundaries.
  public let preemption: Preemption

  /// The policy; by default without preemption.
  public init(_ preemption: Preemption = .never) { self.preemption = preemption }

  /// The predicted service time, from medians.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.predictedService.nanoseconds)
  }
}
