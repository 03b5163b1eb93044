package import Cluster
package import EventEngine
import Workload

/// Nirvana's approximate caching: a prompt that is like one served before starts from that one's latent, k steps in.
///
/// Taken: k by similarity s on a schedule of 50 steps (s > 0.95: 25; 0.9: 20; 0.85: 15; 0.75: 10; 0.65: 5; else none;
/// scaled for other schedules), eviction of the least computationally beneficial and frequently used prompt (``PromptCache``),
/// and the time of a lookup, charged to the accelerator. The similarity model is ours: prompts of one id are variations
/// of a theme, and a query's similarity to what is cached of its theme is 1 - spread x u, u uniform by query (Assumed); other
/// themes are of no use to it. Simplified: the quality of a start from a neighbour's latent is not judged (the paper finds
/// no loss); all latents of a prompt are cached together; no predictor of misses.
package struct ApproximateCaching: StepPolicy {
  static let entry = PolicyEntry(
    .steps, "approximate-caching",
    summary: "skips the first steps of a prompt that is like one served before",
    reference:
      "Agarwal et al., Approximate Caching for Efficiently Serving Diffusion Models, NSDI 2024",
    parameters: [
      PolicyParameter(
        "capacity", .integer(1...10_000_000), default: .integer(500),
        "prompts in the cache (Assumed; published code: 10 000 latents, five a prompt)"),
      PolicyParameter(
        "spread", .number(0...1), default: .number(0.5),
        "similarities within a theme lie between 1 - spread and 1 (Assumed)"),
      PolicyParameter(
        "lookup", .duration, default: .duration(SimulationDuration(seconds: 0.01)),
        "time to find and fetch a latent (Assumed)"),
    ]
  ) {
    .success(
      .steps(
        ApproximateCaching(
          capacity: $0.integer("capacity"), spread: $0.number("spread"),
          lookup: $0.duration("lookup"))))
  }

  static let preset = PolicyPreset(
    "nirvana", summary: "steps skipped for prompts like those served before",
    reference: entry.reference ?? "",
    parts: [.steps: "approximate-caching"])

  /// Most prompts that are cached.
  package let capacity: Int
  let spread: Double
  let lookup: SimulationDuration
  private var cache: PromptCache

  /// An empty cache; `spread` in 0...1.
  package init(capacity: Int, spread: Double, lookup: SimulationDuration) {
    self.capacity = capacity
    self.spread = spread
    self.lookup = lookup
    cache = PromptCache(capacity: capacity)
  }

  /// What is done goes into the cache.
  package var requirements: StepRequirements {
    StepRequirements(decidesAfterDecode: true, cachedPrompts: capacity)
  }

  /// Skips what the cache allows.
  package mutating func plan(_ query: QueryView, _ context: StepContext) -> StepPlan {
    guard cache.contains(query.promptSeed) else {
      return StepPlan(evaluations: query.requestedSteps, overhead: lookup)
    }
    let skipped = Self.skippedSteps(similarity: similarity(query)) * query.requestedSteps / 50
    cache.use(query.promptSeed, steps: skipped)
    return StepPlan(
      evaluations: max(query.requestedSteps - skipped, 1), firstStep: skipped, overhead: lookup)
  }

  /// Caches the prompt.
  package mutating func afterDecode(_ query: QueryView, _ context: StepContext) -> DecodeDecision {
    cache.insert(query.promptSeed)
    return .complete
  }

  /// Steps of 50 that a similarity is worth.
  static func skippedSteps(similarity: Double) -> Int {
    let table = [(0.95, 25), (0.9, 20), (0.85, 15), (0.75, 10), (0.65, 5)]
    return table.first { similarity > $0.0 }?.1 ?? 0
  }

  private func similarity(_ query: QueryView) -> Double {
    var random = RandomStream(
      seed: query.promptSeed, stream: .similarity, entity: UInt64(query.id.rawValue))
    return 1 - spread * random.uniform()
  }
}

extension RandomStreamID {
  /// How like a query is to what is cached of its theme.
  static let similarity = RandomStreamID(rawValue: 403)
}
