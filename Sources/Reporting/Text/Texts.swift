extension Sequence where Element: Hashable {
  /// Each element once, where it first stands.
  func distinct() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension String {
  /// Without ends of lines and other control characters, each of which becomes a space: what it is put into may
  /// be a comment, a cell or a string that ends with the line.
  var onOneLine: String {
    String(
      map { character in
        let isControl = character.unicodeScalars.contains {
          $0.properties.generalCategory == .control
        }
        return character.isNewline || isControl ? " " : character
      })
  }
}
