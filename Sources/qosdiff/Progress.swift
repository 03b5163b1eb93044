import Foundation

/// A line that tells how far long work has come, how fast it goes and when it will end; on a terminal only, and not
/// where quiet is asked for.
struct Progress {
  private let unit: String
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private var shown: ContinuousClock.Instant?
  /// What was done before this work began: it says nothing of the speed.
  private var known: Int?

  /// A line that counts things of this name, in the plural.
  init(_ unit: String, _ verbosity: Verbosity) {
    self.unit = unit
    isQuiet = verbosity.quiet
  }

  /// Shows `done` of `all`, ten times a second at most; nothing once all is done.
  mutating func show(_ done: Int, of all: Int, _ what: String = "") {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    let before = known ?? done
    known = before
    if done < all, let shown, now - shown < .milliseconds(100) { return }
    shown = now
    Output.progress(
      done < all ? Self.line(done, all, since: before, in: now - start, unit, what) : "")
  }

  /// Takes the line away.
  func clear() { if !isQuiet { Output.progress("") } }

  private static func line(
    _ done: Int, _ all: Int, since before: Int, in spent: Duration, _ unit: String, _ what: String
  ) -> String {
    let full = done * 20 / max(all, 1)
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full)
    var parts = ["[\(bar)] \(done) of \(all) \(unit)"]
    let seconds = Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18
    if done > before, seconds > 0 {
      let rate = Double(done - before) / seconds
      parts.append(String(format: rate < 10 ? "%.2g a second" : "%.0f a second", rate))
      parts.append(left(Double(all - done) / rate))
    }
    if !what.isEmpty { parts.append(what) }
    return String(parts.joined(separator: ", ").prefix(99))
  }

  private static func left(_ seconds: Double) -> String {
    if seconds < 100 { return String(format: "%.0f s left", seconds) }
    if seconds < 6000 { return String(format: "%.0f min left", seconds / 60) }
    return String(format: "%.1f h left", seconds / 3600)
  }
}
