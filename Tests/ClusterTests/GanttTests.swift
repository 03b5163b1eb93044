import Cluster
import Testing

/// Whole schedules of twelve queries, to the nanosecond: each way of batching with and without pipelining, and
/// stages on the CPU pool.
@Suite struct GanttTests {
  static let all: [Gantt] = [
    .plain, .plainPipelined, .staticBatches, .staticPipelined, .continuous, .continuousPipelined,
    .onCPU, .onCPUPipelined,
  ]

  @Test(arguments: all) func theRunIsTheChart(_ gantt: Gantt) throws {
    #expect(gantt.arrivals.count == 12)
    let result = try gantt.bench.run(gantt.arrivals)
    let difference = Gantt.difference(gantt.expected, gantt.lines(of: result))
    #expect(difference.isEmpty, "\(difference.prefix(8).joined(separator: "\n"))")
  }

  /// `Span.query`: the oldest query of the batch; every chart is first come, first served.
  @Test(arguments: all) func spansAreNamedAfterTheirOldestQuery(_ gantt: Gantt) throws {
    for span in try gantt.bench.run(gantt.arrivals).spans {
      #expect(span.query == span.members.min())
    }
  }

  /// A nanosecond, a worker or a member that is not as in the chart is seen.
  @Test(arguments: [
    ("1.000000001", "1.000000002"), ("0 accelerator decode", "1 accelerator decode"),
    (" 0,1,2", " 0,1"), ("query  3 worker 0", "query  3 worker 1"),
  ])
  func aWrongChartIsNotTheRun(_ right: String, _ wrong: String) throws {
    var gantt = Gantt.staticBatches
    gantt.chart.replace(right, with: wrong, maxReplacements: 1)
    let result = try gantt.bench.run(gantt.arrivals)
    // One line is missing and another stands in its place.
    #expect(Gantt.difference(gantt.expected, gantt.lines(of: result)).count == 2)
  }
}
