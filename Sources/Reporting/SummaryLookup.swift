import Results

extension [StoredSummary] {
  /// Names of the policies, in order.
  var policies: [String] { map(\.policy).distinct() }

  /// The summary of a metric of a policy; nil where there is none.
  func of(_ policy: String, _ metric: Metric) -> StoredSummary? {
    first { $0.policy == policy && $0.metric == metric }
  }
}

extension StoredSummary {
  /// ` ns` where no difference to the baseline is shown at the 5 % level.
  var mark: String { pValue.map { $0 > 0.05 ? " ns" : "" } ?? "" }
}
