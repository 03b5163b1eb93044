package import Cluster
package import EventEngine

/// Least slack first, as a share of the query's own service time: a large query is urgent earlier than a small one.
///
/// Rank: (deadline - now - predicted remaining time on the worker in question) / predicted service. Source: MixFusion's slack, (SLO - elapsed - predicted
/// remaining) / standalone latency; reconstructed from its symbols. Left out: its switch to the candidate of most
/// throughput where slack is relaxed, and its check that those in service still meet their deadlines.
package struct RelativeSlackFirst: QueueDiscipline {
  static let entry = PolicyEntry(
    .discipline, "relative-slack",
    summary: "least slack first, as a share of the predicted service",
    reference: "MixFusion, PPoPP 2026 (PatchedServe, arXiv 2501.09253)"
  ) { _ in .success(.discipline(RelativeSlackFirst())) }

  static let preset = PolicyPreset(
    "mixfusion",
    summary: "least relative slack first, hopeless queries dropped, continuous batches",
    reference: entry.reference ?? "",
    parts: [.discipline: "relative-slack", .admission: "drop-hopeless", .batching: "continuous"])

  /// The policy.
  package init() {}

  /// True.
  package var readsRemaining: Bool { true }

  /// True: slack falls faster, as a share, where service is short.
  package var timeVarying: Bool { true }

  /// In millionths of the predicted service.
  package func priority(of query: QueryView, at now: SimulationTime) -> Priority {
    let service = max(query.predictedService.seconds, 1e-9)
    let share = (query.deadline - now - query.predictedRemaining).seconds / service
    return Priority(rank: Int64((min(max(share, -1e6), 1e6) * 1e6).rounded()))
  }
}
