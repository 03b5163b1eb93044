import Foundation

// hash-sources PACKAGE OUT.swift: writes constants that name the sources of a package, for ProgramIdentity. `swift build`
// runs it (Plugins/HashSources). The hash is of names and contents alone, and so the same for every kind of build.

/// 128-bit FNV-1a (draft-eastlake-fnv).
struct FNV128 {
  private(set) var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      value = (value ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
  }

  var hexadecimal: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}

/// What is compiled; other files change no result.
let kinds: Set = ["swift", "h", "c", "modulemap"]

/// Paths of the sources in a folder of the package, in one order everywhere.
func sources(_ folder: String, of root: URL) throws -> [String] {
  let names = try FileManager.default.subpathsOfDirectory(
    atPath: root.appending(path: folder).path(percentEncoded: false))
  return
    names
    .filter { name in
      kinds.contains((name as NSString).pathExtension)
        && !name.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    .map { "\(folder)/\($0)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

func hash(_ paths: [String], of root: URL) throws -> String {
  var hash = FNV128()
  for path in paths {
    let content = try Data(contentsOf: root.appending(path: path))
    // With lengths, no two trees run into the same bytes.
    hash.add("\(path.utf8.count):\(path)\(content.count):".utf8)
    hash.add(content)
  }
  return hash.hexadecimal
}

let root = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
let all = try sources("Sources", of: root) + ["Package.swift"]
let latents =
  try ["EventEngine", "LatentDynamics"].flatMap { try sources("Sources/\($0)", of: root) }
  + ["Sources/qosdiff/OwnTable.swift"]
let harness =
  try ["DiffusionModels", "KernelBench", "LatencyProfiles"].flatMap {
    try sources("Sources/\($0)", of: root)
  } + ["OwnProfile", "ProfileMeasurement"].map { "Sources/qosdiff/\($0).swift" }
let text = """
  /// Written by hash-sources at every build.
  enum SourceHash {
    static let all = "\(try hash(all, of: root))"
    static let latents = "\(try hash(latents, of: root))"
    static let harness = "\(try hash(harness, of: root))"
  }

  """
let out = URL(filePath: CommandLine.arguments[2])
// An unchanged file leaves what is built on it alone.
if (try? String(contentsOf: out, encoding: .utf8)) != text {
  try text.write(to: out, atomically: true, encoding: .utf8)
}
