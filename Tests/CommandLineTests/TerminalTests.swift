import Foundation
import Testing

/// What a terminal shows and a pipe does not: colour, progress; widths; quiet; JSON everywhere.
@Suite(.needsProgram) struct TerminalTests {
  /// Runs the program with a pseudo-terminal as its standard output and error, by util-linux's `script`.
  private func onATerminal(
    _ command: String, in folder: String, environment: [String: String] = [:]
  )
    throws -> String
  {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/script")
    process.arguments = ["-qec", "'\(Program.release.path)' \(command)", "/dev/null"]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder, "TERM": "xterm"]
      .merging(Program.sanitizerOptions) { $1 }.merging(environment) { $1 }
    let out = Pipe()
    process.standardOutput = out
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }

  static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(GridCommandTests.scenario, to: "grid.yaml")
    try scratch.write(CSVFilesTests.scenario, to: "s.yaml")
    try scratch.write(CSVFilesTests.trace, to: "trace.csv")
    return scratch
  }

  @Test(.enabled(if: hasScript, "needs util-linux's script"))
  func colourOnATerminalAndNeverWithNoColor() throws {
    let scratch = try scratch()
    let shown = try onATerminal("compare s.yaml --db r.sqlite", in: scratch.path)
    #expect(shown.contains("\u{1B}[1mmetric"), "headers are bold")
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb")] {
      let plain = try onATerminal(
        "compare s.yaml --db r.sqlite --quiet", in: scratch.path, environment: [name: value])
      #expect(plain.contains("metric"))
      #expect(!plain.contains("\u{1B}"), "\(name)")
    }
    let error = try onATerminal("compare none.yaml", in: scratch.path)
    #expect(error.contains("\u{1B}[31merror:\u{1B}[0m"))
    let piped = try Program.release("compare", "s.yaml", "--db", "r.sqlite", in: scratch.path)
    #expect(!piped.out.contains("\u{1B}") && !piped.error.contains("\u{1B}"))
  }

  @Test(.enabled(if: hasScript, "needs util-linux's script"))
  func progressHasARateAndTheTimeLeft() throws {
    let scratch = try scratch()
    let long =
      "sweep grid.yaml --db p.sqlite --jobs 1 --axis workload.queries="
      + (1...12).map { "\($0)000" }.joined(separator: ",")
    let shown = try onATerminal(long, in: scratch.path)
    #expect(shown.contains(/\[#+\.*\] \d+ of 12 points, [0-9.e+]+ a second, \d+ s left/))
    let quiet = try onATerminal(long + " --quiet", in: scratch.path, environment: ["NO_COLOR": "1"])
    #expect(!quiet.contains("a second") && !quiet.contains("Database:"))
  }

  @Test func quietLeavesResultsAlone() throws {
    let scratch = try scratch()
    for arguments in [
      ["run", "s.yaml", "--timeline", "t.json"], ["compare", "s.yaml", "--out", "csv"],
      ["compare", "grid.yaml", "--replications", "2"],
      ["sweep", "s.yaml", "--axis", "run.seed=1,2", "--out", "csv-of-sweep"],
      ["capacity", "grid.yaml", "--policies", "base", "--attainment", "0.5"],
      ["report", "fixed.sqlite", "--out", "rep", "--format", "csv"], ["validate", "s.yaml"],
    ] {
      let quiet = try Program.release(arguments: arguments + ["-q"], in: scratch.path)
      #expect(quiet.status == 0, "\(arguments): \(quiet.error)")
      let more = quiet.error.split(separator: "\n").filter { !$0.hasPrefix("Note: ") }
      #expect(more.isEmpty, "\(arguments): \(quiet.error)")
      #expect(!quiet.out.isEmpty)
    }
  }

  @Test func tablesFit100Columns() throws {
    let scratch = try scratch()
    let name = String(repeating: "a-policy-with-a-long-name-", count: 4)
    try scratch.write(
      GridCommandTests.scenario.replacing("new", with: name), to: "long.yaml")
    let profiles = try FileManager.default.contentsOfDirectory(
      atPath: Program.root + "/Scenarios/Profiles"
    ).filter { $0.hasSuffix(".json") }.sorted().map { "\(Program.root)/Scenarios/Profiles/\($0)" }
    let table = "\(Program.root)/Scenarios/Latents/sd15-512.table"
    for arguments in [
      ["compare", "long.yaml", "--db", "l.sqlite"], ["report", "l.sqlite"],
      ["compare", "s.yaml", "--db", "s.sqlite"],
      ["sweep", "long.yaml", "--db", "w.sqlite", "--axis", "workload.load=0.5,0.9"],
      ["capacity", "long.yaml", "--attainment", "0.5"],
      ["profile", "compare"] + profiles, ["latents", "inspect", table],
      ["latents", "controls", table],
    ] {
      let result = try Program.release(arguments: arguments, in: scratch.path)
      #expect(result.status == 0, "\(arguments[0]): \(result.error)")
      let lines = result.out.split(separator: "\n")
      for (line, next) in zip(lines, lines.dropFirst()) {
        // Prose names what the user named; tables are the program's own.
        guard next.allSatisfy({ $0 == "-" }) || line.contains("  ") else { continue }
        #expect(line.count <= 100, "\(arguments[0]): \(line)")
      }
    }
  }

  @Test func everyCommandHasJSON() throws {
    let scratch = try scratch()
    let table = "\(Program.root)/Scenarios/Latents/sd15-512.table"
    let profiles = "\(Program.root)/Scenarios/Profiles"
    for arguments in [
      ["run", "s.yaml", "--db", "r.sqlite"], ["compare", "s.yaml", "--db", "r.sqlite"],
      ["compare", "r.sqlite"], ["sweep", "s.yaml", "--axis", "run.seed=1,2"],
      ["capacity", "grid.yaml", "--policies", "base", "--attainment", "0.5"],
      ["report", "r.sqlite"], ["report", "r.sqlite", "--out", "rep", "--format", "csv"],
      [
        "trace", "generate", "--process", "poisson", "--rate", "2 query/s", "--count", "9", "-o",
        "g.csv",
      ],
      ["trace", "convert", "g.csv", "-o", "h.csv"], ["trace", "inspect", "g.csv"],
      ["profile", "show", "\(profiles)/a100-diffusers-eager.json"],
      [
        "profile", "compare", "\(profiles)/a100-diffusers-eager.json",
        "\(profiles)/t4-diffusers-eager.json",
      ],
      ["bench", "--manifest", "m.json", "--model", "sd15"], ["latents", "inspect", table],
      ["latents", "controls", table],
      ["latents", "generate", "--prompts", "4", "--size", "64x64", "-o", "l.table"],
      ["policies"], ["init", "mine"], ["validate", "s.yaml", "grid.yaml"],
    ] {
      let result = try Program.release(arguments: arguments + ["--json"], in: scratch.path)
      #expect(result.status == 0, "\(arguments): \(result.error)")
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(result.out.utf8))) != nil,
        "\(arguments): \(result.out.prefix(200))")
    }
    let broken = try Program.release("validate", "none.yaml", "--json", in: scratch.path)
    #expect(broken.status == 66)
    let verdicts =
      try JSONSerialization.jsonObject(with: Data(broken.out.utf8)) as? [[String: Any]]
    #expect(verdicts?[0]["is_valid"] as? Bool == false)
  }
}
