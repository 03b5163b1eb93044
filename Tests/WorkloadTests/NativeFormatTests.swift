import Diagnostics
import EventEngine
import Gzip
import Testing

@testable import Workload

@Suite struct NativeFormatTests {
  @Test func readsEveryColumnInAnyOrder() throws {
    let trace = try load(
      """
      class,slo_s,prompt,model,images,width,height,steps,arrival_s
      gold,2.5,18446744073709551615,sdxl,4,768,512,30,0.000000001
      ,,,,,,,,1e1

      """)
    #expect(trace.formatName == "native")
    #expect(nanoseconds(trace) == [1, 10_000_000_000])
    let row = try #require(trace.rows.first)
    #expect(row.slo == SimulationDuration(nanoseconds: 2_500_000_000))
    #expect(row.prompt == .max)
    #expect((row.steps, row.images, row.height, row.width) == (30, 4, 512, 768))
    #expect((trace.models, trace.classes) == (["sdxl"], ["gold"]))
    #expect((row.model, row.serviceClass, row.sourceRow) == (0, 0, 1))
    var bare = TraceRow(arrival: SimulationTime(nanoseconds: 10_000_000_000))
    bare.sourceRow = 2
    #expect(trace.rows.last == bare)
  }

  @Test(arguments: [
    ("0", 0), ("0.1", 100_000_000), ("1.0000000014", 1_000_000_001),
    ("1.0000000015", 1_000_000_002), ("3e-9", 3), ("0.0000000004", 0), ("0.0000000005", 1),
    ("+7", 7_000_000_000), ("-0.0", 0), ("123456789.123456789", 123_456_789_123_456_789),
    ("0.123456789123456789123456789", 123_456_789), ("946727999", 946_727_999_000_000_000),
    ("0.00000000000000000000000000000000000000000001e45", 10_000_000_000), ("1e-999", 0),
  ])
  func arrivalsAreExact(text: String, expected: Int64) throws {
    #expect(try nanoseconds(load("arrival_s\n\(text)\n")) == [expected])
  }

  @Test(arguments: [
    ("1700000000", "1700000002.5", "seconds"), ("1700000000000", "1700000002500", "milliseconds"),
    ("1700000000000000", "1700000002500000", "microseconds"),
    ("1700000000000000000", "1700000002500000000", "nanoseconds"),
  ])
  func timesSince1970AreMoved(first: String, second: String, unit: String) throws {
    let trace = try load("arrival_s\n\(second)\n\(first)\n")
    #expect(nanoseconds(trace) == [0, 2_500_000_000])
    #expect(
      trace.report.notes == [
        "arrival_s counts \(unit) since 1970: times are moved to the second of the first arrival"
      ])
    let mixed = try failure("arrival_s\n\(first)\n12\n")
    #expect(
      mixed?.description
        == "FILE:3:1: error: a row over 30 years from another; are all times in one unit?")
  }

  /// 1500000000 s are 47 years: as seconds from the start they would pass for a trace.
  @Test(arguments: ["1700000000", "1500000000", "1700000000000"])
  func aLaterTimeSince1970IsNoSecond(text: String) throws {
    #expect(
      try failure("arrival_s\n0\n\(text)\n")?.description
        == "FILE:3:1: error: arrival_s '\(text)' looks like a time since 1970, and the first row's does not; "
        + "write all rows in one unit, from one start")
  }

  @Test func datesAreArrivals() throws {
    let trace = try load("arrival_s\n2024-05-01 12:00:00.5\n2024-05-01T14:00:03+02:00\n")
    #expect(nanoseconds(trace) == [500_000_000, 3_000_000_000])
    #expect(try failure("arrival_s\n2024-05-01 12:00:00\n7\n")?.exitCode == 65)
  }

  @Test func promptsMayBeText() throws {
    let trace = try load("arrival_s,prompt\n0,a red fox\n1,7\n2,\"a fox, red\"\n3,a red fox\n4,\n")
    let prompts = trace.rows.map(\.prompt)
    #expect(
      prompts[0] == prompts[3] && prompts[0] != prompts[2] && prompts[1] == 7 && prompts[4] == nil)
    // FNV-1a of "a red fox", from its published definition.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in "a red fox".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    #expect(prompts[0] == hash)
    #expect(
      trace.report.notes == [
        "prompts that are text: 3, each known by its hash, equal texts as one prompt"
      ])
    // Words that look like numbers are words.
    let words = try load("arrival_s,prompt\n0,inf\n1,-3\n2,1.5\n3,12345678901234567890123\n4,inf\n")
      .rows.map(\.prompt)
    #expect(Set(words).count == 4 && words[0] == words[4])
    // As programs write a column with gaps, and what they write in the gaps.
    #expect(try load("arrival_s,prompt\n0,5.0\n1,\n2,05\n").rows.map(\.prompt) == [5, nil, 5])
    // Beyond 64 bits a number is a text, and two are two.
    let large = try load("arrival_s,prompt\n0,18446744073709551616\n1,18446744073709551617\n")
    #expect(large.rows[0].prompt != large.rows[1].prompt)
    for column in ["prompt", "class", "model"] {
      for text in ["NaN", "null", "None", "\"  \""] {
        let error = try failure("arrival_s,\(column)\n0,a\n1,\(text)\n")
        #expect(error?.description.contains("stands for no value; leave the field empty") == true)
      }
    }
  }

  @Test func unknownColumnsAreLeftOutWhereAsked() throws {
    let text = "arrival_s,user,steps,region\n0,u,20,eu\n"
    #expect(try failure(text)?.description.contains("--ignore-unknown") == true)
    let trace = try load(text, options: TraceOptions(ignoreUnknown: true))
    #expect(trace.rows[0].steps == 20)
    #expect(trace.report.notes == ["unknown columns, left out: user, region"])
  }

  @Test func gzipIsReadAsItIs() throws {
    // `printf 'arrival_s\n0\n1.5\n' | gzip -n`, by Python's zlib.
    let packed: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x2C, 0x2A, 0xCA, 0x2C,
      0x4B, 0xCC, 0x89, 0x2F, 0xE6, 0x32, 0xE0, 0x32, 0xD4, 0x33, 0xE5, 0x02, 0x00, 0x22, 0x95,
      0xF7, 0x9B, 0x10, 0x00, 0x00, 0x00,
    ]
    let read = try withFile(packed) {
      try TraceLoader.load(path: $0, options: TraceOptions(unpacking: .zlib))
    }
    #expect(nanoseconds(read) == [0, 1_500_000_000])
    #expect(
      try failure(Array(packed.dropLast(9)))?.description
        == "FILE: error: the compressed data (gzip) ends too early; fetch or pack the file again; 'gzip -t' tests it"
    )
    var damaged = packed
    damaged[packed.count - 6] ^= 0xFF
    #expect(try failure(damaged)?.description.contains("is damaged") == true)
  }

  @Test func sortsStablyAndCounts() throws {
    let trace = try load("arrival_s,steps\n5,1\n1,2\n5,3\n2,4\n6,5\n")
    #expect(trace.rows.map(\.steps) == [2, 4, 1, 3, 5])
    #expect(trace.rows.map(\.sourceRow) == [2, 4, 1, 3, 5])
    #expect(trace.report.rowsOutOfOrder == 2)
    #expect(trace.report.rowsInFile == 5)
  }

  @Test func takesCarriageReturnsMarksBlanksAndQuotes() throws {
    let text = "\u{FEFF}\"arrival_s\" , model\r\n\r\n 1.5 , \"a \"\"b\"\", c\"\r\n2,plain"
    let trace = try load(text)
    #expect(nanoseconds(trace) == [1_500_000_000, 2_000_000_000])
    #expect(trace.models == ["a \"b\", c", "plain"])
    #expect(trace.report.rowsInFile == 2)
  }

  @Test func wholeNumbersMayCarryAPoint() throws {
    let trace = try load("arrival_s,steps,images\n0,30.0,1e2\n")
    #expect(trace.rows.first?.steps == 30)
    #expect(trace.rows.first?.images == 100)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1 << 16])
  func chunksDoNotMatter(chunk: Int) throws {
    let text = "arrival_s,model\r\n0.25,é\n\n1,\"x,y\"\r\n2,z"
    try withFile(Array(text.utf8)) { path in
      var reader = try TraceReader(
        path: path, format: "native", options: TraceOptions(), chunk: chunk)
      var times: [Int64] = []
      while let row = try reader.next() { times.append(row.arrival.nanoseconds) }
      #expect(times == [250_000_000, 1_000_000_000, 2_000_000_000])
      #expect(reader.models == ["é", "x,y", "z"])
    }
  }

  @Test func writingAndReadingGivesTheSameRows() throws {
    let original = try load(
      """
      arrival_s,steps,height,width,images,model,prompt,slo_s,class
      0.000000001,30,512,768,4,"a ""b"", c",7,0.5,gold
      1.5,,,,,,,,
      946728000,1000,8192,64,1024,plain,18446744073709551615,0.123456789, silver
      """)
    let bytes = TraceWriter.csv(original)
    try withFile([]) { path in
      try TraceWriter.write(original, toCSV: path)
      let again = try TraceLoader.load(path: path)
      #expect(again.rows == original.rows)
      #expect(again.models == original.models)
      #expect(again.classes == original.classes)
      #expect(TraceWriter.csv(again) == bytes)
    }
  }

  @Test func aGeneratedTraceComesBackToTheNanosecond() throws {
    let mix = QueryMix(steps: [Weighted(30, weight: 1)], images: [Weighted(4, weight: 1)])
    let made = TraceGenerator.generate(
      process: .gamma(rate: 3, cv: 4), mix: mix, count: 2000, seed: 5)
    let bytes = TraceWriter.csv(made)
    let read = try withFile(bytes) { try TraceLoader.load(path: $0) }
    #expect(nanoseconds(read) == nanoseconds(made))
    #expect(TraceWriter.csv(read) == bytes)
  }

  @Test func onlyUsedColumnsAreWritten() {
    let text = String(decoding: TraceWriter.csv(trace(at: [0, 0.5, 12])), as: UTF8.self)
    #expect(text == "arrival_s\n0\n0.5\n12\n")
  }
}
