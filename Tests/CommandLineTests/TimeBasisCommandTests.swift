import Foundation
import Testing

/// The line on what service times rest on, wherever a comparison is printed, and on the page.
@Suite(.needsProgram) struct TimeBasisCommandTests {
  private static let assumed = "Accelerator time rests on figures: 100 % assumed by the scenario."

  /// Accelerators with a profile, and image encoding at times of the scenario's own.
  private static let profiled = """
    name: profiled
    query: { steps: 4, guidance: true, slo: { time: 30 s } }
    workload: { arrivals: { poisson: { rate: 0.5 query/s } }, queries: 12 }
    cluster:
      nodes:
        - name: gpu
          accelerators: { count: 2, profile: PROFILE }
          cpu: { cores: 2, synthetic: { post-process: { deterministic: 100 ms } } }
    policies:
      alone: { steps: fixed }
      shared: { extends: alone, steps: { parallel: { accelerators: 2 } } }
    run: { baseline: alone, seed: 1, replications: 2 }
    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(StoredCompareTests.scenario, to: "s.yaml")
    try scratch.write(GridCommandTests.scenario, to: "grid.yaml")
    try scratch.write(
      Self.profiled.replacing(
        "PROFILE", with: "\(Program.root)/Scenarios/Profiles/epyc-zen5-core.json"), to: "p.yaml")
    return scratch
  }

  @Test(arguments: [
    ["run", "s.yaml", "--db", "r.sqlite"],
    ["compare", "s.yaml", "--db", "r.sqlite"],
    ["compare", "grid.yaml", "--db", "r.sqlite"],
    ["sweep", "s.yaml", "--axis", "workload.queries=20,30", "--db", "r.sqlite"],
  ])
  func everyPrintedComparisonSaysIt(arguments: [String]) throws {
    let scratch = try scratch()
    let made = try Program.release(arguments: arguments + ["--quiet"], in: scratch.path)
    #expect(made.status == 0 && made.out.components(separatedBy: Self.assumed).count == 2)
    #expect(!made.out.contains("CPU time"), "no core worked")
    // Of each comparison, where a database is compared: a sweep's points are two.
    let count = arguments[0] == "sweep" ? 2 : 1
    for again in [["compare", "r.sqlite"], ["report", "r.sqlite"]] {
      let shown = try Program.release(arguments: again, in: scratch.path)
      #expect(
        shown.status == 0 && shown.out.components(separatedBy: Self.assumed).count == count + 1)
    }
    let json = try Program.release(arguments: arguments + ["--json", "--quiet"], in: scratch.path)
      .out
    #expect(json.contains("\"basis\" : \"assumed\"") && json.contains("\"share\" : 1"))
  }

  /// The profile is measured; a shared step rests on the published speedup curve too.
  @Test func policiesThatDifferAreNamedInTextAndPage() throws {
    let scratch = try scratch()
    let run = try Program.release("compare", "p.yaml", "--db", "r.sqlite", in: scratch.path)
    #expect(run.status == 0, "\(run.error)")
    let line = try #require(
      run.out.range(
        of: "Accelerator time rests on figures: alone 100 % measured by the harness; shared "))
    let said = run.out[line.upperBound...].replacing("\n ", with: "")
    #expect(
      said.contains(
        #/^[0-9.]+ % measured by the harness, [0-9.]+ % published\. CPU time: 100 % assumed by the scenario\.\n/#
      ))
    // The first query shares its steps: most of the time is denoising.
    let published = try scratch.sqlite(
      "r.sqlite", "SELECT share FROM v_time_basis WHERE policy = 'shared' AND basis = 'published'")
    #expect((Double(published.dropLast()) ?? 0) > 0.02)
    try Program.release("report", "r.sqlite", "--out", "a", "--format", "html", in: scratch.path)
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    let table = try #require(page.range(of: "<table id=\"time-basis\">")).upperBound
    let rows = page[table...].prefix(while: { $0 != "!" }).components(separatedBy: "<tr>")
    #expect(
      rows[2].hasPrefix(
        "<td class=\"text\">alone</td><td class=\"text\">accelerator</td><td>100 %</td><td>\u{2013}</td>"
      ))
    #expect(
      rows[3].hasPrefix(
        "<td class=\"text\">alone</td><td class=\"text\">cpu</td><td>\u{2013}</td><td>\u{2013}</td><td>\u{2013}</td><td>100 %</td>"
      ))
    #expect(
      rows[4].hasPrefix("<td class=\"text\">shared</td><td class=\"text\">accelerator</td><td>"))
  }

  @Test func anOlderDatabaseSaysNothing() throws {
    let scratch = try Scratch()
    let fixture = "\(Program.root)/Tests/ResultsTests/Fixtures/schema7.sql"
    try scratch.sqlite("old.sqlite", ".read '\(fixture)'")
    let shown = try Program.release("compare", "old.sqlite", in: scratch.path)
    #expect(shown.status == 0 && shown.out.contains("latency, mean [s]"))
    #expect(!shown.out.contains("rests on"))
    let report = try Program.release(
      "report", "old.sqlite", "--out", "a", "--format", "html,csv", in: scratch.path)
    #expect(report.status == 0)
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    #expect(!page.contains("time-basis"))
    let csv = String(decoding: try #require(scratch.bytes("a/time_basis.csv")), as: UTF8.self)
    #expect(csv.split(separator: "\n").count == 1)
  }
}
