import Foundation

/// The gnuplot program, where it is installed.
struct Gnuplot {
  private let program: String

  /// Nil where no `gnuplot` is on the path.
  init?(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
    let candidates = path.split(separator: ":").map { "\($0)/gnuplot" }
    guard let program = candidates.first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    self.program = program
  }

  /// Runs a script in a folder.
  ///
  /// - Returns: what went wrong, in a line; nil where nothing did.
  func run(_ script: String, in folder: String) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = [script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LC_ALL": "C.UTF-8"]
    ) { $1 }
    let output = Pipe()
    process.standardError = output
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { return "gnuplot cannot be started" }
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 0 { return nil }
    let line = said.split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) }
    return "gnuplot: " + (line.map { $0.trimmingCharacters(in: .whitespaces) } ?? "failed")
  }

  /// A PDF without the time of its making, so that the same figure is the same file. As long as before: a PDF
  /// names places in itself by their distance from its start.
  static func withoutDate(_ pdf: Data) -> Data {
    var pdf = pdf
    let mark = Data("/CreationDate (D:".utf8)
    let date = Data("19700101000000".utf8)
    if let place = pdf.range(of: mark), place.upperBound + date.count <= pdf.endIndex {
      pdf.replaceSubrange(place.upperBound..<place.upperBound + date.count, with: date)
    }
    return pdf
  }
}
