import Diagnostics
import EventEngine
import Testing

@testable import Workload

@Suite struct PublicFormatTests {
  static let gentd26 = """
    gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,\
    negative_prompt_length,num_images_per_prompt,num_inference_steps,\
    checkpoint_model_version_id,num_lora
    2024-02-28 23:59:59,TXT_2_IMG,SUCCEED,32.0,G0,63.0,26.0,1.0,30.0,M7,0
    2024-02-29 00:00:00,IMG_2_IMG,SUCCEED,10.0,G0,,,8.0,40.0,M2,1
    2024-02-29 00:00:00,TXT_2_IMG,FAILED,0.0,G0,,,4.0,20.0,M9,0
    2024-02-29 00:00:00,INPAINTING,SUCCEED,12.0,G0,,,2.0,25.0,M7,0
    2024-03-01 00:00:00,TXT_2_IMG,PENDING,0.0,G0,,,,,,0
    2024-03-01 00:00:01,TXT_2_IMG,SUCCEED,0.0,G0,,,,30.0,M2,0

    """

  @Test func gentd26GivesItsRows() throws {
    let trace = try load(Self.gentd26)
    #expect(trace.formatName == "gentd26")
    #expect(nanoseconds(trace) == [0, 1_000_000_000, 1_500_000_000])
    #expect(trace.rows.map(\.steps) == [30, 40, 25])
    #expect(trace.rows.map(\.images) == [1, 8, 2])
    #expect(trace.models == ["M7", "M2"])
    #expect(trace.rows.map(\.model) == [0, 1, 0])
    #expect(trace.rows.map(\.sourceRow) == [1, 2, 4])
    #expect(trace.report.rowsInFile == 6)
    #expect(
      trace.report.skipped == [
        SkippedRows(reason: "predict_status is not SUCCEED", count: 2, firstRow: 3),
        SkippedRows(reason: "without a number of steps or images", count: 1, firstRow: 6),
      ])
    #expect(
      trace.report.notes == [
        "predict_status of all rows: SUCCEED 4, FAILED 1, PENDING 1",
        "rows without a number of steps or images: 2, of which 1 are not SUCCEED",
        "rows replayed as text-to-image: IMG_2_IMG 1, INPAINTING 1 "
          + "(in the file: IMG_2_IMG 1, INPAINTING 1)",
        "rows with LoRA adapters, replayed without: 1",
        "recorded exec_time_seconds, not replayed: mean 18.0 s over SUCCEED rows",
        "timestamps are whole seconds: requests of one second are spread evenly inside it",
      ])
  }

  @Test func gentd26ReplaysFailuresWhereAsked() throws {
    let trace = try load(Self.gentd26, options: TraceOptions(includeFailed: true))
    #expect(nanoseconds(trace) == [0, 1_000_000_000, 1_333_333_333, 1_666_666_666])
    #expect(trace.report.rowsReplayed == 4)
    #expect(
      trace.report.skipped == [
        SkippedRows(reason: "without a number of steps or images", count: 2, firstRow: 5)
      ])
  }

  @Test func gentd26WithoutAColumnIsRefused() throws {
    let header = "gmt_create,predict_stat,num_images_per_prompt,num_inference_steps\n"
    let error = try #require(try failure(header))
    #expect(
      error.description
        == "FILE:1:12: error: unknown column 'predict_stat'; did you mean 'predict_status'?"
    )
  }

  @Test(arguments: [
    "2024-02-30 00:00:00", "2023-02-29 00:00:00", "2024-13-01 00:00:00", "2024-01-01 24:00:00",
    "2024-01-01", "2024-01-01 00:00:00.5", "1e999", "NaN", "-1", "0001-01-01 00:00:00",
  ])
  func whatIsNoDateIsRefused(text: String) throws {
    let header = "gmt_create,predict_status,num_images_per_prompt,num_inference_steps\n"
    let error = try #require(try failure(header + "\(text),SUCCEED,1,30\n"))
    #expect(error.description.hasPrefix("FILE:2:1: error: gmt_create '\(text)' is no date"))
    #expect(error.exitCode == 65)
  }

  @Test func aMissingDateIsRefused() throws {
    let header = "predict_status,gmt_create,num_images_per_prompt,num_inference_steps\n"
    let error = try #require(try failure(header + "SUCCEED,,1,30\n"))
    #expect(error.description == "FILE:2:9: error: gmt_create is missing")
  }

  @Test func nothingToReplayIsAnError() throws {
    let header = "gmt_create,predict_status,num_images_per_prompt,num_inference_steps\n"
    let error = try #require(try failure(header + "2024-01-01 00:00:00,FAILED,1,30\n"))
    #expect(
      error.description
        == "FILE:1:1: error: none of the trace's 1 rows can be replayed; "
        + "left out: 1 predict_status is not SUCCEED"
    )
  }

  @Test func azureKeepsFractionsOfASecond() throws {
    let trace = try load(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
        + "2023-12-31 23:59:59.6805900,374,44\r\n2024-01-01 00:00:00.0000001,396,109\r\n"
        + "2024-01-01 00:00:00.500000+00:00,1,2")
    #expect(trace.formatName == "azure-llm")
    #expect(nanoseconds(trace) == [680_590_000, 1_000_000_100, 1_500_000_000])
    #expect(
      trace.report.notes == [
        "TIMESTAMP holds dates: times are moved to the second of the first arrival",
        "TIMESTAMP alone is replayed: ContextTokens, GeneratedTokens say nothing of images to be made",
      ])
  }

  @Test func datesOutOfOrderAreSortedBeforeTheyAreMoved() throws {
    let trace = try load(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-01-01 00:00:05.5,1,1\n"
        + "2023-01-01 00:00:03.25,1,1\n")
    #expect(nanoseconds(trace) == [250_000_000, 2_500_000_000])
    #expect(trace.report.rowsOutOfOrder == 1)
  }

  @Test func datesOverFiftyYearsApartAreRefused() throws {
    let error = try #require(
      try failure(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n1990-01-01 00:00:00,1,1\n"
          + "2041-01-01 00:00:00,1,1\n"))
    #expect(
      error.description
        == "FILE:3:1: error: a row over 30 years from another; are all times in one unit?")
  }

  @Test func diffServeIsSortedFromMilliseconds() throws {
    let trace = try load("636.0,4817\n19409.0,402\n19084.5,1678\n", format: "diffserve")
    #expect(trace.formatName == "diffserve")
    #expect(nanoseconds(trace) == [636_000_000, 19_084_500_000, 19_409_000_000])
    #expect(trace.rows.map(\.prompt) == [4817, 1678, 402])
    #expect(trace.report.rowsOutOfOrder == 1)
  }

  @Test func diffServeRowsOfOtherShapesAreRefused() throws {
    #expect(
      try failure("1,2\n3\n", format: "diffserve")?.description
        == "FILE:2:2: error: too few columns: 1; expected milliseconds,promptId")
    #expect(
      try failure("1,2\n3,4,5\n", format: "diffserve")?.description
        == "FILE:2:5: error: too many columns: 3; expected milliseconds,promptId")
    #expect(
      try failure("NaN,2\n", format: "diffserve")?.description
        == "FILE:1:1: error: the time in milliseconds is not a number ('NaN'); leave the row out")
  }

  @Test func proteusGivesClassesAndDeadlines() throws {
    let trace = try load("0, 1, 250\n10, 0, 1000.5\n", format: "proteus")
    #expect(trace.formatName == "proteus")
    #expect(nanoseconds(trace) == [0, 10_000_000])
    #expect(trace.classes == ["qos-1", "qos-0"])
    #expect(trace.rows.map(\.slo?.nanoseconds) == [250_000_000, 1_000_500_000])
  }

  @Test func countsAreSpreadOverTheirSeconds() throws {
    let trace = try load("2 0\n3\t1\n", format: "counts")
    #expect(trace.formatName == "counts")
    #expect(
      nanoseconds(trace) == [
        0, 500_000_000, 2_000_000_000, 2_333_333_333, 2_666_666_666, 3_000_000_000,
      ])
    #expect(trace.rows.map(\.sourceRow) == [1, 1, 3, 3, 3, 4])
    #expect(trace.report.rowsInFile == 6)
    #expect(trace.report.rowsReplayed == 6)
  }

  @Test func badCountsAreLocatedByWord() throws {
    #expect(
      try failure("12 3\n4  -5 6\n", format: "counts")?.description
        == "FILE:2:4: error: a count per second is negative ('-5'); "
        + "a whole number from 0 to 1000000"
    )
    #expect(
      try failure("1 2.5", format: "counts")?.description
        == "FILE:1:3: error: a count per second '2.5' is not a whole number; "
        + "a whole number from 0 to 1000000")
  }

  @Test func streamingGivesTheSameRowsAsLoadingASortedFile() throws {
    for (text, format) in [(Self.gentd26, "gentd26"), ("2 0\n3\t1\n", "counts")] {
      try withFile(Array(text.utf8)) { path in
        var reader = try TraceReader(path: path, format: format)
        var rows: [TraceRow] = []
        while let row = try reader.next() { rows.append(row) }
        let trace = try TraceLoader.load(path: path, format: format)
        #expect(rows == Array(trace.rows))
        #expect(reader.report == trace.report)
      }
    }
  }

  /// Whole numbers may be counts, gaps, or arrivals out of order: who writes no header must be named.
  @Test(arguments: [
    "3\n0\n17\n2\n", "5 4 9", "0 20\n1 20\n2 20\n1 30 5\n", "0\n3\n7\n", "636.0,4817\n",
    "0,1,250\n",
  ])
  func nothingWithoutAHeaderIsReadUnnamed(text: String) throws {
    let error = try #require(try failure(text))
    #expect(error.description.contains("without a header: nothing tells what they are"))
  }

  @Test func languageModelsTracesGiveArrivals() throws {
    let burst = try load(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
        + "5,ChatGPT,472,18,490,Conversation log\n110.5,GPT-4,417,505,922,API log\n")
    #expect(
      (burst.formatName, nanoseconds(burst)) == ("burstgpt", [5_000_000_000, 110_500_000_000]))
    #expect(burst.models.isEmpty)
    #expect(
      burst.report.notes == [
        "Timestamp alone is replayed: Request tokens, Response tokens, Model, Total tokens, Log Type "
          + "say nothing of images to be made"
      ])
    let vidur = try load("arrived_at,num_prefill_tokens,num_decode_tokens\n0.25,591,140\n")
    #expect((vidur.formatName, nanoseconds(vidur)) == ("vidur", [250_000_000]))
    for header in [
      "arrived_at,num_prefill_tokens,num_decode_tokens\n",
      "Timestamp,Model,Request tokens,Response tokens\n",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n",
    ] {
      let filler = header.hasPrefix("Timestamp") ? ",m,1,1\n" : ",1,1\n"
      let moved = try load(header + "1700000001500\(filler)1700000000000\(filler)")
      #expect(nanoseconds(moved) == [0, 1_500_000_000])
    }
    let images = try load(
      "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-10-01 08:00:01.5,2,1,1\n")
    #expect((images.formatName, nanoseconds(images)) == ("azure-llm", [500_000_000]))
    #expect(
      images.report.notes.last
        == "TIMESTAMP alone is replayed: ContextTokens, GeneratedTokens, NumImages say nothing of images to be made"
    )
  }

  /// A column that no file of the format is known to have is a fault, or left out and named.
  @Test(arguments: [
    ("Timestamp,Request tokens,Response tokens,zone\n", "0,1,1,eu\n"),
    ("arrived_at,num_prefill_tokens,num_decode_tokens,zone\n", "0,1,1,eu\n"),
    ("TIMESTAMP,ContextTokens,GeneratedTokens,zone\n", "2024-01-01 00:00:00,1,1,eu\n"),
    (
      "gmt_create,predict_status,num_images_per_prompt,num_inference_steps,zone\n",
      "2024-01-01 00:00:00,SUCCEED,1,30,eu\n"
    ),
  ])
  func unknownColumnsAreNotDroppedUnsaid(header: String, row: String) throws {
    let error = try #require(try failure(header + row))
    #expect(error.description.contains("unknown column 'zone'; known columns: "))
    #expect(error.description.contains("--ignore-unknown"))
    let trace = try load(header + row, options: TraceOptions(ignoreUnknown: true))
    #expect(trace.rows.count == 1)
    #expect(trace.report.notes.contains("unknown columns, left out: zone"))
  }

  /// One instant in each of RFC 3339's ways to write its offset, and in others' ways.
  @Test(arguments: [
    "2024-01-01 08:00:00+08:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00z",
    "2024-01-01 00:00:00 UTC",
    "2024-01-01 00:00:00+0000", "2023-12-31 18:30:00-05:30", "2023-12-31 19:00:00.000-05",
    "2024-01-01 00:00:00 GMT", "2024-01-01 00:00:00 +00:00", "2024-01-01t00:00:00z",
    "2023-12-31T23:59:60Z",
  ])
  func offsetsAreRead(text: String) throws {
    let header = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    let trace = try load(header + "\(text),1,1\n2024-01-01 00:00:10,1,1\n")
    #expect(nanoseconds(trace) == [0, 10_000_000_000])
  }

  @Test(arguments: ["+24:00", "+08:60", "+8", " CET", "+08:00x", "-"])
  func whatIsNoOffsetIsRefused(text: String) throws {
    let header = "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    #expect(
      try failure(header + "2024-01-01 00:00:00\(text),1,1\n")?.description.contains("is no date")
        == true)
  }

  @Test func everyFormatIsRegisteredOnce() {
    #expect(Set(TraceFormats.names).count == TraceFormats.all.count)
    for name in TraceFormats.names { #expect(TraceFormats.named(name)?.name == name) }
  }
}
