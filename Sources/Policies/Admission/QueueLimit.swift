package import Cluster

/// Turns away what finds no room to wait.
package struct QueueLimit: Admission {
  static let entry = PolicyEntry(
    .admission, "queue-limit",
    summary:
      "drops a query that finds every worker busy, and nobody whose place it takes, and the places to wait taken",
    reference: "Erlang (1917) for no place; Kendall, Ann. Math. Stat. 24 (1953)",
    parameters: [
      PolicyParameter(
        "waiting", .integer(0...1_000_000_000), default: .integer(100),
        "places to wait, over all queues; 0 = a query is let in only while a worker is idle or would make way for it "
          + "(the dispatcher may send it to another); Assumed")
    ]
  ) { .success(.admission(QueueLimit(waiting: $0.integer("waiting")))) }

  let places: Int

  /// So many places to wait, over all queues; at least 0.
  package init(waiting: Int) { places = waiting }

  /// Drops where no worker that takes the query is idle, none gives a running query's place up to it, and all places
  /// are taken. Who made way waits, whatever the places.
  package func admit(_ query: QueryView, _ cluster: ClusterView) -> AdmissionDecision {
    if cluster.workers.contains(where: { $0.isIdle && $0.takes(query) }) { return .accept }
    if cluster.isPreempting { return .accept }
    let waiting = cluster.workers.reduce(cluster.centralParts) { $0 + $1.queuedParts }
    return waiting < places ? .accept : .drop(.queueFull)
  }
}
