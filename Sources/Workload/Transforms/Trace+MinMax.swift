public import EventEngine

extension Trace {
  /// The trace rescaled so that its rate runs from `low` to `high` queries per second: the method
  /// of DiffServe (Ahmad et al., MLSys 2025) and Proteus, which keeps the shape of the curve.
  ///
  /// Counts c per `bin` from the first arrival on become rates low + (c - min) / (max - min) (high
  /// - low); arrivals are laid evenly along the accumulated count, and take the properties of the
  /// rows in their order, over and over. A constant trace gets the middle of the range. The last
  /// bin is taken as full. Needs 0 <= `low` <= `high`, `high` > 0 and a positive `bin`.
  /// - Complexity: O(bins + rows of the result).
  public func minMaxRescaled(low: Double, high: Double, bin: SimulationDuration) -> Trace {
    precondition(low >= 0 && low <= high && high > 0 && high.isFinite, "not a range of rates")
    precondition(bin > .zero, "a bin without length")
    guard let first = rows.first?.arrival else { return self }
    var counts = [Int](repeating: 0, count: Int(span.nanoseconds / bin.nanoseconds) + 1)
    for row in rows { counts[Int((row.arrival - first).nanoseconds / bin.nanoseconds)] += 1 }
    let least = counts.reduce(Int.max, min)
    let most = counts.reduce(0, max)
    var result = self
    result.rows = SpillingArray()
    // Taken over and over.
    let rows = Array(rows)
    var accumulated = 0.0
    for (i, count) in counts.enumerated() {
      let share = most > least ? Double(count - least) / Double(most - least) : 0.5
      let expected = (low + share * (high - low)) * bin.seconds
      let start = first + bin * i
      // Query k stands where the accumulated count passes k + 1/2.
      while Double(result.rows.count) + 0.5 < accumulated + expected {
        let part = (Double(result.rows.count) + 0.5 - accumulated) / expected
        var row = rows[result.rows.count % rows.count]
        row.arrival = start + SimulationDuration(seconds: max(0, part) * bin.seconds)
        result.rows.append(row)
      }
      accumulated += expected
    }
    result.report.notes.append(
      "rates rescaled to \(low) to \(high) query/s (min-max over bins of \(bin.seconds) s, as "
        + "DiffServe does): \(rows.count) rows became \(result.rows.count) queries, evenly spaced")
    return result
  }
}
