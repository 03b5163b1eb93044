private import CGSL

/// What a table's signals know of the error that is still to come: the evidence that a policy which
/// reads them reads something.
public struct SignalEvidence: Sendable {
  /// One step of the schedule.
  public struct Row: Sendable {
    /// Steps done.
    public let step: Int
    /// Mean error of one last step from there.
    public let meanError: Double
    /// Spearman's rank correlation over prompts of each signal with that error; nil where a signal is
    /// the same for all, or not known.
    public let correlations: [LatentSignal: Double]
  }

  /// The table's stops above 0.
  public let rows: [Row]
  /// Steps between the two looks of a change.
  public let changeOver: Int

  /// The evidence of a table; changes are absolute values over `changeOver` steps.
  public init(_ table: TrajectoryTable, changeOver: Int = 2) {
    self.changeOver = changeOver
    rows = table.grid.stops.filter { $0 > 0 }.map { step in
      let all = (0..<table.prompts).map { table.error(row: $0, stop: step, .cover(1)) }
      let known = all.indices.filter { !all[$0].isNaN }
      let errors = known.map { all[$0] }
      var correlations: [LatentSignal: Double] = [:]
      for signal in LatentSignal.allCases {
        guard !signal.isChange || step > changeOver else { continue }
        let values = known.map {
          table.signal(signal, row: $0, steps: step, changeOver: changeOver)
        }
        correlations[signal] = Self.spearman(values, errors)
      }
      return Row(
        step: step, meanError: errors.reduce(0, +) / Double(errors.count),
        correlations: correlations)
    }
  }

  /// Spearman's rank correlation, ties sharing their mean rank; nil under three pairs or where one side
  /// does not vary.
  public static func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "pairs of unequal number")
    guard x.count >= 3, Set(x).count > 1, Set(y).count > 1 else { return nil }
    var work = [Double](repeating: 0, count: 2 * x.count)
    return gsl_stats_spearman(x, 1, y, 1, x.count, &work)
  }
}

extension TrajectoryTable {
  /// A signal after `steps` steps of the table's schedule, in bits; changes are absolute, over
  /// `changeOver` < `steps` steps.
  public func signal(
    _ signal: LatentSignal, row: Int, steps: Int, changeOver: Int
  ) -> Double {
    let now = entropyBits(signal, row: row, steps: steps)
    guard signal.isChange else { return now }
    return abs(now - entropyBits(signal, row: row, steps: steps - changeOver))
  }

  /// Rows by quartile of complexity, the simplest first; one group with all of a recorded table, whose
  /// complexity is not known.
  public func complexityQuartiles() -> [[Int]] {
    let rows = Array(0..<prompts)
    guard prompts >= 4, rows.allSatisfy({ !complexity($0).isNaN }) else { return [rows] }
    let sorted = rows.sorted { (complexity($0), $0) < (complexity($1), $1) }
    return (0..<4).map { Array(sorted[($0 * prompts / 4)..<(($0 + 1) * prompts / 4)]) }
  }
}
