import LiveValidation
import Reporting
import Results

/// What `validate --live` gives to programs.
extension LiveText {
  /// The CSV file: a row for each figure of each comparison.
  package var csv: String {
    var csv = CSVText(header: [
      "point", "policy", "queries", "metric", "simulated", "live", "error", "error_size", "noise",
      "aim", "holds",
      "size_first_profile", "size_own_times",
    ])
    for comparison in comparisons {
      let keys = [comparison.point, comparison.policy, "\(comparison.queries)"]
      for row in comparison.rows {
        csv.add(
          keys + [
            row.metric.rawValue, "\(row.simulated)", "\(row.live)", "\(row.error)", "\(row.size)",
            row.noise.map { "\($0)" }, row.metric.liveAim.map { "\($0)" },
            row.holds.map { $0 ? "1" : "0" }, "\(row.earlySize)", "\(row.replayedSize)",
          ])
      }
      csv.add(
        keys + [
          "ks_distance", nil, nil, nil, "\(comparison.distance)",
          comparison.noiseDistance.map { "\($0)" }, nil, nil, "\(comparison.earlyDistance)",
          "\(comparison.replayedDistance)",
        ])
    }
    return csv.text
  }

  /// What `--json` prints.
  package struct Listing: Encodable {
    struct Figure: Encodable {
      let point: String
      let policy: String
      let queries: Int
      let metric: String
      let simulated: Double
      let live: Double
      let error: Double
      let error_size: Double
      let noise: Double?
      let aim: Double?
      let holds: Bool?
      let size_first_profile: Double
      let size_own_times: Double
    }
    struct Distance: Encodable {
      let point: String
      let policy: String
      let ks_distance: Double
      let noise: Double?
      let first_profile: Double
      let own_times: Double
    }
    /// What became of a side's queries in one of the runs, which are counted from 1; what is simulated for each
    /// draw.
    struct Account: Encodable {
      let point: String
      let policy: String
      let run: Int
      let side: String
      let offered: Int
      let completed: Int
      let dropped: Int
      let in_flight: Int
    }
    /// Null where nothing was judged.
    let holds: Bool?
    let repeats: Int
    let accounts: [Account]
    let figures: [Figure]
    let distances: [Distance]
  }

  package var listing: Listing {
    Listing(
      holds: holds, repeats: repeats,
      accounts: comparisons.flatMap { comparison in
        comparison.runs.enumerated().flatMap { index, run in
          ([("live", run.live), ("replayed", run.replayed)]
            + run.simulated.map { ("simulated", $0) } + run.early.map { ("first profile", $0) }).map
          { side, figures in
            Listing.Account(
              point: comparison.point, policy: comparison.policy, run: index + 1, side: side,
              offered: figures.offered, completed: figures.latencies.count,
              dropped: figures.dropped, in_flight: figures.inFlight)
          }
        }
      },
      figures: comparisons.flatMap { comparison in
        comparison.rows.map { row in
          Listing.Figure(
            point: comparison.point, policy: comparison.policy, queries: comparison.queries,
            metric: row.metric.rawValue, simulated: row.simulated, live: row.live,
            error: row.error, error_size: row.size, noise: row.noise, aim: row.metric.liveAim,
            holds: row.holds,
            size_first_profile: row.earlySize, size_own_times: row.replayedSize)
        }
      },
      distances: comparisons.map {
        Listing.Distance(
          point: $0.point, policy: $0.policy, ks_distance: $0.distance, noise: $0.noiseDistance,
          first_profile: $0.earlyDistance, own_times: $0.replayedDistance)
      })
  }
}
