import Cluster

/// CPU stages of one batch overlap with accelerator stages of others.
enum CPUGPUPipelining {
  static let entry = PolicyEntry(
    .pipelining, "cpu-gpu",
    summary: "CPU stages of one batch overlap with accelerator stages of others",
    reference: "Huo et al. (QoS-Diff), MMAsia 2024",
    parameters: [
      PolicyParameter(
        "buffer", .integer(1...1024), default: .integer(2),
        "batches that a worker's hand-off buffer holds in each direction; Assumed: double buffering"
      )
    ]
  ) { .success(.pipelining(.cpuGPU(buffer: $0.integer("buffer")))) }
}
