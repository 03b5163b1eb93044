public import EventEngine

extension Trace {
  /// The rows that arrive in [`start`, `start` + `length`), counted from time 0 of the trace, moved
  /// so that the window starts at 0; nil = to the end. The others count as skipped.
  public func windowed(from start: SimulationDuration, length: SimulationDuration? = nil) -> Trace {
    let from = SimulationTime.zero + start
    let end = length.map { from + $0 }
    var result = self
    result.rows = SpillingArray()
    var outside = 0
    var firstOutside = Int.max
    for var row in rows {
      if row.arrival < from || end.map({ row.arrival >= $0 }) ?? false {
        outside += 1
        firstOutside = min(firstOutside, Int(row.sourceRow))
      } else {
        row.arrival = SimulationTime(nanoseconds: (row.arrival - from).nanoseconds)
        result.rows.append(row)
      }
    }
    result.report.skip("outside the window", row: firstOutside, count: outside)
    result.report.rowsReplayed -= outside
    let until = length.map { "\((start + $0).seconds) s" } ?? "the end"
    result.report.notes.append("time window: \(start.seconds) s to \(until), moved to 0")
    return result
  }
}
