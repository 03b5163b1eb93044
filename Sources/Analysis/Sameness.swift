package import Results

/// Policies that gave the same figures, run by run, to the last bit: what tells them apart had no effect.
package enum Sameness {
  /// A note for each policy that gave what an earlier one gave. `metrics` by policy and replication.
  package static func notes(
    policies: [String], metrics: [[MetricValues]], origins: [StoredOrigin]
  ) -> [Note] {
    policies.indices.compactMap { index in
      guard policies[index] != View.bestKnown, !metrics[index].isEmpty,
        let twin = policies[..<index].indices.first(where: { metrics[$0] == metrics[index] })
      else { return nil }
      let (name, other) = (policies[index], policies[twin])
      let origin = origins.first { $0.policy == name }
      return .sameFigures(
        policy: name, other: other, change: origin?.parent == other ? origin?.change ?? "" : nil)
    }
  }
}
