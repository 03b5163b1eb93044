package import Cluster
package import Diagnostics
package import EventEngine
import Foundation
import LatencyProfiles
import Workload

/// An observer that writes a run as a trace for Perfetto and chrome://tracing while it happens: a process for
/// each node, in it a track for each accelerator (batches, and in them encode, denoising steps, decode), for
/// each core of the CPU pool and for transfers; a counter of waiting queries; arrows along each query.
package struct Timeline: Observer {
  /// What the tracks of a node are numbered from.
  private enum Track {
    static let accelerator = 1
    static let core = 10_000
    static let transfer = 1_000_000
  }

  /// The batch that is open on an accelerator.
  private struct OpenBatch {
    var number: Int32
    var end: SimulationTime
    /// Whether the file holds its beginning.
    var isWritten: Bool
  }

  /// The end of a query's arrow so far. It is written once it is known whether it is the last.
  private struct Flow {
    var process: Int
    var track: Int
    var start: String
    var isStep: Bool
    var hasBegun = false
  }

  private struct Lanes {
    /// When each was last busy.
    var until: [SimulationTime] = []
    /// Those that nothing has been written of.
    var unnamed: Set<Int> = []

    /// The first that is free from `start` on, taken until `end`.
    mutating func take(from start: SimulationTime, until end: SimulationTime) -> Int {
      if let free = until.firstIndex(where: { $0 <= start }) {
        until[free] = end
        return free
      }
      until.append(end)
      unnamed.insert(until.count - 1)
      return until.count - 1
    }
  }

  private let path: String
  private let options: TimelineOptions
  private var writer: TraceEventWriter
  /// Node of each worker.
  private let nodes: [Int]
  private let names: [String]
  private var batches: [OpenBatch?]
  private var cores: [Lanes]
  private var links: [Lanes]
  private var left = 0
  private var queueChanges = 0
  /// Where queries in service were last seen.
  private var flows: [Int32: Flow] = [:]

  /// A timeline of a run in `cluster`, in a file that is made, or that an earlier timeline or nothing fills.
  ///
  /// - Throws: 73 where the file cannot be made, or holds something else.
  package init(
    to path: String, of cluster: ClusterConfiguration, policy: String,
    options: TimelineOptions = TimelineOptions()
  ) throws(InputError) {
    let file = try Self.open(path)
    self.path = path
    self.options = options
    writer = TraceEventWriter(file)
    nodes = cluster.nodes.indices.flatMap { node in
      Array(repeating: node, count: cluster.nodes[node].accelerators)
    }
    names = cluster.nodes.map(\.name)
    batches = Array(repeating: nil, count: nodes.count)
    cores = Array(repeating: Lanes(), count: names.count)
    links = Array(repeating: Lanes(), count: names.count)
    name(process: 0, "cluster: \(policy)")
    name(thread: 0, of: 0, "queue")
    for node in names.indices { name(process: node + 1, "node \(node + 1): \(names[node])") }
    for worker in nodes.indices {
      name(thread: Track.accelerator + worker, of: nodes[worker] + 1, "accelerator \(worker)")
    }
  }

  /// Opens a file where it is: a device or a link stays one.
  private static func open(_ path: String) throws(InputError) -> FileHandle {
    let files = FileManager.default
    if !files.fileExists(atPath: path) { _ = files.createFile(atPath: path, contents: nil) }
    // What a link leads to, not the link.
    let place = URL(filePath: path).resolvingSymlinksInPath().path
    let kind = (try? files.attributesOfItem(atPath: place))?[.type] as? FileAttributeType
    if kind == .typeRegular, let reader = FileHandle(forReadingAtPath: path) {
      defer { try? reader.close() }
      let head = (try? reader.read(upToCount: 64)) ?? nil
      guard head?.isEmpty ?? true || head?.starts(with: TraceEventWriter.head.utf8) ?? true else {
        throw InputError(
          .cannotCreate, at: .init(file: path), "this file is no timeline and is left alone",
          hint: "name another file with --timeline FILE")
      }
    }
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw InputError(
        .cannotCreate, at: .init(file: path), "the timeline cannot be written",
        hint: "name a file in a folder that can be written, with --timeline FILE")
    }
    return file
  }

  /// Needed for all tracks.
  package var wantsSpans: Bool { true }
  /// Needed for the arrows.
  package var wantsMembers: Bool { true }

  /// Writes work, or a transfer.
  package mutating func spanEnded(_ span: Span) {
    let queries = span.members.filter(isSampled)
    let worker = Int(span.worker.rawValue)
    let node = nodes[worker]
    switch span.resource {
    case .accelerator, .weights:
      let isKept = !queries.isEmpty
      open(span, on: worker, isKept: isKept)
      guard isKept, mayBegin() else { return }
      write(span, queries, node: node, track: Track.accelerator + worker)
    case .cpu:
      let core = cores[node].take(from: span.start, until: span.end)
      guard !queries.isEmpty, mayBegin() else { return }
      if cores[node].unnamed.remove(core) != nil {
        name(thread: Track.core + core, of: node + 1, "CPU core \(core)")
      }
      write(span, queries, node: node, track: Track.core + core)
    case .link, .network:
      let lane = links[node].take(from: span.start, until: span.end)
      guard !queries.isEmpty, mayBegin() else { return }
      if links[node].unnamed.remove(lane) != nil {
        name(thread: Track.transfer + lane, of: node + 1, "transfers \(lane)")
      }
      write(span, queries, node: node, track: Track.transfer + lane)
    }
  }

  /// Writes the length of the queue.
  package mutating func queueChanged(waiting: Int, at time: SimulationTime) {
    queueChanges += 1
    guard queueChanges % options.every == 0, mayBegin() else { return }
    let at = TraceEventWriter.microseconds(time.nanoseconds)
    writer.write(
      "\"ph\":\"C\",\"name\":\"queries waiting\",\"pid\":0,\"ts\":\(at),\"args\":{\"queries\":\(waiting)}"
    )
  }

  /// Writes the query as a span of its own, beside the others that are in the system.
  package mutating func queryEnded(_ record: QueryRecord) {
    let number = record.query.id.rawValue
    if let last = flows.removeValue(forKey: number), last.hasBegun {
      write(last, of: number, as: "f")
    }
    guard isSampled(record.query.id), mayBegin() else { return }
    let outcome = TraceEventWriter.quoted(record.outcome.name)
    let arguments =
      "\"outcome\":\(outcome),\"on_time\":\(record.isOnTime),\"images\":\(record.query.images),"
      + "\"evaluations\":\(record.evaluations),\"wait_s\":\(record.wait.seconds),"
      + "\"latency_s\":\(record.latency.seconds)"
    // Asynchronous: queries overlap each other on no track of their own.
    for (phase, time) in [("b", record.query.arrival), ("e", record.end)] {
      let at = TraceEventWriter.microseconds(time.nanoseconds)
      writer.write(
        "\"ph\":\"\(phase)\",\"cat\":\"query\",\"id\":\(number),\"name\":\"query \(number)\",\"pid\":0,"
          + "\"tid\":0,\"ts\":\(at)" + (phase == "b" ? ",\"args\":{\(arguments)}" : ""))
    }
  }

  /// Ends what is open, and the file.
  package mutating func runEnded(_ usage: RunUsage) {
    for worker in batches.indices { close(worker) }
    writer.close(
      "\"otherData\":{\"tool\":\"qosdiff\",\"every\":\(options.every),\"events_left_out\":\(left)}")
  }

  /// Slices, queries and counts that the limit left out.
  package var leftOut: Int { left }

  /// Events written.
  package var count: Int { writer.count }

  /// Tells of a disk that took no more; call it once the run is over.
  ///
  /// - Throws: 74.
  package func check() throws(InputError) {
    guard writer.hasFailed else { return }
    throw InputError(
      .cannotWrite, at: .init(file: path), "the timeline could not be written to its end",
      hint: "see to space, or take a part of it with --timeline-every or --timeline-limit")
  }

  private func isSampled(_ query: QueryID) -> Bool { Int(query.rawValue) % options.every == 0 }

  /// Whether something new may begin; counts it as left out where not. What has begun is always ended.
  private mutating func mayBegin() -> Bool {
    guard let limit = options.limit, writer.count >= limit else { return true }
    left += 1
    return false
  }

  private mutating func write(_ span: Span, _ queries: [QueryID], node: Int, track: Int) {
    let start = TraceEventWriter.microseconds(span.start.nanoseconds)
    let length = TraceEventWriter.microseconds((span.end - span.start).nanoseconds)
    let title =
      switch span.resource {
      case .link: "transfer to \(span.stage.rawValue)"
      case .network: "to another node's \(span.stage.rawValue)"
      case .weights: "weights"
      case .accelerator, .cpu: span.stage.rawValue
      }
    let place = "\"pid\":\(node + 1),\"tid\":\(track),\"ts\":\(start)"
    writer.write(
      "\"ph\":\"X\",\"name\":\"\(title)\",\"cat\":\"\(span.stage.rawValue)\",\(place),\"dur\":\(length),"
        + "\"args\":{\"images\":\(span.images),\"queries\":[\(queries.map { "\($0.rawValue)" }.joined(separator: ","))]}"
    )
    let isStep = span.resource == .accelerator && span.stage == .denoise
    for query in queries {
      let here = Flow(process: node + 1, track: track, start: start, isStep: isStep)
      advance(query.rawValue, to: here)
    }
  }

  /// An arrow leads from stage to stage, not from step to step.
  private mutating func advance(_ query: Int32, to flow: Flow) {
    var flow = flow
    if let last = flows[query] {
      if last.isStep, flow.isStep, last.track == flow.track { return }
      write(last, of: query, as: last.hasBegun ? "t" : "s")
      flow.hasBegun = true
    }
    flows[query] = flow
  }

  private mutating func write(_ flow: Flow, of query: Int32, as phase: String) {
    writer.write(
      "\"ph\":\"\(phase)\",\"name\":\"query\",\"cat\":\"query\",\"id\":\(query),\"pid\":\(flow.process),"
        + "\"tid\":\(flow.track),\"ts\":\(flow.start)" + (phase == "f" ? ",\"bp\":\"e\"" : ""))
  }

  /// Sees to the batch that a span belongs to.
  private mutating func open(_ span: Span, on worker: Int, isKept: Bool) {
    if let batch = batches[worker], batch.number == span.batch {
      batches[worker]?.end = span.end
      return
    }
    close(worker)
    let isWritten = isKept && mayBegin()
    batches[worker] = OpenBatch(number: span.batch, end: span.end, isWritten: isWritten)
    guard isWritten else { return }
    let at = TraceEventWriter.microseconds(span.start.nanoseconds)
    writer.write(
      "\"ph\":\"B\",\"name\":\"batch \(span.batch)\",\"cat\":\"batch\",\"pid\":\(nodes[worker] + 1),"
        + "\"tid\":\(Track.accelerator + worker),\"ts\":\(at)")
  }

  private mutating func close(_ worker: Int) {
    guard let batch = batches[worker] else { return }
    batches[worker] = nil
    guard batch.isWritten else { return }
    let at = TraceEventWriter.microseconds(batch.end.nanoseconds)
    writer.write(
      "\"ph\":\"E\",\"pid\":\(nodes[worker] + 1),\"tid\":\(Track.accelerator + worker),\"ts\":\(at)"
    )
  }

  private mutating func name(process: Int, _ title: String) {
    writer.write(
      "\"ph\":\"M\",\"name\":\"process_name\",\"pid\":\(process),\"args\":{\"name\":\(TraceEventWriter.quoted(title))}"
    )
    writer.write(
      "\"ph\":\"M\",\"name\":\"process_sort_index\",\"pid\":\(process),\"args\":{\"sort_index\":\(process)}"
    )
  }

  private mutating func name(thread: Int, of process: Int, _ title: String) {
    writer.write(
      "\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":\(process),\"tid\":\(thread),\"args\":{\"name\":\(TraceEventWriter.quoted(title))}"
    )
    writer.write(
      "\"ph\":\"M\",\"name\":\"thread_sort_index\",\"pid\":\(process),\"tid\":\(thread),\"args\":{\"sort_index\":\(thread)}"
    )
  }
}
