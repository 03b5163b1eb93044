/// What is said of a metric: one row of ``Metric/entry``.
package struct MetricEntry: Sendable {
  /// What it is called in tables.
  package let title: String
  /// Empty for a pure number.
  package var unit = ""
  /// What is counted or measured, where the title leaves it open.
  package var meaning = ""
  /// How a replication's figure is made.
  package let aggregation: Aggregation
  /// Of what.
  package let over: Denominator
  /// What values it can take: the scale on which its interval is made.
  package var values = ValueRange.positive
  /// Nil where it is no matter of better and worse.
  package var better: Direction?
  package var whenQueueGrows = LengthDependence.none
  package var terminalRow = TerminalRow.always
  /// Whether a ratio of two means of it says something.
  package var hasRatio = true
  /// What it counts, where that may be in no query.
  package var event: MetricNote.Event?
  /// Why a replication has no value.
  package var missing = MetricNote.missing(reason: .noQuery)

  package enum Direction: String, Sendable {
    case more
    case less
  }

  package enum Aggregation: Hashable, Sendable {
    case share
    case mean
    case percentile(Int)
    case maximum
    case count
    case total
    /// A count over time.
    case rate
    /// How much it changes through the run.
    case trend
    /// By a model of other figures.
    case estimate
    case bound
    case difference
  }

  package enum Denominator: String, Sendable {
    /// All that arrived after the warm-up.
    case offeredQueries = "offered queries"
    case completedQueries = "completed queries"
    /// Completed and dropped.
    case endedQueries = "completed and dropped queries"
    case images = "completed images"
    case time
    case acceleratorTime = "time of all accelerators"
    case activeTime = "time of the active accelerators"
    case coreTime = "time of all cores"
  }

  /// What becomes of its mean where the queue grows through the run.
  package enum LengthDependence: String, Sendable {
    case none
    /// It depends on the run's length, and is printed with a note.
    case dependsOnLength
    /// It has no other meaning than that length, and is not printed.
    case withheld
  }

  /// When the terminal's tables have a row of it; files have all.
  package enum TerminalRow: String, Sendable {
    case always
    /// Where a trajectory table judges images.
    case ifJudged
    /// Where a policy has a value.
    case ifAny
    case unlessZero
    case never
  }
}

extension MetricEntry.Aggregation: CustomStringConvertible {
  package var description: String {
    switch self {
    case .share: "share"
    case .mean: "mean"
    case .percentile(let percent): "\(percent)th percentile"
    case .maximum: "maximum"
    case .count: "count"
    case .total: "total"
    case .rate: "rate"
    case .trend: "trend"
    case .estimate: "estimate"
    case .bound: "bound"
    case .difference: "difference"
    }
  }
}
