import Reporting
package import Results

/// A grid of experiments for the terminal: a table for each load, the claims, the controls.
package struct GridText {
  let comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]

  /// The text of comparisons with the baseline.
  package init(_ comparisons: [(experiment: StoredExperiment, summaries: [StoredSummary])]) {
    self.comparisons = comparisons
  }

  /// Notes that all points share, and a table for each load of the SLO scale nearest to 3; the other
  /// scales are left to the CSV.
  package var text: String {
    guard let first = comparisons.first?.experiment else { return "" }
    var parts = [head(first)]
    let scales = Set(comparisons.compactMap { $0.experiment.point?.sloScale })
    let shown = ExperimentPoint.mainScale(of: scales)
    for (experiment, summaries) in comparisons where experiment.point?.sloScale == shown {
      parts.append(table(experiment, summaries))
    }
    if scales.count > 1 {
      let others = scales.filter { $0 != shown }.sorted().map { NumberText.short($0) }
      parts.append(
        "Not shown: SLO scales \(others.joined(separator: ", ")), in the database and CSV files.")
    }
    parts.append(
      LineWrap.wrapped(
        "Ratios are to the baseline, with 95 % intervals (paired jackknife on the logarithm). "
          + "latency: mean; throughput: completions in the last 80 % of the arrivals' span. "
          + "conv p5: 5th percentile of -log10 of the latent error, higher is better. FID: perceptual "
          + "score of the mean error, lower is better; '-': beyond the published pairs, not established. "
          + "unsteady: the queue grows through the run, and a mean latency only tells how long that was."
      ))
    let shownPoints = comparisons.filter { $0.experiment.point?.sloScale == shown }
    let cautions = IntervalCautions(shownPoints) {
      [.violationRatio, .latencyMean, .throughputSustained, .convergenceP5].contains($0)
    }
    parts += (cautions.doubts + QueuePlaces(comparisons).lines).map { LineWrap.wrapped($0) }
    return parts.joined(separator: "\n\n")
  }

  private func head(_ first: StoredExperiment) -> String {
    var shared = first.notes
    for (experiment, _) in comparisons { shared.removeAll { !experiment.notes.contains($0) } }
    let lines =
      [
        "\(first.name)\(first.settings.map { ", \($0)" }.joined()): \(comparisons.count) points, seed \(first.seed), \(first.replications) "
          + "replications a policy and point (qosdiff \(first.version))"
      ] + shared.map { LineWrap.wrapped("- \(NoteText($0))") } + ofWorkloads(without: shared)
    return lines.joined(separator: "\n")
  }

  /// Notes that all points of one workload share, where there are several.
  private func ofWorkloads(without shared: [Note]) -> [String] {
    var workloads: [String] = []
    for (experiment, _) in comparisons {
      let name = experiment.point?.workload ?? ""
      if !workloads.contains(name) { workloads.append(name) }
    }
    guard workloads.count > 1 else { return [] }
    return workloads.flatMap { name in
      let own = comparisons.map(\.experiment).filter { $0.point?.workload == name }
      let notes = (own.first?.notes ?? []).filter { note in
        !shared.contains(note) && own.allSatisfy { $0.notes.contains(note) }
      }
      return notes.map { LineWrap.wrapped("- \(name): \(NoteText($0))") }
    }
  }

  private func table(_ experiment: StoredExperiment, _ summaries: [StoredSummary]) -> String {
    guard let point = experiment.point else { return "" }
    let names = summaries.policies
    // A column without any value says nothing.
    let bound = summaries.of(names[0], .violationBound)
    let isHeldAgainstBound = bound?.mean != nil
    let further: [Metric] =
      [.convergenceMean, .convergenceP5, .perceptualScore]
      + (isHeldAgainstBound
        ? [.cascadeFID, .goodputImages, .costPer1000Images, .energyPerImage, .violationAboveBound]
        : [])
    let judged = further.filter { metric in
      names.contains { summaries.of($0, metric)?.mean != nil }
        && (isHeldAgainstBound || metric != .convergenceMean)
    }
    let titles: [Metric: String] = [
      .convergenceMean: "conv", .convergenceP5: "conv p5", .perceptualScore: "FID",
      .cascadeFID: "cascade FID", .goodputImages: "goodput", .costPer1000Images: "USD/1000",
      .energyPerImage: "kJ/1000",
      .violationAboveBound: "above bound",
    ]
    var table = TextTable(
      header: ["policy", "violations", "ratio", "latency", "throughput", "steps"]
        + judged.compactMap { titles[$0] } + (isHeldAgainstBound ? ["frontier"] : []))
    for name in names {
      table.add(
        [
          name, mean(summaries.of(name, .violationRatio)),
          ratio(summaries.of(name, .violationRatio)),
          ratio(summaries.of(name, .latencyMean)), ratio(summaries.of(name, .throughputSustained)),
          mean(summaries.of(name, .stepsMean)),
        ] + judged.map { mean(summaries.of(name, $0)) }
          + (isHeldAgainstBound ? [frontier(name, names, summaries)] : []))
    }
    let title =
      "\(point.workload), load \(NumberText.short(point.load)), SLO scale "
      + "\(NumberText.short(point.sloScale))\n"
    guard isHeldAgainstBound else { return title + table.text }
    return title + table.text + "\n"
      + LineWrap.wrapped(
        "No schedule that keeps the quality floor has fewer violations than \(mean(bound)): 'above bound' is "
          + "what a policy has more; below it are policies whose images are another model's, cached, or under the "
          + "floor. cascade FID: as published for the light model's share of the images, by another protocol than FID. "
          + "frontier: 'yes' where no other policy is clearly better, in violations or in convergence of the images that it "
          + "completes, and in neither clearly worse (beyond both intervals); by the cascade's FID: frontier.csv."
      )
  }

  /// Whether no other policy dominates it: as `v_frontier` says.
  private func frontier(
    _ name: String, _ names: [String], _ summaries: [StoredSummary]
  ) -> String {
    func estimate(_ name: String, _ metric: Metric) -> ClosedRange<Double>? {
      guard let summary = summaries.of(name, metric), let mean = summary.mean else { return nil }
      return summary.interval ?? mean...mean
    }
    guard name != View.bestKnown else { return "-" }
    guard let late = estimate(name, .violationRatio),
      let quality = estimate(name, .convergenceMean)
    else { return "not judged" }
    let isDominated = names.contains { other in
      guard other != View.bestKnown, let otherLate = estimate(other, .violationRatio),
        let otherQuality = estimate(other, .convergenceMean)
      else { return false }
      let isWorse =
        otherLate.lowerBound > late.upperBound || otherQuality.upperBound < quality.lowerBound
      return !isWorse
        && (otherLate.upperBound < late.lowerBound || otherQuality.lowerBound > quality.upperBound)
    }
    return isDominated ? "no" : "yes"
  }

  private func mean(_ summary: StoredSummary?) -> String {
    guard let summary, let mean = summary.mean else { return "-" }
    return summary.interval.map { NumberText.estimate(mean, $0) } ?? NumberText.short(mean)
  }

  private func ratio(_ summary: StoredSummary?) -> String {
    if summary?.isUnsteady ?? false { return "unsteady" }
    guard let ratio = summary?.ratio else { return summary?.policyIndex == 0 ? "1" : "-" }
    // Near 1 a third digit would hide the difference.
    let short = { NumberText.short($0, digits: abs(ratio - 1) < 0.05 ? 4 : 2) }
    guard let interval = summary?.ratioInterval else { return short(ratio) }
    return "\(short(ratio)) [\(short(interval.lowerBound)),\(short(interval.upperBound))]"
  }

  /// The verdicts on the published claims.
  package static func claims(_ claims: [StoredClaim]) -> String {
    guard !claims.isEmpty else { return "" }
    var lines = [
      "The paper's claims, judged at loads 0.5, 0.8, 0.95 (violations, latency; Holm-corrected) and 1.5 "
        + "(throughput), SLO scale 3:"
    ].map { LineWrap.wrapped($0) }
    var head = ""
    for claim in claims {
      let place = "\(claim.policy), \(claim.point.workload):"
      if place != head { lines += ["", place] }
      head = place
      lines.append("- " + LineWrap.wrapped("\(claim.claim): \(claim.verdict)"))
    }
    return lines.joined(separator: "\n")
  }

  /// Policies beside their controls, and whether the signal helps.
  package static func controls(_ evidence: [ControlEvidence], title: String) -> String {
    guard !evidence.isEmpty else { return "" }
    var table = TextTable(
      header: [
        "policy", "control", "NFE", "conv", "difference", "p5", "difference",
      ], keys: 2)
    for e in evidence {
      table.add([
        e.subject, e.control, fixed(e.evaluations, 1), fixed(e.convergence, 3),
        range(e.difference), fixed(e.tail, 3), range(e.tailDifference),
      ])
    }
    return LineWrap.wrapped(title) + "\n" + table.text + "\n"
      + LineWrap.wrapped(
        "conv, p5: mean and 5th percentile of convergence; differences: policy less control at the same NFE, "
          + "95 % intervals: + the signal helps, - it hurts, 0 no difference shown.")
  }

  private static func fixed(_ x: Double, _ digits: Int) -> String {
    NumberText.fixed(x, digits: digits)
  }

  /// An interval, and what it says of the signal.
  private static func range(_ range: ClosedRange<Double>?) -> String {
    guard let range else { return "-" }
    let sign = range.lowerBound > 0 ? "+" : range.upperBound < 0 ? "-" : "0"
    return "[\(fixed(range.lowerBound, 3)),\(fixed(range.upperBound, 3))] \(sign)"
  }
}
