import EventEngine
import Testing
import Workload

@testable import Experiments

/// Databases know experiments on traces by all that is simulated of their rows.
@Suite struct ContentIdentityTests {
  private static func trace(
    _ rows: [TraceRow], models: [String] = ["a", "b"], classes: [String] = ["c", "d"]
  ) -> Trace {
    Trace(rows: rows, models: models, classes: classes, formatName: "test", report: TraceReport())
  }

  private static let row: TraceRow = {
    var row = TraceRow(arrival: SimulationTime(seconds: 1), sourceRow: 3)
    row.steps = 20
    row.images = 1
    row.height = 512
    row.width = 768
    row.model = 1
    row.prompt = 7
    row.slo = SimulationDuration(seconds: 2)
    row.serviceClass = 1
    return row
  }()

  /// By field; each gives a row another value of it.
  private static let changes: [String: @Sendable (inout TraceRow) -> Void] = [
    "arrival": { $0.arrival = SimulationTime(nanoseconds: $0.arrival.nanoseconds + 1) },
    "steps": { $0.steps = 21 }, "images": { $0.images = 2 }, "height": { $0.height = 768 },
    "width": { $0.width = 512 }, "model": { $0.model = 0 }, "prompt": { $0.prompt = 8 },
    "slo": { $0.slo = SimulationDuration(nanoseconds: 1) },
    "serviceClass": { $0.serviceClass = 0 }, "sourceRow": { $0.sourceRow = 4 },
  ]

  /// Whoever adds a field to rows adds it to the encoding, and here.
  @Test func everyFieldOfARowIsPartOfTheName() {
    let fields = Mirror(reflecting: Self.row).children.compactMap(\.label)
    #expect(Set(fields) == Set(Self.changes.keys))
    var names: Set<String> = [ContentIdentity.hex(of: Self.trace([Self.row]))]
    for (_, change) in Self.changes {
      var row = Self.row
      change(&row)
      names.insert(ContentIdentity.hex(of: Self.trace([row])))
    }
    #expect(names.count == Self.changes.count + 1)
  }

  @Test func whatIsAbsentIsNoZero() {
    let clears: [(inout TraceRow) -> Void] = [
      { $0.steps = nil }, { $0.images = nil }, { $0.height = nil }, { $0.width = nil },
      { $0.model = nil }, { $0.prompt = nil }, { $0.slo = nil }, { $0.serviceClass = nil },
    ]
    let zeros: [(inout TraceRow) -> Void] = [
      { $0.steps = 0 }, { $0.images = 0 }, { $0.height = 0 }, { $0.width = 0 }, { $0.model = 0 },
      { $0.prompt = 0 }, { $0.slo = .zero }, { $0.serviceClass = 0 },
    ]
    var names: Set<String> = []
    for change in clears + zeros {
      var row = Self.row
      change(&row)
      names.insert(ContentIdentity.hex(of: Self.trace([row])))
    }
    #expect(names.count == 16)
  }

  @Test func namesOrderAndNumberCount() {
    var other = Self.row
    other.steps = 9
    let traces = [
      Self.trace([Self.row]), Self.trace([Self.row, Self.row]), Self.trace([Self.row, other]),
      Self.trace([other, Self.row]), Self.trace([]),
      // What is a model there is a class here.
      Self.trace([Self.row], models: ["a", "b", "c"], classes: ["d"]),
      Self.trace([Self.row], models: ["ab"], classes: ["c", "d"]),
      Self.trace([Self.row], models: ["a", "b"], classes: ["c", "e"]),
    ]
    #expect(Set(traces.map(ContentIdentity.hex(of:))).count == traces.count)
  }

  /// The encoding of databases that are there: another one needs another number in it, and a line in the changelog.
  @Test func theEncodingStays() {
    var bare = TraceRow(arrival: .zero)
    bare.steps = -1
    #expect(
      ContentIdentity.hex(of: Self.trace([Self.row, bare])) == "6e68c95f5df35a72647b1ae667651ccc")
  }
}
