import Diagnostics
import Foundation
import LatencyProfiles
import Testing

/// Places and readers that the suites share.
enum Support {
  /// The package's folder.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let profiles = root.appending(path: "Scenarios/Profiles")
  static let published = profiles.appending(path: "published")
  /// The facts that `published` copies, beside a checkout that has them.
  static let facts = root.appending(path: "../shared/facts").standardized
  static let copies = ["gpu_image_latency.csv", "gpu_step_latency.csv", "model_oracles.csv"]

  static var shippedNames: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: profiles.path).sorted()
        .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
    }
  }

  static func shipped(_ name: String) throws -> LatencyProfile {
    try LatencyProfile.load(path: profiles.appending(path: name + ".json").path)
  }

  /// The rows of a published table, by column; 'same' stands for the row above.
  static func rows(_ name: String) throws -> [[String: String]] {
    let text = try String(contentsOf: published.appending(path: name), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map(fields)
    let header = try #require(lines.first)
    var above: [String: String] = [:]
    return lines.dropFirst().map { line in
      var row: [String: String] = [:]
      for (key, value) in zip(header, line) { row[key] = value == "same" ? above[key] : value }
      above = row
      return row
    }
  }

  /// The fields of a line of CSV, some in double quotes.
  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }

  /// A profile with a curve of `points` (batch, seconds) for denoising 'net' at 64x64, unguided.
  static func profile(_ points: [(Int, Double)]) throws -> LatencyProfile {
    try LatencyProfile(
      name: "test", device: "none", source: "made up", mode: "test",
      entries: points.map { batch, seconds in
        .init(
          model: "net", stage: .denoise, height: 64, width: 64, guidance: false, batch: batch,
          medianSeconds: seconds, provenance: .measured)
      })
  }

  /// The error of reading `text` as a profile, or nil where it can be read.
  static func error(of text: String) -> InputError? {
    do {
      _ = try LatencyProfile(text: text, file: "p.json")
      return nil
    } catch { return error }
  }
}

extension [String: String] {
  func text(_ key: String) throws -> String { try #require(self[key]) }
  func int(_ key: String) throws -> Int { try #require(Int(text(key))) }
  func double(_ key: String) throws -> Double { try #require(Double(text(key))) }
}
