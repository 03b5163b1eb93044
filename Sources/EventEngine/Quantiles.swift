/// Exact quantiles of whole numbers (latencies in nanoseconds), however many: up to ``maximumHeld`` are sorted in
/// memory; more are counted by bands, and only those near a quantile looked at again.
public struct Quantiles: Sendable {
  private var values: SpillingArray<Int64>
  private var least = Int64.max
  private var largest = Int64.min
  /// All values in order, once asked for; empty where they are too many.
  private var sorted: [Int64] = []
  private let maximumHeld: Int

  /// No values.
  ///
  /// - Parameter maximumHeld: values that are held in memory at once, beside what the array itself holds.
  public init(maximumHeld: Int = 1 << 20) {
    self.maximumHeld = max(maximumHeld, 1)
    values = SpillingArray(heldBytes: 8 * self.maximumHeld)
  }

  /// Number of values.
  public var count: Int { values.count }

  /// Takes one value in.
  public mutating func add(_ value: Int64) {
    values.append(value)
    least = min(least, value)
    largest = max(largest, value)
    if !sorted.isEmpty { sorted = [] }
  }

  /// The quantile `p` in [0, 1] by linear interpolation between order statistics (type 7 of
  /// Hyndman and Fan, The American Statistician 1996); nil without values.
  public mutating func quantile(_ p: Double) -> Double? { quantiles([p]).first }

  /// Several such quantiles at once; none without values.
  public mutating func quantiles(_ probabilities: [Double]) -> [Double] {
    precondition(probabilities.allSatisfy { (0...1).contains($0) }, "a quantile outside [0, 1]")
    guard count > 0 else { return [] }
    let positions = probabilities.map { $0 * Double(count - 1) }
    let below = positions.map { Int($0.rounded(.down)) }
    let ranks = below.flatMap { [$0, min($0 + 1, count - 1)] }
    let found = orderStatistics(Set(ranks).sorted())
    return positions.indices.map { i in
      let low = Double(found[below[i]] ?? 0)
      let high = Double(found[min(below[i] + 1, count - 1)] ?? 0)
      return low + (positions[i] - Double(below[i])) * (high - low)
    }
  }

  /// The values of these ranks, which are in order.
  private mutating func orderStatistics(_ ranks: [Int]) -> [Int: Int64] {
    if count <= maximumHeld {
      if sorted.isEmpty { sorted = values.sorted() }
      return Dictionary(uniqueKeysWithValues: ranks.map { ($0, sorted[$0]) })
    }
    var found: [Int: Int64] = [:]
    var open = [Band(least: least, largest: largest, first: 0, ranks: ranks)]
    while let band = open.popLast() { open += narrow(band, &found) }
    return found
  }

  /// Values from `least` to `most`; the smallest has rank `first` among all.
  private struct Band {
    let least: Int64
    let largest: Int64
    let first: Int
    let ranks: [Int]

    static let parts = 1 << 16

    /// Equal parts are this power of two wide.
    var shift: Int {
      let span = UInt64(bitPattern: largest &- least)
      return max(0, UInt64.bitWidth - span.leadingZeroBitCount - 16)
    }

    func contains(_ value: Int64) -> Bool { value >= least && value <= largest }
    func part(of value: Int64) -> Int {
      Int(truncatingIfNeeded: UInt64(bitPattern: value &- least) >> UInt64(shift))
    }
  }

  /// Finds ranks of a range; returns the parts that hold too many values to be sorted together.
  private func narrow(_ band: Band, _ found: inout [Int: Int64]) -> [Band] {
    let shift = band.shift
    var counts = [Int](repeating: 0, count: Band.parts)
    for value in values where band.contains(value) { counts[band.part(of: value)] += 1 }
    var crowded: [Band] = []
    /// Places of the parts to be sorted in `groups`; -1 for the others.
    var places = [Int](repeating: -1, count: Band.parts)
    var groups: [(first: Int, ranks: [Int], values: [Int64])] = []
    var space = maximumHeld
    var first = band.first
    var next = 0
    for part in counts.indices where counts[part] > 0 {
      let end = first + counts[part]
      var ranks: [Int] = []
      while next < band.ranks.count, band.ranks[next] < end {
        ranks.append(band.ranks[next])
        next += 1
      }
      let least = band.least &+ Int64(part) << Int64(shift)
      if ranks.isEmpty {
        first = end
        continue
      }
      if shift == 0 {
        for rank in ranks { found[rank] = least }
      } else if counts[part] <= space {
        space -= counts[part]
        places[part] = groups.count
        groups.append((first, ranks, []))
      } else {
        let largest = least &+ (Int64(1) << Int64(shift) - 1)
        crowded.append(
          Band(least: least, largest: min(largest, band.largest), first: first, ranks: ranks))
      }
      first = end
    }
    guard !groups.isEmpty else { return crowded }
    for value in values where band.contains(value) {
      let place = places[band.part(of: value)]
      if place >= 0 { groups[place].values.append(value) }
    }
    for group in groups {
      let sorted = group.values.sorted()
      for rank in group.ranks { found[rank] = sorted[rank - group.first] }
    }
    return crowded
  }

  /// The same quantile of values in ascending order; at least one.
  public static func quantile(_ p: Double, ofSorted values: [Double]) -> Double {
    precondition((0...1).contains(p) && !values.isEmpty, "no such quantile")
    let position = p * Double(values.count - 1)
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    return values[below] + (position - Double(below)) * (values[above] - values[below])
  }
}
