import ArgumentParser
import Diagnostics
import Foundation

/// Names of policies on the command line, by comma.
enum PolicyNames {
  /// The names, each once.
  static func parse(_ text: String) throws -> [String] {
    var names: [String] = []
    for part in text.split(separator: ",") {
      let name = part.trimmingCharacters(in: .whitespaces)
      if !name.isEmpty, !names.contains(name) { names.append(name) }
    }
    if names.isEmpty { throw ValidationError("--policies must name at least one policy.") }
    return names
  }
}

extension InputError {
  /// The error with other places in the stead of files; nil leaves one as it is.
  func relocated(_ place: (String) -> String?) -> InputError {
    InputError(
      diagnostics.map { diagnostic in
        var diagnostic = diagnostic
        if let file = diagnostic.location?.file, let other = place(file) {
          diagnostic.location?.file = other
        }
        return diagnostic
      })
  }
}
