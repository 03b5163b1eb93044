package import Cluster
package import EventEngine
package import KernelBench
import LatencyProfiles

/// A real miniature server: threads that run the kernels of every stage, driven by a cluster's policies.
///
/// Each accelerator is a thread on a core of its own; the CPU pool's threads have the other cores, and so has
/// the caller, who decides what is done next. Not for several callers.
package final class LiveServer: Executor {
  let plan: LivePlan
  private let reports = Mailbox<LiveReport>()
  private let accelerators: [Mailbox<LiveJob?>]
  private let pool = Mailbox<LiveJob?>()
  private let isInterrupted: @Sendable () -> Bool
  private var latents: [Int: LiveLatent] = [:]
  /// Whether the last run was ended before its last query.
  package private(set) var isStopped = false
  private var clock = LiveClock()
  private var ongoing: [Int: (key: LiveTimings.Key, start: SimulationTime)] = [:]
  /// The work that has ended since the run began, in the order of its ends.
  package private(set) var log: [LiveSpan] = []
  /// About how long it takes to time everything in the plan once, by the first run of each piece.
  package let roundSeconds: Double
  /// Why work failed; nil where none has.
  package private(set) var failure: KernelBenchError?
  /// By how much a timer was late at most since the run began, in seconds.
  package private(set) var latest = 0.0

  /// Starts the threads, and waits until they are ready.
  ///
  /// - Parameter isInterrupted: asked several times a second; true stops the run.
  /// - Throws: where a kernel cannot be made ready; ``KernelBenchError/interrupted``.
  package init(
    _ plan: LivePlan, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(KernelBenchError) {
    self.plan = plan
    self.isInterrupted = isInterrupted
    accelerators = (0..<plan.accelerators).map { _ in Mailbox() }
    let cores = CoreSet.available().cores
    let isRoomy = cores.count >= plan.accelerators + plan.cores
    for (index, jobs) in accelerators.enumerated() {
      LiveThread(
        core: isRoomy ? cores[index] : nil, pieces: plan.onAccelerator, plan: plan, jobs: jobs,
        reports: reports, isInterrupted: isInterrupted
      ).start()
    }
    for index in 0..<plan.cores {
      LiveThread(
        core: isRoomy ? cores[plan.accelerators + index] : nil, pieces: plan.onCPU, plan: plan,
        jobs: pool, reports: reports, isInterrupted: isInterrupted
      ).start()
    }
    var first: [LivePlan.Piece: Int64] = [:]
    for _ in 0..<plan.accelerators + plan.cores {
      switch reports.take() {
      case .ready(let own): first.merge(own, uniquingKeysWith: max)
      case .failed(let error): throw error
      case .ended: preconditionFailure("work that ended without having begun")
      }
    }
    roundSeconds =
      plan.rounds.reduce(0) { $0 + Double(first[$1.piece] ?? 0) * Double($1.count) } / 1e9
  }

  deinit {
    for jobs in accelerators { jobs.put(nil) }
    for _ in 0..<plan.cores { pool.put(nil) }
  }

  /// Starts the clock.
  package func start() { clock = LiveClock() }

  /// Runs `body` on a core that no accelerator has; waits for what is still going on after it.
  package func run<Result, Fault>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
    let cores = CoreSet.available()
    let others = CoreSet(cores: Array(cores.cores.dropFirst(plan.accelerators)))
    if !others.cores.isEmpty { others.pin() }
    defer { cores.pin() }
    latents.removeAll()
    log = []
    latest = 0
    isStopped = false
    start()
    defer { while !ongoing.isEmpty, failure == nil { _ = settle(reports.take()) } }
    return try body()
  }

  /// Time since the run began.
  package var now: SimulationTime { clock.now }

  /// Hands work to its thread.
  package func begin(_ work: LiveWork) {
    let own = work.members.map { member in
      if let latent = latents[member.part] { return latent }
      let latent = LiveLatent()
      latents[member.part] = latent
      return latent
    }
    ongoing[work.ticket] = (.init(work), now)
    (work.worker.map { accelerators[Int($0.rawValue)] } ?? pool).put(
      LiveJob(work: work, latents: own))
  }

  /// Longest time, in nanoseconds, for which it does not ask whether it is to stop.
  private static let patience: Int64 = 100_000_000

  /// Waits for a thread's report, or for a time.
  package func wait(until time: SimulationTime) -> LiveEvent {
    while true {
      if failure != nil || isInterrupted() {
        isStopped = true
        return .stopped
      }
      let left = (time - clock.now).nanoseconds
      if let report = reports.take(within: min(left, Self.patience)) { return settle(report) }
      let late = (clock.now - time).nanoseconds
      if late >= 0 {
        latest = max(latest, Double(late) / 1e9)
        return .due
      }
    }
  }

  private func settle(_ report: LiveReport) -> LiveEvent {
    switch report {
    case .ready: preconditionFailure("a thread that was ready twice")
    case .ended(let ticket, let nanoseconds):
      guard let (key, start) = ongoing.removeValue(forKey: ticket) else {
        preconditionFailure("work that ended without having begun")
      }
      log.append(
        LiveSpan(
          key: key, start: start, duration: now - start,
          inThread: SimulationDuration(nanoseconds: nanoseconds)))
      return .ended(ticket: ticket)
    case .failed(let error):
      failure = error
      isStopped = true
      return .stopped
    }
  }

  /// Entropies of a part's latent after its last step that was looked at, in bits.
  package func entropyBits(of part: Int) -> (latent: Double, predicted: Double)? {
    latents[part]?.entropyBits
  }

  /// Makes a part's latent ready, as encoding does.
  func prepare(_ member: LiveWork.Member, _ shape: Shape) {
    let latent = LiveLatent()
    latent.begin(member, plan.latents, shape)
    latents[member.part] = latent
  }

  /// Lets a part's latent go.
  package func forget(_ part: Int) { latents[part] = nil }
}
