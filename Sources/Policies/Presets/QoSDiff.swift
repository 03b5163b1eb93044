/// QoS-Diff as a whole: entropy steps under slack, one last step, load balancing over unequal workers,
/// and CPU stages that overlap with accelerator stages. Each part can be left out by its name.
enum QoSDiff {
  static let preset = PolicyPreset(
    "qos-diff",
    summary: "entropy steps, one last step, earliest-finish load balancing, CPU-GPU pipelining",
    reference: "Huo et al., QoS-Diff, MMAsia 2024 (abstract); parameters Assumed",
    parts: [
      .steps: "entropy", .finish: "jump", .dispatcher: "earliest-finish", .pipelining: "cpu-gpu",
    ])
}
