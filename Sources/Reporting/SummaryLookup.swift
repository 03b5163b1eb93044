package import Results

extension [StoredSummary] {
  /// Names of the policies, in order.
  package var policies: [String] { map(\.policy).distinct() }

  /// The summary of a metric of a policy; nil where there is none.
  package func of(_ policy: String, _ metric: Metric) -> StoredSummary? {
    first { $0.policy == policy && $0.metric == metric }
  }
}

extension StoredSummary {
  /// ` ns` where no difference to the baseline is shown at the 5 % level.
  package var mark: String { pValue.map { $0 > 0.05 ? " ns" : "" } ?? "" }
}
