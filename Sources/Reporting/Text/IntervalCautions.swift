package import Results

/// Which intervals are worth less than they say, and what has none because it was not seen: for the terminal, the page and
/// LaTeX tables.
package struct IntervalCautions {
  private let comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]

  /// Of the metrics that are printed.
  package init(
    _ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])],
    of isPrinted: (Metric) -> Bool
  ) {
    self.comparisons = comparisons.map { experiment, summaries in
      (experiment, summaries.filter { isPrinted($0.metric) })
    }
  }

  /// A sentence each.
  package var lines: [String] { [unseen].compactMap(\.self) + doubts }

  /// Those on intervals that there are.
  package var doubts: [String] { [wide, seldom, few].compactMap(\.self) }

  /// Violations that no replication showed.
  private var unseen: String? {
    let none = comparisons.flatMap(\.summaries).compactMap { summary -> NoneSeen? in
      guard summary.metric == .violationRatio,
        case .neverSeen(_, let replications, let busyPeriods) = summary.note
      else { return nil }
      return NoneSeen(replications: replications, busyPeriods: busyPeriods)
    }
    guard let replications = none.map(\.replications).min() else { return nil }
    let periods = none.compactMap(\.busyPeriods)
    let seen = NoneSeen(
      replications: replications, busyPeriods: periods.count == none.count ? periods.min() : nil)
    return "Violations of 0: \(seen.text()); \(seen.meaning)."
  }

  private var wide: String? {
    let all = named {
      $0.coverage != nil && !$0.isSeenInFew
    } saying: {
      "\(NumberText.short(100 * ($0.coverage ?? 1), digits: 2)) %"
    }
    return all.isEmpty
      ? nil
      : "Values spread widely, and the truth is held less often, in at most about: \(Self.some(all))."
  }

  private var seldom: String? {
    let all = named(\.isSeenInFew) { "in \($0.seenIn ?? 0) of \($0.replications)" }
    return all.isEmpty
      ? nil
      : "Doubtful, since few replications show any (such intervals hold the truth in some 80 % of experiments): \(Self.some(all))."
  }

  private var few: String? {
    let replications = comparisons.map(\.experiment.replications).filter { $0 > 2 }.min() ?? 10
    guard replications < 10 else { return nil }
    return
      "Fewer than 10 replications: intervals are wide, and where some runs are of another kind than most hold the truth in as few as "
      + "\(replications < 5 ? 74 : 84) % of experiments."
  }

  /// What it holds for, each with its policy, its place where there are several, and a word on it.
  private func named(
    _ isMeant: (StoredSummary) -> Bool, saying word: (StoredSummary) -> String
  ) -> [String] {
    comparisons.flatMap { experiment, summaries in
      summaries.filter(isMeant).map { summary in
        let place = comparisons.count > 1 ? QueuePlaces.place(experiment) : ""
        return "\(summary.metric.title) of \(summary.policy)"
          + (place.isEmpty ? "" : " at \(place)") + " (\(word(summary)))"
      }
    }
  }

  private static func some(_ list: [String]) -> String {
    list.prefix(4).joined(separator: ", ")
      + (list.count > 4 ? " and \(list.count - 4) more (CSV)" : "")
  }
}
