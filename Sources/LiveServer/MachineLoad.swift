import Foundation

/// How much of a machine's time others take.
package struct MachineLoad: Sendable {
  private let busy: Double
  private let stolen: Double
  private let own: Double
  private let all: Double

  /// A first look, now; nil where the system does not tell.
  package init?() {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
    // user nice system idle iowait irq softirq steal: proc(5).
    guard ticks.count >= 8 else { return nil }
    all = ticks[..<8].reduce(0, +)
    stolen = ticks[7]
    busy = all - ticks[3] - ticks[4] - stolen
    var times = tms()
    guard Glibc.times(&times) != -1 else { return nil }
    own = Double(times.tms_utime + times.tms_stime)
  }

  /// Shares of all cores' time since the first look: of other processes, and of other machines on the same host.
  package func others() -> (processes: Double, machines: Double)? {
    guard let now = MachineLoad(), now.all > all else { return nil }
    let span = now.all - all
    return (
      max(0, (now.busy - busy) - (now.own - own)) / span, max(0, now.stolen - stolen) / span
    )
  }
}
