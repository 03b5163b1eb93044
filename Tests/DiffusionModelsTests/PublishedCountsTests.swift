import Foundation
import Testing

@testable import DiffusionModels

/// Parameters and FLOPs against the published counts in Scenarios/Profiles/published.
struct PublishedCountsTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var model: String
    var component: String
    var height: Int
    var width: Int
    var parameters: Int
    var gflop: Double?
    var testDescription: String { "\(model) \(component) \(height)x\(width)" }
  }

  static let rows: [Row] = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let file = root.appending(path: "Scenarios/Profiles/published/model_oracles.csv")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard let parameters = Int(cells[5]) else { return nil }
      return Row(
        model: cells[0], component: cells[1], height: Int(cells[2]) ?? 64,
        width: Int(cells[3]) ?? 64, parameters: parameters, gflop: Double(cells[6]))
    }
  }()

  @Test func allPublishedRowsAreRead() { #expect(Self.rows.count == 9) }

  @Test(arguments: rows) func countsAreAsPublished(row: Row) throws {
    let model = try #require(ModelRegistry.model(named: row.model))
    let graph: OperatorGraph
    switch row.component {
    case "unet": graph = model.unet.graph(batch: 1, height: row.height, width: row.width)
    case "vae_decoder": graph = model.decoder.graph(batch: 1, height: row.height, width: row.width)
    case "text_encoder": graph = model.textEncoders[0].graph(batch: 1)
    case "text_encoder_2": graph = model.textEncoders[1].graph(batch: 1)
    default:
      Issue.record("no such component: \(row.component)")
      return
    }
    #expect(graph.parameters == row.parameters)
    if let gflop = row.gflop {
      #expect(abs(graph.flops / 1e9 / gflop - 1) < 1e-3)
    }
  }

  @Test func postQuantizationHasTheTwentyParametersThatTheDecodersCountLeavesOut() {
    #expect(VAEDecoder().postQuantization(batch: 1, height: 8, width: 8).parameters == 20)
  }
}
