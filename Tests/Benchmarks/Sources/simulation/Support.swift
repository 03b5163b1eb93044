import Foundation

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  return (ContinuousClock.now - start) / .seconds(1)
}

/// What else a shared machine does can only add time.
func fastest(_ values: [Double]) -> Double { values.min() ?? .infinity }

func removeDatabase(_ path: String) {
  for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
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

  /// 'met' or 'missed'; nil without a target.
  var verdict: String? {
    guard let target else { return nil }
    let value = ratio ?? figure
    return (isLimit ? value <= target : value >= target) ? "met" : "missed"
  }

  var line: String {
    let shown = ratio.map { String(format: "%.3g x %@", $0, reference) } ?? ""
    let goal = target.map { String(format: "%@ %g", isLimit ? "<=" : ">=", $0) } ?? ""
    return [
      Self.padded(what, 58), Self.padded(Self.number(figure) + " " + unit, 26),
      Self.padded(shown, 26), Self.padded(goal, 10), verdict ?? "",
    ].joined(separator: "  ")
  }

  enum CodingKeys: CodingKey {
    case what, figure, unit, reference, ratio, target, isLimit, verdict
  }

  func encode(to encoder: any Encoder) throws {
    var row = encoder.container(keyedBy: CodingKeys.self)
    try row.encode(what, forKey: .what)
    try row.encode(figure, forKey: .figure)
    try row.encode(unit, forKey: .unit)
    if !reference.isEmpty { try row.encode(reference, forKey: .reference) }
    try row.encodeIfPresent(ratio, forKey: .ratio)
    try row.encodeIfPresent(target, forKey: .target)
    if target != nil { try row.encode(isLimit, forKey: .isLimit) }
    try row.encodeIfPresent(verdict, forKey: .verdict)
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

/// Runs a program to its end; what it prints is thrown away. Seconds, and its peak memory in MB.
///
/// By posix_spawn, whose time is small beside the 50 ms that a start may take.
func child(_ arguments: [String]) throws -> (seconds: Double, megabytes: Double) {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
  }
  var words = arguments.map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var process = pid_t()
  var status: Int32 = 0
  var usage = rusage()
  let spent = try seconds {
    guard posix_spawn(&process, arguments[0], &actions, nil, &words, environ) == 0,
      wait4(process, &status, 0, &usage) == process
    else { throw Failure(what: "\(arguments[0]) could not be run") }
  }
  guard status == 0 else {
    throw Failure(what: "\(arguments.joined(separator: " ")): wait status \(status)")
  }
  return (spent, Double(usage.ru_maxrss) * 1024 / 1e6)
}

struct Failure: Error, CustomStringConvertible {
  var what: String
  var description: String { what }
}
