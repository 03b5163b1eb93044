public import Diagnostics
import Experiments
import Foundation
import Results
public import Scenarios

/// One task of a submission: runs its point into a shard.
public struct SweepTask: Sendable {
  let file: String
  let index: Int
  let scratch: String

  /// Task `index` of the submission in `file`; the shard is written in `scratch`, a folder of this node,
  /// and put in its place whole.
  public init(file: String, index: Int, scratch: String) {
    self.file = file
    self.index = index
    self.scratch = scratch
  }

  /// Runs it; `read` gives the scenario at a path with overrides, `provenance` names this program.
  ///
  /// - Throws: 65 where the point is not the one that was submitted: another program version, scenario,
  ///   trace or profile.
  public func run(
    provenance: [(key: String, value: String)] = [],
    reading read: (_ path: String, _ overrides: [String]) throws(InputError) -> Scenario
  ) async throws {
    guard let submission = SweepSubmission(path: file), submission.points.indices.contains(index)
    else {
      throw InputError(
        .badInput, at: .init(file: file), "there is no task \(index) in this submission",
        hint: "let 'qosdiff sweep --engine slurm' submit it")
    }
    let program = ResultStore.program(in: provenance)
    guard submission.program == program else {
      throw InputError(
        .badInput, at: .init(file: file),
        "submitted by program \(submission.program ?? "unknown"), and this is \(program ?? "unknown")",
        hint: "give the sweep again with this program")
    }
    let point = submission.points[index]
    let scenario = try read(submission.scenario, point.overrides)
    let plan = SweepPlan(
      [([], scenario)], policies: submission.policies, baseline: submission.baseline,
      replications: submission.replications)
    let experiment = try plan.experiment(at: 0)
    guard experiment.stored(keepsQueries: false).id == point.id else {
      throw InputError(
        .badInput, at: .init(file: submission.scenario),
        "this is not what was submitted: the scenario, its trace or a profile has changed",
        hint: "give the sweep again")
    }
    try put(try await CompletedPoint(running: experiment), id: point.id, provenance)
  }

  private func put(
    _ point: CompletedPoint, id: String, _ provenance: [(key: String, value: String)]
  ) throws(InputError) {
    let process = ProcessInfo.processInfo
    let mark = "\(id).\(process.hostName)-\(process.processIdentifier)"
    let local = (scratch as NSString).appendingPathComponent("qosdiff-\(mark).sqlite")
    let files = FileManager.default
    defer { try? files.removeItem(atPath: local) }
    try point.store(
      into: try ResultStore(creatingAt: local, isShared: true), provenance: provenance)
    let place = SweepFolder.of(submission: file).shard(of: id)
    let partial = (place as NSString).deletingLastPathComponent + "/.\(mark).partial"
    do {
      try files.copyItem(atPath: local, toPath: partial)
      let handle = try FileHandle(forUpdating: URL(filePath: partial))
      try handle.synchronize()
      try handle.close()
      // Unlike FileManager's moving, rename(2) replaces what another attempt may have left.
      guard rename(partial, place) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      try? files.removeItem(atPath: partial)
      throw InputError(
        .cannotWrite, at: .init(file: place), "the shard cannot be written",
        hint: "see to space and permissions, then give the sweep again")
    }
  }
}
