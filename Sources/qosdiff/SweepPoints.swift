import Sweeps
import Diagnostics
import Experiments
import Scenarios

/// The points that a sweep was asked for: `PATH=VALUE` of each axis, and where that stands.
struct SweepPoints {
  /// More points than this need `--yes`.
  static let many = 1000

  struct Point {
    var overrides: [String]
    var origin: Diagnostic.Location
  }

  private(set) var points: [Point] = []

  /// The points of a grid (`--axis`) or of a file (`--list`).
  ///
  /// - Parameters:
  ///   - taken: paths that other options set, with the option.
  ///   - set: paths that `--set` sets: an axis may lead into what they set, but not over it.
  init(
    axes texts: [String], list: String?, taken: [String: String], set: [String], allowsMany: Bool
  ) throws(InputError) {
    let paths: [(path: String, place: Diagnostic.Location)]
    if let list {
      let rows = try SweepList(list)
      paths = rows.paths.map { ($0, .init(file: list, line: 1, column: 1)) }
      try Self.check(count: rows.points.count, allowsMany)
      points = rows.points.map { row in
        Point(
          overrides: zip(rows.paths, row.values).map { "\($0)=\($1)" },
          origin: .init(file: list, line: row.line, column: 1))
      }
    } else {
      var axes: [SweepAxis] = []
      for text in texts { axes.append(try SweepAxis(text)) }
      paths = axes.map { ($0.path, .init(file: "--axis \($0.path)")) }
      try Self.check(count: SweepAxis.count(axes), allowsMany)
      points = SweepAxis.grid(axes).map { overrides in
        Point(
          overrides: overrides, origin: .init(file: "--axis " + overrides.joined(separator: " ")))
      }
    }
    try Self.check(paths, taken)
    for (path, place) in paths {
      guard let over = set.first(where: { $0 == path || $0.hasPrefix(path + ".") }) else {
        continue
      }
      throw InputError(
        .usage, at: place, "--set \(over) sets it too, to no effect",
        hint: "leave one of the two away")
    }
  }

  private static func check(count: Int?, _ allowsMany: Bool) throws(InputError) {
    guard let count, count <= many || allowsMany else {
      throw InputError(
        .usage, at: nil,
        "the grid has \(count.map { "\($0)" } ?? "too many") points, more than \(many)",
        hint: count == nil ? nil : "add --yes to run them all")
    }
  }

  /// Whether one path leads to what the other sets.
  private static func overlap(_ a: String, _ b: String) -> Bool {
    a == b || a.hasPrefix(b + ".") || b.hasPrefix(a + ".")
  }

  /// Refuses paths that would not mean what a point says.
  private static func check(
    _ paths: [(path: String, place: Diagnostic.Location)], _ taken: [String: String]
  ) throws(InputError) {
    for (index, (path, place)) in paths.enumerated() {
      if let other = paths[..<index].first(where: { overlap($0.path, path) })?.path {
        throw InputError(
          .usage, at: place,
          other == path
            ? "'\(path)' is given twice" : "'\(other)' and '\(path)' set the same place",
          hint: "give it one axis")
      }
      if let option = taken.sorted(by: { $0.key < $1.key }).first(where: { overlap($0.key, path) })?
        .value
      {
        throw InputError(
          .usage, at: place, "\(option) sets it too", hint: "leave one of the two away")
      }
      if path == "experiment" || path.hasPrefix("experiment.") {
        throw InputError(
          .usage, at: place, "a sweep takes the place of the scenario's experiment",
          hint: "give workload.load and query.slo.scale axes of their own")
      }
    }
  }
}
