import EventEngine
import LatencyProfiles
import Workload

/// What the times of work rest on; the rules are ``BusyTime``'s.
extension ClusterSimulation {
  /// Of accelerator work that begins now: the profile's figure or the scenario's distribution, and for a shared step
  /// the speedup curve. The time of live work is measured as it is done.
  @inline(__always)
  func acceleratorBasis(_ stage: Stage, on w: Int, images: Int, oldest: Int) -> TimeBasis {
    if isLive { return .measured }
    let device = StageTables.accelerator(of: Int(workers[w].node))
    let shape = parts[oldest].shape
    let batch = min(images, times.maximumBatch)
    guard stage == .denoise else {
      return times.basis(device: device, shape: shape, stage: stage, batch: batch)
    }
    let alone =
      times.tables.mixesGuidance
      ? times.stepBasis(
        device: device, shape: shape, batch: batch, guided: guidedShare(ofRunning: w))
      : times.basis(device: device, shape: shape, stage: stage, batch: batch)
    if workers[w].helpers.isEmpty { return alone }
    return parallelism.basis(devices: workers[w].helpers.count + 1, alone: alone)
  }

  /// Of a CPU task that begins now.
  func cpuBasis(_ stage: Stage, node: Int, part: Int) -> TimeBasis {
    if isLive { return .measured }
    return times.basis(
      device: StageTables.cpu(of: node), shape: parts[part].shape, stage: stage, batch: 1)
  }
}
