package import Results

/// What must be said of policies' queues, for the terminal and the page.
package struct QueueText {
  private let summaries: [StoredSummary]

  package init(_ summaries: [StoredSummary]) { self.summaries = summaries }

  /// Of each queue that grows, and of those together of which it cannot be told.
  package var paragraphs: [String] {
    policies(.growing).map(growing) + [unknown].compactMap(\.self)
  }

  package func policies(_ state: QueueState) -> [String] {
    summaries.policies.filter { summaries.of($0, .latencyMean)?.queue?.state == state }
  }

  private func growing(_ policy: String) -> String {
    let growth = NumberText.short(mean(policy, .queueGrowth), digits: 2)
    let busy = NumberText.short(100 * mean(policy, .busiestUtilisation), digits: 3)
    return
      "Unsteady: the queue of \(policy) grows through the run (from the second fifth of the arrivals to the last by "
      + "\(growth) times what is in the system in the mean; the busiest device is \(busy) % utilised): the load is at "
      + "or beyond what it can take. Its latencies depend on the run's length and are not printed; "
      + "its violations do too."
  }

  /// Queues of which it cannot be told whether they settle.
  package var unknown: String? {
    let policies = policies(.unknown)
    guard !policies.isEmpty else { return nil }
    return
      "Cannot tell whether queues settle or grow: \(policies.map(figures).joined(separator: "; ")). "
      + "A queue settles where the busiest device stands idle in a run for 20 times the wait or more, in every replication "
      + "for 10 times, and where the queue is not longer at the end of the arrivals than soon after their start. "
      + "Latencies and violations may depend on the run's length" + longer(policies) + "."
  }

  private func figures(_ policy: String) -> String {
    let wait = NumberText.short(longestWait(policy), digits: 2)
    let idle = NumberText.short(mean(policy, .busiestIdle), digits: 2)
    let growth = NumberText.short(mean(policy, .queueGrowth), digits: 2)
    return "\(policy): wait \(wait) s, idle \(idle) s, relative growth \(growth)"
      + Self.unsettled(summaries.of(policy, .latencyMean))
  }

  /// Which replications do not settle, where others do.
  package static func unsettled(_ summary: StoredSummary?) -> String {
    guard let summary, let unsettled = summary.queue?.unsettled, !unsettled.isEmpty,
      unsettled.count < summary.replications
    else { return "" }
    return ", not settled in \(unsettled.count) of \(summary.replications) replications (number "
      + unsettled.map(String.init).joined(separator: ", ") + ")"
  }

  /// The time that is idle grows with the run, and the waits of a queue that settles do not.
  private func longer(_ policies: [String]) -> String {
    let factors = policies.map { 20 * longestWait($0) / mean($0, .busiestIdle) }
    guard let most = factors.max(), most < 100, most > 1 else { return "" }
    return "; if they settle, runs \(Int(most.rounded(.up))) times as long would tell"
  }

  private func longestWait(_ policy: String) -> Double {
    summaries.of(policy, .waitOfWorst)?.mean ?? mean(policy, .waitMean)
  }

  private func mean(_ policy: String, _ metric: Metric) -> Double {
    summaries.of(policy, metric)?.mean ?? 0
  }
}
