/// A table of left-aligned first and right-aligned further columns.
public struct TextTable {
  private var rows: [[String]] = []

  /// A table without rows.
  public init(header: [String]) { rows = [header] }

  /// Adds a row below.
  public mutating func add(_ row: [String]) { rows.append(row) }

  /// Lines with two spaces between columns and a rule under the header.
  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    var lines = rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let pad = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + pad : pad + cell
      }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    let width = widths.reduce(0, +) + 2 * max(columns - 1, 0)
    lines.insert(String(repeating: "-", count: width), at: 1)
    return lines.joined(separator: "\n")
  }
}
