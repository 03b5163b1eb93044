import Cluster
import Diagnostics
import EventEngine
import Scenarios
import Testing

@Suite("--set")
struct OverrideTests {
  @Test("sets values, by key, by a list's index and by an element's name")
  func places() throws {
    #expect(try scenario(set: ["run.seed=9"]).run.seed == 9)
    #expect(try scenario(set: ["cluster.nodes.1.count=5"]).cluster.nodes.count == 6)
    #expect(try scenario(set: ["cluster.nodes.right.count=5"]).cluster.nodes.count == 6)
    #expect(
      try scenario(set: ["cluster.nodes.left.accelerators.count=4"]).cluster.workerCount == 10)
  }

  @Test("the last of two on one place wins; the text stays as it was")
  func lastWins() throws {
    let read = try scenario(set: ["run.seed=9", "run.seed=11"])
    #expect(read.run.seed == 11)
    #expect(read.text == Sample.text)
    #expect(read.overrides == ["run.seed=9", "run.seed=11"])
  }

  @Test("a scalar may become a mapping, and a missing key may appear")
  func grows() throws {
    let read = try scenario(
      set: ["policies.base.steps.slack.min=15", "workload.load=0.7", "query.slo={ time: 5 s }"])
    #expect(read.workload.load == 0.7)
    #expect(read.query.slo == .time(.init(seconds: 5)))
    #expect("\(read.policies[0].steps)".contains("SlackSteps"))
  }

  @Test(
    "faults name the option",
    arguments: [
      ("workload.lod=0.7", "unknown key 'lod' in workload; did you mean 'load'?", 65),
      ("workload.load=much", "workload.load cannot be 'much'", 65),
      ("cluster.nodes.right.count=0", "cluster.nodes.1.count cannot be '0'", 65),
      ("cluster.nodes.1.count=0", "cluster.nodes.1.count cannot be '0'", 65),
      ("policies.base.steps.slack.min=none", "policies.base.steps.slack.min cannot be 'none'", 65),
      ("name.first=a", "name must be a single value", 65),
      ("cluster.nodes.middle.count=1", "there is no element 'middle'", 64),
      ("cluster.nodes.7.count=1", "there is no element '7'; name one of 0 to 1", 64),
      ("run.seed", "this is no PATH=VALUE", 64),
      ("=3", "this is no PATH=VALUE", 64),
      ("run={ a", "the value is not YAML", 64),
      ("run.baseline=nobody", "there is no policy 'nobody'", 65),
    ])
  func faultsNameTheOption(option: String, what: String, exit: Int32) throws {
    let found = faults(Sample.text, set: [option])
    #expect(found.count == 1)
    let fault = try #require(found.first)
    #expect(fault.description.hasPrefix("--set \(option): error: \(what)"))
    #expect(fault.category.rawValue == exit)
  }
}
