import Foundation

/// What a reader of an experiment's results must know: a fact with its figures. ``NoteText`` makes sentences of it.
///
/// The code of a case never changes: databases keep it.
package enum Note: Hashable, Sendable, Codable {
  // What was replayed.
  case traceRows(format: String, inFile: Int, replayed: Int, skipped: [Skipped])
  case rowsOutOfOrder(count: Int)
  /// What reading or changing a trace made of it.
  case trace(remark: String)
  case modelsIgnored(count: Int, model: String)
  // What load they offer.
  case loadReached(load: Double, method: LoadMethod, factor: Double, capacity: Double)
  case loadOffered(load: Double, capacity: Double)
  case loadRealised(mean: Double, least: Double, largest: Double, replications: Int)
  case burst(queries: Int, spanSeconds: Double)
  case beyondCapacity
  case unequalWorkers
  // What times rest on.
  case latencies(uses: [String], provenance: String, profile: String, origin: [String])
  case sizesScaled(profile: String, model: String, size: String, from: String, others: Int)
  case probesFree(nodes: [String])
  case probesCost(microseconds: Double, isOnHost: Bool)
  case cpuTask(stage: String, cores: Int, speedup: Double)
  case noPostProcessing(nodes: [String])
  case weightsLoadAtOnce
  case memory(model: String, weightsGB: Double, source: String, activationsGB: Double, size: String)
  // What quality rests on.
  case latents(table: Latents)
  case perceptualScore(residual: Double, least: Double, largest: Double)
  case qualityKept(marginPercent: Double, convergence: Double, steps: Int, floor: Double?)
  case otherSizes(count: Int, of: Int)
  case otherModels(count: Int)
  // What has no effect, or comes last.
  case noEffect(path: String, reason: String)
  case neverPlans(policy: String, firstSeconds: Double)
  case sameFigures(policy: String, other: String, change: String?)
  case unlistedClasses(names: [String])
  case queriesWithoutClass
  // What replications say.
  case intervals(arrivals: Arrivals, othersVary: [String])
  case precision(result: PrecisionReached)
  case noWarmupFound(count: Int, of: Int)
  case neverEnded(queries: Int)
  case storedRuns(replications: String)
  case servedLive
  case liveRunCut(policy: String, run: Int, completed: Int, offered: Int)
  // What this program cannot read: of an older one, which stored sentences, or of a newer one.
  case sentence(text: String)
  case unknown(code: String, severity: Severity, arguments: String)

  /// The codes.
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case traceRows = "trace-rows"
    case rowsOutOfOrder = "rows-out-of-order"
    case trace
    case modelsIgnored = "models-ignored"
    case loadReached = "load-reached"
    case loadOffered = "load-offered"
    case loadRealised = "load-realised"
    case burst
    case beyondCapacity = "beyond-capacity"
    case unequalWorkers = "unequal-workers"
    case latencies
    case sizesScaled = "sizes-scaled"
    case probesFree = "looks-free"
    case probesCost = "looks-cost"
    case cpuTask = "cpu-task"
    case noPostProcessing = "no-post-processing"
    case weightsLoadAtOnce = "weights-load-at-once"
    case memory
    case latents
    case perceptualScore = "perceptual-score"
    case qualityKept = "quality-kept"
    case otherSizes = "other-sizes"
    case otherModels = "other-models"
    case noEffect = "no-effect"
    case neverPlans = "never-plans"
    case sameFigures = "same-figures"
    case unlistedClasses = "unlisted-classes"
    case queriesWithoutClass = "queries-without-class"
    case intervals
    case precision
    case noWarmupFound = "no-warmup-found"
    case neverEnded = "never-ended"
    case storedRuns = "stored-runs"
    case servedLive = "served-live"
    case liveRunCut = "live-run-cut"
    case sentence
    case unknown
  }

  /// How much a note takes from what results show.
  package enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
    /// It spoils a conclusion.
    case invalidates
    /// It limits one.
    case caution
    /// It says where figures are from.
    case information
  }

  /// What a note is about.
  package enum Subject: Hashable, Sendable {
    case experiment
    case policy(String)
  }

  /// Rows of a trace that were left out.
  package struct Skipped: Hashable, Sendable, Codable {
    package let count: Int
    package let reason: String

    package init(count: Int, reason: String) {
      self.count = count
      self.reason = reason
    }
  }

  /// How arrivals were brought to a load.
  package enum LoadMethod: String, Hashable, Sendable, Codable {
    case rates
    case compression
    /// Each replication of a trace by its own rows: resampled, or superposed.
    case ownCompression
    case ownSuperposition
  }

  /// What makes arrivals of replications differ.
  package enum Arrivals: Hashable, Sendable, Codable {
    case drawn
    case blocks(seconds: Double)
    case shifts
    case fixed
  }

  /// A trajectory table.
  package struct Latents: Hashable, Sendable, Codable {
    package let isSynthetic: Bool
    package let prompts: Int
    package let model: String
    package let height: Int
    package let width: Int
    package let provenance: String

    package init(
      isSynthetic: Bool, prompts: Int, model: String, height: Int, width: Int, provenance: String
    ) {
      self.isSynthetic = isSynthetic
      self.prompts = prompts
      self.model = model
      self.height = height
      self.width = width
      self.provenance = provenance
    }
  }

  /// What came of a precision that was asked for; shares, not per cent.
  package struct PrecisionReached: Hashable, Sendable, Codable {
    package let goal: Double
    package let replications: Int
    /// The widest interval; nil where no headline metric has one.
    package let widest: Widest?
    /// Policies whose violations too few replications show: their ratio is not known to any precision.
    package let violationsUnknown: [String]

    package struct Widest: Hashable, Sendable, Codable {
      package let metric: String
      package let policy: String
      package let relative: Double
      /// Replications that would take it to the goal.
      package let needed: Int

      package init(metric: String, policy: String, relative: Double, needed: Int) {
        self.metric = metric
        self.policy = policy
        self.relative = relative
        self.needed = needed
      }
    }

    package init(
      goal: Double, replications: Int, widest: Widest?, violationsUnknown: [String] = []
    ) {
      self.violationsUnknown = violationsUnknown
      self.goal = goal
      self.replications = replications
      self.widest = widest
    }
  }
}

extension Note {
  /// What it is about.
  package var subject: Subject {
    switch self {
    case .neverPlans(let policy, _), .sameFigures(let policy, _, _),
      .liveRunCut(let policy, _, _, _):
      .policy(policy)
    default: .experiment
    }
  }

  /// How much it takes from what results show.
  package var severity: Severity {
    switch self {
    case .neverEnded, .liveRunCut, .noWarmupFound: .invalidates
    case .traceRows(_, _, _, let skipped): skipped.isEmpty ? .information : .caution
    case .latents(let latents): latents.isSynthetic ? .caution : .information
    case .precision(let reached):
      reached.widest.map { $0.relative <= reached.goal } ?? false
        && reached.violationsUnknown.isEmpty ? .information : .caution
    case .rowsOutOfOrder, .modelsIgnored, .burst, .beyondCapacity, .unequalWorkers, .sizesScaled,
      .probesFree, .noPostProcessing, .weightsLoadAtOnce, .otherSizes, .otherModels, .noEffect,
      .neverPlans, .sameFigures, .unlistedClasses, .queriesWithoutClass, .sentence:
      .caution
    case .unknown(_, let severity, _): severity
    case .trace, .loadReached, .loadOffered, .loadRealised, .latencies, .probesCost, .cpuTask,
      .memory, .perceptualScore, .qualityKept, .intervals, .storedRuns, .servedLive:
      .information
    }
  }
}

extension [Note] {
  /// What spoils a conclusion first, what says where figures are from last.
  package var gravestFirst: [Note] {
    Note.Severity.allCases.flatMap { severity in filter { $0.severity == severity } }
  }
}
