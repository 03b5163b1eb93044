/// What a database holds of an experiment.
public struct StoredPart: Sendable {
  /// Whether it is complete.
  public var isComplete: Bool
  /// Its finished runs, as far as this very program made them.
  public var runs: [StoredRun]
  /// What it held that is not this experiment's any more.
  package var replaced: [Replacement] = []
}

/// Stored results whose place new ones take.
package struct Replacement: Hashable, Sendable {
  /// Why they are not what would come out now.
  package enum Reason: Hashable, Sendable {
    /// Another program made them; its identity, nil where it did not say.
    case otherProgram(String?)
    /// They name their trace by a hash that this program does not make.
    case otherTraceHash
  }

  /// Why.
  package var reason: Reason
  /// Runs replaced.
  package var runs: Int
  /// The database that keeps them; nil where they are gone.
  package var keptIn: String?

  /// A replacement from its parts.
  package init(reason: Reason, runs: Int, keptIn: String?) {
    self.reason = reason
    self.runs = runs
    self.keptIn = keptIn
  }

  /// The same reasons and places together, in the order of their first.
  package static func merged(_ list: some Sequence<Replacement>) -> [Replacement] {
    list.reduce(into: []) { merged, one in
      let known = merged.firstIndex { $0.reason == one.reason && $0.keptIn == one.keptIn }
      if let known { merged[known].runs += one.runs } else { merged.append(one) }
    }
  }
}
