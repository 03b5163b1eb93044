package import Sweeps
import Experiments
import Foundation
import Reporting
import Results

/// What a search for capacity found, for the terminal and for programs.
package struct CapacityReport {
  /// What holds for a policy.
  package struct Answer {
    /// Cells of the table, one for each column.
    var cells: [String]
    /// Values by name, for programs.
    var values: [String: Double]
    var decision: AttainmentDecision
    /// Whether the search ended before it found a limit.
    var isBound: Bool

    package init(
      cells: [String], values: [String: Double], decision: AttainmentDecision, isBound: Bool
    ) {
      self.cells = cells
      self.values = values
      self.decision = decision
      self.isBound = isBound
    }
  }

  private struct Probe: Encodable {
    var at: String
    var attainment: Double
    var lower: Double?
    var upper: Double?
    var replications: Int
    var queue: String?
    var holds: Bool
    var is_sure: Bool

    init(_ at: String, _ decision: AttainmentDecision) {
      self.at = at
      attainment = decision.attainment
      lower = decision.interval?.lowerBound
      upper = decision.interval?.upperBound
      replications = decision.replications
      queue = decision.queue?.rawValue
      holds = decision.holds
      is_sure = decision.isSure
    }
  }

  private struct Row: Encodable {
    var policy: String
    var answer: [String: Double]?
    var is_bound: Bool
    var looks: [Probe]
  }

  private struct Document: Encodable {
    var title: String
    var policies: [Row]
    var notes: [String]
  }

  private let title: String
  private let columns: Int
  private var table: TextTable
  private var rows: [Row] = []
  private var notes: [String] = []

  package init(title: String, columns: [String]) {
    self.title = title
    self.columns = columns.count
    table = TextTable(header: ["policy"] + columns + ["attainment there", "runs"])
  }

  package mutating func note(_ text: String) { notes.append(text) }

  /// Adds a policy: every look that was taken, and the answer if there is one.
  package mutating func add(
    _ policy: String, looks: [(at: String, decision: AttainmentDecision)], answer: Answer?
  ) {
    let runs = looks.reduce(0) { $0 + $1.decision.replications }
    rows.append(
      Row(
        policy: policy, answer: answer?.values, is_bound: answer?.isBound ?? false,
        looks: looks.map { Probe($0.at, $0.decision) }))
    if let answer {
      let decision = answer.decision
      table.add([policy] + answer.cells + [Self.attainment(decision), "\(runs)"])
    } else {
      table.add([policy, "none"] + Array(repeating: "-", count: columns) + ["\(runs)"])
    }
    if let decision = answer?.decision, decision.isWithoutViolation {
      let none = NoneSeen(replications: decision.replications)
      note("\(policy): \(none.text()) there; \(none.meaning).")
    }
    if let decision = answer?.decision, decision.isSeenInFew, !decision.isSure {
      note(
        "\(policy): a violation in \(decision.seenIn) of \(decision.replications) replications there, too few to bound "
          + "the attainment; each of them kept the target.")
    }
    let doubtful = looks.filter {
      !$0.decision.isSure && $0.decision.queue != .growing && !$0.decision.isWithoutViolation
        && !$0.decision.isSeenInFew
    }.map(\.at)
    if !doubtful.isEmpty {
      note(
        "\(policy): left in doubt, too near to the target or to saturation for so many replications (--replications) or queries: "
          + doubtful.joined(separator: ", ") + ".")
    }
  }

  private static func attainment(_ decision: AttainmentDecision) -> String {
    if decision.isWithoutViolation { return "1 (none late)" }
    let attainment = String(format: "%.4f", decision.attainment)
    guard let interval = decision.interval else { return attainment }
    return String(
      format: "\(attainment) [%.4f, %.4f]", interval.lowerBound, interval.upperBound)
  }

  /// A title, a row for each policy, and the notes.
  package var text: String {
    ([title, table.text] + notes.map { LineWrap.wrapped("- " + $0) }).joined(
      separator: "\n")
  }

  /// One JSON object, keys sorted.
  package var json: String {
    JSONText.of(Document(title: title, policies: rows, notes: notes))
  }
}
