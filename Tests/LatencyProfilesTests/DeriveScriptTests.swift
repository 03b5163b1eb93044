import Foundation
import Testing

/// The scripts beside the profiles: they regenerate what is checked in, and count as published.
@Suite struct DeriveScriptTests {
  static let python = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin")
    .split(separator: ":").map { $0 + "/python3" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// Runs a script in the profiles' folder; its exit status and what it printed.
  private func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = ["-B"] + arguments
    process.currentDirectoryURL = Support.profiles
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test(.enabled(if: python != nil, "there is no python3 here"))
  func regeneratesTheProfilesByteForByte() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "qosdiff-derive-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try run(["derive.py", folder.path])
    try #require(result.status == 0, "\(result.output)")
    let written = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let shipped = try Support.shippedNames.filter {
      !["epyc-zen5-core", "live-accelerator", "live-core"].contains($0)
    }
    #expect(written == shipped.map { $0 + ".json" }, "all but the measured ones")
    for name in written {
      #expect(
        try Data(contentsOf: folder.appending(path: name))
          == Data(contentsOf: Support.profiles.appending(path: name)),
        "\(name): run derive.py and commit what it writes")
    }
  }

  @Test(.enabled(if: python != nil, "there is no python3 here"))
  func countsParametersAndOperationsAsPublished() throws {
    let result = try run(["flops.py"])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.hasSuffix("all as published\n"))
  }
}
