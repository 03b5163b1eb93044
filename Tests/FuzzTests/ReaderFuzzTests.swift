import Diagnostics
import Foundation
import Gzip
import Glibc
import LatencyProfiles
import LatentDynamics
import Scenarios
import Testing
import Workload

/// No spoiled input crashes a reader, holds it up or fills memory: it is read, or refused in one located line.
///
/// `FUZZ_INPUTS` says how many inputs each reader gets, `FUZZ_SEED` from which seed on. The input at work lies in a file
/// named in a crash's last line, until it is done with.
@Suite(.serialized) struct ReaderFuzzTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  private static let environment = ProcessInfo.processInfo.environment
  private static let inputs = environment["FUZZ_INPUTS"].flatMap { Int($0) } ?? 1000
  private static let seed = environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
  /// Seconds that one input may take on a busy machine.
  private static let longest = 10.0
  /// Peak of the process, in KiB, that no reader may need.
  private static let maximumMemory = 2 << 20

  private static func files(_ folder: String, _ suffix: String, under most: Int = 200_000)
    -> [[UInt8]]
  {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted()
      .compactMap {
        FileManager.default.contents(atPath: "\(root)/\(folder)/\($0)").map(Array.init)
      }
      .filter { $0.count < most }
  }

  /// Files with mistakes, of these endings.
  private static func mistaken(_ suffixes: [String]) -> [[UInt8]] {
    suffixes.flatMap { files("Tests/CommandLineTests/BadInputs", $0) }
  }

  /// Feeds a reader; `read` throws what it says of an input. `mistaken` inputs are spoiled, too, but need not be read.
  private func fuzz(
    _ reader: String, _ corpus: [[UInt8]], mistaken: [[UInt8]] = [], extension suffix: String,
    in folder: String = NSTemporaryDirectory(),
    _ read: (_ path: String, _ bytes: [UInt8]) throws -> Void
  ) throws {
    try #require(!corpus.isEmpty, "no corpus for \(reader)")
    var mutator = Mutator(seed: Self.seed)
    let path = folder + "/fuzz-\(reader)-\(getpid())\(suffix)"
    // What is refused unspoiled would be refused for that, whatever is spoiled.
    for input in corpus {
      try Data(input).write(to: URL(filePath: path))
      try read(path, input)
    }
    print("\(reader): the input at work is in \(path)")
    var (refused, slowest) = (0, 0.0)
    for _ in 0..<Self.inputs {
      // One in four starts from a file with a mistake.
      let seeds = mistaken.isEmpty || mutator.number(below: 4) > 0 ? corpus : mistaken
      let input = mutator.spoiled(
        seeds[mutator.number(below: seeds.count)],
        with: corpus[mutator.number(below: corpus.count)])
      try Data(input).write(to: URL(filePath: path))
      let start = ContinuousClock.now
      // What hangs is ended by SIGALRM, with its input at hand.
      alarm(120)
      do {
        try read(path, input)
      } catch let error as InputError {
        refused += 1
        for diagnostic in error.diagnostics {
          let line = diagnostic.description
          #expect(line.contains("error: "), "\(line)")
          #expect(!line.utf8.contains(0x0A) && line.utf8.count < 2000, "\(line)")
        }
        #expect(!error.diagnostics.isEmpty && [64, 65, 66].contains(error.exitCode))
      }
      slowest = max(slowest, (ContinuousClock.now - start) / .seconds(1))
    }
    alarm(0)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print(
      "\(reader): \(Self.inputs) inputs, \(refused) refused, slowest \(Int(slowest * 1000)) ms, "
        + "peak \(usage.ru_maxrss / 1024) MiB")
    #expect(slowest < Self.longest)
    // Among other tests the process's peak is not this one's.
    if Self.environment["FUZZ_INPUTS"] != nil { #expect(usage.ru_maxrss < Self.maximumMemory) }
    // Spoiled inputs that all pass would say that nothing was spoiled.
    #expect(refused > Self.inputs / 10)
    try? FileManager.default.removeItem(atPath: path)
  }

  @Test func scenarios() throws {
    // The trace of one is not shipped.
    let corpus =
      (Self.files("Scenarios", ".yaml") + Self.files("Scenarios/oracles", ".yaml")
      + Self.files("Tests/Benchmarks", ".yaml"))
      .filter { !String(decoding: $0, as: UTF8.self).contains("lora_request_trace.csv") }
    // Beside all that they name, with a small table of latents.
    let files = FileManager.default
    let folder = NSTemporaryDirectory() + "/fuzz-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: folder) }
    for (link, target) in [
      ("a/Traces", "Traces"), ("a/b/Profiles", "Scenarios/Profiles"),
      ("a/b/Latents/sd15-512.table", "Tests/CommandLineTests/Fixtures/small.table"),
      ("a/b/Latents/sd15-mini-64x128.table", "Scenarios/Latents/sd15-mini-64x128.table"),
      ("Scenarios", "a/b"),
    ] {
      let place = URL(filePath: "\(folder)/\(link)")
      try files.createDirectory(
        at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      try files.createSymbolicLink(
        atPath: place.path,
        withDestinationPath: target == "a/b" ? "\(folder)/a/b" : "\(Self.root)/\(target)")
    }
    try fuzz(
      "scenario", corpus, mistaken: Self.mistaken([".yaml"]), extension: ".yaml",
      in: folder + "/a/b"
    ) { path, _ in
      // No test measures the machine that it runs on.
      let own = Self.root + "/Scenarios/Profiles/epyc-zen5-core.json"
      _ = try ScenarioReader(ownProfile: { _, _, _ in own }).read(path: path)
    }
  }

  @Test func profiles() throws {
    try fuzz(
      "profile", Self.files("Scenarios/Profiles", ".json"), mistaken: Self.mistaken([".json"]),
      extension: ".json"
    ) { path, _ in _ = try LatencyProfile.load(path: path) }
  }

  @Test func traces() throws {
    let samples = [
      "arrival_s,steps,height,width,images,model,prompt,slo_s,class\n0,50,512,512,1,sd15,1,5,gold\n1.5,20,768,512,2,sdxl,2,,\"a, b\"\n",
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:15:50.9951690,396,109\n",
      "arrival_s\n0\n0.5\n0.5\n1.25\n",
    ].map { Array($0.utf8) }
    let corpus =
      samples
      + [".csv", ".txt"].flatMap { Self.files("Traces", $0) }.map { trace in
        // Whole lines.
        Array(trace[...(trace.prefix(3000).lastIndex(of: 0x0A) ?? 0)])
      }
    let mistaken = Self.mistaken([".csv", ".tsv", ".txt", ".jsonl", ".gz"])
    try fuzz("trace", corpus, mistaken: mistaken, extension: ".csv") { path, _ in
      _ = try TraceLoader.load(path: path, options: TraceOptions(unpacking: .zlib))
    }
    let counts = ["3\n0\n17\n2\n", "0 12 4\n1\n"].map { Array($0.utf8) }
    try fuzz("counts", counts, mistaken: mistaken, extension: ".txt") { path, _ in
      _ = try TraceLoader.load(
        path: path, format: "counts", options: TraceOptions(unpacking: .zlib))
    }
  }

  @Test func trajectories() throws {
    let whole = try #require(
      FileManager.default.contents(atPath: "\(Self.root)/Scenarios/Latents/sd15-512.table"))
    let end = try #require(whole.firstIndex(of: 0x0A))
    let header = String(decoding: whole[..<end], as: UTF8.self)
    // One prompt of it, and one with two rows promised.
    let row = (whole.count - end - 1) / 1000
    let one = header.replacing("\"prompts\":1000", with: "\"prompts\":1")
    try #require(one != header)
    let body = [0x0A] + Array(whole[(end + 1)...].prefix(row))
    let corpus = [Array(one.utf8) + body]
    try fuzz("trajectory", corpus, extension: ".table") { path, _ in
      _ = try TrajectoryTable.load(path: path)
    }
  }
}
