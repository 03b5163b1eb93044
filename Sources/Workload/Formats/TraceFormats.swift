internal import Diagnostics

/// Every trace format.
public enum TraceFormats {
  /// The formats. The native one comes first; the order matters only between overlapping ones.
  public static let all: [any TraceFormat] = [
    NativeFormat(),
    GenTD26Format(),
    AzureLLMFormat(),
    ArrivalsFormat.burstGPT,
    ArrivalsFormat.vidur,
    DiffServeFormat(),
    ProteusFormat(),
    CountsFormat(),
  ]

  /// The names of all formats.
  public static var names: [String] { all.map(\.name) }

  /// The format called `name`; nil if there is none.
  public static func named(_ name: String) -> (any TraceFormat)? {
    all.first { $0.name == name }
  }

  /// The format of a file that starts with this record; nil if none recognises it.
  ///
  /// A header that misspells the arrivals, or has nothing but native columns, is taken for a native one, so that the
  /// error can say what is wrong with it.
  static func detect(_ first: TraceRecord) -> (any TraceFormat)? {
    if let certain = all.first(where: { $0.recognises(first) }) { return certain }
    let names = (0..<first.count).map { String(decoding: first.content($0), as: UTF8.self) }
    let hasArrivals = names.contains { Suggestion.nearest(to: $0, in: ["arrival_s"]) != nil }
    return hasArrivals || names.allSatisfy(NativeFormat.allColumns.contains) ? all[0] : nil
  }
}
