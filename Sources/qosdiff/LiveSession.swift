import Diagnostics
import Experiments
import Foundation
import KernelBench
import LatencyProfiles
import LiveServer
import LiveValidation
import Scenarios

/// A live server ready for a scenario, whose profiles are what this machine takes, measured here and now.
struct LiveSession {
  let server: LiveServer
  /// The scenario with this machine's profiles.
  let scenario: Scenario
  let measurement: LiveMeasurement
  let verbosity: Verbosity
  private let options: ScenarioOptions
  private let plan: LivePlan

  /// - Parameters:
  ///   - folder: where the profiles are kept; nil = nowhere.
  ///   - seconds: for which stages are timed.
  ///   - timeLimit: seconds that all may take; not even one round of timings takes longer.
  ///   - points: the experiments of a scenario that are going to be served.
  /// - Throws: what keeps the scenario from being served; ``KernelBenchError``.
  init(
    _ options: ScenarioOptions, measuring seconds: Double,
    timeLimit: Double, keepingIn folder: String?, _ interrupt: InterruptFlag,
    points: (Scenario) throws(InputError) -> [Experiment]
  ) throws {
    verbosity = options.verbosity
    self.options = options
    let place = try folder ?? Self.temporaryFolder()
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: place) } }
    if folder != nil { try Self.make(place) }
    let plan = try Self.plan(options, points)
    self.plan = plan
    Self.warnOfOthers()
    verbosity.note("live: making \(plan.onAccelerator.count + plan.onCPU.count) stages ready")
    let server = try Self.checked { () throws(KernelBenchError) in
      try LiveServer(plan, isInterrupted: interrupt.isRaised)
    }
    self.server = server
    if server.roundSeconds > timeLimit {
      throw InputError(
        .badInput, at: .init(file: options.scenario),
        String(
          format: "live: timing every stage once takes about %.0f s, and --time-limit is %.0f s",
          server.roundSeconds, timeLimit),
        hint: "use a smaller model, image or batch, fewer steps, or raise the limit")
    }
    var progress = Progress("% of the timings", options.verbosity)
    let start = ContinuousClock.now
    measurement = try Self.checked { () throws(KernelBenchError) in
      try server.measure(seconds: seconds) { what in
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        progress.show(Int(min(100 * elapsed / seconds, 99)), of: 100, what)
      }
    }
    progress.clear()
    scenario = try Self.scenario(options, Self.profiles(of: measurement), in: place)
  }

  /// The scenario with profiles of other timings of this machine.
  func scenario(timed timings: LiveTimings) throws(InputError) -> Scenario {
    let place = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    return try Self.scenario(options, profiles(timed: timings), in: place)
  }

  /// Profiles of other timings of this machine.
  func profiles(
    timed timings: LiveTimings
  ) throws(InputError) -> (accelerator: LatencyProfile, core: LatencyProfile) {
    try Self.profiles(of: measurement.replacing(timings, for: plan))
  }

  private static func profiles(
    of measurement: LiveMeasurement
  ) throws(InputError) -> (accelerator: LatencyProfile, core: LatencyProfile) {
    try measurement.profiles(date: Date.now.formatted(.iso8601))
  }

  private static func scenario(
    _ options: ScenarioOptions,
    _ profiles: (accelerator: LatencyProfile, core: LatencyProfile), in folder: String
  ) throws(InputError) -> Scenario {
    let paths = ProfileStandIns(
      accelerator: "\(folder)/live-accelerator.json", core: "\(folder)/live-core.json")
    try profiles.accelerator.save(path: paths.accelerator)
    try profiles.core.save(path: paths.core)
    return try options.read(standIns: paths)
  }

  /// Median seconds of a step of one image by some timings.
  func stepSeconds(_ timings: LiveTimings) -> Double? {
    measurement.replacing(timings, for: plan).stepSeconds
  }

  /// What the server must be ready for, found out before anything has been measured.
  private static func plan(
    _ options: ScenarioOptions, _ points: (Scenario) throws(InputError) -> [Experiment]
  ) throws(InputError) -> LivePlan {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/placeholder.json"
    try LatencyProfile.placeholder().save(path: path)
    let scenario = try options.read(standIns: .init(accelerator: path, core: path))
    var plans: [LivePlan] = []
    for experiment in try points(scenario) {
      let plan = try experiment.livePlan(cores: CoreSet.available().cores.count)
      if let first = plans.first, first != plan {
        throw InputError([
          scenario.fault(
            of: "experiment.workloads", what: "live: workloads of different models or sizes",
            hint: "give all of them one model and size")
        ])
      }
      plans.append(plan)
    }
    return plans[0]
  }

  /// One line on what was measured.
  var summary: String {
    func milliseconds(_ seconds: Double) -> String { String(format: "%.2f ms", 1e3 * seconds) }
    let own = measurement.ofAccelerator.prefix(1).map {
      "x \(String(format: "%.2f", $0.factor)) beside a busy core"
    }
    let concurrent =
      own
      + measurement.ofCore.map {
        "\($0.stage.rawValue) x \(String(format: "%.2f", $0.factor)) beside steps"
      }
    let idle = [measurement.coldCaches].compactMap { $0 }.map {
      "\(milliseconds($0.extraSeconds)) more where caches are cold"
    }
    return "measured here: a step \(measurement.stepSeconds.map(milliseconds) ?? "-")"
      + " (quartiles \(String(format: "%.1f", 100 * measurement.spread)) % of it apart), "
      + (idle + concurrent + ["hand-over \(milliseconds(measurement.handOffSeconds))"]).joined(
        separator: ", ")
  }

  private static func temporaryFolder() throws(InputError) -> String {
    let folder = NSTemporaryDirectory() + "/qosdiff-live-" + UUID().uuidString
    try make(folder)
    return folder
  }

  private static func make(_ folder: String) throws(InputError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(
        .cannotCreate, at: .init(file: folder), "the folder cannot be made",
        hint: "name one that can be written")
    }
  }

  /// What the kernels throw, as the program says it.
  static func checked<Result>(
    _ body: () throws(KernelBenchError) -> Result
  ) throws -> Result {
    do throws(KernelBenchError) {
      return try body()
    } catch {
      throw fault(error)
    }
  }

  static func fault(_ error: KernelBenchError) -> any Error {
    switch error {
    case .interrupted: LiveInterrupted()
    case .libraryMissing, .functionMissing:
      InputError(.missingInput, at: nil, error.description)
    case .oneDNN, .wrong, .png: InputError(.badInput, at: nil, error.description)
    }
  }

  /// Share of the machine from which on others disturb.
  private static let disturbing = 0.05

  private static func warnOfOthers() {
    guard let load = MachineLoad() else { return }
    Thread.sleep(forTimeInterval: 0.5)
    guard let others = load.others() else { return }
    for (share, who) in [
      (others.processes, "other processes"), (others.machines, "other machines on this host"),
    ]
    where share > disturbing {
      Output.error(
        "Warning: \(who) take \(Int((100 * share).rounded())) % of this machine's time: live figures will scatter."
      )
    }
  }

  /// Says what disturbed a run.
  ///
  /// - Returns: whether its latencies are to be doubted.
  @discardableResult
  static func warn(
    of clock: ClockWatch, _ load: MachineLoad?, _ server: LiveServer, run: String
  ) -> Bool {
    var isDisturbed = clock.asleepSeconds != nil
    if let seconds = clock.asleepSeconds {
      Output.error(
        "Warning: \(run): the machine was asleep for \(String(format: "%.2f", seconds)) s: serve this run again."
      )
    } else if let seconds = clock.setSeconds {
      Output.error(
        "Warning: \(run): the clock was set by \(String(format: "%+.2f", seconds)) s; latencies are by another clock, and good."
      )
    }
    if server.latest > 0.05 {
      isDisturbed = true
      Output.error(
        "Warning: \(run): a timer was \(Int(1e3 * server.latest)) ms late: something else held the machine up."
      )
    }
    if let others = load?.others(), others.processes + others.machines > disturbing {
      isDisturbed = true
      Output.error(
        "Warning: \(run): others took \(Int((100 * (others.processes + others.machines)).rounded())) % of the machine's time."
      )
    }
    return isDisturbed
  }
}

/// A live run was stopped before anything could be kept.
struct LiveInterrupted: Error {}
