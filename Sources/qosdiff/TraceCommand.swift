import ArgumentParser
import Diagnostics
import EventEngine
import Foundation
import Workload

/// `qosdiff trace`: make, convert and describe traces.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Generate, convert and inspect query-arrival traces.",
    discussion: "Formats read: \(TraceFormats.names.joined(separator: ", ")).",
    subcommands: [Generate.self, Convert.self, Inspect.self])
}

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
    @Option(help: "Coefficient of variation of gamma's gaps (1 = Poisson).")
    var cv = 1.0
    @Option(help: "States of markov, as 'RATE:MEAN DWELL,...': '2 query/min:1 h,1 query/s:5 min'.")
    var states: String?
    @Option(help: "Amplitude of a daily rate curve (a cosine), 0 to 1.")
    var diurnalAmplitude: Double?
    @Option(help: "When the daily curve peaks, from the start.")
    var diurnalPeak = TimeArgument(seconds: 14 * 3600)
    @Option(help: "Period of the daily curve.")
    var diurnalPeriod = TimeArgument(seconds: 86_400)
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
    @Option(help: "Zipf exponent of the prompts' popularity.")
    var zipf = 1.0
    @Option(help: "Seed of the random streams.")
    var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "File to write.")
    var out: String

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
      print("\(out): \(trace.rows.count) queries over \(decimal(trace.span.seconds)) s")
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
          ? .poisson(rate: rate.perSecond) : .gamma(rate: rate.perSecond, cv: cv)
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
          amplitude: diurnalAmplitude, peak: diurnalPeak.seconds, period: diurnalPeriod.seconds))
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
        prompts: prompts.map { PromptPopularity(count: $0, exponent: zipf) })
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
    @Option(help: "Bin of the min-max rescaling.")
    var bin = TimeArgument(seconds: 60)
    @Option(help: "Factor on the rate, by compressing time.")
    var rateScale: Double?
    @Option(help: "Factor on the rate, by laying shifted copies over each other.")
    var superpose: Double?
    @Option(help: "Seed of superposition.")
    var seed: UInt64 = 1
    @Option(name: .shortAndLong, help: "File to write.")
    var out: String

    func run() throws {
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
        trace = trace.superposed(factor: superpose, seed: seed)
      }
      guard let last = trace.rows.last else {
        throw usage("no query is left", "a higher factor or rate")
      }
      if last.arrival - .zero > TraceLimits.longest {
        throw usage("the trace would last over 50 years", "a higher --rate-scale")
      }
      try TraceWriter.write(trace, toCSV: out)
      print("\(out): \(trace.rows.count) queries over \(decimal(trace.span.seconds)) s")
      for line in describe(trace.report) { print(line) }
    }
  }

  /// `qosdiff trace inspect`.
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Describe a trace: rates, burstiness, what queries ask for, rows left out and why.")

    @OptionGroup var input: TraceInput
    @Flag(help: "JSON instead of text.")
    var json = false

    func run() throws {
      let trace = try input.load()
      let summary = TraceSummary(trace, file: input.file)
      print(json ? try summary.json() : summary.text(trace.report))
    }
  }

  /// Which trace a command reads, and how.
  struct TraceInput: ParsableArguments {
    @Argument(help: "The trace file.")
    var file: String
    @Option(
      name: [.customLong("from"), .customLong("format")],
      help: "Its format, where the first line does not tell.")
    var from: String?
    @Flag(help: "Replay requests that failed in production, where they say what they asked for.")
    var includeFailed = false

    func load() throws -> Trace {
      try TraceLoader.load(
        path: file, format: from, options: TraceOptions(includeFailed: includeFailed))
    }
  }
}

/// What `inspect` says, in the names of its JSON; nil where the trace is too short to tell.
private struct TraceSummary: Encodable {
  struct Bar: Encodable {
    var value: Int
    var rows: Int
  }
  struct Skipped: Encodable {
    var reason: String
    var rows: Int
    var first_row: Int
  }

  var file: String
  var format: String
  var rows_in_file: Int
  var rows_replayed: Int
  var rows_out_of_order: Int
  var rows_skipped: [Skipped]
  var span_s: Double
  var mean_rate_per_s: Double?
  var peak_rate_1s_per_s: Double
  var peak_rate_60s_per_s: Double
  var peak_queries_1h: Int
  var peak_queries_24h: Int
  var gap_cv: Double?
  var dispersion_60s: Double?
  var count_cv_1h: Double?
  var models: Int
  var steps: [Bar]
  var images: [Bar]
  var notes: [String]

  init(_ trace: Trace, file: String) {
    let statistics = TraceStatistics(trace)
    self.file = file
    format = trace.formatName
    rows_in_file = trace.report.rowsInFile
    rows_replayed = trace.report.rowsReplayed
    rows_out_of_order = trace.report.rowsOutOfOrder
    rows_skipped = trace.report.skipped.map {
      Skipped(reason: $0.reason, rows: $0.count, first_row: $0.firstRow)
    }
    span_s = statistics.span.seconds
    mean_rate_per_s = statistics.meanRate
    peak_rate_1s_per_s = Double(statistics.peakSecond)
    peak_rate_60s_per_s = Double(statistics.peakMinute) / 60
    peak_queries_1h = statistics.peakHour
    peak_queries_24h = statistics.peakDay
    gap_cv = statistics.gapCV
    dispersion_60s = statistics.dispersion
    count_cv_1h = statistics.hourlyCV
    models = statistics.models
    steps = statistics.steps.map { Bar(value: $0.value, rows: $0.count) }
    images = statistics.images.map { Bar(value: $0.value, rows: $0.count) }
    notes = trace.report.notes
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  func text(_ report: TraceReport) -> String {
    let rows: [(String, String)] = [
      ("file", file),
      ("format", format),
      ("span", "\(decimal(span_s)) s"),
      ("mean rate", optional(mean_rate_per_s, " query/s")),
      ("peak rate, 1 s windows", "\(decimal(peak_rate_1s_per_s)) query/s"),
      ("peak rate, 60 s windows", "\(decimal(peak_rate_60s_per_s)) query/s"),
      ("most queries of 1 h", "\(peak_queries_1h)"),
      ("most queries of 24 h", "\(peak_queries_24h)"),
      ("CV of gaps", optional(gap_cv)),
      ("index of dispersion, 60 s counts", optional(dispersion_60s)),
      ("CV of 1 h counts", optional(count_cv_1h)),
      ("models", "\(models)"),
      ("steps", histogram(steps)),
      ("images", histogram(images)),
    ]
    let width = rows.map(\.0.count).reduce(0, max)
    let table = rows.map {
      "\($0.0.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.1)"
    }
    return (table + describe(report)).joined(separator: "\n")
  }

  private func optional(_ value: Double?, _ unit: String = "") -> String {
    value.map { decimal($0) + unit } ?? "too few rows to tell"
  }

  /// The eight most frequent values with their shares.
  private func histogram(_ bars: [Bar]) -> String {
    let total = bars.reduce(0) { $0 + $1.rows }
    if total == 0 { return "not in the trace: the scenario's" }
    let top = bars.enumerated()
      .sorted { ($1.element.rows, $0.offset) < ($0.element.rows, $1.offset) }.prefix(8)
    let shown = top.map { entry in
      "\(entry.element.value): \(decimal(100 * Double(entry.element.rows) / Double(total))) %"
    }
    let more = bars.count - top.count
    return shown.joined(separator: ", ") + (more > 0 ? ", and \(more) more values" : "")
  }
}

/// What became of a file's rows, one fact a line.
private func describe(_ report: TraceReport) -> [String] {
  var lines = ["rows: \(report.rowsInFile) in the file, \(report.rowsReplayed) replayed"]
  lines += report.skipped.map {
    "left out: \($0.count) rows, \($0.reason) (the first is row \($0.firstRow))"
  }
  if report.rowsOutOfOrder > 0 {
    lines.append("sorted: \(report.rowsOutOfOrder) rows stood behind a later arrival")
  }
  return lines + report.notes.map { "note: \($0)" }
}

/// Four significant digits, without an exponent for everyday sizes.
private func decimal(_ value: Double) -> String {
  if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
  return abs(value) >= 1000 ? String(format: "%.1f", value) : String(format: "%.4g", value)
}

private func usage(_ what: String, _ hint: String? = nil) -> InputError {
  InputError(.usage, what, hint: hint)
}

/// A time with its unit on the command line: `300 s`.
struct TimeArgument: ExpressibleByArgument {
  var seconds: Double
  var duration: SimulationDuration { SimulationDuration(seconds: seconds) }
  var defaultValueDescription: String { "\(decimal(seconds)) s" }

  init(seconds: Double) { self.seconds = seconds }

  /// nil unless `argument` is a number from 0 to 50 years with one of the units.
  init?(argument: String) {
    let units = ["ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400]
    guard let value = quantity(argument, units), value <= TraceLimits.longest.seconds else {
      return nil
    }
    seconds = value
  }
}

/// A rate with its unit on the command line: `12 query/s`.
struct RateArgument: ExpressibleByArgument {
  var perSecond: Double

  /// nil unless `argument` is a number of at least 0 with one of the units.
  init?(argument: String) {
    let units = [
      "query/s": 1, "query/min": 1 / 60.0, "query/h": 1 / 3600.0, "query/d": 1 / 86_400.0,
    ]
    guard let value = quantity(argument, units) else { return nil }
    perSecond = value
  }
}

private func quantity(_ text: String, _ units: [String: Double]) -> Double? {
  let clean = text.trimmingCharacters(in: .whitespaces)
  let number = clean.prefix { $0.isNumber || "+-.eE".contains($0) }
  let unit = clean.dropFirst(number.count).trimmingCharacters(in: .whitespaces)
  guard let value = Double(number), value >= 0, value.isFinite, let scale = units[unit] else {
    return nil
  }
  return value * scale
}
