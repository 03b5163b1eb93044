import Cluster
import EventEngine
import LatencyProfiles
import Policies
import Testing
import Workload

/// What drop-hopeless turns away: what would be late, and nothing else.
@Suite struct AdmissionTests {
  let second = SimulationDuration(seconds: 1)

  @Test func acceptsWhatFinishesOnTheDeadlineAndNotAfter() throws {
    // Ten steps on the fast worker: finished at 100.1 s.
    let situation = try Situation(nodes: [0, 1])
    let policy = DropHopeless(margin: .zero)
    let early = QueryView.make(deadline: 100.1)
    #expect(policy.admit(early, situation.view) == .accept)
    var late = early
    late.deadline = early.deadline - SimulationDuration(nanoseconds: 1)
    #expect(policy.admit(late, situation.view) == .drop(.hopelessAtArrival))
    let patient = DropHopeless(margin: SimulationDuration(nanoseconds: 1))
    #expect(patient.admit(late, situation.view) == .accept)
    #expect(AcceptAll().admit(late, situation.view) == .accept)
  }

  @Test func countsTheWorkAheadAndOnlyWorkersThatTakeTheQuery() throws {
    var situation = try Situation(nodes: [0, 1])
    let policy = DropHopeless(margin: .zero)
    situation.workers[1].queuedWork = second
    #expect(policy.admit(.make(deadline: 100.2), situation.view) == .accept, "the slow one is free")
    #expect(policy.admit(.make(deadline: 100.19), situation.view) == .drop(.hopelessAtArrival))
    situation.workers[0].isActive = false
    #expect(policy.admit(.make(deadline: 101.09), situation.view) == .drop(.hopelessAtArrival))
    #expect(policy.admit(.make(deadline: 101.1), situation.view) == .accept)
    situation.workers[1].isActive = false
    #expect(policy.admit(.make(deadline: 1e6), situation.view) == .drop(.hopelessAtArrival))
  }

  /// The work in a central queue is shared by the workers.
  @Test func sharesCentralWork() throws {
    var situation = try Situation(nodes: [1, 1])
    situation.centralWork = second
    let policy = DropHopeless(margin: .zero)
    #expect(policy.admit(.make(deadline: 100.6), situation.view) == .accept)
    #expect(policy.admit(.make(deadline: 100.599), situation.view) == .drop(.hopelessAtArrival))
  }

  @Test func recheckComparesTheFinishWithTheDeadline() {
    let policy = DropHopeless(margin: second)
    let query = QueryView.make(deadline: 101)
    #expect(policy.rechecksBeforeService && !AcceptAll().rechecksBeforeService)
    #expect(policy.isWorthwhile(query, finish: SimulationTime(seconds: 102)))
    #expect(!policy.isWorthwhile(query, finish: SimulationTime(nanoseconds: 102_000_000_001)))
  }

  /// With times that predictions know exactly, one worker and no batching, nothing that is served is
  /// late, and whatever is dropped would have been.
  @Test(arguments: [QueueBinding.central, .perWorker(stealing: false)])
  func dropsExactlyWhatIsLate(_ binding: QueueBinding) throws {
    let cluster = ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "one", accelerators: 1,
          accelerator: Device(synthetic: [.denoise: .deterministic(0.01)]), cores: 1,
          cpu: Device(synthetic: [:]), link: Link(bytesPerSecond: .infinity, latency: .zero))
      ], binding: binding)
    let stream = randomStream(300, seed: 12, meanGap: 0.03)
    let policy = try policySet([.named(.admission, "drop-hopeless"), .named(.batching, "none")])
    let run = try simulate(stream, on: cluster, under: policy)
    var free = SimulationTime.zero
    var expected: [Bool] = []
    for query in stream {
      let finish =
        max(free, query.arrival) + SimulationDuration(nanoseconds: 10_000_000) * Int(query.steps)
      expected.append(finish <= query.deadline)
      if finish <= query.deadline { free = finish }
    }
    let records = run.records.sorted { $0.query.id < $1.query.id }
    #expect(records.map { $0.outcome == .completed } == expected)
    #expect(records.allSatisfy { $0.outcome != .completed || $0.isOnTime })
    #expect(run.usage.dropped > 10 && run.usage.completed > 10, "both cases occur")
  }
}
