import Experiments
import ArgumentParser
import Diagnostics
import Foundation
import KernelBench
import LatencyProfiles

/// Runs a bench in front of the user and writes its profile.
struct ProfileMeasurement {
  let plan: BenchPlan
  let out: String
  let name: String
  let verbosity: Verbosity

  /// Ends the program after a signal.
  func run() throws(InputError) -> LatencyProfile {
    let interrupt = InterruptFlag(kept: "the finished kernels are in \(out).resume")
    let start = Date()
    let resume = out + ".resume"
    var result: BenchResult
    do {
      let bench = try Bench(
        plan: plan, resumePath: resume, progress: { show($0, since: start) },
        isCancelled: { interrupt.isRaised() })
      if bench.resumed > 0 {
        verbosity.note("\(bench.resumed) kernels are in \(resume) already")
      }
      result = try bench.run()
      result.latentEntropy = EntropyTiming.measure()
      Output.progress("")
    } catch KernelBenchError.interrupted {
      Output.progress("")
      Output.error(
        "Interrupted: \(resume) keeps the finished kernels. The same command goes on from them.")
      exit(interrupt.exitCode.rawValue)
    } catch {
      Output.progress("")
      throw InputError([fault(error, resume: resume)])
    }
    let day = Date().formatted(.iso8601.year().month().day())
    let profile = try result.profile(name: name, date: day)
    try profile.save(path: out)
    warn(of: result)
    return profile
  }

  private func warn(of result: BenchResult) {
    if result.noisyShare > 0.25 {
      let percent = Int((100 * result.noisyShare).rounded())
      Output.error(
        "warning: a noisy machine: \(percent) % of the kernels spread by over 10 % between their "
          + "quartiles; close other programs and measure again")
    }
    if let entry = result.widest, let gap = entry.wholeGap, abs(gap) > 0.05 {
      let guidance = entry.guidance.map { $0 ? ", guided" : ", unguided" } ?? ""
      let percent = String(format: "%.1f", 100 * abs(gap))
      Output.error(
        "warning: \(entry.model) \(entry.stage.rawValue)\(guidance), batch \(entry.batch): the sum "
          + "of the kernels and the stage executed whole differ by \(percent) %, more than 5 %; the "
          + "machine's speed drifts, or other programs run; measure again, without --quick for more "
          + "repetitions")
    }
  }

  private func fault(_ error: any Error, resume: String) -> Diagnostic {
    switch error {
    case let error as KernelBenchError:
      if case .libraryMissing(let file, let package) = error {
        Diagnostic(
          .missingInput, at: nil, "\(file), oneDNN, is not on this machine",
          hint: "install Debian's package \(package)")
      } else {
        Diagnostic(.failed, at: nil, error.description)
      }
    default:
      Diagnostic(.cannotCreate, at: .init(file: resume), "the resume file cannot be written")
    }
  }

  private func show(_ progress: Bench.Progress, since start: Date) {
    guard !verbosity.quiet else { return }
    let spent = Date().timeIntervalSince(start)
    let left = progress.share > 0.03 ? spent * (1 / progress.share - 1) : nil
    let filled = Int(20 * progress.share)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    let time = left.map { String(format: "%.0f s left", $0) } ?? "starting"
    Output.progress("[\(bar)] \(time)  \(progress.what)")
  }
}
