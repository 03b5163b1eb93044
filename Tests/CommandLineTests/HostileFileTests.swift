import Foundation
import Testing

/// Files made to break a reader: each is refused in one line that names it, in a few seconds, or is read as if it were clean.
@Suite(.needsProgram) struct HostileFileTests {
  private static let scenario = BadInputTests.scenario
  private static let profile = BadInputTests.profile
  private static let trace = BadInputTests.trace

  enum Content: Sendable {
    case text(String)
    case bytes([UInt8])
    case utf16(String)
    case namedPipe
    case folder
    /// A link that leads back to itself.
    case loop
    /// So many bytes of one kind, after a beginning.
    case long(String, UInt8, Int)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let file: String
    let content: Content
    /// What the first line of standard error starts with; nil where the file is good.
    let line: String?
    var status: Int32 = 65
    var testDescription: String { name }
  }

  private static let bomb =
    "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + (1..<12).map { level in
      let (old, new) = (UnicodeScalar(UInt8(96 + level)), UnicodeScalar(UInt8(97 + level)))
      return "\(new): &\(new) [" + Array(repeating: "*\(old)", count: 9).joined(separator: ",")
        + "]\n"
    }.joined()

  static let cases = [
    Case(
      name: "a pipe for a scenario", file: "s.yaml", content: .namedPipe,
      line: "s.yaml: error: this is a named pipe, and a scenario is wanted; name a file", status: 66
    ),
    Case(
      name: "a pipe for a profile", file: "gpu.json", content: .namedPipe,
      line: "s.yaml:8:42: error: profile 'gpu.json': this is a named pipe, and a profile is wanted",
      status: 66),
    Case(
      name: "a pipe for a trace", file: "trace.csv", content: .namedPipe,
      line: "trace.csv: error: this is a named pipe, and a trace is wanted; name a file",
      status: 66),
    Case(
      name: "a pipe for the database", file: "r.sqlite", content: .namedPipe,
      line: "r.sqlite: error: this is a named pipe, not a database; name a file", status: 73),
    Case(
      name: "a folder for a scenario", file: "s.yaml", content: .folder,
      line: "s.yaml: error: this cannot be read as a file", status: 66),
    Case(
      name: "a folder for a profile", file: "gpu.json", content: .folder,
      line: "s.yaml:8:42: error: profile 'gpu.json': this is a folder", status: 66),
    Case(
      name: "a folder for a trace", file: "trace.csv", content: .folder,
      line: "trace.csv: error: is a directory", status: 66),
    Case(
      name: "a link to itself for a scenario", file: "s.yaml", content: .loop,
      line: "s.yaml: error: there is no such scenario", status: 66),
    Case(
      name: "a scenario in UTF-16", file: "s.yaml", content: .utf16(scenario),
      line: "s.yaml: error: this is not UTF-8 text"),
    Case(
      name: "a trace in UTF-16", file: "trace.csv", content: .utf16(trace),
      line: "trace.csv:1:1: error: the file is UTF-16; save it as UTF-8"),
    Case(
      name: "a scenario with a byte-order mark", file: "s.yaml",
      content: .text("\u{FEFF}" + scenario), line: nil),
    Case(
      name: "a trace with a byte-order mark and CRLF", file: "trace.csv",
      content: .text("\u{FEFF}" + trace.replacing("\n", with: "\r\n")), line: nil),
    Case(
      name: "a profile with a byte-order mark", file: "gpu.json",
      content: .text("\u{FEFF}" + profile), line: nil),
    Case(
      name: "a scenario with CRLF", file: "s.yaml",
      content: .text(scenario.replacing("\n", with: "\r\n")), line: nil),
    Case(
      name: "aliases that explode", file: "s.yaml", content: .text(bomb),
      line: "s.yaml:1:1: error: unknown key 'a' in the scenario"),
    Case(
      name: "an alias of itself", file: "s.yaml", content: .text("a: &x [*x]\n"),
      line: "s.yaml:1:8: error: not YAML: found undefined alias"),
    Case(
      name: "deep nesting in a scenario", file: "s.yaml", content: .long("a: ", 0x5B, 100_000),
      line: "s.yaml:1:5: error: not YAML: Maximum nesting level reached"),
    Case(
      name: "deep nesting in a profile", file: "gpu.json", content: .long("", 0x5B, 200_000),
      line: "gpu.json:1:65: error: not JSON: nested too deeply"),
    Case(
      name: "an endless line in a scenario", file: "s.yaml",
      content: .long("name: ", 0x78, 40 << 20),
      line: "s.yaml: error: too large for a scenario; the limit is 16 MiB"),
    Case(
      name: "an endless line in a profile", file: "gpu.json", content: .long("[", 0x20, 80 << 20),
      line: "gpu.json: error: too large for a profile; the limit is 64 MiB"),
    Case(
      name: "an endless line in a trace", file: "trace.csv",
      content: .long("arrival_s,steps\n", 0x31, 40 << 20),
      line: "trace.csv:2:1: error: a line of over 1 MiB; is this a trace file?"),
    Case(
      name: "a zero byte in a scenario", file: "s.yaml",
      content: .text(scenario.replacing("fixed", with: "fix\0ed")), line: "s.yaml: error: not YAML"),
    Case(
      name: "an escape sequence in a scenario", file: "s.yaml",
      content: .text(scenario.replacing("steps: fixed", with: "steps: \"\\e[2Jx\"")),
      line: "s.yaml:11:12: error: unknown step policy '?[2Jx'"),
    Case(
      name: "a time that no number holds", file: "trace.csv",
      content: .text("arrival_s,steps\n1e999,10\n"),
      line: "trace.csv:2:1: error: arrival_s '1e999' is too large; at most 30 years"),
    Case(
      name: "a time of minus nought", file: "trace.csv", content: .text("arrival_s,steps\n-0,10\n"),
      line: nil),
    Case(
      name: "a date that is none", file: "trace.csv",
      content: .text(
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-02-30 18:15:46.6805900,374,44\n"),
      line: "trace.csv:2:1: error:"),
    Case(
      name: "a line break inside quotes", file: "trace.csv",
      content: .text("arrival_s,steps,model\n0,10,\"sd\n15\"\n"),
      line: "trace.csv:2:6: error: model holds a control character"),
    Case(
      name: "a link to itself for a profile", file: "gpu.json", content: .loop,
      line: "s.yaml:8:42: error: there is no profile 'gpu.json'", status: 66),
    Case(
      name: "a link to itself for a trace", file: "trace.csv", content: .loop,
      line: "s.yaml:4:10: error: there is no trace 'trace.csv'", status: 66),
    Case(
      name: "a profile in UTF-16", file: "gpu.json", content: .utf16(profile),
      line: "gpu.json: error: not a text file in UTF-8"),
    Case(
      name: "a zero byte in a trace", file: "trace.csv",
      content: .text("arrival_s,steps\n0,1\00\n"),
      line: "trace.csv:2:3: error:"),
    Case(
      name: "an escape sequence in a trace's class", file: "trace.csv",
      content: .text("arrival_s,steps,class\n0,10,go\u{1B}[2Jld\n"),
      line: "trace.csv:2:6: error: class holds a control character"),
    Case(
      name: "a zero byte in a profile", file: "gpu.json",
      content: .text(profile.replacing("sd15", with: "sd\015")), line: "gpu.json:3:"),
    Case(
      name: "aliases that explode under a key that is known", file: "s.yaml",
      content: .text(scenario.replacing("name: bad", with: "description: " + bomb.dropFirst(3))),
      line: "s.yaml:"),
    Case(
      name: "another program's file for the database", file: "r.sqlite", content: .text("precious"),
      line: "r.sqlite: error: this is no QoSDiff database and is left alone", status: 73),
  ]

  private func put(_ content: Content, at path: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: path)
    switch content {
    case .text(let text): try Data(text.utf8).write(to: URL(filePath: path))
    case .bytes(let bytes): try Data(bytes).write(to: URL(filePath: path))
    case .utf16(let text): try #require(text.data(using: .utf16)).write(to: URL(filePath: path))
    case .namedPipe: try #require(mkfifo(path, 0o600) == 0)
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .loop: try files.createSymbolicLink(atPath: path, withDestinationPath: path)
    case .long(let start, let byte, let count):
      try (Data(start.utf8) + Data(repeating: byte, count: count)).write(to: URL(filePath: path))
    }
  }

  @Test(
    .enabled(
      if: Program.sanitizerOptions.isEmpty, "a sanitizer needs more addresses than the limit"),
    arguments: cases)
  func isRefusedInOneLine(_ test: Case) throws {
    let scratch = try Scratch()
    try scratch.write(Self.scenario, to: "s.yaml")
    try scratch.write(Self.profile, to: "gpu.json")
    try scratch.write(Self.trace, to: "trace.csv")
    try put(test.content, at: "\(scratch.path)/\(test.file)")
    // Under a limit of time and memory: 20 s, 4 GB of addresses.
    let shell = Program(path: "/bin/bash")
    let result = try shell(
      "-c",
      "ulimit -v 4000000; timeout 20 '\(Program.release.path)' compare s.yaml --db r.sqlite --quiet",
      in: scratch.path)
    let lines = result.error.split(separator: "\n")
    guard let line = test.line else {
      #expect(result.status == 0 && lines.isEmpty, "\(result.error)")
      return
    }
    #expect(result.status == test.status, "\(result.status)")
    #expect(lines.first?.hasPrefix(line) ?? false, "\(lines.first ?? "nothing")")
    #expect(lines.allSatisfy { $0.utf8.count < 1500 })
    if case .text(let text) = test.content, test.file == "r.sqlite" {
      #expect(FileManager.default.contents(atPath: "\(scratch.path)/r.sqlite") == Data(text.utf8))
    }
  }
}
