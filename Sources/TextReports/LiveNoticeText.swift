import Foundation
import LatencyProfiles
package import LiveServer
package import LiveValidation

/// Notices of a live session as a line each.
extension LiveNotice {
  package var text: String {
    let text: String =
      switch self {
      case .preparing(let stages): "live: making \(stages) stages ready"
      case .serving(let points, let policies, let repeats, let seconds):
        "live: \(points) points x \(policies) policies x \(repeats) runs, "
          + "about \(Int((seconds / 60).rounded(.up))) min"
      case .firstScaleOnly(let scale):
        "of the experiment's SLO scales only the first is served, \(scale)."
      case .overloaded(let point, let load):
        "\(point.isEmpty ? "" : point + ": ")the load is \(String(format: "%.2f", load)) of what the baseline can "
          + "serve here: its queue grows as long as the run lasts."
      case .busy(let occupant, let share):
        "\(occupant.text) take \(Self.percent(share)) of this machine's time: live figures will scatter."
      case .asleep(let run, let seconds):
        "\(run): the machine was asleep for \(String(format: "%.2f", seconds)) s: serve this run again."
      case .clockSet(let run, let seconds):
        "\(run): the clock was set by \(String(format: "%+.2f", seconds)) s; latencies are by another clock, and good."
      case .timerLate(let run, let seconds):
        "\(run): a timer was \(Int(1e3 * seconds)) ms late: something else held the machine up."
      case .disturbed(let run, let share):
        "\(run): others took \(Self.percent(share)) of the machine's time."
      }
    return isWarning ? "Warning: " + text : text
  }

  private static func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}

extension LiveNotice.Occupant {
  fileprivate var text: String {
    switch self {
    case .otherProcesses: "other processes"
    case .otherMachines: "other machines on this host"
    }
  }
}

extension LiveMeasurement {
  /// One line on what was measured.
  package var summary: String {
    func milliseconds(_ seconds: Double) -> String { String(format: "%.2f ms", 1e3 * seconds) }
    let own = ofAccelerator.prefix(1).map {
      "x \(String(format: "%.2f", $0.factor)) beside a busy core"
    }
    let concurrent =
      own
      + ofCore.map {
        "\($0.stage.rawValue) x \(String(format: "%.2f", $0.factor)) beside steps"
      }
    let idle = [coldCaches].compactMap { $0 }.map {
      "\(milliseconds($0.extraSeconds)) more where caches are cold"
    }
    return "measured here: a step \(stepSeconds.map(milliseconds) ?? "-")"
      + " (quartiles \(String(format: "%.1f", 100 * spread)) % of it apart), "
      + (idle + concurrent + ["hand-over \(milliseconds(handOffSeconds))"]).joined(
        separator: ", ")
  }
}

extension LiveOutcome {
  /// What the machine did meanwhile, in sentences.
  var notes: String {
    var notes: [String] = []
    if let least = stepSeconds.min(), let most = stepSeconds.max() {
      notes.append(
        String(
          format:
            "The machine's speed meanwhile: a step took %.2f to %.2f ms, by %d timings between the runs.",
          1e3 * least, 1e3 * most, stepSeconds.count))
    }
    if disturbedRuns > 0 {
      notes.append(
        "\(disturbedRuns) of \(servedRuns) runs were disturbed by others (see the warnings): serve them again for figures to rely on."
      )
    }
    return notes.joined(separator: "\n")
  }
}
