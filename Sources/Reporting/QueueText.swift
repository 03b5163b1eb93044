import Results

/// What must be said of policies' queues, for the terminal and the page.
struct QueueText {
  private let summaries: [StoredSummary]

  init(_ summaries: [StoredSummary]) { self.summaries = summaries }

  /// Of each queue that grows, and of those together of which it cannot be told.
  var paragraphs: [String] {
    policies(.growing).map(growing) + [unknown].compactMap(\.self)
  }

  func policies(_ state: QueueState) -> [String] {
    summaries.policies.filter { summaries.of($0, .latencyMean)?.queue?.state == state }
  }

  private func growing(_ policy: String) -> String {
    let growth = NumberText.short(mean(policy, .waitGrowth), digits: 3)
    let busy = NumberText.short(100 * mean(policy, .busiestUtilisation), digits: 3)
    return
      "Unsteady: the queue of \(policy) grows through the run (the last fifth of the queries waits "
      + "\(growth) s longer than the second, the busiest device is \(busy) % utilised): the load is at "
      + "or beyond what it can take. Its latencies depend on the run's length and are not printed; "
      + "its violations do too."
  }

  /// Queues of which it cannot be told whether they settle.
  var unknown: String? {
    let policies = policies(.unknown)
    guard !policies.isEmpty else { return nil }
    let each = policies.map { policy in
      let wait = NumberText.short(mean(policy, .waitMean), digits: 2)
      let idle = NumberText.short(mean(policy, .busiestIdle), digits: 2)
      let verdict = summaries.of(policy, .latencyMean)?.queue
      let growing = verdict?.growing ?? []
      let numbers = growing.map(String.init).joined(separator: ", ")
      let runs = summaries.of(policy, .latencyMean)?.replications ?? growing.count
      return "\(policy) (wait \(wait) s, idle \(idle) s"
        + (growing.isEmpty
          ? ""
          : "; grows in \(growing.count) of \(runs) replications: number \(numbers)") + ")"
    }
    return
      "Cannot tell whether queues settle or grow: the runs are too short for the waits of "
      + each.joined(separator: ", ")
      + ". Where they settle, the busiest device stands idle in a run for 20 times the mean wait or more. "
      + "Latencies and violations there may depend on the run's length" + longer(policies) + "."
  }

  /// The time that is idle grows with the run, and the waits of a queue that settles do not.
  private func longer(_ policies: [String]) -> String {
    let factors = policies.map { 20 * mean($0, .waitMean) / mean($0, .busiestIdle) }
    guard let most = factors.max(), most < 1000, most > 1 else { return "" }
    return "; runs \(Int(most.rounded(.up))) times as long would tell"
  }

  private func mean(_ policy: String, _ metric: Metric) -> Double {
    summaries.of(policy, metric)?.mean ?? 0
  }
}
