import Diagnostics
import Foundation

/// A file in the making. It has a name of its own until it is whole, then takes its place; one that is not
/// finished goes without a trace.
final class ReportFile {
  private let path: String
  private let partial: String
  private let handle: FileHandle
  private var isOpen = true

  init(_ path: String) throws(InputError) {
    self.path = path
    let place = URL(filePath: path)
    let folder = place.deletingLastPathComponent().path
    let prefix = ".\(place.lastPathComponent)-"
    Self.removeLeftovers(prefix, in: folder)
    partial = "\(folder)/\(prefix)\(ProcessInfo.processInfo.processIdentifier)"
    guard FileManager.default.createFile(atPath: partial, contents: nil),
      let handle = FileHandle(forWritingAtPath: partial)
    else { throw Self.fault(path) }
    self.handle = handle
  }

  deinit {
    guard isOpen else { return }
    try? handle.close()
    try? FileManager.default.removeItem(atPath: partial)
  }

  /// What programs that are no more have left.
  private static func removeLeftovers(_ prefix: String, in folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) {
      guard let process = Int32(name.dropFirst(prefix.count)), process > 0, kill(process, 0) != 0,
        errno == ESRCH
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  func write(_ text: String) throws(InputError) {
    do { try handle.write(contentsOf: Data(text.utf8)) } catch { throw Self.fault(path) }
  }

  func finish() throws(InputError) {
    do { try handle.close() } catch { throw Self.fault(path) }
    guard rename(partial, path) == 0 else { throw Self.fault(path) }
    isOpen = false
  }

  private static func fault(_ path: String) -> InputError {
    InputError(
      .cannotWrite, at: .init(file: path),
      "the file cannot be written",
      hint: "see to space and permissions")
  }
}
