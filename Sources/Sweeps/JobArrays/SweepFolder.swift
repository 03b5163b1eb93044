import Diagnostics
import Foundation
import Results
import Scenarios

/// Points handed to a batch system together, as tasks 0, 1, ... of one job array.
package struct SweepSubmission: Codable, Sendable {
  /// One task.
  package struct Point: Codable, Sendable {
    /// The id that its experiment must have.
    package var id: String
    /// Every `--set` of its scenario.
    package var overrides: [String]
  }

  /// Identity of the program that submitted; nil where it does not say.
  package var program: String?
  /// Path of the scenario, from the folder of submission.
  package var scenario: String
  /// Policies asked for; nil = all of the scenario.
  package var policies: [String]?
  /// The baseline asked for; nil = the scenario's.
  package var baseline: String?
  /// Replications asked for; nil = the scenario's.
  package var replications: Int?
  /// The points, by task.
  package var points: [Point]

  /// The submission of a file; nil where it is none.
  init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let submission = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = submission
  }

  init(_ plan: SweepPlan, points: [Point], program: String?) {
    self.program = program
    scenario = plan.points.first?.scenario.path ?? ""
    policies = plan.policies
    baseline = plan.baseline
    replications = plan.replications
    self.points = points
  }
}

/// What a sweep and its tasks share on disk: submissions, shards and logs, in one folder beside the
/// database. A crash at any moment leaves nothing that the next start misreads: files are renamed
/// into place whole.
struct SweepFolder: Sendable {
  let path: String

  var logs: String { "\(path)/logs" }
  private var shardFolder: String { "\(path)/shards" }
  private var submissionFolder: String { "\(path)/submissions" }

  init(creatingAt path: String) throws(InputError) {
    self.path = path
    for folder in [submissionFolder, shardFolder, logs] {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw InputError(
          .cannotCreate, at: .init(file: folder), "the folder cannot be made",
          hint: "put the database where folders can be made, with --db FILE")
      }
    }
  }

  private init(path: String) { self.path = path }

  /// The folder beside a database.
  static func path(besides store: ResultStore) -> String { store.path + ".slurm" }

  /// The folder that a sweep has left beside a database; nil where there is none.
  init?(leftBesides store: ResultStore) {
    path = Self.path(besides: store)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
  }

  /// Adds the shards that are in place to the database, whichever sweep they belong to; one that cannot be
  /// read is removed, and its point is run again.
  ///
  /// - Returns: the ids of those added, and what they replaced.
  func mergeShards(
    into store: ResultStore, program: String?
  ) throws(InputError) -> (merged: [String], replaced: [Replacement]) {
    var merged: [String] = []
    var replaced: [Replacement] = []
    for id in shards() {
      if ResultStore.isComplete(shard(of: id)) {
        replaced += try store.merge(shard: shard(of: id), program: program)
        merged.append(id)
      }
      removeShard(of: id)
    }
    return (merged, replaced)
  }

  /// The folder that a submission's file lies in.
  static func of(submission file: String) -> SweepFolder {
    let parent = (file as NSString).deletingLastPathComponent as NSString
    return SweepFolder(path: parent.deletingLastPathComponent)
  }

  func shard(of id: String) -> String { "\(shardFolder)/\(id).sqlite" }

  /// Ids of the shards that are in place.
  func shards() -> [String] {
    Self.names(shardFolder).filter { $0.hasSuffix(".sqlite") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".sqlite".count)) }
  }

  func removeShard(of id: String) { try? FileManager.default.removeItem(atPath: shard(of: id)) }

  /// Submissions by number.
  func submissions() -> [Int: SweepSubmission] {
    var result: [Int: SweepSubmission] = [:]
    for name in Self.names(submissionFolder) where name.hasSuffix(".json") {
      guard let number = Int(name.dropLast(".json".count)) else { continue }
      result[number] = SweepSubmission(path: file(of: number))
    }
    return result
  }

  func file(of number: Int) -> String { "\(submissionFolder)/\(number).json" }

  func write(_ submission: SweepSubmission, number: Int) throws(InputError) {
    let path = file(of: number)
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      try encoder.encode(submission).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw InputError(
        .cannotWrite, at: .init(file: path), "the submission cannot be written",
        hint: "see to space and permissions, then give the same command")
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  private static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }
}
