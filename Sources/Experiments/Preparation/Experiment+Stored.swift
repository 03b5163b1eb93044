import Cluster
import EventEngine
import LatencyProfiles
import LatentDynamics
public import Results
import Scenarios

/// An experiment's name and what is stored with it.
extension Experiment {
  private var sloScale: Double? {
    if case .scale(let scale) = scenario.query.slo { scale } else { nil }
  }

  private var sloSeconds: Double? {
    if case .time(let time) = scenario.query.slo { time.seconds } else { nil }
  }

  private static func concernsRepetitions(_ override: String) -> Bool {
    ["run.replications=", "run.precision=", "run.most_replications="].contains {
      override.hasPrefix($0)
    }
  }

  /// What identifies the experiment's content; results without per-query rows are others.
  public func stored(keepsQueries: Bool = true) -> StoredExperiment {
    let profiles = scenario.profiles.flatMap { use in
      use.uses.map { name in
        StoredProfile(
          hash: use.profile.contentHash, name: use.profile.name,
          provenance: use.profile.provenance.rawValue, device: use.profile.device,
          source: use.profile.source, use: name, text: use.profile.text)
      }
    }
    var identity = [
      ProgramVersion.text, scenario.text, "\(scenario.run.seed)", scenario.run.baseline,
      streams.contentHash,
    ]
    let latents = scenario.latents.map { latents in
      var hash = ContentHash()
      hash.add(latents.table.bytes)
      return hash.hex
    }
    identity += [latents].compactMap { $0 }
    identity += profiles.map { $0.use + $0.hash }
    let names = policies.map(\.name)
    // A run is the same whatever it is compared with and how often it is repeated.
    let place = scenario.overrides + (point?.identity ?? [])
    let others = place.filter { !Self.concernsRepetitions($0) }
    let content = ContentIdentity.hex(
      identity + others + (scenario.run.warmup == .mser5 ? names : []))
    identity += place + names
    if baseline != scenario.run.baseline { identity.append("baseline=\(baseline)") }
    identity += ["\(replications)", keepsQueries ? "queries" : "no queries"]
    var stored = StoredExperiment(
      id: ContentIdentity.hex(identity), content: content, name: scenario.name,
      scenario: scenario.text,
      settings: scenario.overrides.map(Setting.init), seed: scenario.run.seed,
      replications: replications,
      baseline: baseline, policies: names, version: ProgramVersion.text, loadFactor: loadFactor,
      offeredLoad: offeredLoad, notes: notes, profiles: profiles, point: point,
      origins: names.compactMap { name in
        scenario.policyOrigins.first { $0.name == name }.map {
          StoredOrigin(policy: name, parent: $0.parent, change: $0.change)
        }
      })
    stored.loadAsked = scenario.workload.load
    stored.sloScale = sloScale
    stored.sloSeconds = sloSeconds
    stored.trace = streams.trace == nil ? nil : streams.contentHash
    stored.latents = latents
    return stored
  }
}
