import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// What is told of a query's way must be what spans tell of the work on it.
extension InvariantCheck {
  mutating func journeysFitTheWork() {
    require(
      .journeys, run.journeys.map(\.query) == run.records.map(\.query.id), "not one for each record"
    )
    var spans = [[Span]](repeating: [], count: setting.queries.count)
    for span in run.spans {
      for member in Set(span.members) { spans[Int(member.rawValue)].append(span) }
    }
    for (record, journey) in zip(run.records, run.journeys) {
      let name = "query \(record.query.id.rawValue)"
      require(
        .journeys, journey.times.total == record.latency,
        "\(name): \(journey.times.total) in all states, \(record.latency) in all")
      for state in QueryState.allCases {
        require(.journeys, journey.times[state] >= .zero, "\(name): less than nothing in \(state)")
      }
      let own = spans[Int(record.query.id.rawValue)]
      if record.parts == 1 {
        holdTimes(of: record, journey, own)
      } else {
        for (state, time) in Self.times(own) {
          require(
            .journeys, journey.times[state] <= time,
            "\(name): \(journey.times[state]) in \(state), \(time) in all of its parts")
        }
      }
      holdWorkers(of: record, journey, own)
    }
  }

  /// The time for which work on a query was told, by what it went through.
  private static func times(_ spans: [Span]) -> [(state: QueryState, time: SimulationDuration)] {
    func union(_ isMeant: (Span) -> Bool) -> SimulationDuration {
      var total = SimulationDuration.zero
      var covered = SimulationTime.zero
      for span in spans.filter(isMeant).sorted(by: { $0.start < $1.start }) {
        total += max(.zero, span.end - max(span.start, covered))
        covered = max(covered, span.end)
      }
      return total
    }
    let work: [(QueryState, Stage)] = [
      (.encode, .encode), (.denoise, .denoise), (.decode, .decode), (.postProcess, .postProcess),
    ]
    return work.map { state, stage in
      (
        state,
        union {
          $0.stage == stage && ($0.resource == .accelerator || $0.resource == .cpu)
        }
      )
    } + [
      (.loading, union { $0.resource == .weights }),
      (.handOff, union { $0.resource == .link || $0.resource == .network }),
    ]
  }

  private mutating func holdTimes(
    of record: QueryRecord, _ journey: QueryJourney, _ spans: [Span]
  ) {
    let name = "query \(record.query.id.rawValue)"
    for (state, time) in Self.times(spans) {
      require(
        .journeys, journey.times[state] == time,
        "\(name): \(journey.times[state]) in \(state), \(time) of work")
    }
    guard record.outcome == .completed, !setting.hasFailures else { return }
    let pools = Set(setting.cluster.nodes.map(\.stages)).count
    if pools == 1 {
      require(
        .journeys, journey.times[.waiting] == record.wait, "\(name) waited \(record.wait)")
    }
    // Helpers of a shared step have spans of their own.
    var steps: [SimulationTime: Int] = [:]
    for span in spans where span.stage == .denoise && span.resource == .accelerator {
      steps[span.start] = span.images
    }
    let mean = Double(steps.values.reduce(0, +)) / Double(steps.count)
    require(
      .journeys,
      journey.batchImagesMean == mean && journey.batchImagesMaximum == steps.values.max(),
      "\(name): \(journey.batchImagesMean ?? 0) images in its batches, \(mean) in its steps")
    require(.journeys, journey.evaluationsLost == 0, "\(name) lost steps")
  }

  private mutating func holdWorkers(
    of record: QueryRecord, _ journey: QueryJourney, _ spans: [Span]
  ) {
    for stage in Stage.allCases {
      let did = Set(
        spans.filter {
          $0.stage == stage && ($0.resource == .accelerator || $0.resource == .cpu)
        }.map(\.worker.rawValue))
      let told = journey.workers[stage.index]
      require(
        .journeys, did.isEmpty ? told < 0 : told < 0 && record.parts > 1 || did.contains(told),
        "query \(record.query.id.rawValue): \(told) did its \(stage), \(did) by its spans")
    }
  }
}
