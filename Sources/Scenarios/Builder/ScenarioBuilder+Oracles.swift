import Diagnostics

extension ScenarioBuilder {
  mutating func oracles(_ value: LocatedValue?) -> [Oracle] {
    (value?.list ?? []).compactMap { oracle($0) }
  }

  private mutating func oracle(_ item: LocatedValue) -> Oracle? {
    let name = item["metric"]?.string ?? ""
    guard let metric = OracleMetric(name) else {
      fault(
        item["metric"]?.location ?? item.location, "there is no metric '\(name)'",
        "metrics are written \(OracleMetric.examples.joined(separator: ", "))")
      return nil
    }
    let given = Oracle.Kind.allCases.filter { item[$0.rawValue] != nil }
    guard given.count == 1, let kind = given.first, let value = item[kind.rawValue]?.number else {
      fault(
        item.location, "\(name) has \(given.isEmpty ? "no value" : "several values")",
        "give one of \(Oracle.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    return Oracle(
      metric: metric, serviceClass: item["class"]?.string, kind: kind, value: value,
      source: item["source"]?.string ?? "", location: item.location)
  }
}
