import Diagnostics
import Foundation

/// The scenarios that `validate --oracles` runs: files, and folders with what is in them.
enum OracleFiles {
  /// Where a checkout has them.
  static let folder = "Scenarios/oracles"

  /// Paths in the order given, a folder's by name.
  ///
  /// - Throws: 66 for what is not there.
  static func find(_ given: [String]) throws(InputError) -> [String] {
    var paths: [String] = []
    for path in given.isEmpty ? [folder] : given {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw InputError(
          .missingInput, at: .init(file: path), "there are no oracles",
          hint: given.isEmpty
            ? "run it in a checkout of QoSDiff, or name scenarios or a folder of them"
            : "name scenarios or a folder of them")
      }
      guard isFolder.boolValue else {
        paths.append(path)
        continue
      }
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter {
        $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
      }
      // Numbers count as numbers, as a reader would order them.
      paths += names.sorted { $0.compare($1, options: .numeric) == .orderedAscending }.map {
        "\(path)/\($0)"
      }
    }
    guard !paths.isEmpty else {
      throw InputError(
        .missingInput, at: .init(file: given.first ?? folder), "this folder holds no scenario",
        hint: "name another")
    }
    return paths
  }
}
