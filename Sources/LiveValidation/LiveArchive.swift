package import Diagnostics
import EventEngine
import Experiments
import Foundation
import LatencyProfiles
import LiveServer
import Results

/// What is kept of the live runs of a validation, in a folder: so that anybody can look for what the simulation lacks.
package struct LiveArchive {
  let folder: String
  private let store: ResultStore
  private let provenance: [(key: String, value: String)]
  private let started = Date.now.formatted(.iso8601)
  /// By point; of those that have runs.
  private var results: [Int: LiveResults] = [:]
  private var work = CSVText(header: [
    "point", "policy", "run", "device", "stage", "images", "start_s", "duration_s", "in_thread_s",
  ])
  private var runs = CSVText(header: ["point", "policy", "run", "slowness"])

  /// - Throws: a database that cannot be made.
  init(_ folder: String, provenance: [(key: String, value: String)]) throws(InputError) {
    self.folder = folder
    self.provenance = provenance
    store = try ResultStore(creatingAt: "\(folder)/live.sqlite")
  }

  /// A run of a point's experiment has ended; `isCut`: before its last query.
  ///
  /// - Throws: a database that cannot be written.
  mutating func take(
    _ recorder: RunRecorder, _ experiment: Experiment, place: Int, policy: Int, isCut: Bool
  ) throws(InputError) {
    if results[place] == nil {
      results[place] = try LiveResults(
        experiment, started: started, into: store, provenance: provenance)
    }
    try results[place]?.take(recorder, policy: policy, isCut: isCut)
  }

  /// How slow the machine was at a run, and what was done in it.
  mutating func add(
    point: String, policy: String, run: Int, slowness: Double, log: [LiveSpan]
  ) {
    let keys = [point, policy, "\(run)"]
    runs.add(keys + ["\(slowness)"])
    for span in log {
      work.add(
        keys + [
          span.isCPU ? "cpu" : "accelerator", span.stage.rawValue, "\(span.images)",
          "\(span.start.seconds)", "\(span.duration.seconds)", "\(span.inThread.seconds)",
        ])
    }
  }

  /// Writes what there is; `profiles` are of all timings between the runs, of a machine that is as slow as on the whole, and
  /// nil where there are none.
  ///
  /// - Throws: a file that cannot be written.
  func finish(
    _ profiles: (accelerator: LatencyProfile, core: LatencyProfile)?
  ) throws(InputError) {
    for result in results.values { try result.finish() }
    try profiles?.accelerator.save(path: "\(folder)/session-accelerator.json")
    try profiles?.core.save(path: "\(folder)/session-core.json")
    try Self.write(work.text, "\(folder)/work.csv")
    try Self.write(runs.text, "\(folder)/runs.csv")
  }

  /// - Throws: a file that cannot be written.
  package static func write(_ content: String, _ path: String) throws(InputError) {
    do {
      try content.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path), "the file cannot be written",
        hint: "see to space and permissions")
    }
  }
}
