import EventEngine
import Testing
import Workload

@testable import Experiments

/// Databases know experiments on traces by what Swift printed of their rows.
@Suite struct ContentIdentityTests {
  @Test func rowsAreNamedAsTheyAreWritten() {
    var random = RandomStream(seed: 4, stream: RandomStreamID(rawValue: 1))
    var rows: [TraceRow] = []
    for index in 0..<500 {
      var row = TraceRow(
        arrival: SimulationTime(nanoseconds: Int64(random.next() >> 2)), sourceRow: index)
      func drawn<Value>(_ values: [Value]) -> Value? {
        random.index(below: 3) == 0 ? nil : values[random.index(below: values.count)]
      }
      row.steps = drawn([0, 1, 50, 1000, .max, .min])
      row.images = drawn([1, 9, 10])
      row.height = drawn([512, 64])
      row.width = drawn([768, -1])
      row.model = drawn([0, 3])
      row.prompt = drawn([0, 10, .max])
      row.slo = drawn([.zero, .longest, SimulationDuration(nanoseconds: -5)])
      row.serviceClass = drawn([0, 99])
      rows.append(row)
    }
    let trace = Trace(
      rows: rows, models: ["a", "b"], classes: ["c"], formatName: "test", report: TraceReport())
    #expect(
      ContentIdentity.hex(of: trace) == ContentIdentity.hex(["a", "b", "c"] + rows.map { "\($0)" }))
  }
}
