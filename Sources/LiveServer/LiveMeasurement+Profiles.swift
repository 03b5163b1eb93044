package import Diagnostics
import KernelBench
package import LatencyProfiles

extension LiveMeasurement {
  /// The two profiles made of it: an accelerator's and a CPU core's.
  ///
  /// - Parameter date: when it was measured, as the files will state it.
  /// - Throws: `InputError` where a figure cannot stand in a profile.
  package func profiles(
    date: String
  ) throws(InputError) -> (accelerator: LatencyProfile, core: LatencyProfile) {
    let machine = Machine.current()
    let harness = "qosdiff live"
    let source = "measured by qosdiff on the threads of a live server"
    let mode = "oneDNN, f32, one pinned thread; hand-over to the thread and back included"
    let libraries = (try? Bench.libraryVersion()).map { ["oneDNN": $0] } ?? [:]
    return (
      try LatencyProfile(
        name: "live-accelerator", device: "\(machine.processor), a core as accelerator",
        source: source, mode: mode, libraries: libraries, date: date, harness: harness,
        latentEntropy: entropy, interference: ofAccelerator, coldCaches: coldCaches,
        entries: accelerator),
      try LatencyProfile(
        name: "live-core", device: "\(machine.processor), a core", source: source, mode: mode,
        libraries: libraries, date: date, cores: 1, harness: harness, interference: ofCore,
        entries: core)
    )
  }
}
