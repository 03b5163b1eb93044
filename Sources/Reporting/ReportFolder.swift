package import Diagnostics
import Foundation

/// The folder that a report goes to. Files are replaced whole or not at all; what is not the report's own stays.
package struct ReportFolder {
  let path: String

  init(_ path: String) { self.path = path }

  /// Makes a folder for reports, so that one which cannot be made is told before any simulation.
  package static func make(_ folder: String) throws(InputError) {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: folder), "the folder cannot be made",
        hint: "name one that can be written, with --out DIR")
    }
    guard access(folder, W_OK) == 0 else {
      throw InputError(
        .cannotCreate, at: .init(file: folder), "the folder cannot be written to",
        hint: "name another with --out DIR")
    }
  }

  /// Makes a folder within this one.
  func makeFolder(_ name: String) throws(InputError) { try Self.make("\(path)/\(name)") }

  func write(_ text: String, to name: String) throws(InputError) {
    let file = try begin(name)
    try file.write(text)
    try file.finish()
  }

  /// Begins a file beside the one of this name, whose place it takes when it is finished.
  func begin(_ name: String) throws(InputError) -> ReportFile {
    try ReportFile("\(path)/\(name)")
  }

  func text(of name: String) -> String? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// What a report's own files of a name contain; of a suffix, what they begin with.
  private static let marks = [
    "README.md": ReadMe.mark, "manifest.json": "\"tool\" : \"qosdiff\"", "index.html": Page.mark,
  ]

  /// Refuses a folder that holds a file of these names which no report wrote: it would be lost.
  ///
  /// - Parameter earlier: files that the folder's manifest names as a report's.
  func check(_ names: [String], earlier: Set<String> = []) throws(InputError) {
    for name in names where exists(name) && !isOwn(name, earlier) {
      throw InputError(
        .cannotCreate, at: .init(file: "\(path)/\(name)"),
        "this file is no report's and is left alone", hint: "name another folder with --out DIR")
    }
  }

  private func isOwn(_ name: String, _ earlier: Set<String>) -> Bool {
    if let mark = Self.marks[name] { return text(of: name)?.contains(mark) ?? false }
    // A report's script that its author has changed is kept, not replaced.
    if earlier.contains(name) { return true }
    return name.hasSuffix(".csv") && head(of: name).hasPrefix("experiment")
  }

  /// The first bytes of a file: a CSV file may be large.
  private func head(of name: String) -> String {
    guard let handle = FileHandle(forReadingAtPath: "\(path)/\(name)") else { return "" }
    defer { try? handle.close() }
    return String(decoding: (try? handle.read(upToCount: 64)) ?? Data(), as: UTF8.self)
  }

  func remove(_ name: String) {
    try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  /// Draws a figure beside its script, each file whole or not at all.
  ///
  /// - Returns: why it could not be drawn; nil where it was.
  func draw(_ name: String, _ outputs: [String], with gnuplot: Gnuplot?) -> String? {
    guard let gnuplot else { return "gnuplot is not installed" }
    let files = FileManager.default
    let scratch = "\(path)/figures/.\(name)-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? files.removeItem(atPath: scratch) }
    do {
      try files.createDirectory(atPath: scratch, withIntermediateDirectories: true)
      for kind in ["gp", "dat"] {
        try files.copyItem(
          atPath: "\(path)/figures/\(name).\(kind)", toPath: "\(scratch)/\(name).\(kind)")
      }
    } catch { return "the folder cannot be written" }
    if let reason = gnuplot.run("\(name).gp", in: scratch) { return reason }
    for output in outputs {
      let made = "\(scratch)/\(name).\(output)"
      if output == "pdf", let pdf = files.contents(atPath: made),
        (try? Gnuplot.withoutDate(pdf).write(to: URL(filePath: made))) == nil
      {
        return "the folder cannot be written"
      }
      // A full disk cuts a file short without gnuplot telling.
      let end = Data((output == "pdf" ? "%%EOF" : "</svg>").utf8)
      guard let drawn = files.contents(atPath: made), drawn.suffix(16).range(of: end) != nil,
        rename(made, "\(path)/figures/\(name).\(output)") == 0
      else { return "gnuplot wrote no whole \(output)" }
    }
    return nil
  }
}
