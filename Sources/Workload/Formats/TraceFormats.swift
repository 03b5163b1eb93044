internal import Diagnostics

/// Every trace format.
public enum TraceFormats {
  /// The formats. The native one comes first; the order matters only between overlapping ones.
  public static let all: [any TraceFormat] = [
    NativeFormat(),
    GenTD26Format(),
    ArrivalsFormat.azureLLM,
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
  static func recognising(_ first: TraceRecord) -> (any TraceFormat)? {
    all.first { $0.recognises(first) }
  }

  /// The format of a file whose header misspells the arrivals, or has nothing but native columns: it is taken for a
  /// native one, so that the error can say what is wrong with it.
  static func misspelt(_ first: TraceRecord) -> (any TraceFormat)? {
    let names = (0..<first.count).map { String(decoding: first.content($0), as: UTF8.self) }
    let hasArrivals = names.contains { Suggestion.nearest(to: $0, in: ["arrival_s"]) != nil }
    return hasArrivals || names.allSatisfy(NativeFormat.allColumns.contains) ? all[0] : nil
  }
}
