import Diagnostics
import EventEngine
import Testing

@testable import Workload

/// Quoted fields that hold line ends, as RFC 4180 has them: prompts are texts.
@Suite struct QuotedLinesTests {
  @Test func aFieldMayHoldLineEnds() throws {
    let trace = try load(
      "arrival_s,prompt,class\r\n0,\"a cat\non a \"\"mat\"\"\n\nof snow\",x\r\n1,\"dog\",y\n2,\"b\r\nc\",z"
    )
    #expect(nanoseconds(trace) == [0, 1_000_000_000, 2_000_000_000])
    #expect(trace.classes == ["x", "y", "z"])
    let whole = try load("arrival_s,prompt\n0,dog\n")
    #expect(trace.rows[1].prompt == whole.rows[0].prompt)
    #expect(Set(trace.rows.map(\.prompt)).count == 3)
    #expect(trace.rows.map(\.sourceRow) == [1, 2, 3])
  }

  @Test func faultsAreWhereTheyStand() throws {
    let error = try #require(
      try failure("arrival_s,prompt,steps\n0,\"a\nb\nc\",zz\n1,\"q\",30\n2,x,0\n"))
    #expect(
      error.diagnostics.map { [$0.location?.line, $0.location?.column] } == [[4, 4], [6, 5]])
    #expect(error.diagnostics.map(\.sourceLine) == ["c\",zz", "2,x,0"])
  }

  /// What is not closed is told at its quote, and the rows behind it are read on.
  @Test func aQuoteThatIsNotClosedTakesNoOtherRow() throws {
    for (text, lines) in [
      ("arrival_s,prompt\n0,\"a cat\n1,dog\n2,\"b\"\nx,c\n", [2, 5]),
      ("arrival_s,prompt\n0,\"a cat\n1,dog\nx,c\n", [2, 4]), ("arrival_s,prompt\n0,\"a", [2]),
    ] {
      let error = try #require(try failure(text))
      #expect(error.diagnostics.map { $0.location?.line } == lines)
      #expect(error.diagnostics[0].what == "a quote that is not closed")
    }
  }

  @Test func aQuotedFieldOfOverAMebibyteIsRefused() throws {
    let lines = String(repeating: String(repeating: "a", count: 999) + "\n", count: 1100)
    let error = try #require(try failure("arrival_s,prompt\n0,\"\(lines)\"\n1,b\n"))
    #expect(error.diagnostics[0].what == "a quote that is not closed")
    #expect(error.exitCode == 65)
  }

  /// Whatever the chunks in which the file comes.
  @Test(arguments: [1, 10, 97, 1 << 16]) func chunksDoNotMatter(chunk: Int) throws {
    var text = "prompt,arrival_s,class\n"
    for row in 0..<3000 {
      let lines = (0...(row % 4)).map { "line \($0) of \(row), \"\"so\"\"" }
      text += "\"\(lines.joined(separator: "\n"))\",\(row),c\(row % 3)\n"
    }
    try withFile(Array(text.utf8)) { path in
      var reader = try TraceReader(path: path, format: nil, options: TraceOptions(), chunk: chunk)
      var rows: [TraceRow] = []
      while let row = try reader.next() { rows.append(row) }
      #expect(rows == Array(try TraceLoader.load(path: path).rows))
      #expect(rows.map { Int($0.arrival.seconds) } == Array(0..<3000))
      #expect(Set(rows.map(\.prompt)).count == 3000)
    }
  }
}
