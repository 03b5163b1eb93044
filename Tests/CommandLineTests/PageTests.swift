import Foundation
import Testing

/// The page of a report, in a real browser.
@Suite(.needsProgram) struct PageTests {
  /// Every text that a user can choose tries to be markup, script or style.
  static let hostile =
    #"<script>window.injected=1</script><img src=x onerror=window.injected=1>'\"&"#

  static let scenario = #"""
    name: "HOSTILE"
    description: "</style><script>window.injected=1</script>"
    # </pre><script>window.injected=1</script>
    query: { steps: 10, slo: { scale: 3 } }
    workload: { trace: trace.csv, load: 0.7 }
    cluster:
      nodes:
        - name: "<b>node</b>"
          accelerators: { count: 2, synthetic: { denoise: { exponential: { mean: 20 ms } } } }
    policies:
      base: { dispatcher: random }
      "</svg><script>window.injected=1</script>": { extends: base, steps: { slack: { max: 10, min: 5 } } }
      "\" onmouseover=\"window.injected=1": { extends: base, discipline: edf }
    run: { baseline: base, seed: 5, replications: 3 }
    """#

  static let browser: String? = {
    let paths = ["/usr/bin/chromedriver", "/usr/local/bin/chromedriver"]
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  private func examine(_ page: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", "\(Program.root)/Tests/CommandLineTests/page_test.py", page,
    ]
    let out = Pipe()
    process.standardOutput = out
    process.standardError = out
    try process.run()
    let said = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("checks hold"), "\(said)")
  }

  @Test(.enabled(if: browser != nil, "needs chromium and chromium-driver"))
  func thePageWorksAndRunsNothingOfAScenarios() throws {
    let scratch = try Scratch()
    let name = Self.hostile.replacing("\\\"", with: "\\\"")
    try scratch.write(Self.scenario.replacing("HOSTILE", with: name), to: "s.yaml")
    let rows = (0..<300).map { "\(Double($0) / 10),<script>window.injected=1</script>\($0 % 2)" }
    try scratch.write("arrival_s,class\n" + rows.joined(separator: "\n") + "\n", to: "trace.csv")
    let run = try Program.release(
      "sweep", "s.yaml", "--db", "r.sqlite", "--axis", "workload.load=0.5,0.7", in: scratch.path)
    try #require(run.status == 0, "said: \(run.error)")
    let report = try Program.release(
      "report", "r.sqlite", "--out", "a", "--format", "html", in: scratch.path)
    try #require(report.status == 0, "said: \(report.error)")
    let page = String(decoding: try #require(scratch.bytes("a/index.html")), as: UTF8.self)
    #expect(page.components(separatedBy: "<script>").count == 2, "one script, the page's own")
    #expect(page.contains("&lt;script&gt;window.injected=1&lt;/script&gt;"))
    #expect(!page.contains("http://") && !page.contains("https://"))
    try examine("\(scratch.path)/a/index.html")
  }
}
