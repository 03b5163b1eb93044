import Diagnostics
import EventEngine
import Foundation
import Workload

extension ScenarioBuilder {
  mutating func workload(
    _ value: LocatedValue?, at place: Diagnostic.Location
  ) -> WorkloadPlan? {
    guard let value else { return nil }
    idleOfWorkload(value)
    let source: WorkloadPlan.Source
    switch (value["trace"], value["arrivals"]) {
    case (let trace?, let arrivals?):
      fault(
        clash(trace, arrivals), "a workload has both a trace and arrivals", "keep one of the two")
      return nil
    case (nil, nil):
      fault(value.location, "the workload has no queries", "give a 'trace' or 'arrivals'")
      return nil
    case (let trace?, nil):
      guard let found = self.trace(trace, published: value["published"]?.string) else { return nil }
      source = .trace(
        path: found, format: value["format"]?.string,
        options: TraceOptions(
          includeFailed: value["include_failed"]?.boolean ?? false,
          ignoreUnknown: value["ignore_unknown"]?.boolean ?? false, unpacking: unpacking))
    case (nil, let arrivals?):
      for key in ["window", "resample", "rescale"] {
        guard let place = value[key]?.location else { continue }
        fault(place, "\(key) is for a trace, and these arrivals are generated", "leave it away")
      }
      guard let generated = self.generated(arrivals, value) else { return nil }
      source = generated
    }
    let window = value["window"].map {
      WorkloadPlan.Window(from: $0["from"]?.duration ?? .zero, length: $0["length"]?.duration)
    }
    return WorkloadPlan(
      source: source, ignoresTraceModels: value["models"]?.string == "scenario",
      ignoresTraceSteps: value["steps"]?.string == "scenario",
      ignoresTraceSLOs: value["slo"]?.string == "scenario", window: window,
      resampleBlock: value["resample"]?["block"]?.duration,
      rateScale: value["rate_scale"]?.number ?? 1,
      rescale: rescale(value["rescale"]), load: value["load"]?.number,
      loadMethod: value["load_by"]?.string.flatMap { .init(rawValue: $0) } ?? .time)
  }

  private mutating func rescale(_ value: LocatedValue?) -> WorkloadPlan.Rescale? {
    guard let value else { return nil }
    let low = value["min"]?.number ?? 0
    let high = value["max"]?.number ?? 0
    if low > high {
      fault(
        value["min"]?.location ?? value.location, "min is above max",
        "write the smaller rate as 'min'")
      return nil
    }
    return WorkloadPlan.Rescale(
      minimum: low, maximum: high,
      bin: value["bin"]?.duration ?? SimulationDuration(seconds: 60))
  }

  /// The trace's path: beside the scenario, or in one of the trace folders, there also by the name
  /// that a copy of a published data set may have (`..._name.csv`).
  private mutating func trace(_ value: LocatedValue, published: String?) -> String? {
    let name = value.string ?? ""
    let local = resolve(name, in: folder)
    let base = (name as NSString).lastPathComponent
    var candidates = [local]
    for folder in traceFolders {
      candidates.append(resolve(base, in: folder))
      let others = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      candidates += others.filter { $0.hasSuffix("_" + base) }.sorted().map {
        resolve($0, in: folder)
      }
    }
    if let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      return found
    }
    var hint = "looked at \(local)"
    hint += traceFolders.isEmpty ? "; QOSDIFF_TRACES is not set" : " and in QOSDIFF_TRACES"
    if let published { hint += "; published at \(published)" }
    fault(value.location, "there is no trace '\(base)'", hint, category: .missingInput)
    return nil
  }

  private mutating func generated(
    _ arrivals: LocatedValue, _ value: LocatedValue
  ) -> WorkloadPlan.Source? {
    guard let process = process(arrivals) else { return nil }
    let count = value["queries"]?.integer
    let duration = value["duration"]?.duration
    if count == nil && duration == nil {
      fault(
        arrivals.location, "generated arrivals have no end",
        "give 'queries: 10000' or 'duration: 3600 s' beside 'arrivals'")
      return nil
    }
    var fault = process.fault
    let mix = QueryMix(
      steps: weights(value["mix"]?["steps"]), images: weights(value["mix"]?["images"]),
      sizes: sizes(value["mix"]?["sizes"]), models: named(value["mix"]?["models"]),
      classes: named(value["mix"]?["classes"]),
      prompts: value["mix"]?["prompts"].map { prompts in
        PromptPopularity(
          count: prompts["count"]?.integer ?? 1, exponent: prompts["exponent"]?.number ?? 1)
      })
    fault = fault ?? mix.fault
    if let fault {
      self.fault(arrivals.location, "these arrivals cannot be generated: \(fault)", nil)
      return nil
    }
    return .generated(process, mix, duration: duration, count: count)
  }

  private func weights(_ value: LocatedValue?) -> [Weighted<Int32>] {
    guard case .weights(let pairs)? = value?.value else { return [] }
    return pairs.map { Weighted(Int32($0.value), weight: $0.weight) }
  }

  private func named(_ value: LocatedValue?) -> [Weighted<String>] {
    (value?.fields ?? []).map { Weighted($0.key, weight: $0.value.number ?? 0) }
  }

  private mutating func sizes(_ value: LocatedValue?) -> [Weighted<ImageSize>] {
    (value?.fields ?? []).compactMap { field in
      let sides = field.key.split(separator: "x").map { Int($0) }
      guard sides.count == 2, let height = sides[0], let width = sides[1] else {
        fault(field.location, "'\(field.key)' is no image size", "write heightxwidth, as 512x512")
        return nil
      }
      return Weighted(ImageSize(height: height, width: width), weight: field.value.number ?? 0)
    }
  }

  private mutating func process(_ value: LocatedValue) -> ArrivalProcess? {
    guard let (name, inner) = value.variant, let inner else { return nil }
    let rate = inner["rate"]?.number ?? 0
    switch name {
    case "poisson": return .poisson(rate: rate)
    case "gamma": return .gamma(rate: rate, cv: inner["cv"]?.number ?? 1)
    case "markov":
      return .markovModulated(
        (inner["states"]?.list ?? []).map {
          ArrivalProcess.ModulatedState(
            rate: $0["rate"]?.number ?? 0, meanDwell: $0["dwell"]?.number ?? 0)
        })
    default:
      guard let process = inner["process"].flatMap({ process($0) }) else { return nil }
      return .diurnal(
        process,
        .sinusoid(
          amplitude: inner["amplitude"]?.number ?? 0.5,
          peak: inner["peak"]?.number ?? 50_400, period: inner["period"]?.number ?? 86_400))
    }
  }
}
