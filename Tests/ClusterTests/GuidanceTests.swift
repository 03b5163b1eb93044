import Cluster
import EventEngine
import Foundation
import LatencyProfiles
import Policies
import Testing
import Workload

/// Guided and unguided steps in one schedule, on a shipped profile that has both.
@Suite struct GuidanceTests {
  private func profile() throws -> StageLatencyModel {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return StageLatencyModel(
      profile: try LatencyProfile.load(
        path: folder.appending(path: "Scenarios/Profiles/epyc-zen5-core.json").path))
  }

  /// Denoising time of a query of ten steps, in seconds.
  private func denoising(guidance: Bool, guided: Double) throws -> Double {
    let node = NodeConfiguration(
      name: "n", accelerators: 1, accelerator: Device(profile: try profile()), cores: 1,
      cpu: Device(synthetic: [:]), link: .instant)
    let cluster = ClusterConfiguration(nodes: [node], binding: .central)
    let size = ImageSize(height: 512, width: 512)
    let stream = QueryStream(
      queries: [
        Query(
          id: QueryID(rawValue: 0), arrival: .zero, slo: SimulationDuration(seconds: 1000),
          model: ModelID(rawValue: 0), size: size, images: 1, steps: 10)
      ], models: ["sd15"])
    let times = try ServiceTimes(
      cluster: cluster, shapes: [Shape(model: "sd15", size: size)], guidance: guidance,
      guidedSteps: guided, maximumBatch: 1, placement: Placement())
    var simulation = ClusterSimulation(
      cluster: cluster, stream: stream,
      policy: PolicySet(
        name: "test", steps: FixedSteps(), dispatcher: RoundRobin(),
        discipline: FirstComeFirstServed(), admission: AcceptAll(), batching: NoBatching()),
      times: times, seed: 1, observer: Bench.Recorder())
    let recorder = try #require(simulation.run() as? Bench.Recorder)
    return recorder.usage.workers[0].busy[Stage.denoise.index].seconds
  }

  @Test func theFirstStepsAloneAreGuided() throws {
    let all = try denoising(guidance: true, guided: 1)
    let none = try denoising(guidance: true, guided: 0)
    #expect(none < 0.7 * all)
    // Steps draw the same noise: six of ten with guidance lie at six tenths, but for what noise they draw.
    let some = try denoising(guidance: true, guided: 0.6)
    #expect(abs(some - (0.6 * all + 0.4 * none)) < 0.02 * all)
    #expect(try denoising(guidance: false, guided: 1) == denoising(guidance: false, guided: 0.3))
  }
}
