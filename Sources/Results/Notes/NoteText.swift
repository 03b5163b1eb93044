import Foundation

/// The sentence that says a note; the only place where notes become words. Nothing reads them again.
package struct NoteText: CustomStringConvertible, Sendable {
  private let note: Note

  package init(_ note: Note) { self.note = note }

  /// The sentence, without a full stop.
  package var description: String {
    switch note {
    case .traceRows(let format, let inFile, let replayed, let skipped):
      "trace (\(format)): \(inFile) rows = \(replayed) replayed"
        + skipped.map { " + \($0.count) skipped (\($0.reason))" }.joined()
    case .rowsOutOfOrder(let count): "\(count) rows out of order were sorted, stably"
    case .trace(let remark): remark
    case .modelsIgnored(let count, let model):
      "\(count) base models of the trace are replayed as \(model)"
    case .loadReached(let load, let method, let factor, let capacity):
      "load \(load): \(Self.how(method, Self.round(factor))); the baseline's capacity is "
        + "\(Self.round(capacity)) query/s at its batch limit"
    case .loadOffered(let load, let capacity):
      "offered load \(Self.round(load)) of the baseline's capacity of \(Self.round(capacity)) query/s"
    case .loadRealised(let mean, let least, let largest, let replications):
      String(
        format: "load realised: %.4g, from %.4g to %.4g in %ld replications", mean, least, largest,
        replications)
    case .burst(let queries, let span): Self.burst(queries, span)
    case .beyondCapacity:
      "this is all that the baseline can take, or more: its queue cannot settle unless it drops queries"
    case .unequalWorkers:
      "workers are unequal: the capacity is an upper bound for dispatchers that ignore speed"
    case .latencies(let uses, let provenance, let profile, let origin):
      "latencies of \(uses.joined(separator: ", ")): \(provenance), \(profile) "
        + "(\(origin.joined(separator: "; ")))"
    case .sizesScaled(let profile, let model, let size, let from, let others):
      "\(profile) lacks \(model) \(size)\(others > 0 ? " and \(others) more" : ""): derived there, scaled "
        + "from the nearest size (\(from) for \(model) \(size)) by the operators' FLOPs and bytes"
    case .probesFree(let nodes):
      "looks at latents cost nothing on \(nodes.joined(separator: ", ")): no profile there has "
        + "the entropy's time ('qosdiff bench' measures it)"
    case .probesCost(let microseconds, let isOnHost):
      "a look at a latent holds its worker up for \(Self.round(microseconds)) us an image "
        + "(measured\(isOnHost ? ", on the host, hand-off included" : ""))"
    case .cpuTask(let stage, let cores, let speedup):
      "\(stage) on a CPU pool: a task takes \(cores) \(cores == 1 ? "core" : "cores"), and "
        + (speedup == 1
          ? "as long as its profile says"
          : "\(Self.round(1 / speedup)) times as long as its profile says")
    case .noPostProcessing(let nodes):
      "no cpu times for \(nodes.joined(separator: ", ")): post-processing takes no time there"
    case .weightsLoadAtOnce:
      "weights are loaded in no time where a node has neither a disk nor a link"
    case .memory(let model, let weights, let source, let activations, let size):
      "memory of '\(model)': weights \(Self.round(weights)) GB\(source), "
        + "\(Self.round(activations)) GB for an image of \(size)"
    case .latents(let latents):
      "quality: \(latents.isSynthetic ? "synthetic" : "recorded") latents of \(latents.prompts) prompts, "
        + "\(latents.model) at \(latents.height)x\(latents.width) (\(latents.provenance))"
    case .perceptualScore(let residual, let least, let largest):
      "perceptual score: published FID at the mean latent error of full DPM-Solver++ schedules, "
        + "monotone fit, residual \(Self.round(residual)); established for errors from "
        + "\(Self.round(least)) to \(Self.round(largest))"
    case .qualityKept(let margin, let convergence, let steps, let floor):
      "quality counts as kept where the perceptual score is at most \(Self.round(margin)) % over "
        + "the baseline's and the 5th percentile of convergence at least \(Self.round(convergence)), that of "
        + "a fixed schedule of \(steps) steps"
        + (floor.map { "; floor of every query: \(Self.round($0))" } ?? "")
    case .otherSizes(let count, let all):
      "\(count) of \(all) queries have another size than the trajectory table's: "
        + "theirs are taken from it"
    case .otherModels(let count):
      "\(count) queries ask for other models: their images are not judged"
    case .noEffect(let path, let reason): "\(path) has no effect: \(reason)"
    case .neverPlans(let policy, let first):
      "'\(policy)' never plans: it looks first at \(first) s, after the end of every run"
    case .sameFigures(let policy, let other, let change):
      "'\(policy)' gave the same figures as '\(other)' in every run"
        + (change.map { ": what it changes (\($0)) has no effect here" } ?? "")
    case .unlistedClasses(let names):
      "not listed in 'classes', so last in an order by priority: "
        + names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        + (names.count > 5 ? " and \(names.count - 5) more" : "")
    case .queriesWithoutClass: "queries of no class come last in an order by priority"
    case .intervals(let arrivals, let others): Self.intervals(arrivals, others)
    case .precision(let reached): Self.precision(reached)
    case .noWarmupFound(let count, let all):
      "MSER-5 found no end of the warm-up in \(count) of \(all) replications, and half of "
        + "each was deleted: lengthen the runs, or lower the load"
    case .neverEnded(let queries):
      "\(queries) queries never ended: nothing was left that could have served them; their latencies "
        + "are missing from the means"
    case .storedRuns(let replications):
      "stored runs, nothing simulated: replications \(replications)"
    case .servedLive: "served for real on this machine: another run gives other figures"
    case .liveRunCut(let policy, let run, let completed, let offered):
      "\(policy), run \(run), was interrupted: \(completed) of \(offered) queries that had arrived were served"
    case .sentence(let text): text
    case .unknown(let code, _, let arguments): "note '\(code)' of a newer program: \(arguments)"
    }
  }

  private static func how(_ method: Note.LoadMethod, _ factor: String) -> String {
    let own = " (each replication by its own rows, to that load)"
    return switch method {
    case .rates: "arrival rates multiplied by \(factor)"
    case .compression: "arrival times compressed by \(factor)"
    case .ownCompression: "arrival times compressed by \(factor)\(own)"
    case .ownSuperposition:
      "\(factor) shifted copies of the trace superposed, shifts drawn per replication\(own)"
    }
  }

  private static func burst(_ queries: Int, _ span: Double) -> String {
    let within =
      span == 0
      ? "at once" : "within \(round(span)) s, before a tenth of them can be complete"
    let who = queries == 1 ? "there is one query" : "all \(queries) queries arrive \(within)"
    return "\(who): there is no rate and no offered load"
      + (queries == 1 ? "" : ", and latencies are those of working off the burst")
  }

  private static func intervals(_ arrivals: Note.Arrivals, _ others: [String]) -> String {
    let first: String? =
      switch arrivals {
      case .drawn: "arrivals"
      case .blocks(let seconds): "blocks of \(round(seconds)) s of the trace drawn with replacement"
      case .shifts: "shifts of the superposed copies"
      case .fixed: nil
      }
    guard let first else {
      return "intervals: \(others.joined(separator: " and ")); arrivals fixed"
    }
    let all = [first] + others
    return "intervals: " + all.dropLast().joined(separator: ", ") + " and \(all.last ?? "")"
  }

  private static func precision(_ reached: Note.PrecisionReached) -> String {
    let goal = "precision \(percent(reached.goal))"
    guard let widest = reached.widest else { return "\(goal): no headline metric has an interval" }
    let place = "\(widest.metric) of \(widest.policy)"
    let unknown =
      reached.violationsUnknown.isEmpty
      ? ""
      : "; not counted are the violations of \(reached.violationsUnknown.joined(separator: ", ")), which too few "
        + "replications show to know their ratio"
    return
      (widest.relative <= reached.goal
      ? "\(goal): reached with \(reached.replications) replications (widest: \(place), \(percent(widest.relative)))"
      : "\(goal): not reached with \(reached.replications) replications, the most allowed: \(place) is known to "
        + "\(percent(widest.relative)), and would take some \(widest.needed)") + unknown
  }

  private static func percent(_ x: Double) -> String { String(format: "%.3g %%", 100 * x) }

  private static func round(_ x: Double) -> String {
    let scale: Double = x >= 100 ? 10 : x >= 1 ? 1000 : 1_000_000
    return "\((x * scale).rounded() / scale)"
  }
}
