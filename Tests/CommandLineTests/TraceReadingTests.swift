import Foundation
import Testing

/// What is made of a trace, held against what can be told by hand.
@Suite(.needsProgram) struct TraceReadingTests {
  /// One server that takes a second for each query.
  private static let scenario = """
    name: server
    query: { steps: 1, guidance: false, slo: { time: 5 s } }
    classes: CLASSES
    workload: { trace: trace.csv }
    cluster:
      queue: central
      nodes: [{ name: s, accelerators: { count: 1, synthetic: { denoise: { deterministic: 1 s } } } }]
    policies: { p: { steps: fixed, discipline: priority } }
    run: { seed: 1, replications: 1 }
    """

  private func run(
    _ trace: String, classes: String? = nil, _ settings: [String] = []
  ) throws -> (scratch: Scratch, out: String) {
    let scratch = try Scratch()
    var text = Self.scenario.replacing("classes: CLASSES\n", with: "")
    if let classes { text = Self.scenario.replacing("CLASSES", with: classes) }
    if classes == nil { text = text.replacing(", discipline: priority", with: "") }
    try scratch.write(text, to: "s.yaml")
    try scratch.write(trace, to: "trace.csv")
    let result = try Program.release(
      arguments: ["run", "s.yaml", "--db", "r.sqlite"] + settings.flatMap { ["--set", $0] },
      in: scratch.path)
    try #require(result.status == 0, "\(result.error)")
    return (scratch, result.out.replacing(#/\n  /#, with: " "))
  }

  /// A class's rank holds where `classes` lists it; others, and queries of none, come after every listed one.
  @Test(arguments: [-1, 0, 7]) func listedClassesGoFirst(priority: Int) throws {
    // The first is in service when the others are there.
    let (scratch, out) = try run(
      "arrival_s,class\n0,\n0,silver\n0,\n0,gold\n", classes: "{ gold: { priority: \(priority) } }")
    let order = try scratch.sqlite("r.sqlite", "SELECT id, class FROM query ORDER BY start_ns")
    #expect(order == "0|\n3|gold\n1|silver\n2|\n")
    #expect(out.contains("- not listed in 'classes', so last in an order by priority: 'silver'\n"))
    #expect(out.contains("- queries of no class come last in an order by priority\n"))
  }

  /// Objectives of a class are not those of queries without one, which the trace names first.
  @Test func queriesWithoutAClassHaveTheCommonObjective() throws {
    let (scratch, _) = try run(
      "arrival_s,class\n0,\n10,gold\n20,\n", classes: "{ gold: { slo: { time: 1500 ms } } }",
      ["policies.p.discipline=fcfs"])
    let slo = "SELECT (deadline_ns - arrival_ns) / 1000000 FROM query ORDER BY id"
    #expect(try scratch.sqlite("r.sqlite", slo) == "5000\n1500\n5000\n")
    let counts =
      "SELECT class, value FROM run_metric WHERE metric = 'queries_offered' ORDER BY class"
    #expect(try scratch.sqlite("r.sqlite", counts) == "|3.0\ngold|1.0\n")
  }

  @Test func aBurstIsWorkedOff() throws {
    let (scratch, out) = try run("arrival_s\n" + String(repeating: "0\n", count: 200))
    #expect(out.contains("- all 200 queries arrive at once: there is no rate and no offered load"))
    // 1, 2, ..., 200 s: a mean of 100.5 s, which is printed.
    #expect(out.contains(#/latency, mean \[s\] +100\.5\n/#))
    #expect(!out.contains("unsteady") && !out.contains("offered load 0"))
    let mean = "SELECT value FROM run_metric WHERE metric = 'latency_mean_s'"
    #expect(try scratch.sqlite("r.sqlite", mean) == "100.5\n")
    // All within the second that the first takes.
    let brief = try run("arrival_s\n" + (0..<200).map { "\(Double($0) * 1e-5)\n" }.joined())
    #expect(
      brief.out.contains(
        "- all 200 queries arrive within 0.00199 s, before a tenth of them can be complete: there is no rate"
      ))
    #expect(brief.out.contains(#/latency, mean \[s\] +100\.5\n/#))
    #expect(!brief.out.contains("unsteady"))
    let load = "SELECT offered_load IS NULL FROM experiment"
    #expect(try brief.scratch.sqlite("r.sqlite", load) == "1\n")
    // A hundred times as fast as one server, and in two heaps: over long before a tenth of them is done.
    for times in [(0..<200).map { Double($0) / 100 }, (0..<200).map { $0 < 100 ? 0 : 3 }] {
      let quick = try run("arrival_s\n" + times.map { "\($0)\n" }.joined())
      #expect(quick.out.contains("there is no rate and no offered load"))
      #expect(!quick.out.contains("unsteady"))
    }
    let one = try run("arrival_s\n0\n")
    #expect(one.out.contains("- there is one query: there is no rate and no offered load\n"))
    // As many at twice the capacity are no burst.
    let rising = try run("arrival_s\n" + (0..<200).map { "\(Double($0) / 2)\n" }.joined())
    #expect(rising.out.contains("unsteady"))
  }

  /// Rates between 1 and 4 a second, then twice as many: the factor counts, and the same queries come of both.
  @Test func ratesAreScaledAfterTheyAreRescaledInEveryCommand() throws {
    let trace =
      "arrival_s\n" + (0..<120).map { "\($0 < 40 ? Double($0) : 20 + Double($0) / 2)\n" }.joined()
    let (scratch, _) = try run(
      trace, classes: nil,
      ["workload.rescale={ min: 1 query/s, max: 4 query/s, bin: 10 s }", "workload.rate_scale=2"])
    let arrivals = try scratch.sqlite(
      "r.sqlite", "SELECT arrival_ns FROM query ORDER BY arrival_ns"
    )
    .split(separator: "\n").compactMap { Double($0) }
    let converted = try Program.release(
      "trace", "convert", "trace.csv", "--min-rate", "1 query/s", "--max-rate", "4 query/s",
      "--bin",
      "10 s", "--rate-scale", "2", "--out", "c.csv", in: scratch.path)
    #expect(converted.status == 0, "\(converted.error)")
    let text = String(decoding: scratch.bytes("c.csv") ?? Data(), as: UTF8.self)
    let own = text.split(separator: "\n").dropFirst().compactMap { line in
      Double(line.prefix { $0 != "," })
    }
    #expect(arrivals.count == own.count && arrivals.count > 100)
    for (a, b) in zip(arrivals, own) { #expect(abs(a / 1e9 - (b - own[0])) < 1e-6) }
    // 4 a second for most of the time, twice as fast.
    let span = (arrivals.last ?? 0) / 1e9
    #expect(Double(arrivals.count) / span > 4)
  }

  /// Ten formats, as their publishers write them: read as what they are, or refused by their right names.
  @Test(arguments: [
    ("native", "arrival_s,steps\n0,20\n1.5,30\n", "format  *native"),
    (
      "gentd26",
      "gmt_create,predict_type,predict_status,exec_time_seconds,groupId,prompt_length,negative_prompt_length,"
        + "num_images_per_prompt,num_inference_steps,checkpoint_model_version_id,num_lora\n"
        + "2024-11-15 00:00:01,TXT_2_IMG,SUCCEED,32.0,G0,63.0,26.0,1.0,30.0,M7,0\n",
      "format  *gentd26"
    ),
    (
      "azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n",
      "format  *azure-llm"
    ),
    (
      "azure with images",
      "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-10-01 00:00:01.5+00:00,1,374,44\n",
      "format  *azure-llm"
    ),
    (
      "burstgpt",
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,472,18,490,Conversation log\n",
      "format  *burstgpt"
    ),
    ("vidur", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.1,591,140\n", "format  *vidur"),
    ("counts", "3\n0\n17\n2\n", "error: a column without a header.*counts"),
    (
      "mooncake", "{\"timestamp\": 0, \"input_length\": 6758, \"hash_ids\": [0, 1]}\n",
      "error: this is JSON"
    ),
    ("diffserve", "636.0,4817\n19409.0,402\n", "error: 2 columns without a header.*diffserve"),
    ("proteus", "0,1,250\n10,0,1000\n", "error: 3 columns without a header.*proteus"),
    (
      "azure functions", "app,func,end_timestamp,duration\na,f,1.5,0.2\n",
      "error: this is a trace of Azure Functions"
    ),
  ])
  func publicFormatsHaveTheirNames(name: String, text: String, expected: String) throws {
    let scratch = try Scratch()
    try scratch.write(text, to: "t.csv")
    let result = try Program.release("trace", "inspect", "t.csv", in: scratch.path)
    let said = result.out + result.error
    #expect(try said.contains(Regex(expected)), "\(name): \(said)")
  }
}
