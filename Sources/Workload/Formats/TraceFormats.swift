internal import Diagnostics

/// Every trace format, in the order in which they are tried.
public enum TraceFormats {
  /// The formats. The native one comes first; the order matters only between overlapping ones.
  public static let all: [any TraceFormat] = [
    NativeFormat(),
    GenTD26Format(),
    AzureLLMFormat(),
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

  /// The format of a file that starts with `first`; nil if none recognises it.
  ///
  /// A header without any known column is given to the format one of whose columns is nearest, so
  /// that the error can say which was meant.
  static func detect(_ first: TraceRecord) -> (any TraceFormat)? {
    if let certain = all.first(where: { $0.recognises(first) }) { return certain }
    for i in 0..<first.count {
      let name = String(decoding: first.content(i), as: UTF8.self)
      let near = all.first { Suggestion.nearest(to: name, in: $0.columns) != nil }
      if let near { return near }
    }
    return nil
  }
}
