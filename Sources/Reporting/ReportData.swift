import Diagnostics
import Results

/// The experiments of a report, sorted into what figures and tables need: families of experiments that
/// differ only in load or SLO, and in each the one that stands for it.
struct ReportData {
  let store: ResultStore
  let experiments: [StoredExperiment]
  /// Policies that figures are to show; nil = the first.
  private let wanted: [String]?
  /// Verdicts on published claims, by workload, policy and claim.
  let claims: [StoredClaim]

  /// A comparison of the same policies at several loads or SLOs.
  struct Family {
    var name: String
    var workload: String
    /// What was set besides load and SLO.
    var settings: [Setting]
    var members: [StoredExperiment]
    /// What tells it from another that is called the same; nil where there is none.
    var mark: String?

    /// Name of the experiment, the workload and what was set: unique in a report.
    var title: String {
      ([name] + (workload.isEmpty ? [] : [workload]) + settings.map(\.description))
        .joined(separator: ", ")
        + (mark.map { " (\($0))" } ?? "")
    }

    /// The member that a figure of one load and SLO shows: at the main SLO scale, where a grid keeps its curves, or the
    /// middle one of several times, the load nearest to 0.8.
    var main: StoredExperiment? {
      let scale = ExperimentPoint.mainScale(of: members.compactMap(\.sloScale))
      let times = Set(members.compactMap(\.sloSeconds)).sorted()
      let time = times.isEmpty || scale != nil ? nil : times[(times.count - 1) / 2]
      return members.filter { $0.sloScale == scale && (scale != nil || $0.sloSeconds == time) }
        .min { Self.distance($0) < Self.distance($1) }
    }

    /// Members that share the main one's SLO, by load.
    var byLoad: [StoredExperiment] {
      guard let main else { return [] }
      return members.filter { $0.hasSLO(of: main) && $0.offeredLoad != nil }.sorted {
        ($0.offeredLoad ?? 0) < ($1.offeredLoad ?? 0)
      }
    }

    /// Members that share the main one's load, by what is theirs of the SLO: scale or time.
    func members(by slo: KeyPath<StoredExperiment, Double?>) -> [StoredExperiment] {
      guard let main else { return [] }
      return members.filter { $0.offeredLoad == main.offeredLoad && $0[keyPath: slo] != nil }
        .sorted { ($0[keyPath: slo] ?? 0) < ($1[keyPath: slo] ?? 0) }
    }

    private static func distance(_ e: StoredExperiment) -> (Double, String) {
      (abs((e.offeredLoad ?? 0.8) - 0.8), e.id)
    }

    /// Whether an experiment differs from the members in load or SLO alone.
    func takes(_ e: StoredExperiment, workload: String, settings: [Setting]) -> Bool {
      self.workload == workload && self.settings == settings
        && members[0].comparisonHash == e.comparisonHash
        && !members.contains { $0.offeredLoad == e.offeredLoad && $0.hasSLO(of: e) }
    }
  }

  let families: [Family]
  /// What the names of a family's files end in: nothing where there is only one.
  let suffixes: [String]
  /// Where latencies are from.
  let sources: [LatencySource]
  /// What service times rest on over all comparisons of a name, by policy.
  let timeBasis: [(experiment: String, policies: [PolicyTimeBasis])]

  /// Most families that get figures and tables: a sweep over other axes has one for each of its points.
  static let maximumFamilies = 12

  init(_ store: ResultStore, _ experiments: [StoredExperiment], policies wanted: [String]?)
    throws(InputError)
  {
    self.store = store
    self.experiments = experiments
    let comparisons = experiments.filter { $0.point?.controlsOf == nil }
    var families: [Family] = []
    for experiment in comparisons {
      let settings = experiment.settings.filter { !Self.variesWithin($0) }
      // A grid calls its only workload so.
      let named = experiment.point?.workload ?? ""
      let workload = named == "workload" ? "" : named
      let family = families.firstIndex {
        $0.takes(experiment, workload: workload, settings: settings)
      }
      if let family {
        families[family].members.append(experiment)
      } else {
        families.append(
          Family(
            name: experiment.name, workload: workload, settings: settings, members: [experiment]))
      }
    }
    for index in families.indices {
      let namesakes = families.indices.filter {
        families[$0].name == families[index].name
          && families[$0].workload == families[index].workload
          && families[$0].settings == families[index].settings
      }
      guard namesakes.count > 1 else { continue }
      // By content, so that what joins the database later takes nobody's name.
      families[index].mark = String(families[index].members[0].comparisonHash.prefix(6))
    }
    self.families = families
    var slugs: Set<String> = []
    suffixes = families.map { family in
      guard families.count > 1 else { return "" }
      let slug = Slug.of(family.title)
      var own = slug
      var count = 1
      while !slugs.insert(own).inserted {
        count += 1
        own = "\(slug)-\(count)"
      }
      return "-" + own
    }
    sources = LatencySource.all(
      try store.table(.latencySource, experiments: Set(experiments.map(\.id))))
    var timeBasis: [(experiment: String, policies: [PolicyTimeBasis])] = []
    for experiment in comparisons {
      let own = try store.timeBasis(of: experiment.id)
      if let index = timeBasis.firstIndex(where: { $0.experiment == experiment.name }) {
        timeBasis[index].policies = (timeBasis[index].policies + own).merged
      } else {
        timeBasis.append((experiment.name, own))
      }
    }
    self.timeBasis = timeBasis
    var claims: [StoredClaim] = []
    for experiment in comparisons { claims += try store.claims(of: experiment) }
    self.claims = claims.sorted { $0.precedes($1) }
    let known = comparisons.flatMap(\.policies)
    for name in wanted ?? [] where !known.contains(name) {
      throw InputError(
        .usage, at: .init(file: "--policies \(name)"), "the database has no such policy",
        hint: Suggestion.hint(for: name, in: known, noun: "policy"))
    }
    self.wanted = wanted
  }

  /// Whether members of a family may differ in a setting: in load and SLO, and in which of a grid's points there are.
  private static func variesWithin(_ setting: Setting) -> Bool {
    ["workload.load", "query.slo", "query.slo.scale", "query.slo.time"].contains(setting.path)
      || setting.path.prefix { $0 != "." } == "experiment"
  }

  /// Policies that a family's figures show, in order, the style of each being its place; and those that they
  /// leave out: the baseline comes first, then what claims are made of, then the scenario's order.
  func policies(of family: Family) -> (shown: [String], omitted: [String]) {
    let all = family.members.flatMap(\.policies)
    let claimed = Set(claims.map(\.policy))
    let names = (family.members.map(\.baseline) + all.filter(claimed.contains) + all).distinct()
    let chosen = wanted.map { wanted in wanted.filter(names.contains) } ?? names
    let shown = Array(chosen.prefix(FigureStyle.count))
    return (shown, names.filter { !shown.contains($0) })
  }

  /// Families that get neither figures nor tables: their number, in a sentence; nil where all do.
  var leftOut: String? {
    let count = families.count - Self.maximumFamilies
    return count > 0
      ? "\(count) of \(families.count) comparisons have no figures and tables of their own: all are in the "
        + "CSV files and on the page" : nil
  }

  /// The rows of a view by experiment.
  func rows(_ view: View) throws(InputError) -> [String: [DataTable.Row]] {
    let table = try store.table(view, experiments: Set(experiments.map(\.id)))
    return Dictionary(grouping: table.rows) { $0["experiment_id"].text }
  }
}

extension StoredExperiment {
  /// Whether its SLO is that of another.
  fileprivate func hasSLO(of other: StoredExperiment) -> Bool {
    sloScale == other.sloScale && sloSeconds == other.sloSeconds
  }
}
