import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// A chart of every piece of work of a run, and the run that it foretells.
///
/// A line a span: worker, resource, stage, start and end in seconds, images, number of the batch, queries;
/// then a line a query: its worker, start and end. Encode takes 1.000000001 s, a step 2.000000003 s, decode
/// 1.500000007 s, an image's post-processing 0.700000013 s, so the last digits of a time tell what it is
/// the sum of. A hand-off over the link of 1 MB/s takes 0.786432 s an image and its latency.
///
/// The lines are no output of the simulator: `gantt.py` beside this file computes them in another way from
/// the rules that it lists, and the passages that a chart's comment names were worked out by hand.
struct Gantt: CustomTestStringConvertible {
  var name: String
  var bench: Bench
  var arrivals: [Bench.Arrival]
  var chart: String

  init(
    _ name: String, workers: Int, cores: Int, batching: any BatchFormation,
    pipelining: Pipelining = .none, placement: Placement = Placement(),
    link: Link = Link(bytesPerSecond: .infinity, latency: .zero), arrivals: [Bench.Arrival],
    chart: String
  ) {
    self.name = name
    self.arrivals = arrivals
    self.chart = chart
    bench = Bench(
      encode: 1.000000001, step: 2.000000003, decode: 1.500000007, postProcess: 0.700000013,
      workers: workers, cores: cores, link: link)
    bench.policy.batching = batching
    bench.policy.pipelining = pipelining
    bench.policy.placement = placement
  }

  var testDescription: String { name }

  /// The lines of the chart, each word one space from the next; the first line is a heading.
  var expected: [String] {
    chart.split(separator: "\n").dropFirst().map {
      $0.split(separator: " ").joined(separator: " ")
    }
  }

  /// A run in the words of a chart.
  func lines(of result: Bench.Result) -> [String] {
    result.spans.map(line) + result.sorted.map(Self.line)
  }

  private func line(_ span: Span) -> String {
    // An encoding ahead on a core and the transfer after it belong to a batch that has no number yet.
    let isAhead =
      bench.policy.pipelining != .none && span.resource != .accelerator
      && span.stage.index < Stage.decode.index
    let queries = span.members.map(\.rawValue).sorted().map(String.init)
    return [
      "\(span.worker.rawValue)", "\(span.resource)", span.stage.rawValue,
      Self.text(span.start), Self.text(span.end), "\(span.images)",
      isAhead ? "-" : "\(span.batch)", queries.joined(separator: ","),
    ].joined(separator: " ")
  }

  private static func line(_ record: QueryRecord) -> String {
    let start = record.start.map(text) ?? "never"
    let worker = record.worker.map { "\($0.rawValue)" } ?? "none"
    return "query \(record.query.id.rawValue) worker \(worker) \(start) \(text(record.end))"
  }

  private static func text(_ time: SimulationTime) -> String {
    let (seconds, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let digits = String(rest)
    return "\(seconds)." + String(repeating: "0", count: 9 - digits.count) + digits
  }

  /// The lines that only the chart has, and those that only the run has; a line may stand there twice.
  static func difference(_ expected: [String], _ actual: [String]) -> [String] {
    var counts: [String: Int] = [:]
    for line in expected { counts[line, default: 0] += 1 }
    for line in actual { counts[line, default: 0] -= 1 }
    return counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
      ($0.value > 0 ? "missing: " : "not foretold: ") + $0.key
    }
  }
}
