import Sweeps
import Diagnostics
import Experiments
import Foundation

/// Points from a CSV file: its header names values of the scenario, each row gives them.
struct SweepList {
  /// The header.
  let paths: [String]
  /// The rows, each with its line.
  let points: [(line: Int, values: [String])]

  init(_ path: String) throws(InputError) {
    guard let data = try InputFile.contents(path, wanted: "a list of points"),
      let text = String(validating: data, as: UTF8.self)
    else {
      throw InputError(
        .missingInput, at: .init(file: path), "the list of points cannot be read",
        hint: "name a CSV file in UTF-8")
    }
    // Spreadsheets begin a file with a byte-order mark.
    let marked = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    let lines = marked.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let header = Self.cells(lines[0])
    if let wrong = header.first(where: { $0.wholeMatch(of: /[\w.-]+/) == nil }) {
      throw InputError(
        .badInput, at: .init(file: path, line: 1, column: 1),
        "'\(wrong)' is no path of a scenario's value", hint: "write paths such as workload.load")
    }
    var points: [(line: Int, values: [String])] = []
    for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let values = Self.cells(line)
      guard values.count == header.count, values.allSatisfy({ !$0.isEmpty }) else {
        throw InputError(
          .badInput, at: .init(file: path, line: number + 1, column: 1),
          "\(values.count) values, and the header has \(header.count) paths",
          hint: "give each path a value")
      }
      points.append((number + 1, values))
    }
    if points.isEmpty {
      throw InputError(
        .badInput, at: .init(file: path), "the list has no point",
        hint: "write paths in the first line, values in the others")
    }
    paths = header
    self.points = points
  }

  /// A cell in double quotes is what is between them, as spreadsheets write it.
  private static func cells(_ line: Substring) -> [String] {
    SweepAxis.split(line).map { cell in
      guard cell.count >= 2, cell.hasPrefix("\""), cell.hasSuffix("\"") else { return cell }
      return String(cell.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
  }
}
