import Diagnostics

/// Turns a profile's text into a profile, or into all that is wrong with it.
struct ProfileReader {
  /// A file with more faults than this gets the first ones and a count.
  static let maximumDiagnostics = 20

  private let text: String
  private let file: String
  private var diagnostics: [Diagnostic] = []
  private var overflow = 0

  init(text: String, file: String) {
    self.text = text
    self.file = file
  }

  mutating func profile() throws(InputError) -> LatencyProfile {
    let root: JSONValue
    do { root = try JSONReader.read(text) } catch {
      report(
        at: error.offset, "not JSON: \(error.what)", hint: "mind quotes, commas and brackets")
      throw InputError(diagnostics)
    }
    guard let members = root.members else {
      report(at: root.offset, "a profile is a JSON object")
      throw InputError(diagnostics)
    }
    let fields = Fields(members: members, offset: root.offset)
    try checkVersion(fields)
    let result = read(fields)
    if diagnostics.isEmpty, let result { return result }
    if diagnostics.isEmpty { report(at: root.offset, "not a profile") }
    if overflow > 0 {
      diagnostics.append(
        Diagnostic(.badInput, at: .init(file: file), "\(overflow) more faults like these"))
    }
    throw InputError(diagnostics)
  }

  /// The version comes first and alone: under another one every other complaint would mislead.
  private mutating func checkVersion(_ fields: Fields) throws(InputError) {
    let version: Int? = required("schema", of: fields)
    if let version, version != LatencyProfile.schemaVersion {
      report(
        at: fields.offset(of: "schema"), "schema version \(version) is not known",
        hint: "this program reads version \(LatencyProfile.schemaVersion)")
    }
    if !diagnostics.isEmpty { throw InputError(diagnostics) }
  }

  private mutating func read(_ fields: Fields) -> LatencyProfile? {
    rejectUnknown(fields, known: ProfileFile.CodingKeys.allCases.map(\.rawValue))
    let name: String? = required("name", of: fields)
    let provenance: Provenance? = required("provenance", of: fields)
    let device: String? = required("device", of: fields)
    let source: String? = required("source", of: fields)
    let mode: String? = required("mode", of: fields)
    let libraries: [String: String]? = optional("libraries", of: fields)
    let date: String? = optional("date", of: fields)
    let cores: Int? = optional("cores", of: fields)
    if let cores, cores < 1 { report(at: fields.offset(of: "cores"), "cores must be at least 1") }
    if name == "" { report(at: fields.offset(of: "name"), "name must not be empty") }
    let harness: String? = optional("harness", of: fields)
    let roofline = readRoofline(fields)
    let hostCopy = readHostCopy(fields)
    let latentEntropy = readLatentEntropy(fields)
    let coreScaling = readCoreScaling(fields)
    let interference = readInterference(fields)
    let coldCaches = readColdCaches(fields)
    let kernels = readKernels(fields)
    let entries = readEntries(fields)
    if let provenance, !entries.isEmpty, entries.count == fields["entries"]?.items?.count {
      let weakest = LatencyProfile.weakestProvenance(of: entries)
      if weakest != provenance {
        report(
          at: fields.offset(of: "provenance"),
          "the profile says '\(provenance.rawValue)' but its weakest denoise entry is "
            + "'\(weakest.rawValue)'", hint: "write \"provenance\": \"\(weakest.rawValue)\"")
      }
    }
    guard let name, let provenance, let device, let source, let mode else { return nil }
    return LatencyProfile(
      name: name, provenance: provenance, device: device, source: source, mode: mode,
      libraries: libraries ?? [:], date: date, cores: cores, harness: harness,
      roofline: roofline, hostCopy: hostCopy, latentEntropy: latentEntropy,
      coreScaling: coreScaling, interference: interference, coldCaches: coldCaches,
      kernels: kernels,
      entries: entries, text: text,
      contentHash: ContentHash.hex(of: text))
  }

  private mutating func readEntries(_ fields: Fields) -> [LatencyProfile.Entry] {
    guard let value = fields["entries"] else {
      report(at: fields.offset, "'entries' is missing")
      return []
    }
    guard let items = value.items, !items.isEmpty else {
      report(at: value.offset, "'entries' must be an array of at least one entry")
      return []
    }
    var entries: [LatencyProfile.Entry] = []
    var seen: [EntryKey: Int] = [:]
    for (i, item) in items.enumerated() {
      guard let entry = readEntry(item, number: i + 1) else { continue }
      let key = EntryKey(entry)
      if let first = seen[key] {
        report(
          at: item.offset, "\(label(i + 1, entry)): the same work and batch as entry \(first)",
          hint: "keep one of them")
      } else {
        seen[key] = i + 1
      }
      entries.append(entry)
    }
    return entries
  }

  private mutating func readEntry(_ item: JSONValue, number: Int) -> LatencyProfile.Entry? {
    guard let members = item.members else {
      report(at: item.offset, "entry \(number): must be an object")
      return nil
    }
    let fields = Fields(members: members, offset: item.offset, label: "entry \(number): ")
    rejectUnknown(fields, known: LatencyProfile.Entry.CodingKeys.allCases.map(\.rawValue))
    let model: String? = required("model", of: fields)
    let stage: Stage? = required("stage", of: fields)
    let height: Int? = required("height", of: fields)
    let width: Int? = required("width", of: fields)
    let batch: Int? = required("batch", of: fields)
    let median: Double? = required("median_s", of: fields)
    let provenance: Provenance? = required("provenance", of: fields)
    let guidance: Bool? = optional("guidance", of: fields)
    let p10: Double? = optional("p10_s", of: fields)
    let p90: Double? = optional("p90_s", of: fields)
    let repetitions: Int? = optional("repetitions", of: fields)
    let quantiles: [Double]? = optional("residual_quantiles", of: fields)
    let lag1: Double? = optional("lag1_autocorrelation", of: fields)
    let whole: Double? = optional("whole_s", of: fields)
    let gap: Double? = optional("whole_gap", of: fields)
    let source: String? = optional("source", of: fields)
    let derivation: String? = optional("derivation", of: fields)
    // What is missing stands for itself: ranges of the rest are told together with it.
    var entry = LatencyProfile.Entry(
      model: model ?? "?", stage: stage ?? .postProcess, height: height ?? 1, width: width ?? 1,
      guidance: guidance, batch: batch ?? 1, medianSeconds: median ?? p10 ?? p90 ?? 1,
      provenance: provenance ?? .derived)
    entry.p10Seconds = p10
    entry.p90Seconds = p90
    entry.repetitions = repetitions
    entry.residualQuantiles = quantiles
    entry.lag1Autocorrelation = lag1
    entry.wholeSeconds = whole
    entry.wholeGap = gap
    entry.source = source
    entry.derivation = derivation
    let isComplete =
      model != nil && stage != nil && height != nil && width != nil && batch != nil && median != nil
      && provenance != nil
    let label = isComplete ? label(number, entry) : "entry \(number)"
    for fault in entry.faults where fields[fault.key] != nil || fault.key == "guidance" {
      report(at: fields.offset(of: fault.key), "\(label): \(fault.what)")
    }
    return isComplete ? entry : nil
  }

  private func label(_ number: Int, _ entry: LatencyProfile.Entry) -> String {
    "entry \(number) (\(entry.model) \(entry.stage.rawValue) batch \(entry.batch))"
  }
}

// MARK: - What a harness measured

extension ProfileReader {
  private mutating func readRoofline(_ fields: Fields) -> LatencyProfile.Roofline? {
    guard let fields = object("roofline", of: fields) else { return nil }
    rejectUnknown(fields, known: LatencyProfile.Roofline.CodingKeys.allCases.map(\.rawValue))
    let gflop: Double? = required("gflop_per_s", of: fields)
    let gbyte: Double? = required("gbyte_per_s", of: fields)
    refuseNotPositive(["gflop_per_s": gflop, "gbyte_per_s": gbyte], of: fields)
    guard let gflop, let gbyte else { return nil }
    return .init(gflopPerS: gflop, gbytePerS: gbyte)
  }

  private mutating func readHostCopy(_ fields: Fields) -> LatencyProfile.HostCopy? {
    guard let fields = object("host_copy", of: fields) else { return nil }
    rejectUnknown(fields, known: LatencyProfile.HostCopy.CodingKeys.allCases.map(\.rawValue))
    let toDevice: Double? = required("to_device_gbyte_per_s", of: fields)
    let toHost: Double? = required("to_host_gbyte_per_s", of: fields)
    let latency: Double? = required("latency_s", of: fields)
    refuseNotPositive(
      ["to_device_gbyte_per_s": toDevice, "to_host_gbyte_per_s": toHost, "latency_s": latency],
      of: fields)
    guard let toDevice, let toHost, let latency else { return nil }
    return .init(toDeviceGbytePerS: toDevice, toHostGbytePerS: toHost, latencySeconds: latency)
  }

  private mutating func readLatentEntropy(_ fields: Fields) -> LatencyProfile.LatentEntropy? {
    guard let fields = object("latent_entropy", of: fields) else { return nil }
    rejectUnknown(fields, known: LatencyProfile.LatentEntropy.CodingKeys.allCases.map(\.rawValue))
    let values: Int? = required("values", of: fields)
    let median: Double? = required("median_s", of: fields)
    let p10: Double? = required("p10_s", of: fields)
    let p90: Double? = required("p90_s", of: fields)
    let repetitions: Int? = required("repetitions", of: fields)
    refuseNotPositive(
      [
        "values": values.map(Double.init), "median_s": median, "p10_s": p10, "p90_s": p90,
        "repetitions": repetitions.map(Double.init),
      ], of: fields)
    guard let values, let median, let p10, let p90, let repetitions else { return nil }
    if p10 > median || median > p90 {
      report(at: fields.offset, "latent_entropy: p10_s <= median_s <= p90_s must hold")
    }
    return .init(
      values: values, medianSeconds: median, p10Seconds: p10, p90Seconds: p90,
      repetitions: repetitions)
  }

  private mutating func readCoreScaling(_ fields: Fields) -> [LatencyProfile.CoreScaling] {
    var times: [LatencyProfile.CoreScaling] = []
    for fields in objects("core_scaling", of: fields) {
      rejectUnknown(
        fields, known: LatencyProfile.CoreScaling.CodingKeys.allCases.map(\.rawValue))
      let stage: Stage? = required("stage", of: fields)
      let cores: Int? = required("cores", of: fields)
      let median: Double? = required("median_s", of: fields)
      let repetitions: Int? = required("repetitions", of: fields)
      let time = LatencyProfile.CoreScaling(
        stage: stage ?? .decode, cores: cores ?? 1, medianSeconds: median ?? 1,
        repetitions: repetitions ?? 1)
      let faults = time.faults
      for fault in faults where fields[fault.key] != nil {
        report(at: fields.offset(of: fault.key), fields.label + fault.what)
      }
      guard let stage, let cores, median != nil, repetitions != nil else { continue }
      if faults.isEmpty, times.contains(where: { $0.stage == stage && $0.cores == cores }) {
        report(
          at: fields.offset, fields.label + "\(stage.rawValue) on \(cores) cores is there already")
      }
      times.append(time)
    }
    for stage in Set(times.map(\.stage)).sorted(by: { $0.index < $1.index })
    where !times.contains(where: { $0.stage == stage && $0.cores == 1 }) {
      report(
        at: fields.offset(of: "core_scaling"),
        "core_scaling: \(stage.rawValue) on one core is missing",
        hint: "what cores are worth is told against one")
    }
    return times
  }

  private mutating func readKernels(_ fields: Fields) -> [LatencyProfile.KernelLatency] {
    guard let value = fields["kernels"] else { return [] }
    guard let items = value.items else {
      report(at: value.offset, "'kernels' must be an array")
      return []
    }
    return items.enumerated().compactMap { readKernel($1, number: $0 + 1) }
  }

  private mutating func readKernel(_ item: JSONValue, number: Int)
    -> LatencyProfile.KernelLatency?
  {
    guard let members = item.members else {
      report(at: item.offset, "kernel \(number): must be an object")
      return nil
    }
    let fields = Fields(members: members, offset: item.offset, label: "kernel \(number): ")
    rejectUnknown(
      fields, known: LatencyProfile.KernelLatency.CodingKeys.allCases.map(\.rawValue))
    let kernel: String? = required("kernel", of: fields)
    let implementation: String? = required("implementation", of: fields)
    let flops: Double? = required("flops", of: fields)
    let bytes: Double? = required("bytes", of: fields)
    let repetitions: Int? = required("repetitions", of: fields)
    let median: Double? = required("median_s", of: fields)
    let p10: Double? = required("p10_s", of: fields)
    let p90: Double? = required("p90_s", of: fields)
    let spread: Double? = required("spread", of: fields)
    let typical = median ?? p10 ?? p90 ?? 1
    let result = LatencyProfile.KernelLatency(
      kernel: kernel ?? "?", implementation: implementation ?? "?", flops: flops ?? 0,
      bytes: bytes ?? 0, repetitions: repetitions ?? 1, medianSeconds: typical,
      p10Seconds: p10 ?? typical, p90Seconds: p90 ?? typical, spread: spread ?? 0)
    for fault in result.faults where fields[fault.key] != nil {
      report(
        at: fields.offset(of: fault.key), "kernel \(number) (\(result.kernel)): \(fault.what)")
    }
    let isComplete =
      kernel != nil && implementation != nil && flops != nil && bytes != nil && repetitions != nil
      && median != nil && p10 != nil && p90 != nil && spread != nil
    return isComplete ? result : nil
  }
}

// MARK: - Fields and places

extension ProfileReader {
  /// The members of an object, by key.
  struct Fields {
    var members: [JSONValue.Member]
    var offset: Int
    var label = ""

    subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    /// Where the value of `key` stands; without one, where the object does.
    func offset(of key: String) -> Int { self[key]?.offset ?? offset }
  }

  /// The objects of an array; none where it is missing.
  mutating func objects(_ key: String, of fields: Fields) -> [Fields] {
    guard let value = fields[key] else { return [] }
    guard let items = value.items else {
      report(at: value.offset, "'\(key)' must be an array")
      return []
    }
    var objects: [Fields] = []
    for (index, item) in items.enumerated() {
      let label = "\(key) \(index + 1): "
      if let members = item.members {
        objects.append(Fields(members: members, offset: item.offset, label: label))
      } else {
        report(at: item.offset, label + "must be an object")
      }
    }
    return objects
  }

  /// The members of an object that may be missing.
  mutating func object(_ key: String, of fields: Fields) -> Fields? {
    guard let value = fields[key] else { return nil }
    guard let members = value.members else {
      report(at: value.offset, "'\(key)' must be an object")
      return nil
    }
    return Fields(members: members, offset: value.offset, label: "\(key): ")
  }

  mutating func required<T: JSONReadable>(_ key: String, of fields: Fields) -> T? {
    if fields[key] == nil {
      report(at: fields.offset, "\(fields.label)'\(key)' is missing")
      return nil
    }
    return optional(key, of: fields)
  }

  /// Faults of those that are there and not above 0, in the order of the file.
  private mutating func refuseNotPositive(_ values: [String: Double?], of fields: Fields) {
    for member in fields.members {
      if let value = values[member.key] ?? nil, !(value > 0) {
        report(at: member.value.offset, "\(fields.label)\(member.key) must be positive")
      }
    }
  }

  private mutating func optional<T: JSONReadable>(_ key: String, of fields: Fields) -> T? {
    guard let value = fields[key] else { return nil }
    let result = T(json: value)
    if result == nil { report(at: value.offset, "\(fields.label)'\(key)' must be \(T.noun)") }
    return result
  }

  /// A misspelt optional key would otherwise be dropped in silence.
  mutating func rejectUnknown(_ fields: Fields, known: [String]) {
    for member in fields.members where !known.contains(member.key) {
      report(
        at: member.keyOffset, "\(fields.label)unknown key '\(member.key)'",
        hint: NamedUnit.advice(on: member.key, known: known)
          ?? Suggestion.hint(for: member.key, in: known, noun: "key"))
    }
  }

  mutating func report(at offset: Int, _ what: String, hint: String? = nil) {
    guard diagnostics.count < Self.maximumDiagnostics else {
      overflow += 1
      return
    }
    let place = TextPlace(offset: offset, in: text)
    diagnostics.append(
      Diagnostic(
        .badInput, at: .init(file: file, line: place.line, column: place.column), what, hint: hint,
        sourceLine: place.sourceLine))
  }
}
