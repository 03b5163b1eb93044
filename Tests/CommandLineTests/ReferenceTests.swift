import Foundation
import Testing

/// The program against a second implementation of its documents, in Python, to the nanosecond.
@Suite(.needsProgram) struct ReferenceTests {
  private static let folder = "\(Program.root)/Tests/Reference"
  private static let python = Program(path: "/usr/bin/python3")
  static let hasYAML =
    (try? python("-c", "import yaml").status == 0) ?? false

  private func run(_ arguments: String...) throws -> Program.Output {
    try Self.python(arguments: ["-B"] + arguments, in: Self.folder)
  }

  /// Rows of queries and all metrics of 300 random scenarios, and of some that are named.
  @Test(.enabled(if: hasYAML, "needs Debian's python3-yaml"))
  func bothGiveTheSameRowsAndMetrics() throws {
    let result = try run("compare.py", Program.release.path, "--count", "300")
    #expect(result.status == 0, "\(result.out)\(result.error)")
    #expect(result.out.contains("307 scenarios, 0 different, 307 the same"))
    // Every part of a policy was among them.
    for part in [
      "dispatcher=least-work-left", "discipline=srpt", "admission=drop-hopeless",
      "batching=deadline-aware", "pipelining=cpu-gpu", "queue=stealing", "workers=unequal",
      "run=horizon", "run=warm-up", "images=split", "placement=encode on cpu",
    ] {
      #expect(result.out.contains("  \(part): "))
    }
  }

  /// With one rule of the reference changed, some of them differ: such a mistake would be seen.
  @Test(.enabled(if: hasYAML, "needs Debian's python3-yaml"))
  func aMistakeInOneRuleWouldBeSeen() throws {
    let result = try run("compare.py", "--power", "--count", "300")
    #expect(result.status == 0, "\(result.out)\(result.error)")
    let shown = result.out.matches(of: #/(\d+) of 307: [a-z0-9-]+: /#)
    #expect(shown.count == 37)
    #expect(shown.allSatisfy { (Int($0.1) ?? 0) > 0 })
  }

  /// The smallest scenarios of faults that it found once.
  @Test(.enabled(if: hasYAML, "needs Debian's python3-yaml"))
  func whatItFoundIsMended() throws {
    let result = try run("faults.py", Program.release.path)
    #expect(result.status == 0, "\(result.out)\(result.error)")
    #expect(result.out.ranges(of: "the same  ").count >= 26)
  }
}
