import Diagnostics
import Foundation

/// Where things that take long to make are kept: `$XDG_CACHE_HOME/qosdiff`, where that variable is not
/// set `~/.cache/qosdiff`.
enum CacheFolder {
  /// A folder in it, made if need be.
  static func make(_ name: String) throws(InputError) -> URL {
    let variable = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
    let root =
      variable.hasPrefix("/")
      ? URL(fileURLWithPath: variable)
      : FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    let folder = root.appending(path: "qosdiff/\(name)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: folder.path), "the cache folder cannot be made",
        hint: "set XDG_CACHE_HOME to a folder that can be written")
    }
    return folder
  }
}
