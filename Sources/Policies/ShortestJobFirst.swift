public import Cluster
public import EventEngine

/// Shortest predicted service first.
public struct ShortestJobFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "sjf", summary: "shortest predicted service first",
    reference: "Smith, Nav. Res. Logist. Q. 3 (1956)",
    parameters: [Preemption.switchParameter, Preemption.marginParameter]
  ) { .success(.discipline(ShortestJobFirst(Preemption($0)))) }

  let preemption: Preemption

  init(_ preemption: Preemption) { self.preemption = preemption }

  /// The policy, without preemption.
  public init() { self.init(.never) }

  /// The predicted service time, from medians.
  public func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    Priority(rank: query.predictedService.nanoseconds)
  }

  /// As chosen.
  public var isPreemptive: Bool { preemption.isOn }

  /// Where the running query's predicted service is behind by more than the margin.
  public func preempts(
    _ waiting: QueryView, _ running: QueryView, at now: SimulationTime
  ) -> Bool {
    preemption.takes(priority(of: waiting, at: now), placeOf: priority(of: running, at: now))
  }
}
