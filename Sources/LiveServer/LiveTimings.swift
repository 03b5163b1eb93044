import Cluster
import EventEngine
import KernelBench
import LatencyProfiles
import Workload

/// Timings of the pieces of a plan, in the order in which they were taken.
package struct LiveTimings: Sendable {
  /// By piece and whether a core does it.
  private(set) var durations: [Key: Samples] = [:]
  /// While the other kind of device was busy: ratios to the median of the same loop alone, of the same calibration.
  private(set) var slowdowns: [Key: Samples] = [:]
  /// What the first steps of a batch after a pause take longer than others, all of them together: in steps of the smallest
  /// batch.
  private(set) var cold = Samples()
  /// Seconds of those pauses.
  private(set) var pauses: [Double] = []
  /// Of accelerators: what the caller waits for beyond the work itself.
  private(set) var handOff = Samples()

  struct Key: Hashable, Sendable {
    let piece: LivePlan.Piece
    let isCPU: Bool
  }

  /// None yet.
  package init() {}

  /// These, and then others.
  package static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.durations.merge(b.durations) { Samples($0.seconds + $1.seconds) }
    sum.slowdowns.merge(b.slowdowns) { Samples($0.seconds + $1.seconds) }
    sum.cold.seconds += b.cold.seconds
    sum.pauses += b.pauses
    sum.handOff.seconds += b.handOff.seconds
    return sum
  }

  /// As of a machine that takes so many times as long.
  func scaled(by factor: Double) -> Self {
    var result = self
    result.durations = durations.mapValues { Samples($0.seconds.map { factor * $0 }) }
    return result
  }

  /// Steps after which a pause is forgotten: in the logs of runs the first is some 25 % longer, the second 8 %, the third no
  /// more. The caches were other work's.
  private static let coldSteps = 2
  /// An accelerator that waits no longer has not paused.
  private static let leastPause = SimulationDuration(seconds: 0.001)

  /// What was done in a server's order, one piece at a time. The first steps of a batch after a pause are no steps like
  /// others.
  mutating func addOrder(_ log: [LiveSpan]) {
    var firsts: [ArraySlice<LiveSpan>] = []
    var end = SimulationTime.zero
    var index = 0
    while index < log.count {
      let span = log[index]
      var next = index + 1
      if span.stage == .denoise, !span.isCPU {
        while next < log.count, log[next].key == span.key { next += 1 }
        let pause = span.start - end
        if pause >= Self.leastPause, next - index > Self.coldSteps {
          firsts.append(log[index..<index + Self.coldSteps])
          pauses.append(pause.seconds)
          index += Self.coldSteps
        }
      }
      for other in log[index..<next] { add(other) }
      if !span.isCPU { end = log[next - 1].start + log[next - 1].duration }
      index = next
    }
    let smallest = firsts.compactMap(\.first).min { $0.images < $1.images }
    guard let unit = smallest.flatMap({ durations[$0.key]?.median }), unit > 0 else { return }
    for spans in firsts {
      guard let key = spans.first?.key, let warm = durations[key]?.median else { continue }
      cold.seconds.append(spans.reduce(0) { $0 + $1.duration.seconds - warm } / unit)
    }
  }

  /// What was done beside the other kind of device, and the same alone.
  mutating func addConcurrent(_ spans: [LiveSpan], alone: [LiveSpan]) {
    let alone = Dictionary(grouping: alone, by: \.key).mapValues { spans in
      Samples(spans.map(\.duration.seconds)).median
    }
    for span in spans {
      guard let median = alone[span.key], median > 0 else { continue }
      slowdowns[span.key, default: Samples()].seconds.append(span.duration.seconds / median)
    }
  }

  /// By how much longer a stage takes beside the other kind of device, in the median over all batch sizes; nil without
  /// timings.
  func factor(of stage: Stage, isCPU: Bool) -> (value: Double, repetitions: Int)? {
    let ratios = slowdowns.filter { $0.key.piece.stage == stage && $0.key.isCPU == isCPU }
      .reduce(into: Samples()) { $0.seconds += $1.value.seconds }
    return ratios.count > 0 ? (ratios.median, ratios.count) : nil
  }

  mutating func add(_ span: LiveSpan) {
    durations[span.key, default: Samples()].seconds.append(span.duration.seconds)
    if !span.key.isCPU { handOff.seconds.append((span.duration - span.inThread).seconds) }
  }
}

extension LiveTimings.Key {
  init(_ work: LiveWork) {
    self.init(
      piece: .init(stage: work.stage, shape: work.shape, images: work.images),
      isCPU: work.worker == nil)
  }
}
