import Foundation

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// One figure, what it is held against, and its target.
struct Row: Encodable {
  var what: String
  var figure: Double
  var unit: String
  /// What `ratio` is against; empty where a target is absolute.
  var reference = ""
  var ratio: Double?
  /// Least value of the ratio, or of the figure where there is none; most where `isLimit`.
  var target: Double?
  var isLimit = false

  var verdict: String {
    guard let target else { return "" }
    let value = ratio ?? figure
    return (isLimit ? value <= target : value >= target) ? "met" : "missed"
  }

  var line: String {
    let shown = ratio.map { String(format: "%.3g x %@", $0, reference) } ?? ""
    let goal = target.map { String(format: "%@ %g", isLimit ? "<=" : ">=", $0) } ?? ""
    return [
      Self.padded(what, 58), Self.padded(Self.number(figure) + " " + unit, 22),
      Self.padded(shown, 26), Self.padded(goal, 10), verdict,
    ].joined(separator: "  ")
  }

  private static func number(_ value: Double) -> String {
    value >= 1e6
      ? String(format: "%.3g million", value / 1e6)
      : value >= 1e4 ? String(format: "%.0f", value) : String(format: "%.3g", value)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 0))
  }
}

/// Runs a program to its end; what it prints is thrown away. Seconds, and the most memory of any child so far in MB.
func child(_ arguments: [String], in folder: String) throws -> (seconds: Double, megabytes: Double)
{
  let process = Process()
  process.executableURL = URL(fileURLWithPath: arguments[0])
  process.arguments = Array(arguments.dropFirst())
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  process.standardOutput = FileHandle.nullDevice
  process.standardError = FileHandle.nullDevice
  let spent = try seconds {
    try process.run()
    process.waitUntilExit()
  }
  guard process.terminationStatus == 0 else {
    throw Failure(
      what: "\(arguments.joined(separator: " ")): exit code \(process.terminationStatus)")
  }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
  return (spent, Double(usage.ru_maxrss) / 1000)
}

struct Failure: Error, CustomStringConvertible {
  var what: String
  var description: String { what }
}
