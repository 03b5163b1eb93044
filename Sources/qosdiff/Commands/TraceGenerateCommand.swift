import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import TextReports
import Workload

extension TraceCommand {
  /// `qosdiff trace generate`.
  struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a trace from an arrival process and a mix of queries.")

    enum Process: String, CaseIterable, ExpressibleByArgument {
      case poisson, gamma, markov
    }

    @Option(help: "Arrival process: poisson, gamma or markov (Markov-modulated Poisson).")
    var process = Process.poisson
    @Option(help: "Mean rate of poisson and gamma, as '0.5 query/s' (or query/min, query/h).")
    var rate: RateArgument?
    @Option(help: "Coefficient of variation of gamma's gaps; default: 1, as Poisson's.")
    var cv: Double?
    @Option(help: "States of markov, as 'RATE:MEAN DWELL,...': '2 query/min:1 h,1 query/s:5 min'.")
    var states: String?
    @Option(help: "Amplitude of a daily rate curve (a cosine), 0 to 1.")
    var diurnalAmplitude: Double?
    @Option(help: "When the daily curve peaks, from the start; default: 14 h.")
    var diurnalPeak: TimeArgument?
    @Option(help: "Period of the daily curve; default: 24 h.")
    var diurnalPeriod: TimeArgument?
    @Option(help: "A daily rate curve as 24 relative rates, the first for 0 to 1 h: '1,1,2,...'.")
    var hourly: String?
    @Option(help: "Length of the trace, as '24 h'.")
    var duration: TimeArgument?
    @Option(help: "Number of queries at most.")
    var count: Int?
    @Option(help: "Steps by weight: '30:0.9,40:0.1'; left out = the scenario's.")
    var steps: String?
    @Option(help: "Images by weight: '1:0.6,4:0.4'; left out = the scenario's.")
    var images: String?
    @Option(help: "Sizes by weight: '512x512:3,768x512:1' (height x width).")
    var sizes: String?
    @Option(help: "Models by weight: 'sd15:3,sdxl:1'.")
    var models: String?
    @Option(help: "Number of prompts that come back; left out = all are different.")
    var prompts: Int?
    @Option(help: "Zipf exponent of the prompts' popularity; default: 1.")
    var zipf: Double?
    @Option(help: "Seed of the random streams.")
    var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "File to write.")
    var out: String
    @Flag(help: "Prints JSON.")
    var json = false

    /// An option without effect, and what it is for.
    private var idleOption: (option: String, use: String)? {
      if process != .gamma, cv != nil { return ("--cv", "for --process gamma") }
      if process == .markov, rate != nil {
        return ("--rate", "for poisson and gamma: --states has the rates of markov")
      }
      if process != .markov, states != nil { return ("--states", "for --process markov") }
      if hourly != nil, diurnalAmplitude != nil {
        return ("--diurnal-amplitude", "for a curve without --hourly")
      }
      if diurnalAmplitude == nil {
        if diurnalPeak != nil { return ("--diurnal-peak", "for --diurnal-amplitude") }
        if diurnalPeriod != nil { return ("--diurnal-period", "for --diurnal-amplitude") }
      }
      if prompts == nil, zipf != nil { return ("--zipf", "for --prompts") }
      return nil
    }

    func validate() throws {
      if let (option, use) = idleOption { throw ValidationError("\(option) is \(use).") }
    }

    func run() throws {
      let process = try arrivalProcess()
      let mix = try queryMix()
      try check(process.fault, "--process")
      try check(mix.fault, "the mix of queries")
      let limit = 50_000_000.0
      let expected = min(
        duration.map { process.meanRate * $0.seconds } ?? .infinity,
        count.map(Double.init) ?? .infinity)
      if expected == .infinity { throw usage("a trace needs --duration or --count") }
      if let count, count < 1 { throw usage("--count \(count) is not positive") }
      if expected > limit {
        throw usage("about \(Int(expected)) queries are too many", "at most \(Int(limit))")
      }
      let trace = TraceGenerator.generate(
        process: process, mix: mix, duration: duration?.duration, count: count, seed: seed)
      if trace.rows.isEmpty {
        throw usage("no query arrives in that time", "a longer --duration or a higher --rate")
      }
      try TraceWriter.write(trace, toCSV: out)
      if json {
        Output.json(TraceSummary(trace, file: out))
        return
      }
      Output.result("\(out): \(trace.rows.count) queries over \(decimal(trace.span.seconds)) s")
    }

    private func arrivalProcess() throws -> ArrivalProcess {
      let base: ArrivalProcess
      switch process {
      case .markov:
        guard let states else { throw usage("--process markov needs --states") }
        base = .markovModulated(try parseStates(states))
      case .poisson, .gamma:
        guard let rate else { throw usage("--process \(process.rawValue) needs --rate") }
        base =
          process == .poisson
          ? .poisson(rate: rate.perSecond) : .gamma(rate: rate.perSecond, cv: cv ?? 1)
      }
      if let hourly {
        let rates = hourly.split(separator: ",", omittingEmptySubsequences: false)
          .map { Double($0.trimmingCharacters(in: .whitespaces)) ?? .nan }
        guard rates.count == 24 else {
          throw usage("--hourly has \(rates.count) rates", "it takes 24")
        }
        return .diurnal(base, .hourly(rates))
      }
      guard let diurnalAmplitude else { return base }
      return .diurnal(
        base,
        .sinusoid(
          amplitude: diurnalAmplitude, peak: diurnalPeak?.seconds ?? 14 * 3600,
          period: diurnalPeriod?.seconds ?? 86_400))
    }

    private func parseStates(_ text: String) throws -> [ArrivalProcess.ModulatedState] {
      try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
        let pair = part.split(separator: ":").map(String.init)
        guard pair.count == 2, let rate = RateArgument(argument: pair[0]),
          let dwell = TimeArgument(argument: pair[1])
        else {
          throw usage("--states: '\(part)' is no state", "write '0.5 query/s:10 min'")
        }
        return ArrivalProcess.ModulatedState(rate: rate.perSecond, meanDwell: dwell.seconds)
      }
    }

    private func queryMix() throws -> QueryMix {
      QueryMix(
        steps: try weighted(steps, "--steps") { Int32($0) },
        images: try weighted(images, "--images") { Int32($0) },
        sizes: try weighted(sizes, "--sizes") { text in
          let sides = text.split(separator: "x").compactMap { Int32($0) }
          return sides.count == 2 ? ImageSize(height: Int(sides[0]), width: Int(sides[1])) : nil
        },
        models: try weighted(models, "--models") { $0 },
        prompts: prompts.map { PromptPopularity(count: $0, exponent: zipf ?? 1) })
    }

    private func weighted<Value>(
      _ text: String?, _ option: String, _ value: (String) -> Value?
    ) throws -> [Weighted<Value>] {
      try (text ?? "").split(separator: ",").map { part in
        let pair = part.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let first = pair.first, let parsed = value(first), pair.count <= 2,
          let weight = pair.count == 2 ? Double(pair[1]) : 1
        else { throw usage("\(option): '\(part)' is no VALUE:WEIGHT") }
        return Weighted(parsed, weight: weight)
      }
    }

    private func check(_ fault: String?, _ subject: String) throws {
      if let fault { throw usage("\(subject): \(fault)") }
    }
  }
}
