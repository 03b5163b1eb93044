import Cluster
package import Diagnostics
import DiffusionModels
import LatencyProfiles

/// What is said of models: whose latencies they have, and what they need of memory.
extension ScenarioBuilder {
  func modelPlan(_ value: LocatedValue?) -> ModelPlan {
    var plan = ModelPlan()
    for field in value?.fields ?? [] {
      let memory = ModelPlan.Entry(
        latencyOf: field.value["latency_of"]?.string,
        weights: field.value["weights"]?.number,
        activations: field.value["activations"]?.number,
        isUnguided: field.value["guidance"]?.boolean == false, place: field.location,
        latencyPlace: field.value["latency_of"]?.location)
      if field.key == ModelPlan.other {
        plan.others = memory
      } else {
        plan.named[field.key] = memory
      }
    }
    return plan
  }
}

/// What a scenario says of its models.
package struct ModelPlan: Hashable, Sendable {
  /// The key for all models that have none of their own.
  static let other = "other"

  struct Entry: Hashable, Sendable {
    var latencyOf: String?
    /// Bytes.
    var weights: Double?
    /// Bytes for one image of 512 x 512.
    var activations: Double?
    var isUnguided = false
    var place: Diagnostic.Location
    var latencyPlace: Diagnostic.Location?
  }

  var named: [String: Entry] = [:]
  var others: Entry?

  /// The model whose latencies this one has: itself, unless the scenario says so.
  package func latencyModel(of model: String) -> String {
    (named[model] ?? others)?.latencyOf ?? model
  }

  /// Whether the scenario says that it is run without guidance.
  package func isUnguided(_ model: String) -> Bool { (named[model] ?? others)?.isUnguided ?? false }

  /// Bytes of a model's weights: as said, else the parameters of its networks in half precision; nil for a
  /// model that is not known.
  package func weights(of model: String) -> Double? {
    if let said = (named[model] ?? others)?.weights { return said }
    guard let known = ModelRegistry.model(named: latencyModel(of: model)) else { return nil }
    let graphs =
      known.encode(images: 1, guidance: false)
      + known.denoise(
        images: 1, height: known.nativeSide, width: known.nativeSide, guidance: false)
      + known.decode(images: 1, height: known.nativeSide, width: known.nativeSide)
    return Double(graphs.reduce(0) { $0 + $1.parameters }) * 2
  }

  /// Where the figures of its memory are from, as a phrase: empty where the scenario says them.
  package func source(of model: String) -> String {
    let said = named[model] ?? others
    switch (said?.weights, said?.activations) {
    case (.some, .some): return ""
    case (.some, nil): return " (activations Assumed: twice the networks' largest tensor)"
    case (nil, .some): return " (its networks' parameters in half precision)"
    case (nil, nil):
      return
        " (its networks' parameters in half precision; activations Assumed: twice their largest tensor)"
    }
  }

  /// Bytes of activations for a pixel of an image: as said for 512 x 512; else, Assumed, twice the largest tensor
  /// of its networks in half precision, one read and one written.
  package func activationsPerPixel(of model: String) -> Double? {
    if let said = (named[model] ?? others)?.activations { return said / Double(512 * 512) }
    guard let known = ModelRegistry.model(named: latencyModel(of: model)) else { return nil }
    let side = known.nativeSide
    let graphs =
      known.denoise(images: 1, height: side, width: side, guidance: true)
      + known.decode(images: 1, height: side, width: side)
    let largest = graphs.flatMap(\.tensors).map(\.elements).max() ?? 0
    return Double(largest) * 2 * 2 / Double(side * side)
  }
}

extension Scenario {
  /// Checks what is said of models against those that queries may ask for.
  ///
  /// - Throws: models that nobody asks for, and latencies of models that are not known.
  package func checkModelPlan(asked: [String]) throws(InputError) {
    let known = Set(
      profiles.flatMap { $0.profile.entries.map(\.model) } + ModelRegistry.models.map(\.name)
    )
    .subtracting(["*"]).sorted()
    var faults: [Diagnostic] = []
    for (name, entry) in models.named.sorted(by: { $0.key < $1.key }) where !asked.contains(name) {
      faults.append(
        located(
          entry.place, "no query asks for model '\(name)'",
          hint: Suggestion.hint(
            for: name, in: Set(asked).sorted() + [ModelPlan.other], noun: "model")))
    }
    let entries = models.named.values + [models.others].compactMap { $0 }
    for entry in entries {
      guard let other = entry.latencyOf, let place = entry.latencyPlace, !known.contains(other)
      else {
        continue
      }
      faults.append(
        located(
          place, "nothing is known of the latencies of '\(other)'",
          hint: Suggestion.hint(for: other, in: known, noun: "model")))
    }
    if !faults.isEmpty { throw InputError(faults) }
  }
}
