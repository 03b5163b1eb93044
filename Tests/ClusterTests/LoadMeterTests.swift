import EventEngine
import Policies
import Testing

@testable import Cluster

/// The load that step policies may ask for, by hand.
@Suite struct LoadMeterTests {
  private func at(_ seconds: Double) -> SimulationTime { SimulationTime(seconds: seconds) }

  /// A window of 16 s, and two accelerators.
  private func meter() -> LoadMeter {
    LoadMeter(window: SimulationDuration(seconds: 16), active: 2)
  }

  @Test func atFirstTheWindowIsTheTimeSinceTheStart() {
    var meter = meter()
    #expect(
      meter.load(at: at(0), queuedImages: 3)
        == ClusterLoad(utilisation: 0, arrivalRate: 0, queuedImages: 3))
    meter.set(busy: 1, active: 2, at: at(0))
    meter.countArrival(at: at(0.5))
    meter.countArrival(at: at(1.5))
    #expect(
      meter.load(at: at(2), queuedImages: 0)
        == ClusterLoad(utilisation: 0.5, arrivalRate: 1, queuedImages: 0))
  }

  @Test func whatIsOlderThanTheWindowDoesNotCount() {
    var meter = meter()
    meter.set(busy: 1, active: 2, at: at(0))
    for second in 0..<90 { meter.countArrival(at: at(Double(second))) }
    meter.set(busy: 2, active: 2, at: at(90))
    for second in 90..<100 { meter.countArrival(at: at(Double(second))) }
    // From 84 s on: 6 s of one and 10 s of two of two, and an arrival a second from 84 to 99.
    #expect(
      meter.load(at: at(100), queuedImages: 0)
        == ClusterLoad(utilisation: 26 / 32, arrivalRate: 1, queuedImages: 0))
    // Half a slot later it tells of 16.5 s.
    #expect(meter.load(at: at(100.5), queuedImages: 0).utilisation == 27.0 / 33)
    // After a long pause, of its end alone.
    meter.set(busy: 0, active: 1, at: at(101))
    #expect(
      meter.load(at: at(1e6), queuedImages: 0)
        == ClusterLoad(utilisation: 0, arrivalRate: 0, queuedImages: 0))
    meter.set(busy: 1, active: 1, at: at(1e6))
    #expect(meter.load(at: at(1e6 + 4), queuedImages: 0).utilisation == 0.25)
  }

  /// A step takes 2 s; five are asked for, one is the least: 5 - 4u, to the nearest.
  @Test func aPolicyThatFollowsTheLoadSeesIt() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.policy.steps = LoadSteps(
      minimum: 1, low: 0, high: 1, window: SimulationDuration(seconds: 16))
    let result = try bench.run([
      .init(at: 0, steps: 5),  // nothing before it: five steps, until 10
      .init(at: 20, steps: 5),  // of 16 s it worked 6: 3.5 steps, three, until 26
      .init(at: 26, steps: 5),  // the same from 10 on
      .init(at: 33, steps: 5),  // from 17 on: 12 of 16 s, two steps
    ])
    #expect(result.evaluations == [5, 3, 3, 2] && result.ends == [10, 26, 32, 37])
  }

  /// A node that has failed counts neither as busy nor as there.
  @Test func whatIsDownIsNotThere() throws {
    var bench = Bench()
    (bench.encode, bench.decode, bench.postProcess) = (nil, nil, nil)
    bench.nodes = 2
    bench.conditions = { node, configuration in
      let outage = NodeFailures.Outage(
        start: .zero + SimulationDuration(seconds: 1), repair: SimulationDuration(seconds: 100))
      if node == 1 { configuration.failures = .listed([outage]) }
    }
    bench.policy.steps = LoadSteps(
      minimum: 1, low: 0, high: 1, window: SimulationDuration(seconds: 16))
    let result = try bench.run([.init(at: 4, steps: 5), .init(at: 24, steps: 5)])
    // From 8 to 24 one accelerator was there, and worked until 14.
    #expect(result.evaluations == [5, 3])
  }
}
