import Cluster
package import Diagnostics
import EventEngine
package import Experiments
import LatencyProfiles
import LatentDynamics
package import LiveServer
package import Results
import Scenarios
import Workload

/// Serving an experiment's queries for real.
extension Experiment {
  /// Seed of the first prompt of built-in trajectory tables.
  static let firstLivePrompt: UInt64 = 1

  /// What a live server must be ready for to serve any of the policies.
  ///
  /// - Parameter cores: of this machine.
  /// - Throws: what keeps the scenario from being served for real.
  package func livePlan(cores: Int) throws(InputError) -> LivePlan {
    try LiveChecks(experiment: self, cores: cores).check()
    let node = scenario.cluster.nodes[0]
    var onAccelerator: [LivePlan.Piece] = []
    var onCPU: [LivePlan.Piece] = []
    func add(_ piece: LivePlan.Piece, to list: inout [LivePlan.Piece]) {
      if !list.contains(piece) { list.append(piece) }
    }
    for shape in shapes {
      for stage in [Stage.denoise, .encode, .decode, .postProcess] {
        // The baseline's stages are timed even where it is not served: they define loads and objectives.
        for policy in policies + [referencePolicy] {
          if policy.placement.isOnCPU(stage) {
            add(.init(stage: stage, shape: shape, images: 1), to: &onCPU)
          } else if stage != .postProcess {
            for images in 1...(policy.batching.maximumImages ?? 1) {
              add(.init(stage: stage, shape: shape, images: images), to: &onAccelerator)
            }
          }
        }
      }
    }
    return LivePlan(
      accelerators: node.accelerators, cores: node.cores, guidance: scenario.query.guidance,
      onAccelerator: onAccelerator, onCPU: onCPU,
      latents: (scenario.latents?.table).map {
        .init(grid: $0.grid, firstSeed: Self.firstLivePrompt)
      })
  }

  /// Seconds that serving a policy's queries takes, by the simulation; where they take longer than `limit` to arrive, the
  /// time of the last arrival.
  package func liveSeconds(policy index: Int, limit: Double) -> Double {
    let arrivals = (lastArrival - SimulationTime.zero).seconds
    if arrivals > limit { return arrivals }
    return simulate(policy: index, replication: 0).usage.end.seconds
  }

  /// One run for real: what it reported. It ends early where the server was interrupted or failed.
  package func serve(policy index: Int, replication: Int, on server: LiveServer) -> RunRecorder {
    server.run { run(policy: index, replication: replication, by: server) }
  }

  /// The same run again, in which work takes what it took for real, at the time at which it did.
  ///
  /// - Parameters:
  ///   - log: what the server did.
  ///   - otherwise: timings for what it never did.
  package func replay(
    policy index: Int, replication: Int, _ log: [LiveSpan], otherwise: LiveTimings
  ) -> RunRecorder {
    run(
      policy: index, replication: replication,
      by: ReplayExecutor(log, otherwise: otherwise, table: scenario.latents?.table))
  }

}
