/// A table of booktabs rules, to be read with `\input`: no packages but booktabs, no environment around it.
struct LaTeXTable {
  /// What a reader of the file must know; a comment at its top.
  let about: [String]
  let columns: String
  let header: [String]
  private(set) var rows: [[String]] = []

  /// An empty table; `columns` as in `tabular`.
  init(about: [String], columns: String, header: [String]) {
    self.about = about
    self.columns = columns
    self.header = header
  }

  /// Adds a row of cells that are LaTeX already.
  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let lines = { (row: [String]) in
      // After a rule or an end of row, [ and * would be read as their options.
      let first = row.first ?? ""
      let guarded = ["[", "*"].contains(first.prefix(1)) ? "{}" : ""
      return guarded + row.joined(separator: " & ") + " \\\\"
    }
    return
      (about.map { "% " + $0.onOneLine }
      + ["% Needs \\usepackage{booktabs}.", "\\begin{tabular}{\(columns)}", "\\toprule"]
      + [lines(header), "\\midrule"] + rows.map(lines) + ["\\bottomrule", "\\end{tabular}"])
      .joined(separator: "\n") + "\n"
  }

  /// Text in which no character has a meaning of its own.
  static func escaped(_ text: String) -> String {
    text.onOneLine.map { character in
      switch character {
      case "\\": "\\textbackslash{}"
      case "~": "\\textasciitilde{}"
      case "^": "\\textasciicircum{}"
      case "&", "%", "$", "#", "_", "{", "}": "\\\(character)"
      case "<": "\\textless{}"
      case ">": "\\textgreater{}"
      case "\"": "''"
      case "±": "$\\pm$"
      default: String(character)
      }
    }.joined()
  }

  static func bold(_ cell: String) -> String { "\\textbf{\(cell)}" }
}
