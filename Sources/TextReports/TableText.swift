import Foundation
package import LatentDynamics
import Reporting

/// What `latents inspect` prints.
package struct TableText {
  package let text: String
  /// The tables alone, by name: for programs.
  package let tables: [String: [[String: String]]]

  package init(_ table: TrajectoryTable, file: String, changeOver: Int) {
    let header = table.header
    let label = header.source == .synthetic ? "synthetic latents" : "recorded latents"
    var lines = [
      "\(file): \(header.prompts) prompts, \(header.grid.steps) steps, \(header.model) at "
        + "\(header.height)x\(header.width), \(label)",
      "provenance: \(header.provenance)",
    ]
    let quartiles = table.complexityQuartiles()
    lines += ["", "Entropy in bits and error, means by quartile of complexity (q1 = simplest):"]
    let curves = Self.curves(table, quartiles)
    lines.append(curves.text)
    let schedules = Self.schedules(table)
    lines += ["", "Mean error of full schedules:", schedules.text]
    let endings = Self.endings(table)
    lines += [
      "",
      "Mean error of leaving after k steps (none = as it stands; m = evaluations for the rest):",
      endings.text,
    ]
    let evidence = Self.evidence(SignalEvidence(table, changeOver: changeOver))
    lines += [
      "",
      "Spearman's rank correlation over prompts with the error of one last step "
        + "(changes: absolute, over \(changeOver) steps):",
      evidence.text,
    ]
    var tables = [
      "curves": curves.objects, "schedules": schedules.objects, "endings": endings.objects,
      "correlations": evidence.objects,
    ]
    if let calibration = QualityCalibration(table) {
      let pairs = Self.calibration(calibration)
      tables["calibration"] = pairs.objects
      lines += [
        "",
        "Perceptual score: published FID (Stable Diffusion 1.4, DPM-Solver++, DPM-Solver-v3 appendix H) "
          + "at these errors, monotone fit:",
        pairs.text,
        "residual (root mean square) \(String(format: "%.3f", calibration.residual)); beyond these "
          + "errors it is not established",
      ]
    }
    if header.source == .synthetic {
      lines += [
        "",
        "Synthetic latents: the distribution of complexity is assumed, so these correlations are "
          + "evidence about the mathematics, not about Stable Diffusion.",
      ]
    }
    text = lines.joined(separator: "\n")
    self.tables = tables
  }

  private static func mean(_ rows: some Collection<Int>, _ value: (Int) -> Double) -> String {
    let values = rows.map(value).filter { !$0.isNaN }
    guard !values.isEmpty else { return "-" }
    return String(format: "%.3f", values.reduce(0, +) / Double(values.count))
  }

  private static func curves(_ table: TrajectoryTable, _ groups: [[Int]]) -> TextTable {
    let names = groups.count == 1 ? ["all"] : groups.indices.map { "q\($0 + 1)" }
    var text = TextTable(
      header: ["step"] + names.map { "H(x) \($0)" } + names.map { "H(x0) \($0)" }
        + names.map { "last step \($0)" })
    for step in table.grid.stops where step > 0 {
      text.add(
        ["\(step)"]
          + groups.map { mean($0) { table.entropyBits(.latent, row: $0, steps: step) } }
          + groups.map { mean($0) { table.entropyBits(.predictedX0, row: $0, steps: step) } }
          + groups.map { mean($0) { table.error(row: $0, stop: step, .cover(1)) } })
    }
    return text
  }

  private static func schedules(_ table: TrajectoryTable) -> TextTable {
    let rows = 0..<table.prompts
    let steps = Set(table.grid.remaining + table.grid.solverSteps).sorted()
    var text = TextTable(header: ["steps"] + steps.map(String.init))
    text.add(["ddim"] + steps.map { m in mean(rows) { table.error(row: $0, stop: 0, .cover(m)) } })
    text.add(
      ["dpm-solver++2m"] + steps.map { m in mean(rows) { table.solverError(row: $0, steps: m) } })
    return text
  }

  private static func endings(_ table: TrajectoryTable) -> TextTable {
    let rows = 0..<table.prompts
    let covers = table.grid.remaining
    var text = TextTable(header: ["k", "none", "reserved"] + covers.map { "m=\($0)" })
    for stop in table.grid.stops {
      let endings = [Ending.none, .reserved] + covers.map { Ending.cover($0) }
      text.add(
        ["\(stop)"] + endings.map { end in mean(rows) { table.error(row: $0, stop: stop, end) } })
    }
    text.add(["\(table.grid.steps)", mean(rows) { table.wholeError(row: $0) }])
    return text
  }

  private static func calibration(_ calibration: QualityCalibration) -> TextTable {
    var text = TextTable(header: ["steps", "mean error", "published FID", "fitted"])
    for pair in calibration.pairs {
      text.add([
        "\(pair.steps)", String(format: "%.4f", pair.error),
        String(format: "%.2f", pair.published), String(format: "%.3f", pair.fitted),
      ])
    }
    return text
  }

  private static func evidence(_ evidence: SignalEvidence) -> TextTable {
    var text = TextTable(
      header: ["step", "mean error"] + LatentSignal.allCases.map(\.rawValue))
    for row in evidence.rows {
      text.add(
        ["\(row.step)", String(format: "%.3f", row.meanError)]
          + LatentSignal.allCases.map { signal in
            row.correlations[signal].map { String(format: "%.2f", $0) } ?? "-"
          })
    }
    return text
  }
}
