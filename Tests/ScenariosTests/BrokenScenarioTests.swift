import Diagnostics
import Foundation
import Scenarios
import Testing

/// A change that breaks the sample, and the one line it must give.
struct Broken: Sendable, CustomTestStringConvertible {
  let part: String
  let other: String
  let line: String
  var testDescription: String { other.isEmpty ? "without \(part)" : other }

  init(_ part: String, _ other: String, _ line: String) {
    self.part = part
    self.other = other
    self.line = line
  }

  var text: String { Sample.with(part, as: other) }

  static let all: [Broken] = [
    .init(
      "queries: 100", "querys: 100",
      "s.yaml:4:3: error: unknown key 'querys' in workload; did you mean 'queries'?"),
    .init(
      "2 query/s", "2",
      "s.yaml:3:32: error: workload.arrivals.poisson.rate lacks a unit: '2'; "
        + "write '2' with one of query/s, query/min, query/h"),
    .init(
      "2 query/s", "2 query/sec",
      "s.yaml:3:32: error: workload.arrivals.poisson.rate has an unknown unit: 'query/sec'; "
        + "write '2 query/s'"),
    .init(
      "2 query/s", "fast",
      "s.yaml:3:32: error: workload.arrivals.poisson.rate is not a quantity: 'fast'; "
        + "write it like '12 query/s'"),
    .init(
      "2 query/s", "-2 query/s",
      "s.yaml:3:32: error: workload.arrivals.poisson.rate cannot be '-2 query/s'; "
        + "it must be above zero"),
    .init(
      "10 ms", "12:30:00",
      "s.yaml:8:62: error: cluster.nodes.0.accelerators.synthetic.denoise.deterministic has an "
        + "unknown unit: ':30:00'; known units: ns, us, µs, ms, s, min, h, d"),
    .init(
      "dispatcher: round-robin", "dispatcher: round-robbin",
      "s.yaml:13:37: error: unknown dispatcher policy 'round-robbin' in policies.base.dispatcher; "
        + "did you mean 'round-robin'?"),
    .init(
      "name: sample", "name: \"sa\\nmple\"",
      "s.yaml:1:7: error: name has a line end or another control character; write it in one line"),
    .init(
      "  base: ", "  \"ba\\e[31mse\": ",
      "s.yaml:13:3: error: a name in policies has a line end or another control character; write it in one line"
    ),
    .init(
      "baseline: base", "baseline: bas",
      "s.yaml:15:18: error: there is no policy 'bas'; did you mean 'base'?"),
    .init(
      "extends: base", "extends: bse",
      "s.yaml:14:21: error: there is no policy 'bse' to extend; did you mean 'base'?"),
    .init(
      "replications: 3", "replications: 0",
      "s.yaml:15:47: error: run.replications cannot be '0'; "
        + "it must be a whole number from 1 to 1000000"),
    .init(
      "replications: 3", "replications: 2.5",
      "s.yaml:15:47: error: run.replications cannot be '2.5'; "
        + "it must be a whole number from 1 to 1000000"),
    .init(
      "count: 2", "count: 0",
      "s.yaml:10:14: error: cluster.nodes.1.count cannot be '0'; "
        + "it must be a whole number from 1 to 100000"),
    .init(
      "name: right", "name: left",
      "s.yaml:9:13: error: two nodes are named 'left'; "
        + "give each its own name; 'count' makes many of one kind"),
    .init(
      "name: left", "name: right-1",
      "s.yaml:9:13: error: two nodes are named 'right-1'; "
        + "give each its own name; 'count' makes many of one kind"),
    .init(
      "  queries: 100\n", "",
      "s.yaml:3:13: error: generated arrivals have no end; "
        + "give 'queries: 10000' or 'duration: 3600 s' beside 'arrivals'"),
    .init(
      "name: sample\n", "",
      "s.yaml:1:1: error: the scenario lacks 'name'; "
        + "name: the scenario's name, used in results and reports"),
    .init(
      "arrivals: { poisson: { rate: 2 query/s } }\n  queries: 100", "trace: there-is-none.csv",
      "s.yaml:3:10: error: there is no trace 'there-is-none.csv'; "
        + "looked at there-is-none.csv; QOSDIFF_TRACES is not set"),
    .init(
      "synthetic: { denoise: { deterministic: 10 ms } }", "profile: none.json",
      "s.yaml:8:32: error: there is no profile 'none.json'; "
        + "paths start from the scenario's folder; shipped ones are in Scenarios/Profiles"),
    .init(
      "queries: 100", "queries: 100\n  queries: 200",
      "s.yaml:4:3: error: key 'queries' stands twice in one mapping; keep one of them"),
  ]
}

@Suite("Broken scenarios are told where and how")
struct BrokenScenarioTests {
  @Test(arguments: Broken.all)
  func oneLine(_ broken: Broken) throws {
    let found = faults(broken.text)
    #expect(found.map(\.description) == [broken.line])
    let fault = try #require(found.first)
    let caret = try #require(fault.caret).components(separatedBy: "\n")
    #expect(caret.count == 2)
    #expect(caret[1].count - 2 == fault.location?.column)
    let isMissing = fault.what.hasPrefix("there is no trace") || fault.what.contains("no profile")
    #expect(fault.category == (isMissing ? .missingInput : .badInput))
  }

  @Test("no nodes, none at all")
  func noNodes() {
    let head = Sample.text.components(separatedBy: "  nodes:")[0]
    let text = head + "  nodes: []\npolicies: { base: {} }\n"
    #expect(
      faults(text).map(\.description) == [
        "s.yaml:6:10: error: cluster.nodes must be a list; write one '- ' item a line, at least one"
      ])
  }

  @Test("all faults of a file come together, in its order")
  func together() {
    let text = Sample.with("queries: 100", as: "querys: 100")
      .replacingOccurrences(of: "2 query/s", with: "2")
      .replacingOccurrences(of: "fixed", with: "fixd")
      .replacingOccurrences(of: "replications: 3", with: "replications: 0")
    #expect(faults(text).map { $0.location?.line } == [3, 4, 13, 15])
  }

  @Test("what does not fit together is told together")
  func togetherAcross() {
    let text = Sample.with("baseline: base", as: "baseline: bas")
      .replacingOccurrences(of: "extends: base", with: "extends: bse")
      .replacingOccurrences(of: "name: right", with: "name: left")
    #expect(Set(faults(text).map { $0.location?.line }) == [9, 14, 15])
  }

  @Test("columns are bytes, and the caret stands under the place, behind other letters too")
  func columnsInBytes() throws {
    let fault = try #require(
      faults(Sample.with("{ baseline: base, seed: 7", as: "{ baseline: \"bäse\", seed: -7")).first)
    #expect(fault.location == .init(file: "s.yaml", line: 15, column: 33))
    #expect(
      fault.caret?.components(separatedBy: "\n").last == String(repeating: " ", count: 33) + "^")
  }

  @Test("lines may end in carriage return and line feed")
  func carriageReturns() throws {
    let text = Sample.text.replacingOccurrences(of: "\n", with: "\r\n")
    #expect(try scenario(text).name == "sample")
    let fault = try #require(
      faults(text.replacingOccurrences(of: "seed: 7", with: "seed: x")).first)
    #expect(fault.location == .init(file: "s.yaml", line: 15, column: 30))
    #expect(fault.sourceLine == "run: { baseline: base, seed: x, replications: 3 }")
  }

  @Test("what is no YAML has a place and a caret")
  func notYAML() throws {
    let fault = try #require(faults("name: a\nworkload: { b\npolicies: 1\n").first)
    #expect(fault.location?.line != nil)
    #expect(fault.what.hasPrefix("not YAML: "))
    #expect(fault.category == .badInput)
    #expect(faults("").first?.description.contains("the scenario is empty") == true)
    #expect(faults("- a\n- b\n").first?.what == "the scenario must be a mapping")
  }

  @Test("a scenario that is not there: 66; a folder: 66; not UTF-8: 65")
  func files() throws {
    func failure(_ path: String) -> InputError? {
      do {
        _ = try ScenarioReader().read(path: path)
        return nil
      } catch { return error }
    }
    #expect(failure("/no/such/scenario.yaml")?.exitCode == 66)
    #expect(failure("/")?.exitCode == 66)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(
      "latin1-\(ProcessInfo.processInfo.processIdentifier).yaml")
    try Data([0x6E, 0xE4, 0x0A]).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(failure(file.path)?.exitCode == 65)
  }

  @Test("an absent trace names its file and where it is published, with exit 66")
  func publishedTrace() throws {
    let text = Sample.with(
      "arrivals: { poisson: { rate: 2 query/s } }\n  queries: 100",
      as: "trace: real.csv\n  published: example.org/real")
    do {
      _ = try ScenarioReader(traceFolders: ["/no/such"]).read(text: text, path: "sub/s.yaml")
      Issue.record("no error")
    } catch {
      #expect(error.exitCode == 66)
      #expect(
        error.description == "sub/s.yaml:3:10: error: there is no trace 'real.csv'; "
          + "looked at sub/real.csv and in QOSDIFF_TRACES; published at example.org/real")
    }
  }
}
