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

  /// The format of a file that starts with `lines`, the first of which is `first`; nil if none recognises it.
  ///
  /// A header that misspells columns is given to the format that it is nearest to, so that the error can say which was
  /// meant: to another than the native one for two columns, to that for its arrivals, or half of the columns.
  static func detect(_ first: TraceRecord, _ lines: [ArraySlice<UInt8>]) -> (any TraceFormat)? {
    let certain = all.first { $0.recognises(first) || $0.recognises(lines: lines) }
    if let certain { return certain }
    let names = (0..<first.count).map { String(decoding: first.content($0), as: UTF8.self) }
    func near(_ format: any TraceFormat) -> Int {
      names.count { Suggestion.nearest(to: $0, in: format.columns) != nil }
    }
    if let other = all.dropFirst().first(where: { near($0) >= 2 }) { return other }
    let hasArrivals = names.contains { Suggestion.nearest(to: $0, in: ["arrival_s"]) != nil }
    let native = names.count { NativeFormat.allColumns.contains($0) }
    return hasArrivals || 2 * native >= names.count ? all[0] : nil
  }
}
