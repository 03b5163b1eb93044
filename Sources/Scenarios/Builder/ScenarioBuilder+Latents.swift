import Cluster
import Diagnostics
import LatentDynamics
import Workload

extension ScenarioBuilder {
  /// The trajectory table, named or built in; nil where nobody needs one or it cannot be had.
  mutating func latents(_ root: LocatedValue, _ policies: [PolicySet]) -> LatentsUse? {
    let written = root["latents"]
    let reader = policies.first { $0.steps.requirements.needsTable }
    if reader == nil, (written?.string ?? "none") == "none" { return nil }
    let place = written?.location ?? root["policies"]?.location ?? root.location
    guard let path = tablePath(written, at: place, reader: reader?.name) else { return nil }
    do {
      let table = try TrajectoryTable.load(path: path)
      let header = table.header
      guard header.model == model, header.height == Int(size.height),
        header.width == Int(size.width)
      else {
        fault(
          place,
          "the trajectory table is for \(header.model) at \(header.height)x\(header.width), the "
            + "scenario's queries are for \(model) at \(size)",
          "name a table of that model and size; 'auto' makes one, 'none' goes without")
        return nil
      }
      return LatentsUse(table: table, path: path)
    } catch {
      if error.exitCode == Diagnostic.Category.missingInput.rawValue {
        fault(
          place, "there is no trajectory table '\(path)'",
          "paths start from the scenario's folder; 'auto' is the built-in one",
          category: .missingInput)
      } else {
        diagnostics.append(contentsOf: error.diagnostics)
      }
      return nil
    }
  }

  private mutating func tablePath(
    _ written: LocatedValue?, at place: Diagnostic.Location, reader: String?
  ) -> String? {
    if let name = written?.string, name != "auto", name != "none" {
      return resolve(name, in: folder)
    }
    // A scenario with other faults is not worth a sampling of minutes.
    guard diagnostics.isEmpty else { return nil }
    guard let ownTable, written?.string != "none" else {
      fault(
        place, reader.map { "policy '\($0)' reads latents" } ?? "'auto' cannot be made here",
        "name a trajectory table: 'latents: FILE'")
      return nil
    }
    do {
      return try ownTable(model, Int(size.height), Int(size.width))
    } catch {
      for diagnostic in error.diagnostics {
        fault(
          place, "latents 'auto': " + diagnostic.what, diagnostic.hint,
          category: diagnostic.category)
      }
      return nil
    }
  }

  /// When quality counts as kept.
  func quality(_ value: LocatedValue?) -> QualityPlan {
    var plan = QualityPlan(floor: value?["floor"]?.number)
    if let margin = value?["margin"]?.number { plan.margin = margin }
    if let steps = value?["reference_steps"]?.integer { plan.referenceSteps = steps }
    return plan
  }
}
