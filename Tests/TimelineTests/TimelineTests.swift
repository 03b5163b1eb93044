import Cluster
import Diagnostics
import EventEngine
import Foundation
import LatencyProfiles
import Policies
import Testing
import Timeline
import Workload

/// Traces of small runs, against the format's rules and against schedules known by hand.
@Suite struct TimelineTests {
  private struct Event {
    let phase: String
    let process: Int
    let track: Int
    let start: Double
    let length: Double
    let all: [String: Any]

    init(_ all: [String: Any]) {
      self.all = all
      phase = all["ph"] as? String ?? ""
      process = all["pid"] as? Int ?? -1
      track = all["tid"] as? Int ?? -1
      start = all["ts"] as? Double ?? -1
      length = all["dur"] as? Double ?? 0
    }

    var name: String { all["name"] as? String ?? "" }
    var id: Int { all["id"] as? Int ?? -1 }
    var arguments: [String: Any] { all["args"] as? [String: Any] ?? [:] }
  }

  private struct Trace {
    let events: [Event]
    let other: [String: Any]

    init(_ data: Data) throws {
      let value = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      events = try #require(value?["traceEvents"] as? [[String: Any]]).map(Event.init)
      other = try #require(value?["otherData"] as? [String: Any])
    }

    func named(_ name: String) -> [Event] { events.filter { $0.phase == "X" && $0.name == name } }
  }

  private func device(_ times: [Stage: Double]) -> Device {
    Device(synthetic: times.mapValues { .deterministic($0) })
  }

  /// Encode 1 s, a step 2 s, decode 3 s on the accelerator, post-process 4 s on the CPU; transfers 0.5 s.
  private func cluster(workers: Int = 1, cores: Int = 2) -> ClusterConfiguration {
    ClusterConfiguration(
      nodes: [
        NodeConfiguration(
          name: "a \"node\"\n", accelerators: workers,
          accelerator: device([.encode: 1, .denoise: 2, .decode: 3]), cores: cores,
          cpu: device([.encode: 1, .decode: 3, .postProcess: 4]),
          link: Link(bytesPerSecond: .infinity, latency: SimulationDuration(seconds: 0.5)))
      ], binding: .central)
  }

  private func stream(_ arrivals: [(at: Double, steps: Int, images: Int)]) -> QueryStream {
    QueryStream(
      queries: arrivals.enumerated().map { index, a in
        Query(
          id: QueryID(rawValue: Int32(index)), arrival: SimulationTime(seconds: a.at),
          slo: SimulationDuration(seconds: 20), model: ModelID(rawValue: 0),
          size: ImageSize(height: 512, width: 512), images: a.images, steps: a.steps)
      }, models: ["m"])
  }

  private func trace(
    _ cluster: ClusterConfiguration, _ stream: QueryStream, _ policy: PolicySet,
    _ options: TimelineOptions = TimelineOptions()
  ) throws -> (trace: Trace, timeline: Timeline) {
    let path = NSTemporaryDirectory() + "/timeline-" + UUID().uuidString + ".json"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let times = try ServiceTimes(
      cluster: cluster, shapes: stream.shapes, guidance: true, maximumBatch: 8,
      placement: policy.placement)
    var simulation = ClusterSimulation(
      cluster: cluster, stream: stream, policy: policy, times: times, seed: 1,
      observer: try Timeline(to: path, of: cluster, policy: policy.name, options: options))
    let timeline = try #require(simulation.run() as? Timeline)
    try timeline.check()
    let data = try #require(FileManager.default.contents(atPath: path))
    return (try Trace(data), timeline)
  }

  private func policy(
    _ batching: any BatchFormation = NoBatching(), _ pipelining: Pipelining = .none,
    placement: Placement = Placement()
  ) -> PolicySet {
    PolicySet(
      name: "p<\"", steps: FixedSteps(), dispatcher: RoundRobin(),
      discipline: FirstComeFirstServed(), admission: AcceptAll(), batching: batching,
      pipelining: pipelining, placement: placement)
  }

  @Test func aScheduleKnownByHand() throws {
    let trace = try trace(
      cluster(), stream([(0, 2, 1), (1, 1, 1)]), policy()
    ).trace
    // 0: encode 0-1, steps 1-3-5, decode 5-8, transfer 8-8.5, post-process 8.5-12.5; then the second.
    func times(_ name: String) -> [[Double]] {
      trace.named(name).map { [$0.start / 1e6, ($0.start + $0.length) / 1e6] }
    }
    #expect(times("encode") == [[0, 1], [12.5, 13.5]])
    #expect(times("denoise") == [[1, 3], [3, 5], [13.5, 15.5]])
    #expect(times("decode") == [[5, 8], [15.5, 18.5]])
    #expect(times("transfer to post-process") == [[8, 8.5], [18.5, 19]])
    #expect(times("post-process") == [[8.5, 12.5], [19, 23]])
    // Batches enclose the accelerator's work.
    let edges = trace.events.filter { ["B", "E"].contains($0.phase) }.map {
      "\($0.phase)\($0.start / 1e6)"
    }
    #expect(edges == ["B0.0", "E8.0", "B12.5", "E18.5"])
    // One waits from its arrival at 1 until 12.5.
    let queue = trace.events.filter { $0.phase == "C" }.map {
      [$0.start / 1e6, $0.arguments["queries"] as? Double ?? -1]
    }
    #expect(queue == [[0, 1], [0, 0], [1, 1], [12.5, 0]])
    // Arrows: encode, first step, decode, transfer, post-process.
    let arrows = trace.events.filter { "stf".contains($0.phase) && $0.id == 0 }
    #expect(arrows.map(\.phase).joined() == "stttf")
    #expect(arrows.map { $0.start / 1e6 } == [0, 1, 5, 8, 8.5])
    let query = try #require(trace.events.first { $0.phase == "b" && $0.id == 1 })
    #expect(query.start == 1e6)
    #expect(query.arguments["on_time"] as? Bool == false)
    #expect(query.arguments["latency_s"] as? Double == 22)
    let names = trace.events.filter { $0.name == "process_name" }.map {
      $0.arguments["name"] as? String ?? ""
    }
    #expect(names == ["cluster: p<\"", "node 1: a \"node\"\n"])
  }

  /// The format's rules: slices of a track nest, begins and ends pair, arrows start and end inside slices.
  private func check(_ trace: Trace, queries: Int) {
    var tracks: [[Int]: [Event]] = [:]
    for event in trace.events {
      #expect(["M", "X", "B", "E", "C", "b", "e", "s", "t", "f"].contains(event.phase))
      #expect(event.phase == "M" || event.start >= 0)
      if "XBE".contains(event.phase) {
        tracks[[event.process, event.track], default: []].append(event)
      }
    }
    for (track, events) in tracks {
      var free = 0.0
      var open: Double?
      var last = 0.0
      for event in events {
        #expect(event.start >= last, "track \(track) goes back in time")
        last = event.start
        switch event.phase {
        case "X":
          #expect(event.length >= 0 && event.start >= free - 1e-6, "slices of \(track) overlap")
          free = event.start + event.length
        case "B":
          #expect(open == nil)
          open = event.start
        default:
          #expect(event.start >= free - 1e-6, "a batch of \(track) ends before its work")
          #expect(open != nil)
          open = nil
        }
      }
      #expect(open == nil, "a batch is left open")
    }
    let arrows = Dictionary(grouping: trace.events.filter { "stf".contains($0.phase) }, by: \.id)
    for (id, events) in arrows {
      #expect(events.first?.phase == "s" && events.last?.phase == "f", "arrow \(id)")
      #expect(events.dropFirst().dropLast().allSatisfy { $0.phase == "t" })
      for event in events {
        let slices = tracks[[event.process, event.track]] ?? []
        #expect(slices.contains { $0.phase == "X" && $0.start == event.start })
      }
    }
    for phase in ["b", "e"] {
      #expect(trace.events.count { $0.phase == phase } == queries)
    }
  }

  @Test(arguments: [
    (NoBatching() as any BatchFormation, Pipelining.none),
    (StaticBatching(images: 4, wait: SimulationDuration(seconds: 1)), .cpuGPU(buffer: 1)),
    (ContinuousBatching(images: 4), .cpuGPU(buffer: 2)), (ContinuousBatching(images: 4), .none),
  ])
  func everyModeKeepsTheFormatsRules(_ mode: (any BatchFormation, Pipelining)) throws {
    var random = RandomStream(seed: 7, stream: RandomStreamID(rawValue: 9), entity: 1)
    let arrivals = (0..<60).map { index in
      (
        at: Double(index) * 1.5 + random.uniform(), steps: 1 + Int(random.uniform() * 5),
        images: 1 + Int(random.uniform() * 4)
      )
    }
    for placement in [
      Placement(), Placement(encodeOnCPU: true, decodeOnCPU: true),
    ] {
      let policy = policy(mode.0, mode.1, placement: placement)
      let whole = try trace(cluster(workers: 3), stream(arrivals), policy)
      check(whole.trace, queries: 60)
      #expect(whole.trace.events.count == whole.timeline.count)
      let sampled = try trace(
        cluster(workers: 3), stream(arrivals), policy, TimelineOptions(every: 10))
      check(sampled.trace, queries: 6)
      for event in sampled.trace.events where event.phase == "X" {
        let queries = event.arguments["queries"] as? [Int] ?? []
        #expect(!queries.isEmpty && queries.allSatisfy { $0 % 10 == 0 })
      }
    }
  }

  @Test func aLimitIsKeptAndTold() throws {
    let arrivals = (0..<40).map { (at: Double($0), steps: 5, images: 1) }
    let whole = try trace(cluster(workers: 2), stream(arrivals), policy())
    let cut = try trace(
      cluster(workers: 2), stream(arrivals), policy(), TimelineOptions(limit: 200))
    // What had begun is ended: two batches and the arrows of at most two queries in service.
    #expect((200...200 + 2 + 2 * 6).contains(cut.trace.events.count))
    #expect(cut.timeline.leftOut > 0)
    check(cut.trace, queries: cut.trace.events.count { $0.phase == "b" })
    #expect(cut.trace.other["events_left_out"] as? Int == cut.timeline.leftOut)
    #expect(whole.trace.other["events_left_out"] as? Int == 0)
  }

  @Test func whatIsNoTimelineIsLeftAlone() throws {
    let path = NSTemporaryDirectory() + "/timeline-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "name: scenario\n".write(toFile: path, atomically: true, encoding: .utf8)
    let error = try #require(throws: InputError.self) {
      try Timeline(to: path, of: cluster(), policy: "p")
    }
    #expect(error.exitCode == 73)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "name: scenario\n")
    // Nor what a link leads to.
    let link = path + ".json"
    defer { try? FileManager.default.removeItem(atPath: link) }
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    #expect(throws: InputError.self) { try Timeline(to: link, of: cluster(), policy: "p") }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "name: scenario\n")
    // An earlier one stays until the next has something to say.
    let old = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[]}"
    try old.write(toFile: path, atomically: true, encoding: .utf8)
    _ = try Timeline(to: path, of: cluster(), policy: "p")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == old)
  }

  @Test func aFullDiskIsTold() throws {
    let stream = stream([(0, 2, 1)])
    let policy = policy()
    let times = try ServiceTimes(
      cluster: cluster(), shapes: stream.shapes, guidance: true, maximumBatch: 8,
      placement: policy.placement)
    var simulation = ClusterSimulation(
      cluster: cluster(), stream: stream, policy: policy, times: times, seed: 1,
      observer: try Timeline(to: "/dev/full", of: cluster(), policy: "p"))
    let timeline = try #require(simulation.run() as? Timeline)
    let error = try #require(throws: InputError.self) { try timeline.check() }
    #expect(error.exitCode == 74)
    let kind = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type]
    #expect(kind as? FileAttributeType == .typeCharacterSpecial, "a device stays one")
  }

  @Test func aFileThatCannotBeMadeIsToldAtOnce() throws {
    let error = try #require(throws: InputError.self) {
      try Timeline(to: "/nowhere/at/all.json", of: cluster(), policy: "p")
    }
    #expect(error.exitCode == 73)
  }
}
