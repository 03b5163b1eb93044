import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import TextReports
import Workload

extension TraceCommand {
  /// `qosdiff trace convert`.
  struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Turn a trace of any known format into native CSV, changed where asked.",
      discussion: "Changes apply in this order: window, min-max, rate scale, superpose.")

    @OptionGroup var input: TraceInput
    @Option(help: "Start of a time window, from the trace's start.")
    var windowFrom = TimeArgument(seconds: 0)
    @Option(help: "Length of a time window; left out = to the end.")
    var window: TimeArgument?
    @Option(help: "Lowest rate of a min-max rescaling, as '4 query/s'.")
    var minRate: RateArgument?
    @Option(help: "Highest rate of a min-max rescaling.")
    var maxRate: RateArgument?
    @Option(help: "Bin of the min-max rescaling; default: 60 s.")
    var bin: TimeArgument?
    @Option(help: "Factor on the rate, by compressing time.")
    var rateScale: Double?
    @Option(help: "Factor on the rate, by laying shifted copies over each other.")
    var superpose: Double?
    @Option(help: "Seed of superposition; default: 1.")
    var seed: UInt64?
    @Option(name: .shortAndLong, help: "File to write.")
    var out: String
    @Flag(help: "Prints JSON.")
    var json = false

    func validate() throws {
      if minRate == nil, maxRate == nil, bin != nil {
        throw ValidationError("--bin is for --min-rate and --max-rate.")
      }
      if superpose == nil, seed != nil { throw ValidationError("--seed is for --superpose.") }
    }

    func run() throws {
      let same = [input.file, out].map { URL(filePath: $0).resolvingSymlinksInPath().path }
      if same[0] == same[1] {
        throw usage("--out names the trace itself, which would be lost", "name another file")
      }
      let bin = bin ?? TimeArgument(seconds: 60)
      var trace = try input.load()
      if window != nil || windowFrom.seconds > 0 {
        trace = trace.windowed(from: windowFrom.duration, length: window?.duration)
        if trace.rows.isEmpty { throw usage("no row of \(input.file) lies in the window") }
      }
      if minRate != nil || maxRate != nil {
        guard let low = minRate?.perSecond, let high = maxRate?.perSecond, low <= high, high > 0,
          bin.seconds > 0, high * max(trace.span.seconds, bin.seconds) < 5e7
        else { throw usage("--min-rate and --max-rate do not make a range", "'4 query/s'") }
        trace = trace.minMaxRescaled(low: low, high: high, bin: bin.duration)
      }
      for factor in [rateScale, superpose].compactMap(\.self) where !(factor > 0 && factor < 1e9) {
        throw usage("a factor of \(factor) is not positive")
      }
      if let rateScale { trace = trace.rateScaled(by: rateScale) }
      if let superpose {
        if superpose * Double(trace.rows.count) > 5e7 {
          throw usage("--superpose \(superpose) makes too many queries", "at most 50000000")
        }
        trace = trace.superposed(factor: superpose, seed: seed ?? 1)
      }
      guard let last = trace.rows.last else {
        throw usage("no query is left", "a higher factor or rate")
      }
      if last.arrival - .zero > TraceLimits.longest {
        throw usage("the trace would last over 30 years", "a higher --rate-scale")
      }
      try TraceWriter.write(trace, toCSV: out)
      if json {
        Output.json(TraceSummary(trace, file: out))
        return
      }
      Output.result("\(out): \(trace.rows.count) queries over \(decimal(trace.span.seconds)) s")
      for line in describe(trace.report) { Output.result(line) }
    }
  }
}
