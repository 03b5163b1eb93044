public import Diagnostics
import GRDB

/// Rows of a view.
public struct DataTable: Sendable {
  /// A value of a row.
  public enum Cell: Hashable, Sendable {
    case none
    case integer(Int64)
    case number(Double)
    case text(String)

    /// Its number; nil where it is none.
    public var number: Double? {
      switch self {
      case .integer(let value): Double(value)
      case .number(let value): value
      case .none, .text: nil
      }
    }

    /// Its text; empty where it is none.
    public var text: String { if case .text(let text) = self { text } else { "" } }
  }

  /// A row, by name of column.
  public struct Row: Sendable {
    fileprivate let indices: [String: Int]
    /// A cell for each column.
    public let cells: [Cell]

    /// The cell of a column; `none` where there is no such column.
    public subscript(column: String) -> Cell { indices[column].map { cells[$0] } ?? .none }
  }

  /// Names of the columns.
  public let columns: [String]
  /// The rows.
  public let rows: [Row]
}

extension ResultStore {
  /// The rows of a view, of these experiments alone, in an order that depends on content only.
  public func table(_ view: View, experiments: Set<String>) throws(InputError) -> DataTable {
    var rows: [DataTable.Row] = []
    let columns = try columns(of: view)
    try forEachRow(of: view, experiments: experiments) { rows.append($0) }
    return DataTable(columns: columns, rows: rows)
  }

  /// Names of a view's columns.
  public func columns(of view: View) throws(InputError) -> [String] {
    try read { db in try db.columns(in: view.rawValue).map(\.name) }
  }

  /// Hands the same rows to `body` one by one: a view of queries may be larger than memory.
  public func forEachRow(
    of view: View, experiments: Set<String>, _ body: (DataTable.Row) throws -> Void
  ) throws(InputError) {
    try read { db in
      // By a table of its own: a list of ids could be longer than a statement may be.
      let cursor = try GRDB.Row.fetchCursor(
        db,
        sql: """
          SELECT * FROM \(view.rawValue) WHERE experiment_id IN (SELECT value FROM json_each(?))
          ORDER BY \(view.order)
          """, arguments: [Self.jsonList(experiments)])
      let indices = Dictionary(
        cursor.columnNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      while let row = try cursor.next() {
        try body(
          DataTable.Row(
            indices: indices,
            cells: row.databaseValues.map { value in
              switch value.storage {
              case .int64(let x): .integer(x)
              case .double(let x): .number(x)
              case .string(let x): .text(x)
              case .null, .blob: .none
              }
            }))
      }
    }
  }

  private static func jsonList(_ ids: Set<String>) -> String {
    // Ids are hexadecimal: nothing to escape.
    "[" + ids.sorted().map { "\"\($0)\"" }.joined(separator: ",") + "]"
  }
}
