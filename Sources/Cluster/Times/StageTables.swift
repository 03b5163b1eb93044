import EventEngine
import LatencyProfiles
import Workload

/// Median stage times of every (device, shape, stage, batch) as one flat table, and what hand-overs take.
struct StageTables: Sendable {
  static let stageCount = 4

  let shapes: [Shape]
  /// Largest batch in images that the tables hold.
  let maximumBatch: Int
  /// Nanoseconds by (device, shape, stage, batch - 1). Device of a node's accelerators: 2 x node; of its CPUs:
  /// 2 x node + 1.
  let nanoseconds: [Int64]
  /// Nanoseconds as above of steps without guidance; empty where all steps are alike.
  let unguided: [Int64]
  /// The share of a schedule's steps, its first ones, that are guided; 1 without guidance, too.
  let guidedShare: Double
  /// Whether the stage exists, by (device, stage).
  let exists: [Bool]
  let links: [Link]
  let cores: [Int]
  let cpuTasks: [[CPUTask]]

  @inline(__always) static func accelerator(of node: Int) -> Int { 2 * node }
  @inline(__always) static func cpu(of node: Int) -> Int { 2 * node + 1 }

  @inline(__always)
  func row(device: Int, shape: ShapeID, stage: Stage) -> Int {
    (device * shapes.count + Int(shape.rawValue)) * Self.stageCount + stage.index
  }

  /// Median time of a stage for a batch, in nanoseconds; a synthetic stage's mean.
  @inline(__always)
  func median(device: Int, shape: ShapeID, stage: Stage, batch: Int) -> Int64 {
    nanoseconds[row(device: device, shape: shape, stage: stage) * maximumBatch + batch - 1]
  }

  /// Whether some steps are guided and others are not.
  var mixesGuidance: Bool { !unguided.isEmpty }

  /// Median time of a step for a batch of which a share of the images is guided, in nanoseconds: in proportion
  /// between the times with and without guidance (Assumed).
  func stepMedian(device: Int, shape: ShapeID, batch: Int, guided: Double) -> Double {
    let with = Double(median(device: device, shape: shape, stage: .denoise, batch: batch))
    guard mixesGuidance else { return with }
    let row = row(device: device, shape: shape, stage: .denoise)
    return guided * with + (1 - guided) * Double(unguided[row * maximumBatch + batch - 1])
  }

  @inline(__always) func stageExists(device: Int, stage: Stage) -> Bool {
    exists[device * Self.stageCount + stage.index]
  }

  /// Bytes of `images` images on their way to the stage: from accelerator to CPU before `decode`
  /// (latents, fp16) or `postProcess` (pixels, 8 bits), from CPU to accelerator after `encode` on a
  /// CPU (a text embedding of 77 x 768 fp16, conditional and unconditional).
  func bytes(shape: ShapeID, before stage: Stage, images: Int) -> Int {
    let size = shapes[Int(shape.rawValue)].size
    let pixels = Int(size.height) * Int(size.width)
    let bytes =
      switch stage {
      case .encode, .denoise: 2 * 77 * 768 * 2
      case .decode: pixels / 64 * 4 * 2
      case .postProcess: pixels * 3
      }
    return bytes * images
  }

  /// What is predicted of one batch standing alone on a node.
  func prediction(
    node: Int, shape: ShapeID, images: Int, placement: Placement
  ) -> BatchPrediction {
    let batch = min(max(images, 1), maximumBatch)
    let device = Self.accelerator(of: node)
    func encodeAndDecode(_ stage: Stage) -> Int64 {
      placement.isOnCPU(stage)
        ? 0 : median(device: device, shape: shape, stage: stage, batch: batch)
    }
    func onCPU(_ stage: Stage) -> Int64 {
      timeOnCPU(stage, node: node, shape: shape, images: images, placement: placement)
    }
    return BatchPrediction(
      evaluation: evaluation(device: device, shape: shape, batch: batch),
      encode: encodeAndDecode(.encode), decode: encodeAndDecode(.decode),
      encodeOnCPU: onCPU(.encode),
      finishOnCPU: onCPU(.decode) + onCPU(.postProcess))
  }

  /// Nanoseconds of one evaluation; where some steps are guided only, the mean over a schedule.
  private func evaluation(device: Int, shape: ShapeID, batch: Int) -> Int64 {
    guard mixesGuidance else {
      return median(device: device, shape: shape, stage: .denoise, batch: batch)
    }
    let mean = stepMedian(device: device, shape: shape, batch: batch, guided: guidedShare)
    return Int64(mean.rounded())
  }

  /// Nanoseconds of a CPU stage of `images` images on an otherwise idle CPU pool, and of the hand-off to it or from
  /// it; 0 where the CPU does not do it. All images of a prompt are encoded together.
  private func timeOnCPU(
    _ stage: Stage, node: Int, shape: ShapeID, images: Int, placement: Placement
  ) -> Int64 {
    let device = Self.cpu(of: node)
    guard placement.isOnCPU(stage), stageExists(device: device, stage: stage) else { return 0 }
    let tasks = stage == .encode ? 1 : images
    let lanes = max(cores[node] / cpuTasks[node][stage.index].cores, 1)
    let rounds = (tasks + lanes - 1) / lanes
    let time = median(device: device, shape: shape, stage: stage, batch: 1) * Int64(rounds)
    // Where decoding ran on the CPU, its images stay there.
    if stage == .postProcess, placement.isOnCPU(.decode) { return time }
    let bytes = bytes(shape: shape, before: stage, images: tasks)
    return time + links[node].time(bytes: bytes).nanoseconds
  }
}

/// Nanoseconds that are predicted for one batch standing alone, from medians.
struct BatchPrediction: Equatable, Sendable {
  /// One evaluation.
  let evaluation: Int64
  /// Encode on the accelerator; 0 where the CPU does it.
  let encode: Int64
  /// Decode on the accelerator; 0 where the CPU does it.
  let decode: Int64
  /// Encode on the CPU and the hand-off from it; 0 where the accelerator does it.
  let encodeOnCPU: Int64
  /// The hand-off to the CPU and its stages behind denoising.
  let finishOnCPU: Int64

  /// What the accelerator does beside evaluations.
  var encodeAndDecode: Int64 { encode + decode }
  /// The CPU stages and hand-offs.
  var onCPU: Int64 { encodeOnCPU + finishOnCPU }

  /// All but evaluations, of what is encoded already or not.
  func others(isEncoded: Bool) -> Int64 {
    isEncoded ? decode + finishOnCPU : encodeAndDecode + onCPU
  }

  /// So many evaluations, `speedup` times as fast.
  func denoising(_ evaluations: Int, speedup: Double) -> Int64 {
    Self.shared(evaluation * Int64(evaluations), speedup: speedup)
  }

  /// Nanoseconds of work that is done `speedup` times as fast.
  static func shared(_ nanoseconds: Int64, speedup: Double) -> Int64 {
    speedup == 1 ? nanoseconds : Int64((Double(nanoseconds) / speedup).rounded())
  }
}
