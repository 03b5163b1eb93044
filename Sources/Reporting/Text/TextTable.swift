/// A table of left-aligned first and right-aligned further columns, within a width.
package struct TextTable {
  /// Columns of a terminal that output keeps to.
  package static let width = 100
  private static let narrowestName = 12

  private let keys: Int
  private var rows: [[String]] = []

  /// A table without rows; the first `keys` columns say what a row is, and stand in every block.
  package init(header: [String], keys: Int = 1) {
    self.keys = keys
    rows = [header]
  }

  /// Adds a row below.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// Lines with two spaces between columns and a rule under the header. A table wider than
  /// ``width`` has its first column shortened, and if that is not enough its columns in several blocks, one
  /// below the other.
  package var text: String {
    let columns = rows.map(\.count).max() ?? 0
    guard columns > 0 else { return "" }
    var widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    let widest = widths.dropFirst(keys).max() ?? 0
    let others = widths.dropFirst().prefix(keys - 1).reduce(0) { $0 + 2 + $1 }
    widths[0] = min(widths[0], max(Self.narrowestName, Self.width - 2 - widest - others))
    let whole = widths.reduce(0, +) + 2 * (columns - 1)
    if whole > Self.width {
      let without = whole - widths[0]
      if without + Self.narrowestName <= Self.width { widths[0] = Self.width - without }
    }
    return blocks(widths).map { lines($0, widths) }.joined(separator: "\n\n")
  }

  /// As objects, header to cell: for programs.
  package var objects: [[String: String]] {
    rows.dropFirst().map { row in
      Dictionary(zip(rows[0], row), uniquingKeysWith: { first, _ in first })
    }
  }

  /// Columns beside the keys that fit together.
  private func blocks(_ widths: [Int]) -> [[Int]] {
    var blocks: [[Int]] = [[]]
    let base = widths.prefix(keys).reduce(0, +) + 2 * (keys - 1)
    var used = base
    for column in widths.indices.dropFirst(keys) {
      if used + 2 + widths[column] > Self.width, blocks[blocks.count - 1] != [] {
        blocks.append([])
        used = base
      }
      blocks[blocks.count - 1].append(column)
      used += 2 + widths[column]
    }
    return blocks
  }

  private func lines(_ block: [Int], _ widths: [Int]) -> String {
    let columns = Array(0..<min(keys, rows[0].count)) + block
    var lines = rows.map { row in
      let cells = columns.filter { row.indices.contains($0) }.map { column in
        let cell = Self.shortened(row[column], to: widths[column])
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + pad : pad + cell
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    let width = columns.map { widths[$0] }.reduce(0, +) + 2 * (columns.count - 1)
    lines.insert(String(repeating: "-", count: width), at: 1)
    return lines.joined(separator: "\n")
  }

  private static func shortened(_ text: String, to width: Int) -> String {
    text.count <= width ? text : text.prefix(max(width - 1, 0)) + "\u{2026}"
  }
}
