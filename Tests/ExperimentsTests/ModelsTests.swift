import Cluster
import Diagnostics
import Foundation
import Results
import Scenarios
import Testing
import Workload

@testable import Experiments

/// Who serves which model, and whether it fits.
@Suite struct ModelsTests {
  static let text = """
    name: models
    model: sd15
    workload:
      arrivals: { poisson: { rate: 1 query/s } }
      queries: 50
      mix: { models: { sd15: 1, mine: 1 }, classes: { first: 1, second: 1 } }
    cluster:
      nodes:
        - name: one
          accelerators: { memory: 8 GB, synthetic: { denoise: { deterministic: 10 ms } } }
        - name: two
          models: [mine]
          accelerators: { synthetic: { denoise: { deterministic: 10 ms } } }
    models: { mine: { weights: 3 GB, activations: 1 GB } }
    policies: { base: { steps: fixed } }
    """

  private func faults(_ part: String, _ other: String) throws -> [String] {
    let text = Self.text.replacingOccurrences(of: part, with: other)
    let scenario = try ScenarioReader().read(text: text, path: "s.yaml")
    do {
      _ = try Experiment(scenario)
      return []
    } catch { return error.diagnostics.map(\.description) }
  }

  @Test func theSampleIsSound() throws { #expect(try faults("", "").isEmpty) }

  @Test(arguments: [
    (
      "memory: 8 GB", "memory: 3.5 GB",
      "s.yaml:10:31: error: model 'mine' at 512x512 needs 4.0 GB, and an accelerator has 3.5 GB; give more "
        + "memory, or leave the model to other nodes"
    ),
    (
      "models: { mine: { weights: 3 GB, activations: 1 GB } }", "description: none",
      "s.yaml:10:31: error: nothing is known of what model 'mine' needs of memory; give 'models: { mine: { "
        + "weights: ..., activations: ... } }'"
    ),
    (
      "models: [mine]", "models: [mime]",
      "s.yaml:12:15: error: no query asks for model 'mime'; did you mean 'mine'?"
    ),
    (
      "- name: one\n", "- name: one\n      models: [mine]\n",
      "s.yaml:10:15: error: no node that does encode serves model 'sd15'; name it among a node's models"
    ),
    (
      "models: { mine: {", "models: { mime: { weights: 1 GB }, mine: {",
      "s.yaml:14:11: error: no query asks for model 'mime'; did you mean 'mine'?"
    ),
    (
      "models: { mine: {", "models: { mine: { latency_of: sd16, ",
      "s.yaml:14:31: error: nothing is known of the latencies of 'sd16'; did you mean 'sd15'?"
    ),
    (
      "policies:", "classes: { third: { priority: 1 } }\npolicies:",
      "s.yaml:15:12: error: no query is of class 'third'; known classes: first, second"
    ),
  ])
  func whatCannotBeServedIsToldAtItsPlace(part: String, other: String, line: String) throws {
    let told = try faults(part, other)
    #expect(told.contains(line), "\(told)")
  }

  /// Half precision: two bytes for each parameter of the published counts of CLIP, UNet and VAE.
  @Test func weightsAreTheNetworksParameters() throws {
    let scenario = try ScenarioReader().read(text: Self.text, path: "s.yaml")
    let bytes = try #require(scenario.models.weights(of: "sd15"))
    #expect((2.0e9..<2.2e9).contains(bytes), "\(bytes)")
    #expect(scenario.models.weights(of: "mine") == 3e9)
    #expect(scenario.models.weights(of: "unknown") == nil)
    // The decoder's 512 x 512 x 256 in half precision, twice.
    let activations = try #require(scenario.models.activationsPerPixel(of: "sd15"))
    #expect(activations >= 2 * 2 * 256, "\(activations)")
  }
}
