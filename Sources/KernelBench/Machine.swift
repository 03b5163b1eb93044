import Foundation

/// The processor that the harness runs on, as the kernel describes it.
public struct Machine: Sendable, Hashable {
  /// `AMD EPYC 9654 96-Core Processor` for one.
  public var processor: String
  /// Cores that this process may use.
  public var cores: Int
  /// Bytes of the last-level cache.
  public var cacheBytes: Int
  /// Whether it multiplies bf16 numbers in hardware.
  public var hasBF16: Bool

  /// This machine.
  public static func current() -> Machine {
    let cpuInfo = text("/proc/cpuinfo")
    return Machine(
      processor: processorName(cpuInfo: cpuInfo),
      cores: ProcessInfo.processInfo.activeProcessorCount,
      cacheBytes: (0...4).compactMap {
        bytes(text("/sys/devices/system/cpu/cpu0/cache/index\($0)/size"))
      }.max() ?? 32 << 20,
      hasBF16: hasBF16(cpuInfo: cpuInfo))
  }

  /// Whether it computes in this precision as a server would: not by conversion to f32.
  public func computes(_ precision: Precision) -> Bool { precision == .f32 || hasBF16 }

  /// x86's two extensions, and Arm's.
  static func hasBF16(cpuInfo: String) -> Bool {
    let known: Set<Substring> = ["avx512_bf16", "amx_bf16", "bf16"]
    return cpuInfo.split(separator: "\n").contains { line in
      (line.hasPrefix("flags") || line.hasPrefix("Features"))
        && line.split(whereSeparator: \.isWhitespace).contains(where: known.contains)
    }
  }

  /// The first `model name` of /proc/cpuinfo with family and model, which tell apart processors of
  /// one name.
  static func processorName(cpuInfo: String) -> String {
    func value(_ key: String) -> String? {
      for line in cpuInfo.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == key else {
          continue
        }
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
      return nil
    }
    guard let name = value("model name") else { return "unknown processor" }
    guard let family = value("cpu family"), let model = value("model") else { return name }
    return "\(name) (family \(family), model \(model))"
  }

  /// `32768K` or `32M` in bytes.
  static func bytes(_ text: String) -> Int? {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last else { return nil }
    guard let unit = units[last] else { return Int(text) }
    return Int(text.dropLast()).map { $0 * unit }
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
