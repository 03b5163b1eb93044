import Diagnostics
import Foundation
import Scenarios
import Testing

/// Clusters that cannot be: each one line, at its place.
@Suite struct BrokenClusterTests {
  static let all: [Broken] = [
    .init(
      "- name: left", "- name: left\n      stages: [decode]",
      "s.yaml:10:7: error: decode is in two pools: this node does encode and denoise and decode, another "
        + "decode; nodes that share a stage must do the same stages"),
    .init(
      "- name: left", "- name: left\n      link: { latency: 1 ms }",
      "s.yaml:8:13: error: cluster.nodes.0.link lacks 'bandwidth'; bandwidth: of each transfer"),
    .init(
      "- name: left", "- name: left\n      link: { bandwidth: 0 GB/s }",
      "s.yaml:8:26: error: cluster.nodes.0.link.bandwidth cannot be '0 GB/s'; it must be above zero"
    ),
    .init(
      "- name: left", "- name: left\n      disk: { bandwidth: 1 GB/s }",
      "s.yaml:8:13: error: a disk for weights, and the accelerators have no 'memory' to load them into; "
        + "give 'accelerators.memory', or remove the disk"),
    .init(
      "cluster:", "cluster:\n  failures: [{ node: lefty, at: 1 s, repair: 1 s }]",
      "s.yaml:6:22: error: there is no node 'lefty' to fail; did you mean 'left'?"),
    .init(
      "cluster:",
      "cluster:\n  failures: [{ node: left, at: 1 s, repair: 5 s }, { node: left, at: 3 s, repair: 1 s }]",
      "s.yaml:6:13: error: node 'left' fails at 3.0 s, before it is repaired; let it fail at 6.0 s or later"
    ),
    .init(
      "steps: fixed", "steps: { parallel: { accelerators: 8 } }",
      "s.yaml:13:18: error: policy 'base' shares steps among 8 accelerators, and no node that denoises "
        + "has more than 3; lower it, or give a node more"),
    .init(
      "count: 2", "count: 2\n      cpu: { cores: 2, tasks: { decode: 4 } }",
      "s.yaml:11:41: error: a decode task of 4 cores in a pool of 2; raise 'cpu.cores', or give 'cpu.tasks' "
        + "fewer"),
    .init(
      "steps: fixed", "steps: fixed, scaling: { scheduled: { period: 1 h } }",
      "s.yaml:13:34: error: a schedule without an entry; see 'qosdiff policies'"),
    .init(
      "run:", "oracles: [{ metric: \"E[X]\", exact: 1, source: none }]\nrun:",
      "s.yaml:15:21: error: there is no metric 'E[X]'; metrics are written E[Wq], E[Wq^2], E[W], E[T], "
        + "E[Lq], P(idle), P(drop), P(Wq>0.5), P(W>0), P(T>2), Wq p95"),
    .init(
      "workload:", "query: { guidance: false, guided_steps: 0.5 }\nworkload:",
      "s.yaml:2:41: error: steps are guided, and queries are not; remove 'guided_steps' or 'guidance: "
        + "false'"),
    .init(
      "- name: left", "- name: left\n      link: { bandwidth: 1 B/s }",
      "s.yaml:8:26: error: a link of under 1 kB/s; an image would take hours; write 1 kB/s or more"),
    .init(
      "- name: left", "- name: left\n      network: { bandwidth: 1 GB/s }",
      "s.yaml:8:16: error: a network to the next pool, and all nodes do all stages; give nodes 'stages', or "
        + "remove the network"),
    .init(
      "- name: left", "- name: left\n      stages: [encode, encode]",
      "s.yaml:8:24: error: 'encode' is named twice; name each stage once"),
    .init(
      "steps: fixed",
      "steps: fixed, scaling: { scheduled: { plan: [{ at: 0 s, accelerators: 8 }] } }",
      "s.yaml:13:34: error: policy 'base' asks for 8 active accelerators, and there are 7; lower it, or add "
        + "nodes"),
    .init(
      "workload:", "query: { guided_steps: 0.5 }\nworkload:",
      "s.yaml:2:24: error: synthetic times are the same for guided steps and others; give accelerators a "
        + "'profile', or remove 'guided_steps'"),
    .init(
      "cluster:", "cluster:\n  parallelism: { 2: 1.9, 4: 1.2 }",
      "s.yaml:6:16: error: 4 are worth 1.2, less than 2; a number is worth at least what a smaller one is"
    ),
    .init(
      "run:", "oracles: [{ metric: P(idle), source: none }]\nrun:",
      "s.yaml:15:11: error: P(idle) has no value; give one of exact, upper_bound, approximation"),
  ]

  @Test(arguments: all) func isToldAtItsPlace(_ broken: Broken) {
    do {
      _ = try scenario(broken.text)
      Issue.record("no error")
    } catch let error as InputError {
      #expect(error.diagnostics.map(\.description).contains(broken.line), "\(error)")
      #expect(error.exitCode == 65)
    } catch {
      Issue.record("\(error)")
    }
  }
}
