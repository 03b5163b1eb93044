import Foundation
import Testing

/// Reports, from the command line: what is written, what is left alone, what is said where something is missing.
@Suite(.needsProgram) struct ReportCommandTests {
  /// Two loads and two SLO scales, so that every kind of figure has its data.
  static let scenario = """
    name: report
    model: sd15
    query: { steps: 20, slo: { scale: 3 } }
    workload: { arrivals: { poisson: { rate: 1 query/s } }, queries: 200 }
    experiment: { loads: [0.5, 0.8], slo_scales: [2, 3], claims: [new] }
    cluster:
      nodes:
        - name: n
          accelerators: { count: 2, profile: \(Program.root)/Scenarios/Profiles/a100-diffusers-eager.json }
          cpu: { cores: 4, profile: \(Program.root)/Scenarios/Profiles/epyc-zen5-core.json }
    latents: \(Program.root)/Scenarios/Latents/sd15-512.table
    policies:
      base: { dispatcher: random }
      new: { extends: base, preset: qos-diff }
      less: { extends: new, without: [finish] }
    run: { baseline: base, seed: 5, replications: 3 }
    """

  private func database() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    let result = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    try #require(result.status == 0, "said: \(result.error)")
    return scratch
  }

  /// All files below a folder, by path.
  private func files(_ folder: String) throws -> [String: Data] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder)
    var files: [String: Data] = [:]
    for name in all {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder)
      if !isFolder.boolValue {
        files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
      }
    }
    return files
  }

  private static let figures = [
    "ablation", "attainment_by_slo_scale", "goodput_by_load", "latency_by_load", "latency_cdf",
    "quality_by_latency", "queue_over_time", "throughput_by_load", "utilisation_over_time",
    "violations_by_load",
  ]

  static let hasGnuplot = FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")

  @Test(.enabled(if: hasGnuplot, "needs gnuplot"))
  func everythingIsWrittenAndTheSameAgain() throws {
    let scratch = try database()
    let result = try Program.release("report", "r.sqlite", "--out", "a", in: scratch.path)
    #expect(result.status == 0)
    #expect(result.error.isEmpty)
    let first = try files(scratch.path + "/a")
    for figure in Self.figures {
      for kind in ["gp", "dat", "pdf", "svg"] {
        #expect(first["figures/\(figure).\(kind)"]?.isEmpty == false, "\(figure).\(kind)")
      }
    }
    #expect(first["figures/latency_cdf.pdf"]?.starts(with: Array("%PDF".utf8)) == true)
    for name in [
      "README.md", "manifest.json", "index.html", "tables/comparison.tex", "tables/claims.tex",
      "tables/latencies.tex", "scenario-report.yaml", "summary.csv", "ratios.csv", "ablation.csv",
    ] {
      #expect(first[name]?.isEmpty == false, "\(name)")
    }
    #expect(first["scenario-report.yaml"] == Data(Self.scenario.utf8))
    #expect(
      Set(result.out.split(separator: "\n").map { String($0.dropFirst(2)) }) == Set(first.keys))
    // From another process, over the first one and into another folder: the same bytes.
    for folder in ["a", "b"] {
      let again = try Program.release("report", "r.sqlite", "--out", folder, in: scratch.path)
      #expect(again.status == 0)
      let second = try files("\(scratch.path)/\(folder)")
      #expect(second.keys.sorted() == first.keys.sorted())
      for (name, data) in first { #expect(second[name] == data, "\(name) in \(folder)") }
    }
    let text = try #require(first["manifest.json"])
    let manifest = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
    let experiments = try #require(manifest["experiments"] as? [[String: Any]])
    #expect(experiments.count == 4)
    #expect(
      experiments[0]["command"] as? String
        == "qosdiff compare s.yaml --policies base,new,less --baseline base --replications 3"
    )
    #expect(experiments[0]["seed"] as? Int == 5)
    #expect((manifest["profiles"] as? [[String: Any]])?.count == 2)
    // The command that it names makes the same experiments again.
    let ids = experiments.compactMap { $0["id"] as? String }
    let same = try Program.release(
      "compare", "s.yaml", "--policies", "base,new,less", "--baseline", "base",
      "--replications", "3", "--db", "again.sqlite", in: scratch.path)
    #expect(same.status == 0)
    let found = try scratch.sqlite("again.sqlite", "SELECT id FROM experiment ORDER BY id")
    #expect(found.split(separator: "\n").map(String.init) == ids.sorted())
  }

  @Test func withoutGnuplotTheRestIsWrittenAndTheFiguresNamed() throws {
    let scratch = try database()
    let result = try Program.release(
      "report", "r.sqlite", "--out", "a", in: scratch.path, environment: ["PATH": "/nowhere"])
    #expect(result.status == 1)
    #expect(result.error.hasPrefix("Not drawn (gnuplot is not installed): figures/"))
    #expect(result.error.split(separator: "\n").count == 1)
    let all = try files(scratch.path + "/a")
    for figure in Self.figures {
      #expect(result.error.contains("figures/\(figure).pdf"))
      #expect(all["figures/\(figure).pdf"] == nil)
      #expect(all["figures/\(figure).gp"] != nil)
    }
    #expect(all["index.html"] != nil && all["summary.csv"] != nil)
    let readme = String(decoding: try #require(all["README.md"]), as: UTF8.self)
    #expect(readme.contains("Not drawn: `figures/"))
    // Asked for without figures, nothing is missing.
    let less = try Program.release(
      "report", "r.sqlite", "--out", "b", "--format", "csv,tex,html", in: scratch.path,
      environment: ["PATH": "/nowhere"])
    #expect(less.status == 0)
  }

  @Test func whatIsNotTheReportsStays() throws {
    let scratch = try database()
    let folder = scratch.path + "/a"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try scratch.write("mine", to: "a/notes.txt")
    let result = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "csv", in: scratch.path)
    #expect(result.status == 0)
    #expect(scratch.bytes("a/notes.txt") == Data("mine".utf8))
    // Somebody else's files of a report's names are not replaced: nothing is written at all.
    for name in ["summary.csv", "tables/comparison.tex", "figures/latency_cdf.dat"] {
      let place = "c-" + name.prefix { $0 != "/" && $0 != "." }
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/\(place)/" + (name as NSString).deletingLastPathComponent,
        withIntermediateDirectories: true)
      try scratch.write("mine", to: "\(place)/\(name)")
      let refused = try Program.release("report", "r.sqlite", "--out", place, in: scratch.path)
      #expect(refused.status == 73, "\(name)")
      #expect(scratch.bytes("\(place)/\(name)") == Data("mine".utf8))
      #expect(try files("\(scratch.path)/\(place)").count == 1)
    }
    // Nor is a script for gnuplot, which could do anything, run or kept.
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/d/figures", withIntermediateDirectories: true)
    try scratch.write("system 'touch pwned'", to: "d/figures/latency_cdf.gp")
    #expect(try Program.release("report", "r.sqlite", "--out", "d", in: scratch.path).status == 73)
    #expect(try files(scratch.path + "/d").keys.sorted() == ["figures/latency_cdf.gp"])
    // A README of somebody else is not replaced, and nothing is written beside it.
    try FileManager.default.createDirectory(
      atPath: scratch.path + "/b", withIntermediateDirectories: true)
    try scratch.write("# My project\n", to: "b/README.md")
    let refused = try Program.release("report", "r.sqlite", "--out", "b", in: scratch.path)
    #expect(refused.status == 73)
    #expect(
      refused.error
        == "b/README.md: error: this file is no report's and is left alone; name another folder with --out DIR\n"
    )
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/b") == ["README.md"])
    // Files of an earlier report that are not written again are named.
    try scratch.write("", to: "a/old.csv")
    let text = String(decoding: try #require(scratch.bytes("a/manifest.json")), as: UTF8.self)
    try scratch.write(
      text.replacing("\"summary.csv\"", with: "\"old.csv\", \"summary.csv\""), to: "a/manifest.json"
    )
    let again = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "csv", in: scratch.path)
    #expect(again.error == "Left from an earlier report: old.csv.\n")
    #expect(scratch.bytes("a/old.csv") != nil)
  }

  @Test(.enabled(if: hasGnuplot, "needs gnuplot"))
  func anAuthorsScriptDrawsNewData() throws {
    let scratch = try database()
    try Program.release("report", "r.sqlite", "--out", "a", "--format", "svg", in: scratch.path)
    let script = "a/figures/latency_cdf.gp"
    let text = String(decoding: try #require(scratch.bytes(script)), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let mine = lines.filter { !$0.contains("qosdiff replaces this file") }.joined(separator: "\n")
      .replacing("set ylabel", with: "set title 'restyled'\nset ylabel")
    #expect(mine != text)
    try scratch.write(mine, to: script)
    let again = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "svg", in: scratch.path)
    #expect(again.status == 0)
    #expect(again.error == "Kept, since changed by hand: figures/latency_cdf.gp.\n")
    #expect(scratch.bytes(script) == Data(mine.utf8))
    let figure = String(
      decoding: try #require(scratch.bytes("a/figures/latency_cdf.svg")), as: UTF8.self)
    #expect(figure.contains("restyled"))
    // A drawing that cannot be made anew does not stay beside new data.
    let blind = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "svg", in: scratch.path,
      environment: ["PATH": "/nowhere"])
    #expect(blind.status == 1)
    #expect(scratch.bytes("a/figures/latency_cdf.svg") == nil)
  }

  /// Two scenarios of one name, another of its points' SLO scales as near to 3 as the first.
  @Test func scenariosOfOneNameStayApart() throws {
    let scratch = try Scratch()
    let small = ForeignDatabaseTests.scenario
    try scratch.write(small + "\n", to: "one.yaml")
    try scratch.write(small.replacing("queries: 40", with: "queries: 60"), to: "two.yaml")
    for file in ["one.yaml", "two.yaml"] {
      try Program.release("compare", file, "--db", "r.sqlite", in: scratch.path)
    }
    let report = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "csv,tex,html", in: scratch.path)
    #expect(report.status == 0)
    let all = try files(scratch.path + "/a")
    let scenarios = all.keys.filter { $0.hasPrefix("scenario-small-") }
    #expect(scenarios.count == 2 && Set(scenarios.map { all[$0] }).count == 2)
    #expect(all.keys.count { $0.hasPrefix("tables/comparison-small-") } == 2)
    let page = String(decoding: try #require(all["index.html"]), as: UTF8.self)
    #expect(!page.contains("against load"), "loads of two scenarios are no curve")
    for name in scenarios { #expect(page.contains(">\(name)</td>")) }
    // Each has its own command, and its own policies.
    let manifest =
      try JSONSerialization.jsonObject(with: all["manifest.json"] ?? Data()) as? [String: Any]
    let experiments = try #require(manifest?["experiments"] as? [[String: Any]])
    #expect(
      Set(experiments.map { ($0["command"] as? String ?? "").contains("one.yaml") }).count == 2)
    #expect(Set(experiments.map { $0["scenario"] as? String ?? "" }) == Set(scenarios))
  }

  @Test func ofTwoScalesAsNearTheLowerIsShownWithItsCurves() throws {
    let scratch = try Scratch()
    try scratch.write(
      Self.scenario.replacing("slo_scales: [2, 3], claims: [new]", with: "slo_scales: [4, 2]"),
      to: "s.yaml")
    try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    let report = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "html", in: scratch.path)
    #expect(report.status == 0)
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    for figure in Self.figures { #expect(page.contains("<figure id=\"\(figure)\""), "\(figure)") }
    #expect(page.contains("report, load 0.8, SLO scale 2."))
  }

  /// The manifest's commands make the experiments of the same ids: of a sweep, of a precision, of a run.
  @Test(arguments: [
    ["sweep", "s.yaml", "--axis", "workload.load=0.3,0.5"],
    ["compare", "s.yaml", "--precision", "20%", "--replications", "3"],
    ["run", "s.yaml", "--seed", "9"],
  ]) func commandsMakeTheSameAgain(arguments: [String]) throws {
    let scratch = try Scratch()
    try scratch.write(ForeignDatabaseTests.scenario, to: "s.yaml")
    try Program.release(arguments: arguments + ["--db", "r.sqlite"], in: scratch.path)
    try Program.release("report", "r.sqlite", "--out", "a", "--format", "csv", in: scratch.path)
    let manifest =
      try JSONSerialization.jsonObject(with: scratch.bytes("a/manifest.json") ?? Data())
      as? [String: Any]
    let experiments = try #require(manifest?["experiments"] as? [[String: Any]])
    for experiment in experiments {
      let command = try #require(experiment["command"] as? String)
      let words = command.split(separator: " ").map { String($0.replacing("'", with: "")) }
      #expect(words.first == "qosdiff")
      try Program.release(
        arguments: words.dropFirst() + ["--db", "again.sqlite"], in: scratch.path)
    }
    let found = try scratch.sqlite("again.sqlite", "SELECT id FROM experiment ORDER BY id")
    #expect(
      found.split(separator: "\n").map(String.init)
        == experiments.compactMap { $0["id"] as? String }.sorted())
  }

  @Test(
    .enabled(if: Program.sanitizerOptions.isEmpty, "a sanitizer's own files are over the limit"))
  func aFolderThatCannotBeMadeOrFilled() throws {
    let scratch = try database()
    try scratch.write("", to: "file")
    let none = try Program.release("report", "r.sqlite", "--out", "file/a", in: scratch.path)
    #expect(none.status == 73)
    #expect(none.error.hasPrefix("file/a: error: the folder cannot be made"))
    // Files may not grow beyond 200 blocks of 512 bytes: the disk is full for whatever is larger.
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      "trap '' XFSZ; ulimit -f 200; exec '\(Program.release.path)' report r.sqlite --out full 2> error",
    ]
    process.currentDirectoryURL = URL(filePath: scratch.path)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 74)
    let error = String(decoding: try #require(scratch.bytes("error")), as: UTF8.self)
    #expect(error.contains("error: the file cannot be written"))
    #expect(error.split(separator: "\n").count == 1)
    // Whole or not there: no file is cut off at the limit.
    for (name, data) in try files(scratch.path + "/full") {
      #expect(data.count <= 200 * 512 && data.last == UInt8(ascii: "\n"), "\(name)")
    }
  }

  @Test func aPartOfAComparisonIsToldAndLeftOut() throws {
    let scratch = try Scratch()
    try scratch.write(ForeignDatabaseTests.scenario, to: "s.yaml")
    for seed in ["1", "2"] {
      try Program.release("run", "s.yaml", "--db", "r.sqlite", "--seed", seed, in: scratch.path)
    }
    try scratch.sqlite("r.sqlite", "UPDATE experiment SET is_complete = 0 WHERE seed = 2")
    let result = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "csv,html", in: scratch.path)
    #expect(result.status == 0)
    #expect(
      result.error.hasPrefix(
        "Warning: unfinished and left out: small, run.seed=2 (1 of 1 runs); the same command again")
    )
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    #expect(page.contains("<li>unfinished and left out: small, run.seed=2"))
    let runs = String(decoding: try #require(scratch.bytes("a/replications.csv")), as: UTF8.self)
    #expect(runs.split(separator: "\n").count == 2)
    try scratch.sqlite("r.sqlite", "UPDATE experiment SET is_complete = 0")
    let none = try Program.release("report", "r.sqlite", "--out", "b", in: scratch.path)
    #expect(none.status == 65)
    #expect(none.error.contains("it holds a part of small"))
  }

  @Test func optionsThatDoNotFit() throws {
    let scratch = try database()
    for (arguments, says) in [
      (["--format", "csv,xlsx", "--out", "a"], "there is no format 'xlsx'"),
      (["--format", "csv"], "files need a folder"),
      (["--policies", "base,nwe", "--out", "a"], "the database has no such policy; "),
    ] {
      let result = try Program.release(
        arguments: ["report", "r.sqlite"] + arguments, in: scratch.path)
      #expect(result.status == 64)
      #expect(result.error.contains(says), "\(result.error)")
    }
    #expect(try !scratch.names().contains("a"))
    let chosen = try Program.release(
      "report", "r.sqlite", "--policies", "base,less", "--out", "a", "--format", "html", "--json",
      in: scratch.path)
    let object = try JSONSerialization.jsonObject(with: Data(chosen.out.utf8)) as? [String: Any]
    #expect((object?["files"] as? [String])?.contains("index.html") == true)
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    #expect(page.contains("</svg>less</li>") && !page.contains("</svg>new</li>"))
  }

  /// Names that mean something to gnuplot, a shell, LaTeX or Markdown.
  static let hostile = #"[*it's `touch pwned` | %_&#${}~^<script>"#

  @Test func namesMeanNothingToGnuplotShellOrMarkdown() throws {
    let scratch = try Scratch()
    try scratch.write(
      CSVFilesTests.scenario.replacing("  same:", with: "  \"\(Self.hostile)\":")
        .replacing("name: fixed", with: "name: \"\(Self.hostile)\""), to: "s.yaml")
    try scratch.write(CSVFilesTests.trace, to: "trace.csv")
    let run = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    try #require(run.status == 0, "said: \(run.error)")
    let report = try Program.release("report", "r.sqlite", "--out", "a", in: scratch.path)
    #expect(report.status == (Self.hasGnuplot ? 0 : 1), "\(report.error)")
    let all = try files(scratch.path + "/a")
    #expect(
      !all.keys.contains { $0.contains("pwned") && !$0.hasPrefix("scenario-it-s-touch-pwned") })
    #expect(try !scratch.names().contains("pwned"))
    if Self.hasGnuplot {
      let figure = String(
        decoding: try #require(all["figures/latency_cdf.svg"]), as: UTF8.self)
      #expect(figure.contains("it&apos;s") || figure.contains("it's"))
      #expect(!figure.contains("<script>"))
    }
    let readme = String(decoding: try #require(all["README.md"]), as: UTF8.self)
    #expect(readme.contains(##"# \[\*it's \`touch pwned\` \| %\_\&\#$\{\}~^\<script\>"##))
    let table = String(decoding: try #require(all["tables/comparison.tex"]), as: UTF8.self)
    #expect(
      table.contains(
        ##"touch pwned` | \%\_\&\#\$\{\}\textasciitilde{}\textasciicircum{}\textless{}script"##))
    if let pdflatex = Self.pdflatex {
      #expect(try compiles(["comparison.tex"], with: pdflatex, in: scratch))
    }
  }

  /// Whether a document that reads these tables compiles.
  private func compiles(
    _ tables: [String], with pdflatex: String, in scratch: Scratch
  ) throws -> Bool {
    let inputs = tables.sorted().map { "\\input{a/tables/\($0)}\n" }.joined()
    try scratch.write(
      "\\documentclass{article}\\usepackage{booktabs}\\begin{document}\n\(inputs)\\end{document}\n",
      to: "t.tex")
    let process = Process()
    process.executableURL = URL(filePath: pdflatex)
    process.arguments = ["-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    process.currentDirectoryURL = URL(filePath: scratch.path)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  static let pdflatex = ["/usr/bin/pdflatex", "/usr/local/bin/pdflatex"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: pdflatex != nil, "needs pdflatex and booktabs"))
  func theTablesCompile() throws {
    let scratch = try database()
    try Program.release("report", "r.sqlite", "--out", "a", "--format", "tex", in: scratch.path)
    let tables = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/a/tables")
    #expect(tables.count == 3)
    #expect(try compiles(tables, with: try #require(Self.pdflatex), in: scratch))
    let comparison = String(
      decoding: try #require(scratch.bytes("a/tables/comparison.tex")), as: UTF8.self)
    #expect(comparison.contains("$\\pm$"))
  }
}
