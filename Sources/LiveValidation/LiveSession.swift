package import Diagnostics
package import Experiments
import Foundation
package import KernelBench
import LatencyProfiles
package import LiveServer
package import Scenarios

/// A live server ready for a scenario, whose profiles are what this machine takes, measured here and now.
package struct LiveSession {
  /// Reads the scenario with these profiles in the place of its own.
  package typealias Reader = (ProfileStandIns) throws(InputError) -> Scenario

  package let server: LiveServer
  /// The scenario with this machine's profiles.
  package let scenario: Scenario
  package let measurement: LiveMeasurement
  let listener: any LiveListener
  private let read: Reader
  private let plan: LivePlan

  /// - Parameters:
  ///   - path: of the scenario, for errors.
  ///   - folder: where the profiles are kept; nil = nowhere.
  ///   - seconds: for which stages are timed.
  ///   - timeLimit: seconds that all may take; not even one round of timings takes longer.
  ///   - points: the experiments of a scenario that are going to be served.
  /// - Throws: what keeps the scenario from being served; ``KernelBenchError``.
  package init(
    path: String, measuring seconds: Double, timeLimit: Double, keepingIn folder: String?,
    listener: any LiveListener, isInterrupted: @escaping @Sendable () -> Bool,
    reading read: @escaping Reader, points: (Scenario) throws(InputError) -> [Experiment]
  ) throws {
    self.listener = listener
    self.read = read
    let place = try folder ?? Self.temporaryFolder()
    defer { if folder == nil { try? FileManager.default.removeItem(atPath: place) } }
    if folder != nil { try Self.make(place) }
    let plan = try Self.plan(read, points)
    self.plan = plan
    Self.warnOfOthers(listener)
    listener.hear(.preparing(stages: plan.onAccelerator.count + plan.onCPU.count))
    let server = try Self.checked { () throws(KernelBenchError) in
      try LiveServer(plan, isInterrupted: isInterrupted)
    }
    self.server = server
    if server.roundSeconds > timeLimit {
      throw InputError(
        .badInput, at: .init(file: path),
        String(
          format: "live: timing every stage once takes about %.0f s, and --time-limit is %.0f s",
          server.roundSeconds, timeLimit),
        hint: "use a smaller model, image or batch, fewer steps, or raise the limit")
    }
    let start = ContinuousClock.now
    measurement = try Self.checked { () throws(KernelBenchError) in
      try server.measure(seconds: seconds) { what in
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        listener.show(.timing(share: elapsed / seconds, stage: what))
      }
    }
    listener.show(.idle)
    scenario = try Self.scenario(read, Self.profiles(of: measurement), in: place)
  }

  /// The scenario with profiles of other timings of this machine.
  package func scenario(timed timings: LiveTimings) throws(InputError) -> Scenario {
    let place = try Self.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: place) }
    return try Self.scenario(read, profiles(timed: timings), in: place)
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
    _ read: Reader,
    _ profiles: (accelerator: LatencyProfile, core: LatencyProfile), in folder: String
  ) throws(InputError) -> Scenario {
    let paths = ProfileStandIns(
      accelerator: "\(folder)/live-accelerator.json", core: "\(folder)/live-core.json")
    try profiles.accelerator.save(path: paths.accelerator)
    try profiles.core.save(path: paths.core)
    return try read(paths)
  }

  /// Median seconds of a step of one image by some timings.
  func stepSeconds(_ timings: LiveTimings) -> Double? {
    measurement.replacing(timings, for: plan).stepSeconds
  }

  /// What the server must be ready for, found out before anything has been measured.
  private static func plan(
    _ read: Reader, _ points: (Scenario) throws(InputError) -> [Experiment]
  ) throws(InputError) -> LivePlan {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = "\(folder)/placeholder.json"
    try LatencyProfile.placeholder().save(path: path)
    let scenario = try read(.init(accelerator: path, core: path))
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

  package static func fault(_ error: KernelBenchError) -> any Error {
    switch error {
    case .interrupted: LiveInterrupted()
    case .libraryMissing, .functionMissing:
      InputError(.missingInput, at: nil, error.description)
    case .oneDNN, .wrong, .png: InputError(.badInput, at: nil, error.description)
    }
  }

  /// Share of the machine from which on others disturb.
  private static let disturbing = 0.05

  private static func warnOfOthers(_ listener: any LiveListener) {
    guard let load = MachineLoad() else { return }
    Thread.sleep(forTimeInterval: 0.5)
    guard let others = load.others() else { return }
    if others.processes > disturbing {
      listener.hear(.busy(.otherProcesses, share: others.processes))
    }
    if others.machines > disturbing {
      listener.hear(.busy(.otherMachines, share: others.machines))
    }
  }

  /// Says what disturbed a run.
  ///
  /// - Returns: whether its latencies are to be doubted.
  @discardableResult
  package func warn(of clock: ClockWatch, _ load: MachineLoad?, run: String) -> Bool {
    var isDisturbed = clock.asleepSeconds != nil
    if let seconds = clock.asleepSeconds {
      listener.hear(.asleep(run: run, seconds: seconds))
    } else if let seconds = clock.setSeconds {
      listener.hear(.clockSet(run: run, seconds: seconds))
    }
    if server.latest > 0.05 {
      isDisturbed = true
      listener.hear(.timerLate(run: run, seconds: server.latest))
    }
    if let others = load?.others(), others.processes + others.machines > Self.disturbing {
      isDisturbed = true
      listener.hear(.disturbed(run: run, share: others.processes + others.machines))
    }
    return isDisturbed
  }
}

/// A live run was stopped before anything could be kept.
package struct LiveInterrupted: Error {
  package init() {}
}
