public import EventEngine

/// What `qosdiff trace inspect` says of a trace: rates, burstiness and what queries ask for.
///
/// Windows are counted from the first arrival on; variances leave out the window in which the trace
/// ends. Ratios that need more rows are nil.
public struct TraceStatistics: Hashable, Sendable {
  /// How many rows have a value.
  public struct Bar: Hashable, Sendable {
    /// The value.
    public var value: Int
    /// Rows that have it.
    public var count: Int
  }

  /// Number of queries.
  public let rows: Int
  /// Last arrival - first arrival.
  public let span: SimulationDuration
  /// Queries per second: gaps over span; nil for a span of 0.
  public let meanRate: Double?
  /// Most queries of a 1 s window.
  public let peakSecond: Int
  /// Most queries of a 60 s window; over 60 it is a rate.
  public let peakMinute: Int
  /// Most queries of a 3600 s window.
  public let peakHour: Int
  /// Most queries of an 86400 s window.
  public let peakDay: Int
  /// Coefficient of variation of the gaps between arrivals.
  public let gapCV: Double?
  /// Variance over mean of the counts of 60 s windows (1 for a Poisson process).
  public let dispersion: Double?
  /// Coefficient of variation of the counts of 3600 s windows.
  public let hourlyCV: Double?
  /// Rows by denoising steps, ascending; rows without are left out.
  public let steps: [Bar]
  /// Rows by images, ascending; rows without are left out.
  public let images: [Bar]
  /// Number of different models asked for.
  public let models: Int

  /// The statistics of a trace.
  /// - Complexity: O(rows), whatever the span.
  public init(_ trace: Trace) {
    let rows = trace.rows
    self.rows = rows.count
    span = trace.span
    meanRate = span > .zero ? Double(rows.count - 1) / span.seconds : nil
    var gaps = Welford()
    var last: SimulationTime?
    for row in rows {
      if let last { gaps.add((row.arrival - last).seconds) }
      last = row.arrival
    }
    gapCV = gaps.count > 1 && gaps.mean > 0 ? gaps.coefficientOfVariation : nil
    let minutes = WindowCounts(rows, seconds: 60)
    let hours = WindowCounts(rows, seconds: 3600)
    peakSecond = WindowCounts(rows, seconds: 1).largest
    peakMinute = minutes.largest
    peakHour = hours.largest
    peakDay = WindowCounts(rows, seconds: 86_400).largest
    dispersion = minutes.variance.map { $0 / minutes.mean }
    hourlyCV = hours.variance.map { $0.squareRoot() / hours.mean }
    var steps: [Int32: Int] = [:]
    var images: [Int32: Int] = [:]
    var models: Set<Int32> = []
    for row in rows {
      if let value = row.steps { steps[value, default: 0] += 1 }
      if let value = row.images { images[value, default: 0] += 1 }
      if let model = row.model { models.insert(model) }
    }
    self.steps = Self.bars(steps)
    self.images = Self.bars(images)
    self.models = models.count
  }

  private static func bars(_ counts: [Int32: Int]) -> [Bar] {
    counts.sorted { $0.key < $1.key }.map { Bar(value: Int($0.key), count: $0.value) }
  }
}

/// Counts of equal windows from the first arrival to the one that holds the last; empty windows
/// count, and cost nothing.
///
/// The last window, which the trace ends within, counts for ``most`` alone: its count would pass
/// for burstiness.
struct WindowCounts {
  private(set) var largest = 0
  /// Windows that lie within the span.
  private(set) var windows = 0
  private var sum = 0
  private var squares = 0.0

  init(_ rows: SpillingArray<TraceRow>, seconds: Int64) {
    guard let first = rows.first?.arrival, let last = rows.last?.arrival else { return }
    let width = seconds * 1_000_000_000
    windows = Int((last - first).nanoseconds / width)
    var window: Int64 = 0
    var count = 0
    for row in rows {
      let here = (row.arrival - first).nanoseconds / width
      if here != window {
        largest = max(largest, count)
        sum += count
        squares += Double(count) * Double(count)
        (window, count) = (here, 0)
      }
      count += 1
    }
    largest = max(largest, count)
  }

  /// Mean count of a window.
  var mean: Double { Double(sum) / Double(max(windows, 1)) }

  /// Unbiased variance of the counts; nil below two windows.
  var variance: Double? {
    guard windows > 1 else { return nil }
    return (squares - Double(windows) * mean * mean) / Double(windows - 1)
  }
}
