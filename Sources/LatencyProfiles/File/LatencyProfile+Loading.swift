public import Diagnostics
import Foundation

extension LatencyProfile {
  /// Larger files are no profiles (a device file, for one, has no end).
  static let maximumFileBytes = 64 << 20

  /// Reads the profile file at `path`.
  ///
  /// - Throws: `InputError`: category `missingInput` where there is no file to read, `badInput`
  ///   with line and column where its content is wrong.
  public static func load(path: String) throws(InputError) -> LatencyProfile {
    try LatencyProfile(text: try contents(of: path), file: path)
  }

  /// Writes ``text`` to the file at `path`, whole or not at all.
  ///
  /// - Throws: `InputError`, category `cannotCreate`.
  public func save(path: String) throws(InputError) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw InputError(.cannotCreate, at: .init(file: path), "the profile cannot be written")
    }
  }

  private static func contents(of path: String) throws(InputError) -> String {
    let place = Diagnostic.Location(file: path)
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(.missingInput, at: place, "no such profile file")
    }
    if isDirectory.boolValue {
      throw InputError(
        .missingInput, at: place, "this is a folder", hint: "name a profile file in it")
    }
    guard
      let data = try InputFile.contents(path, wanted: "a profile", maximumBytes: maximumFileBytes)
    else { throw InputError(.missingInput, at: place, "the profile cannot be read") }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw InputError(.badInput, at: place, "not a text file in UTF-8")
    }
    return text
  }

  /// Reads a profile from its text; `file` is what diagnostics call it.
  ///
  /// - Throws: `InputError` with everything that is wrong, each with line and column.
  public init(text: String, file: String) throws(InputError) {
    var reader = ProfileReader(text: text, file: file)
    self = try reader.profile()
  }

  /// A profile from its parts; its ``text`` is their JSON, its ``provenance`` the weakest among
  /// the denoise entries (among all where none is denoise).
  ///
  /// - Throws: `InputError`, located in that JSON, where a part is wrong.
  public init(
    name: String, device: String, source: String, mode: String,
    libraries: [String: String] = [:], date: String? = nil, cores: Int? = nil,
    harness: String? = nil, roofline: Roofline? = nil, hostCopy: HostCopy? = nil,
    latentEntropy: LatentEntropy? = nil, coreScaling: [CoreScaling] = [],
    interference: [Interference] = [], coldCaches: ColdCaches? = nil,
    kernels: [KernelLatency] = [], entries: [Entry]
  ) throws(InputError) {
    let file = ProfileFile(
      schema: Self.schemaVersion, name: name, provenance: Self.weakestProvenance(of: entries),
      device: device, source: source, mode: mode, libraries: libraries, date: date, cores: cores,
      harness: harness, roofline: roofline, hostCopy: hostCopy, latentEntropy: latentEntropy,
      coreScaling: coreScaling.isEmpty ? nil : coreScaling,
      interference: interference.isEmpty ? nil : interference, coldCaches: coldCaches,
      entries: entries,
      kernels: kernels.isEmpty ? nil : kernels)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Not a number becomes a string, which reading then refuses with its place.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    guard let data = try? encoder.encode(file) else {
      throw InputError(.badInput, at: .init(file: name), "this profile cannot be written as JSON")
    }
    try self.init(text: String(decoding: data, as: UTF8.self) + "\n", file: name)
  }

  /// The weakest provenance among the denoise entries, or among all where none is denoise.
  static func weakestProvenance(of entries: [Entry]) -> Provenance {
    let denoise = entries.filter { $0.stage == .denoise }
    return (denoise.isEmpty ? entries : denoise).map(\.provenance)
      .reduce(.measured, Provenance.weaker)
  }
}

/// What a profile file holds, in Foundation's terms: for writing alone.
struct ProfileFile: Encodable {
  var schema: Int
  var name: String
  var provenance: Provenance
  var device: String
  var source: String
  var mode: String
  var libraries: [String: String]
  var date: String?
  var cores: Int?
  var harness: String?
  var roofline: LatencyProfile.Roofline?
  var hostCopy: LatencyProfile.HostCopy?
  var latentEntropy: LatencyProfile.LatentEntropy?
  var coreScaling: [LatencyProfile.CoreScaling]?
  var interference: [LatencyProfile.Interference]?
  var coldCaches: LatencyProfile.ColdCaches?
  var entries: [LatencyProfile.Entry]
  var kernels: [LatencyProfile.KernelLatency]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case schema, name, provenance, device, source, mode, libraries, date, cores, harness, roofline
    case hostCopy = "host_copy"
    case latentEntropy = "latent_entropy"
    case coreScaling = "core_scaling"
    case coldCaches = "cold_caches"
    case interference, entries, kernels
  }
}
