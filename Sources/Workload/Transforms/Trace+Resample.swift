public import EventEngine

extension Trace {
  /// A trace of the same length made of blocks of this one, drawn with replacement: the circular block
  /// bootstrap (Politis and Romano 1992), whose every row is equally likely. A block starts anywhere
  /// in the trace and goes on at its beginning where it reaches its end.
  ///
  /// - Parameters:
  ///   - block: length of a block, above zero; one no shorter than the trace turns it round.
  ///   - seed: of the draws.
  public func resampled(block: SimulationDuration, seed: UInt64) -> Trace {
    precondition(block > .zero, "blocks without length")
    let period = wrapPeriod.nanoseconds
    guard period > 0, let origin = rows.first?.arrival else { return self }
    var random = RandomStream(seed: seed, stream: .resampling)
    var result = self
    result.rows = SpillingArray()
    var start: Int64 = 0
    while start < period {
      let length = min(block.nanoseconds, period - start)
      let from = Int64(random.uniform() * Double(period))
      var chosen: [(offset: Int64, row: TraceRow)] = []
      for row in rows {
        let offset = ((row.arrival - origin).nanoseconds - from + period) % period
        if offset < length { chosen.append((offset, row)) }
      }
      chosen.sort { $0.offset < $1.offset }
      for entry in chosen {
        var row = entry.row
        row.arrival = origin + SimulationDuration(nanoseconds: start + entry.offset)
        result.rows.append(row)
      }
      start += length
    }
    return result
  }
}
