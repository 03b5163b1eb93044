import Testing

@testable import Results

/// Notes are values: what a database keeps of one gives it back, and words are made of it last.
@Suite struct NoteTests {
  /// One of each code.
  static let all: [Note] = [
    .traceRows(
      format: "native", inFile: 3, replayed: 2, skipped: [.init(count: 1, reason: "outside")]),
    .rowsOutOfOrder(count: 1), .trace(remark: "moved to 0"),
    .modelsIgnored(count: 2, model: "sd15"),
    .loadReached(load: 0.8, method: .ownSuperposition, factor: 70.5, capacity: 4.25),
    .loadOffered(load: 0.5, capacity: 4), .burst(queries: 3, spanSeconds: 0),
    .loadRealised(mean: 0.8, least: 0.7, largest: .infinity, replications: 10), .beyondCapacity,
    .unequalWorkers,
    .latencies(uses: ["gpu"], provenance: "published", profile: "p", origin: ["A100", "paper"]),
    .sizesScaled(profile: "p", model: "m", size: "64x64", from: "8x8", others: 1),
    .probesFree(nodes: ["a", "b"]), .probesCost(microseconds: 3.5, isOnHost: true),
    .cpuTask(stage: "decode", cores: 4, speedup: 2.5), .noPostProcessing(nodes: ["a"]),
    .weightsLoadAtOnce,
    .memory(model: "m", weightsGB: 1, source: "", activationsGB: 0.5, size: "64x64"),
    .latents(
      table: .init(
        isSynthetic: true, prompts: 9, model: "m", height: 64, width: 64, provenance: "\"q\"")),
    .perceptualScore(residual: 0.1, least: 0.2, largest: 0.3),
    .qualityKept(marginPercent: 2, convergence: 0.9, steps: 25, floor: nil),
    .otherSizes(count: 1, of: 2), .otherModels(count: 3), .noEffect(path: "a.b", reason: "so"),
    .neverPlans(policy: "p", firstSeconds: 9),
    .sameFigures(policy: "p", other: "q", change: "finish: jump"),
    .unlistedClasses(names: ["a", "b", "c", "d", "e", "f"]), .queriesWithoutClass,
    .intervals(arrivals: .blocks(seconds: 600), othersVary: ["prompts"]),
    .precision(
      result: .init(
        goal: 0.02, replications: 20,
        widest: .init(metric: "m", policy: "p", relative: 0.1, needed: 500))),
    .noWarmupFound(count: 1, of: 3), .neverEnded(queries: 4), .storedRuns(replications: "0-9"),
    .servedLive, .liveRunCut(policy: "p", run: 1, completed: 2, offered: 3),
    .sentence(text: "as an older program said"),
  ]

  @Test(arguments: all) func aNoteComesBackFromWhatIsKept(_ note: Note) {
    let stored = StoredNote(note)
    #expect(stored.note == note)
    #expect(
      StoredNote(code: stored.code, severity: .caution, arguments: stored.arguments).note == note)
    let text = "\(NoteText(note))"
    #expect(!text.isEmpty && !text.contains("\n") && !text.contains("Optional"))
  }

  /// Each code once, in the form of a database's words.
  @Test func codesAreDistinctWords() {
    let codes = Self.all.map(\.code)
    #expect(Set(codes).count == codes.count)
    for code in codes { #expect(code.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(code)") }
  }

  /// A code of a newer program is shown as it is, keeps its severity, and is stored unchanged.
  @Test(arguments: [
    ("flux-capacitor", "{\"watts\":1}"), ("beyond-capacity", "3"), ("load-offered", "{\"load\":1}"),
  ]) func whatIsNotKnownIsKept(code: String, arguments: String) {
    let stored = StoredNote(code: code, severity: .invalidates, arguments: arguments)
    #expect(stored.note == .unknown(code: code, severity: .invalidates, arguments: arguments))
    #expect(StoredNote(stored.note) == stored && stored.note.severity == .invalidates)
    #expect("\(NoteText(stored.note))".contains(code))
  }

  static let ofMetrics: [MetricNote] =
    [
      .unsteady, .grows, .baselineUnsteady, .baselineInfinite, .baselineHasNone, .noneHere,
      .infinite(dropped: 0.125, replications: 1, of: 2),
      .neverSeen(event: .imageBelowFloor, replications: 5, busyPeriods: 100),
      .neverSeen(event: .violation, replications: 5, busyPeriods: nil),
      .alwaysSeen(event: .violation, replications: 5),
      .tooFew(least: 1000, of: .completions), .sentence(text: "none: so it was"),
    ] + MetricNote.Missing.allCases.map { .missing(reason: $0) }

  @Test(arguments: ofMetrics) func aMetricsNoteComesBackFromWhatIsKept(_ note: MetricNote) {
    let stored = note.stored
    #expect(MetricNote(code: stored.code, arguments: stored.arguments, text: "") == note)
    let text = MetricNoteText(note)
    #expect(!text.description.isEmpty && !text.description.contains("Optional"))
    for cell in [text.cell, text.ratioCell] { #expect((1...24).contains(cell.count), "\(cell)") }
  }

  @Test func aMetricsNoteOfAnotherProgramIsKept() {
    let newer = MetricNote(code: "warp", arguments: "{}", text: "engaged")
    #expect(newer == .unknown(code: "warp", arguments: "{}") && newer?.code == "warp")
    #expect(
      MetricNote(code: nil, arguments: nil, text: "none: old") == .sentence(text: "none: old"))
    #expect(MetricNote(code: nil, arguments: nil, text: nil) == nil)
  }
}
