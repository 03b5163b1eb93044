import Foundation
import Testing

/// The built program, run as a user runs it.
struct Program {
  struct Output {
    let status: Int32
    let out: String
    let error: String
  }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  let path: String

  /// `make sanitize` names its own build.
  static let release = Program(
    path: ProcessInfo.processInfo.environment["QOSDIFF"] ?? "\(root)/.build/release/qosdiff")
  static let debug = Program(path: "\(root)/.build/debug/qosdiff")

  /// What a sanitizer's run is told, and a child too; empty without a sanitizer.
  static let sanitizerOptions = ProcessInfo.processInfo.environment.filter {
    $0.key.hasSuffix("SAN_OPTIONS")
  }

  var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

  @discardableResult
  func callAsFunction(
    _ arguments: String..., in folder: String = root, environment: [String: String] = [:]
  ) throws -> Output {
    try self(arguments: arguments, in: folder, environment: environment)
  }

  @discardableResult
  func callAsFunction(
    arguments: [String], in folder: String = root, environment: [String: String] = [:]
  ) throws -> Output {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
      .merging(Self.sanitizerOptions) { $1 }.merging(environment) { $1 }
    let out = Pipe()
    let error = URL(filePath: NSTemporaryDirectory()).appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: error.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: error) }
    process.standardOutput = out
    process.standardError = try FileHandle(forWritingTo: error)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: try out.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, out: text,
      error: try String(contentsOf: error, encoding: .utf8))
  }
}

/// A folder that goes when the test does.
final class Scratch: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/qosdiff-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips, saying so, where an accelerator and the CPU pool have no core each.
  static var needsTwoCores: Self {
    .enabled(if: ProcessInfo.processInfo.activeProcessorCount >= 2, "needs two cores")
  }

  /// Skips, saying so, where the release build is not there.
  static var needsProgram: Self {
    .enabled(if: Program.release.isBuilt, "needs 'swift build -c release --product qosdiff'")
  }
}
