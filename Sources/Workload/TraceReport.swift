/// Rows left out for one reason.
public struct SkippedRows: Hashable, Sendable {
  /// Why, as a phrase: `predict_status is not SUCCEED`.
  public var reason: String
  /// How many.
  public var count: Int
  /// Number of the first of them in the file, 1 = first after the header.
  public var firstRow: Int

  /// Rows left out, from the parts.
  public init(reason: String, count: Int, firstRow: Int) {
    self.reason = reason
    self.count = count
    self.firstRow = firstRow
  }
}

/// What became of the rows of a trace file.
///
/// Invariant: `rowsInFile` = `rowsReplayed` + the sum of `skipped`. Transforms that multiply or
/// thin rows (superposition, min-max rescaling) leave the counts, which are about the file, and say
/// so in `notes`.
public struct TraceReport: Hashable, Sendable {
  /// Rows of the file, without header and blank lines (in a trace of counts: queries).
  public var rowsInFile = 0
  /// Rows taken over.
  public var rowsReplayed = 0
  /// Rows taken over that stood behind a row of a later arrival; they were sorted, stably.
  public var rowsOutOfOrder = 0
  /// Rows left out, one entry a reason, in order of first occurrence; a row counts once.
  public var skipped: [SkippedRows] = []
  /// What a reader of results ought to know, in plain sentences.
  public var notes: [String] = []

  /// Nothing read.
  public init() {}

  /// Rows left out, for all reasons.
  public var rowsSkipped: Int { skipped.reduce(0) { $0 + $1.count } }

  /// Counts `count` rows, the first of which is `row`, as left out for `reason`.
  mutating func skip(_ reason: String, row: Int, count: Int = 1) {
    if count == 0 { return }
    if let i = skipped.firstIndex(where: { $0.reason == reason }) {
      skipped[i].count += count
      skipped[i].firstRow = min(skipped[i].firstRow, row)
    } else {
      skipped.append(SkippedRows(reason: reason, count: count, firstRow: row))
    }
  }
}
