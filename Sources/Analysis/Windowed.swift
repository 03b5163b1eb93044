package import Cluster
package import EventEngine
package import Results
import Workload

/// What happened inside the window from the end of the warm-up to the end of the run, whenever the queries arrived.
package struct Windowed {
  /// Queries, and images, that were completed inside it.
  private(set) var queries = 0
  private(set) var images = 0
  private(set) var imagesOnTime = 0
  private var waiting: Int128 = 0
  private var completedInSpan = 0
  private let start: SimulationTime
  /// [20 %, 100 %] of the span of arrivals; nil for arrivals without a span.
  private let span: ClosedRange<SimulationTime>?
  /// Seconds from the first arrival to the last.
  private let seconds: Double

  package init(_ recorder: RunRecorder, _ warmup: SimulationTime) {
    start = warmup
    seconds = recorder.arrivals.map { ($0.upperBound - $0.lowerBound).seconds } ?? 0
    span = recorder.arrivals.flatMap { arrivals in
      let (first, last) = (arrivals.lowerBound, arrivals.upperBound)
      guard last > first else { return nil }
      return first + SimulationDuration(seconds: 0.2 * (last - first).seconds)...last
    }
  }

  package mutating func take(_ record: QueryRecord) {
    let from = max(record.query.arrival, start)
    let to = record.start ?? record.end
    if to > from { waiting += Int128((to - from).nanoseconds) }
    guard record.outcome == .completed else { return }
    if let span, span.contains(record.end) { completedInSpan += 1 }
    guard record.end >= start else { return }
    queries += 1
    images += Int(record.query.images)
    if record.isOnTime { imagesOnTime += Int(record.query.images) }
  }

  /// Completions a second in [20 %, 100 %] of the span of arrivals: what a cluster keeps up, without the
  /// time in which an overloaded one only clears its queue. Nil for arrivals without a span.
  var sustained: Double? {
    span == nil ? nil : Double(completedInSpan) / (0.8 * seconds)
  }

  /// Mean number of queries whose service has not begun: exact, the integral of the number waiting being the sum
  /// of waits clipped to the window.
  package func queueLength(until end: SimulationTime) -> Double {
    Double(waiting) / Double((end - start).nanoseconds)
  }
}
