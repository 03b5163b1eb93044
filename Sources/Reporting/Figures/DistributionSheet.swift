import Foundation

/// Pairs of distributions, each in a panel of its own: an SVG file that stands alone.
package struct DistributionSheet {
  /// Two distributions of one quantity.
  package struct Panel: Sendable {
    /// What they are of.
    package var title: String
    /// The first's values, ascending.
    package var first: [Double]
    /// The second's values, ascending.
    package var second: [Double]

    /// A panel from its parts.
    package init(title: String, first: [Double], second: [Double]) {
      self.title = title
      self.first = first
      self.second = second
    }
  }

  private let title: String
  private let label: String
  private let names: (String, String)
  private let rows: [[Panel]]
  private let width = 230.0
  private let height = 170.0
  private let left = 34.0
  private let right = 10.0
  private let top = 22.0
  private let bottom = 34.0
  private let head = 46.0

  /// A sheet with a row of panels for each of `rows`; `label` names the quantity and its unit.
  package init(title: String, label: String, names: (String, String), rows: [[Panel]]) {
    self.title = title
    self.label = label
    self.names = names
    self.rows = rows
  }

  /// The file's text.
  package var svg: String {
    let columns = rows.map(\.count).max() ?? 0
    let size = (Double(columns) * width, head + Double(rows.count) * height)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(size.0)) \(Int(size.1))\" "
        + "font-family=\"sans-serif\" font-size=\"10\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
      "<text x=\"10\" y=\"18\" font-size=\"13\">\(HTML.escaped(title))</text>",
    ]
    for (index, name) in [names.0, names.1].enumerated() {
      let at = 10 + 130 * Double(index)
      parts.append(
        "<path d=\"M\(text(at)) 33h24\" \(stroke(index))/><text x=\"\(text(at + 30))\" y=\"37\">\(HTML.escaped(name))</text>"
      )
    }
    for (row, panels) in rows.enumerated() {
      for (column, panel) in panels.enumerated() {
        parts.append(
          "<g transform=\"translate(\(text(Double(column) * width)) \(text(head + Double(row) * height)))\">"
        )
        parts += self.panel(panel)
        parts.append("</g>")
      }
    }
    return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func text(_ value: Double) -> String { String(format: "%.1f", value) }

  private func stroke(_ index: Int) -> String {
    let style = FigureStyle.all[index == 0 ? 1 : 2]
    let dash = index == 0 ? "" : " stroke-dasharray=\"4 2\""
    return "fill=\"none\" stroke=\"\(style.colour)\" stroke-width=\"1.5\"\(dash)"
  }

  private func panel(_ panel: Panel) -> [String] {
    var parts = [
      "<text x=\"\(text(left))\" y=\"14\">\(HTML.escaped(panel.title))</text>"
    ]
    let all = panel.first + panel.second
    guard let least = all.min(), let most = all.max() else { return parts }
    let ends = least...(most > least ? most : least + 1e-9)
    let (right, foot) = (width - self.right, height - bottom)
    func x(_ value: Double) -> Double {
      left + (value - ends.lowerBound) / (ends.upperBound - ends.lowerBound) * (right - left)
    }
    for tick in Ticks.of(ends, isLog: false) {
      parts.append(
        "<path d=\"M\(text(x(tick))) \(text(top))V\(text(foot))\" stroke=\"#dddddd\"/><text x=\"\(text(x(tick)))\" "
          + "y=\"\(text(foot + 12))\" text-anchor=\"middle\">\(Ticks.label(tick))</text>")
    }
    parts.append(
      "<path d=\"M\(text(left)) \(text(top))V\(text(foot))H\(text(right))\" fill=\"none\" stroke=\"#000000\"/>"
    )
    for (share, name) in [(0.0, "0"), (0.5, "0.5"), (1, "1")] {
      parts.append(
        "<text x=\"\(text(left - 4))\" y=\"\(text(foot - share * (foot - top) + 3))\" text-anchor=\"end\">\(name)</text>"
      )
    }
    parts.append(
      "<text x=\"\(text((left + right) / 2))\" y=\"\(text(height - 8))\" text-anchor=\"middle\">\(HTML.escaped(label))</text>"
    )
    for (index, values) in [panel.first, panel.second].enumerated() where !values.isEmpty {
      var path = "M\(text(x(values[0]))) \(text(foot))"
      for (place, value) in values.enumerated() {
        let share = Double(place + 1) / Double(values.count)
        path += "H\(text(x(value)))V\(text(foot - share * (foot - top)))"
      }
      parts.append("<path d=\"\(path)H\(text(right))\" \(stroke(index))/>")
    }
    return parts
  }
}
