import Foundation
import Testing

/// The CSV files of a scenario without randomness, whose figures are known by hand.
@Suite(.needsProgram) struct CSVFilesTests {
  static let scenario = """
    name: fixed
    query: { slo: { time: 3 s } }
    workload: { trace: trace.csv }
    cluster:
      nodes:
        - name: gpu
          accelerators: { synthetic: { denoise: { deterministic: 100 ms } } }
    policies:
      baseline: { steps: fixed }
      same: { extends: baseline }
    run: { baseline: baseline, seed: 1, replications: 3 }
    """
  /// Latencies: 10 steps = 1 s; 20 steps from 1 s on = 2 s; 30 steps = 3 s, just on time.
  static let trace = "arrival_s,steps,class\n0,10,a\n1,20,\"b,\"\"c\"\"\"\n10,30,a\n"

  private func written() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    try scratch.write(Self.trace, to: "trace.csv")
    let result = try Program.release(
      "compare", "s.yaml", "--db", "r.sqlite", "--out", "csv", in: scratch.path)
    try #require(result.status == 0, "said: \(result.error)")
    return scratch
  }

  private func text(_ scratch: Scratch, _ name: String) -> String {
    String(decoding: scratch.bytes("csv/\(name)") ?? Data(), as: UTF8.self)
  }

  private func python(_ program: String, in scratch: Scratch) throws -> (Int32, Data) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    process.environment = Self.environment
    process.currentDirectoryURL = URL(filePath: scratch.path)
    let out = Pipe()
    process.standardOutput = out
    try process.run()
    let data = try out.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }

  @Test func summarySnapshot() throws {
    // The id is a hash of all inputs, the program's version among them.
    let text = text(try written(), "summary.csv").replacing(/,[0-9a-f]{32},/, with: ",ID,")
    let golden = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "CSVFilesTests-summary.csv")
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: golden)
    }
    #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
    // The snapshot freezes; these hold by hand.
    for line in [
      "fixed,ID,,0.6,,3.0,,,baseline,0,latency_mean_s,s,3,2.0,2.0,2.0,,,",
      "fixed,ID,,0.6,,3.0,,,baseline,0,steps_mean,step,3,20.0,",
      "fixed,ID,,0.6,,3.0,,,baseline,0,slo_violation_ratio,,3,0.0,",
      "fixed,ID,,0.6,,3.0,,,baseline,0,queries_offered,query,3,3.0,",
      "fixed,ID,,0.6,,3.0,,,same,1,latency_mean_s,s,3,2.0,2.0,2.0,,,1.0,1.0,1.0,",
    ] {
      #expect(text.contains("\n" + line), "no line starts with \(line)")
    }
  }

  @Test func pythonReadsEveryFile() throws {
    let scratch = try written()
    let (status, data) = try python(
      """
      import csv, json, os
      tables = {}
      for name in sorted(os.listdir("csv")):
          with open("csv/" + name, newline="", encoding="utf-8") as file:
              rows = list(csv.reader(file, strict=True))
          assert all(len(row) == len(rows[0]) for row in rows), name
          assert len(set(rows[0])) == len(rows[0]), name
          tables[name[:-4]] = rows
      print(json.dumps(tables))
      """, in: scratch)
    try #require(status == 0)
    let tables = try #require(
      try JSONSerialization.jsonObject(with: data) as? [String: [[String]]])
    #expect(
      tables.keys.sorted() == [
        "ablation", "attainment_by_slo_scale", "classes", "experiments", "frontier",
        "latency_by_load",
        "latency_cdf", "latency_sources", "notes", "over_time", "quality_by_latency", "queries",
        "ratios",
        "replications", "summary", "throughput_by_load", "time_basis", "violations_by_load",
      ])
    func column(_ table: String, _ name: String) throws -> [String] {
      let rows = try #require(tables[table])
      let index = try #require(rows[0].firstIndex(of: name))
      return rows.dropFirst().map { $0[index] }
    }
    // Three queries, two policies, three replications.
    #expect(tables["queries"]?.count == 1 + 3 * 2 * 3)
    #expect(try column("queries", "class").prefix(3) == ["a", "b,\"c\"", "a"])
    #expect(try column("queries", "latency_s").prefix(3) == ["1.0", "2.0", "3.0"])
    #expect(try column("queries", "on_time").prefix(3) == ["1", "1", "1"])
    #expect(tables["replications"]?.count == 1 + 2 * 3)
    // By class, policy and metric: class a has latencies of 1 s and 3 s.
    #expect(tables["classes"]?.count == 1 + 2 * 2 * 47)
    let rows = zip(try column("classes", "class"), try column("classes", "metric"))
    let index = try #require(rows.enumerated().first { $1 == ("a", "latency_mean_s") }?.offset)
    #expect(try column("classes", "mean")[index] == "2.0")
    // Quantiles of 1, 2 and 3 s at 0, 0.005, ..., 1.
    #expect(tables["latency_cdf"]?.count == 1 + 201 * 2)
    #expect(try column("latency_cdf", "latency_s").prefix(201).first == "1.0")
    #expect(try column("latency_cdf", "latency_s")[100] == "2.0")
    #expect(try column("latency_cdf", "latency_s")[200] == "3.0")
    // Busy for 1 + 2 + 3 of 13 s; never more than one query there.
    let lengths = zip(try column("over_time", "start_s"), try column("over_time", "end_s"))
      .map { (Double($1) ?? 0) - (Double($0) ?? 0) }
    func integral(_ name: String) throws -> Double {
      zip(try column("over_time", name), lengths).map { (Double($0) ?? 0) * $1 }.reduce(0, +) / 2
    }
    #expect(abs(lengths.reduce(0, +) / 2 - 13) < 1e-9)
    #expect(abs(try integral("accelerator_utilisation_installed") - 6) < 1e-9)
    #expect(abs(try integral("queries_in_system") - 6) < 1e-9)
    #expect(try integral("queue_length") == 0)
    #expect(try column("ablation", "parent").allSatisfy { $0 == "baseline" })
    #expect(try column("ablation", "change").allSatisfy { $0 == "" })
    #expect(try column("latency_sources", "provenance") == [])
    // Each policy's accelerator works for 1 + 2 + 3 s in all replications, as the scenario states; no core does.
    #expect(try column("time_basis", "policy") == ["baseline", "same"])
    #expect(try column("time_basis", "device_kind") == ["accelerator", "accelerator"])
    #expect(try column("time_basis", "basis") == ["assumed", "assumed"])
    #expect(try column("time_basis", "busy_s") == ["18.0", "18.0"])
    #expect(try column("time_basis", "share") == ["1.0", "1.0"])
  }

  /// Debian's Python first: it has Debian's pandas.
  private static let environment = ["PATH": "/usr/bin:/bin:/usr/local/bin"]

  static let hasPandas: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import pandas"]
    process.environment = environment
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(.enabled(if: hasPandas, "needs pandas"))
  func pandasReadsEveryFile() throws {
    let (status, _) = try python(
      """
      import glob, pandas
      names = glob.glob("csv/*.csv") + glob.glob("\(Program.root)/Reports/*/*.csv")
      assert len(names) > 30
      for name in names:
          table = pandas.read_csv(name)
          assert len(table.columns) > 3, name
          for column in table:
              if column.endswith(("_s", "_per_s", "_px")) and len(table):
                  assert table[column].dtype.kind in "fi", (name, column)
      """, in: try written())
    #expect(status == 0)
  }

  @Test func columnsCarryTheirUnits() throws {
    let scratch = try written()
    #expect(
      text(scratch, "queries.csv").hasPrefix(
        "experiment,experiment_id,workload,load,slo_scale,slo_s,settings,policy,policy_index,replication,query,"
          + "arrival_s,start_s,end_s,latency_s,deadline_s,on_time,outcome,model,height_px,width_px,images,steps_requested,evaluations,finish,latent_error,"
          + "class,worker,"
          + "trace_row,model_made,encode_worker,denoise_worker,decode_worker,post_process_worker,evaluations_lost,resubmissions,batch_images_mean,"
          + "batch_images_max,waiting_s,displaced_s,loading_s,encode_s,denoise_s,decode_s,post_process_s,hand_off_s,batch_wait_s,core_wait_s,blocked_s\n"
      ))
    let columns = text(scratch, "replications.csv").prefix { $0 != "\n" }.split(separator: ",")
    #expect(columns.count == 14 + 47)
    for column in columns where column.contains("latency") || column.contains("wait") {
      #expect(column.hasSuffix("_s"))
    }
    for column in columns where column.contains("throughput") || column.contains("goodput") {
      #expect(column.hasSuffix("_per_s"))
    }
  }

  @Test func theTerminalStaysWithin100Columns() throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    try scratch.write(Self.trace, to: "trace.csv")
    let out = try Program.release("compare", "s.yaml", in: scratch.path).out
    for line in out.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
  }
}
