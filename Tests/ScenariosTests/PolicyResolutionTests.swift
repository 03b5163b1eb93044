import Diagnostics
import Cluster
import Diagnostics
import Scenarios
import Testing

/// The parts of a policy by the names of their types.
private func parts(_ set: PolicySet) -> [String] {
  [
    "\(type(of: set.steps))", "\(type(of: set.dispatcher))", "\(type(of: set.discipline))",
    "\(type(of: set.batching))", set.pipelining == .none ? "none" : "cpu-gpu",
  ]
}

@Suite("extends and without")
struct PolicyResolutionTests {
  static let lines = [
    "base: { dispatcher: round-robin, batching: { static: { images: 4, wait: 50 ms } } }",
    "all: { extends: base, steps: slack, dispatcher: earliest-finish, pipelining: cpu-gpu }",
    "some: { extends: all, discipline: edf, without: [pipelining, steps] }",
    "back: { extends: some, pipelining: cpu-gpu }",
    "cut: { extends: all, without: [dispatcher] }",
    "bare: {}",
  ]

  @Test("known answers")
  func known() throws {
    let read = try scenario(Sample.policies(Self.lines))
    func of(_ name: String) -> [String] { read.policy(name).map(parts) ?? [] }
    #expect(read.policies.map(\.name) == ["base", "all", "some", "back", "cut", "bare"])
    #expect(
      of("base") == [
        "FixedSteps", "RoundRobin", "FirstComeFirstServed", "StaticBatching", "none",
      ])
    #expect(
      of("all") == [
        "SlackSteps", "EarliestFinish", "FirstComeFirstServed", "StaticBatching", "cpu-gpu",
      ])
    #expect(
      of("some") == [
        "FixedSteps", "EarliestFinish", "EarliestDeadlineFirst", "StaticBatching", "none",
      ])
    #expect(
      of("back") == [
        "FixedSteps", "EarliestFinish", "EarliestDeadlineFirst", "StaticBatching", "cpu-gpu",
      ])
    #expect(
      of("cut") == [
        "SlackSteps", "RoundRobin", "FirstComeFirstServed", "StaticBatching", "cpu-gpu",
      ])
    #expect(
      of("bare") == ["FixedSteps", "RoundRobin", "FirstComeFirstServed", "NoBatching", "none"])
  }

  @Test("the order of definition does not matter")
  func order() throws {
    let one = try scenario(Sample.policies(Self.lines))
    let other = try scenario(Sample.policies(Self.lines.reversed()))
    for policy in one.policies { #expect(other.policy(policy.name).map(parts) == parts(policy)) }
  }

  static let circle = "policies extend one another in a circle"

  @Test("two circles are two faults")
  func circles() {
    let lines = ["base: {}", "a: { extends: b }", "b: { extends: a }", "c: { extends: c }"]
    #expect(faults(Sample.policies(lines)).map { $0.location?.line } == [14, 16])
  }

  @Test(
    "faults, each once",
    arguments: [
      (["base: {}", "a: { extends: a }"], "s.yaml:14:17: error: \(circle): a -> a"),
      (
        ["base: {}", "a: { extends: b }", "b: { extends: c }", "c: { extends: a }"],
        "s.yaml:14:17: error: \(circle): a -> b -> c -> a"
      ),
      (
        ["base: {}", "heir: { extends: a }", "a: { extends: b }", "b: { extends: a }"],
        "s.yaml:15:17: error: \(circle): a -> b -> a"
      ),
      (
        ["base: { without: [steps] }"],
        "s.yaml:13:20: error: the baseline cannot be without a part"
      ),
      (
        ["base: {}", "a: { extends: base, steps: slack, without: [steps] }", "b: { extends: a }"],
        "s.yaml:14:47: error: 'steps' is both set and left out"
      ),
      (
        ["base: {}", "a: { extends: none }", "b: { extends: a }"],
        "s.yaml:14:17: error: there is no policy 'none' to extend"
      ),
      (
        ["base: {}", "a: { without: [colour] }"],
        "s.yaml:14:18: error: policies.a.without.0 cannot be 'colour'"
      ),
    ])
  func faulty(lines: [String], line: String) {
    let found = faults(Sample.policies(lines)).map(\.description)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(line) == true, "\(found)")
  }
}
