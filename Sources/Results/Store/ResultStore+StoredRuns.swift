public import Diagnostics
import Foundation

/// Runs that may be compared with each other, whatever experiments they belong to.
public struct StoredRuns: Sendable {
  /// The experiments, finished or not, by name and id; at least one.
  public var experiments: [StoredExperiment]
  /// Their runs, each policy and replication once.
  public var runs: [StoredRun]
}

extension ResultStore {
  /// Whether a file is an SQLite database, by its first bytes.
  public static func isDatabase(_ path: String) -> Bool {
    guard InputFile.isRegular(path), let handle = FileHandle(forReadingAtPath: path) else {
      return false
    }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 16))?.starts(with: Array("SQLite format 3".utf8)) ?? false
  }

  /// All runs, in groups of the same content (``StoredExperiment/content``) and program.
  public func storedRuns() throws(InputError) -> [StoredRuns] {
    struct Key: Hashable {
      let policy: String
      let replication: Int
    }
    var groups: [StoredRuns] = []
    for experiment in try experiments(where: "TRUE") {
      let runs = try runs(of: experiment.id)
      guard
        let index = groups.firstIndex(where: {
          $0.experiments[0].content == experiment.content
            && $0.experiments[0].program == experiment.program
        })
      else {
        groups.append(StoredRuns(experiments: [experiment], runs: runs))
        continue
      }
      groups[index].experiments.append(experiment)
      let known = Set(
        groups[index].runs.map { Key(policy: $0.policy, replication: $0.replication) })
      groups[index].runs += runs.filter {
        !known.contains(Key(policy: $0.policy, replication: $0.replication))
      }
    }
    return groups
  }
}
