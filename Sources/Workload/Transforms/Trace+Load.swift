public import EventEngine

extension Trace {
  /// The trace `factor` times as fast: every arrival is divided by it. `factor` is positive.
  ///
  /// The shape of the trace stays, its time scale does not: a day of peaks becomes minutes.
  public func compressed(by factor: Double) -> Trace {
    var result = scalingTime(by: factor)
    result.report.notes.append("time is compressed by \(factor)")
    return result
  }

  /// The trace at `factor` times its rate, by compressing time. `factor` is positive.
  public func rateScaled(by factor: Double) -> Trace {
    var result = scalingTime(by: factor)
    result.report.notes.append("the rate is scaled by \(factor): time is compressed")
    return result
  }

  private func scalingTime(by factor: Double) -> Trace {
    var result = self
    result.rows = rows.changing { $0.compress(by: factor) }
    return result
  }

  /// The period at which superposed copies wrap around: the span, rounded up to the next whole
  /// second (one more if it is whole, so that the last row does not fall on the first).
  public var wrapPeriod: SimulationDuration {
    SimulationDuration(nanoseconds: (span.nanoseconds / 1_000_000_000 + 1) * 1_000_000_000)
  }

  /// `factor` copies of the trace laid over each other, which multiplies its rate and keeps its
  /// time scale and span. `factor` is positive.
  ///
  /// Copy 0 stands as it is; copy k is shifted by an offset drawn uniformly from
  /// [0, ``wrapPeriod``) under `seed` and k, and wraps around (Assumed: the published systems that
  /// superpose traces do not say how they shift). Of a fraction r of a copy each row is kept with
  /// probability r, drawn under `seed` and the row's index. Many copies even out daily peaks.
  /// - Complexity: O(n log n) in the rows of the result.
  public func superposed(factor: Double, seed: UInt64) -> Trace {
    precondition(factor > 0 && factor.isFinite, "a factor that is not positive")
    // Taken in another order.
    let rows = Array(rows)
    guard let first = rows.first?.arrival else { return self }
    let whole = Int(factor)
    let rest = factor - Double(whole)
    let period = wrapPeriod.nanoseconds
    var placed: [(time: Int64, row: Int32, order: Int)] = []
    placed.reserveCapacity(Int(Double(rows.count) * factor) + rows.count)
    for copy in 0..<(rest > 0 ? whole + 1 : whole) {
      let offset = copy == 0 ? 0 : Self.shift(ofCopy: copy, period: period, seed: seed)
      for (i, row) in rows.enumerated() {
        if copy == whole {
          var stream = RandomStream(seed: seed, stream: .superposeThinning, entity: UInt64(i))
          if stream.uniform() >= rest { continue }
        }
        let time = ((row.arrival - first).nanoseconds + offset) % period
        placed.append((time, Int32(i), placed.count))
      }
    }
    placed.sort { $0.time == $1.time ? $0.order < $1.order : $0.time < $1.time }
    var result = self
    result.rows = SpillingArray(
      placed.lazy.map { entry in
        var row = rows[Int(entry.row)]
        row.arrival = first + SimulationDuration(nanoseconds: entry.time)
        return row
      })
    result.report.notes.append(
      "\(factor) copies superposed: \(rows.count) rows became \(result.rows.count) queries")
    return result
  }

  private static func shift(ofCopy copy: Int, period: Int64, seed: UInt64) -> Int64 {
    var stream = RandomStream(seed: seed, stream: .superposeShift, entity: UInt64(copy))
    return Int64.random(in: 0..<period, using: &stream)
  }
}

extension TraceRow {
  /// Divides the time of arrival by a positive factor, to the nearest nanosecond.
  public mutating func compress(by factor: Double) {
    precondition(factor > 0 && factor.isFinite, "a factor that is not positive")
    let limit = Double(SimulationDuration.longest.nanoseconds)
    let scaled = (Double(arrival.nanoseconds) / factor).rounded(.toNearestOrAwayFromZero)
    arrival = SimulationTime(nanoseconds: Int64(min(scaled, limit)))
  }
}
