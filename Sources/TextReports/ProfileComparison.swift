package import LatencyProfiles
package import Reporting

/// Profiles side by side: one row for each stage, model, size, guidance and batch that any has.
package struct ProfileComparison {
  package let profiles: [LatencyProfile]

  package init(profiles: [LatencyProfile]) { self.profiles = profiles }

  /// Median seconds of each profile, and the ratio of the others to the first.
  package var stages: TextTable {
    let tables = profiles.map { profile in
      Dictionary(
        profile.entries.map { (ProfileTables.work(of: $0), $0.medianSeconds) },
        uniquingKeysWith: { a, _ in a })
    }
    let others = profiles.dropFirst()
    var table = TextTable(
      header: ProfileTables.workHeader
        + profiles.map { "\($0.name)_s" } + others.map { "\($0.name)/\(profiles[0].name)" },
      keys: ProfileTables.workHeader.count)
    for row in rows {
      let seconds = tables.map { $0[row] }
      let ratios = seconds.dropFirst().map { other in
        seconds[0].flatMap { first in other.map { $0 / first } }
      }
      table.add(row + (seconds + ratios).map(ProfileTables.number))
    }
    return table
  }

  /// In the order of the first profile, then of the next ones.
  private var rows: [[String]] {
    var seen: Set<[String]> = []
    return profiles.flatMap(\.entries).map(ProfileTables.work).filter { seen.insert($0).inserted }
  }

  /// The kernels that all profiles timed, by what they take in the first; nil where there is none.
  package func kernels(limit: Int) -> (title: String, table: TextTable)? {
    let tables = profiles.map { profile in
      Dictionary(
        profile.kernels.map { ($0.kernel, $0.medianSeconds) }, uniquingKeysWith: { a, _ in a })
    }
    let common = profiles[0].kernels.filter { kernel in
      tables.allSatisfy { $0[kernel.kernel] != nil }
    }
    if common.isEmpty { return nil }
    var table = TextTable(
      header: ["kernel"] + profiles.map { "\($0.name)_ms" }
        + profiles.dropFirst().map { "\($0.name)/\(profiles[0].name)" })
    for kernel in common.sorted(by: { $0.medianSeconds > $1.medianSeconds }).prefix(limit) {
      let seconds = tables.map { $0[kernel.kernel] ?? kernel.medianSeconds }
      table.add(
        [kernel.kernel] + seconds.map { ProfileTables.number(1e3 * $0) }
          + seconds.dropFirst().map { ProfileTables.number($0 / seconds[0]) })
    }
    let more = common.count > limit ? "the \(limit) longest of \(common.count)" : "all"
    return ("kernels in every profile, \(more), longest first:", table)
  }
}
