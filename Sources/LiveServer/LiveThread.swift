import Cluster
import DiffusionModels
import EventEngine
import Foundation
import KernelBench
import LatencyProfiles
import LatentDynamics
import Workload

/// A part's latent on its way through the stages; belongs to whoever does its present work.
final class LiveLatent: @unchecked Sendable {
  var run: LatentRun?
  var entropyBits: (latent: Double, predicted: Double)?

  /// Noise, and the prior of the part's prompt.
  func begin(_ member: LiveWork.Member, _ latents: LivePlan.Latents?, _ shape: Shape) {
    let seed = (latents?.firstSeed ?? 1) &+ UInt64(bitPattern: Int64(member.row ?? member.part))
    run = LatentRun(
      Prompt(seed: seed), grid: latents?.grid ?? TrajectoryGrid(),
      shape: LatentShape(
        imageHeight: Int(shape.size.height), imageWidth: Int(shape.size.width)))
  }
}

/// A piece of work and the latents that go with it.
struct LiveJob: Sendable {
  let work: LiveWork
  let latents: [LiveLatent]
}

/// What a thread reports.
enum LiveReport: Sendable {
  /// It is ready to work; what each piece took at first, in nanoseconds.
  case ready([LivePlan.Piece: Int64])
  /// Work has ended, after so many nanoseconds in the thread.
  case ended(ticket: Int, nanoseconds: Int64)
  /// It cannot go on.
  case failed(KernelBenchError)
}

/// A thread on a core of its own: an accelerator, or a core of the CPU pool.
final class LiveThread: @unchecked Sendable {
  private let core: Int?
  private let pieces: [LivePlan.Piece]
  private let guidance: Bool
  private let latents: LivePlan.Latents?
  private let jobs: Mailbox<LiveJob?>
  private let reports: Mailbox<LiveReport>
  private let isInterrupted: @Sendable () -> Bool

  /// - Parameters:
  ///   - core: where it runs; nil = wherever the system likes.
  ///   - isInterrupted: asked between the stages that are made ready.
  init(
    core: Int?, pieces: [LivePlan.Piece], plan: LivePlan, jobs: Mailbox<LiveJob?>,
    reports: Mailbox<LiveReport>, isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.isInterrupted = isInterrupted
    self.core = core
    self.pieces = pieces
    guidance = plan.guidance
    latents = plan.latents
    self.jobs = jobs
    self.reports = reports
  }

  func start() {
    let thread = Thread { self.main() }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func main() {
    if let core { CoreSet(cores: [core]).pin() }
    do throws(KernelBenchError) {
      let (stages, first) = try prepare()
      reports.put(.ready(first))
      while let job = jobs.take() {
        let start = DispatchTime.now().uptimeNanoseconds
        try perform(job, stages)
        let end = DispatchTime.now().uptimeNanoseconds
        reports.put(.ended(ticket: job.work.ticket, nanoseconds: Int64(end - start)))
      }
    } catch {
      reports.put(.failed(error))
    }
  }

  /// Makes all stages ready, and runs each once: the first run fills caches.
  private func prepare() throws(KernelBenchError) -> (
    stages: [LivePlan.Piece: PreparedStage], first: [LivePlan.Piece: Int64]
  ) {
    let engine = try StageEngine()
    var stages: [LivePlan.Piece: PreparedStage] = [:]
    var first: [LivePlan.Piece: Int64] = [:]
    for piece in pieces {
      if isInterrupted() { throw .interrupted }
      guard let model = ModelRegistry.model(named: piece.shape.model) else { continue }
      let stage = try engine.stage(
        piece.stage, of: model, size: piece.size, guidance: guidance, batch: piece.images)
      let start = DispatchTime.now().uptimeNanoseconds
      try stage.run()
      first[piece] = Int64(DispatchTime.now().uptimeNanoseconds - start)
      stages[piece] = stage
    }
    return (stages, first)
  }

  private func perform(
    _ job: LiveJob, _ stages: [LivePlan.Piece: PreparedStage]
  ) throws(KernelBenchError) {
    let work = job.work
    let piece = LivePlan.Piece(stage: work.stage, shape: work.shape, images: work.images)
    guard let stage = stages[piece] else {
      preconditionFailure("work that no plan has: \(piece)")
    }
    switch work.stage {
    case .encode:
      try stage.run()
      for (member, latent) in zip(work.members, job.latents) {
        latent.begin(member, latents, work.shape)
      }
    case .denoise:
      for (member, latent) in zip(work.members, job.latents) where latent.run == nil {
        latent.begin(member, latents, work.shape)
      }
      try stage.run(latents: job.latents.compactMap { $0.run?.pixels })
      for (member, latent) in zip(work.members, job.latents) {
        latent.run?.step(member.path, isReserved: member.finish == .reserved)
        if member.maintainsViews { latent.entropyBits = latent.run?.entropyBits }
      }
    case .decode:
      try stage.run(latents: job.latents.compactMap { $0.run?.pixels })
    case .postProcess:
      try stage.run()
    }
  }
}
