import Foundation

/// A figure drawn for the page: colours from its style sheet, values for its script to show.
struct SVGChart {
  let figure: Figure

  private static let width = 480.0
  private static let left = 62.0
  private static let right = 12.0
  private static let top = 10.0
  private static let bottom = 44.0

  private var height: Double {
    if case .rows(let names) = figure.kind { return 90 + 20 * Double(names.count) }
    return 320
  }

  /// A wide left margin where names stand beside the rows.
  private var left: Double {
    if case .rows(let names) = figure.kind {
      return min(250, 20 + 6.3 * Double(names.map(\.count).max() ?? 0))
    }
    return Self.left
  }

  /// The `<figure>` element; nil where there is nothing to draw.
  var html: String? {
    guard let frame = figure.frame else { return nil }
    let title = HTML.escaped(figure.title)
    var svg = [
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" tabindex=\"0\" "
        + "\(HTML.attribute("aria-label", figure.title + ". Arrow keys read out values."))>"
    ]
    svg += axes(frame)
    for series in figure.series { svg += [band(series, frame)] }
    for series in figure.series { svg += curve(series, frame) }
    svg.append("<circle class=\"cursor\" r=\"6\" cx=\"-20\" cy=\"-20\"/></svg>")
    return """
      <figure \(HTML.attribute("id", figure.name))><h3>\(title)</h3>
      \(svg.filter { !$0.isEmpty }.joined(separator: "\n"))
      <output class="readout">Point, tap or use the arrow keys for values.</output>
      <ul class="legend">\(figure.series.map(legend).joined())</ul>
      <figcaption>\(HTML.escaped(figure.caption))</figcaption></figure>
      """
  }

  private typealias Frame = (x: ClosedRange<Double>, y: ClosedRange<Double>)

  private func place(_ value: Double, _ ends: ClosedRange<Double>, _ axis: Figure.Axis) -> Double {
    if axis.isLog {
      return log(max(value, ends.lowerBound) / ends.lowerBound)
        / log(ends.upperBound / ends.lowerBound)
    }
    return (value - ends.lowerBound) / (ends.upperBound - ends.lowerBound)
  }

  private func x(_ value: Double, _ frame: Frame) -> Double {
    left + place(value, frame.x, figure.x) * (Self.width - left - Self.right)
  }

  private func y(_ value: Double, _ frame: Frame) -> Double {
    height - Self.bottom - place(value, frame.y, figure.y) * (height - Self.bottom - Self.top)
  }

  private func text(_ value: Double) -> String { String(format: "%.1f", value) }

  private func axes(_ frame: Frame) -> [String] {
    let foot = text(height - Self.bottom)
    var parts: [String] = []
    for tick in Ticks.of(frame.x, isLog: figure.x.isLog) {
      let at = text(x(tick, frame))
      parts.append("<path class=\"grid\" d=\"M\(at) \(text(Self.top))V\(foot)\"/>")
      parts.append(
        "<text class=\"tick\" x=\"\(at)\" y=\"\(text(height - Self.bottom + 15))\" "
          + "text-anchor=\"middle\">\(Ticks.label(tick))</text>")
    }
    var rows: [(at: Double, label: String)] = []
    if case .rows(let names) = figure.kind {
      rows = names.enumerated().map { (Double(names.count - $0), $1) }
    } else {
      rows = Ticks.of(frame.y, isLog: figure.y.isLog).map { ($0, Ticks.label($0)) }
    }
    for row in rows {
      let at = y(row.at, frame)
      parts.append(
        "<path class=\"grid\" d=\"M\(text(left)) \(text(at))H\(text(Self.width - Self.right))\"/>")
      parts.append(
        "<text class=\"tick\" x=\"\(text(left - 6))\" y=\"\(text(at + 4))\" "
          + "text-anchor=\"end\">\(HTML.escaped(row.label))</text>")
    }
    if case .rows = figure.kind, frame.x.contains(1) {
      let at = text(x(1, frame))
      parts.append("<path class=\"axis\" d=\"M\(at) \(text(Self.top))V\(foot)\"/>")
    }
    parts.append(
      "<path class=\"axis\" d=\"M\(text(left)) \(text(Self.top))V\(foot)H\(text(Self.width - Self.right))\"/>"
    )
    parts.append(
      "<text class=\"label\" x=\"\(text((left + Self.width - Self.right) / 2))\" "
        + "y=\"\(text(height - 8))\" text-anchor=\"middle\">\(HTML.escaped(figure.x.label))</text>")
    if !figure.y.label.isEmpty {
      let middle = text((height - Self.bottom + Self.top) / 2)
      parts.append(
        "<text class=\"label\" transform=\"translate(13 \(middle)) rotate(-90)\" "
          + "text-anchor=\"middle\">\(HTML.escaped(figure.y.label))</text>")
    }
    return parts
  }

  private func band(_ series: Figure.Series, _ frame: Frame) -> String {
    let outline = figure.band(series)
    guard !outline.isEmpty else { return "" }
    let points = outline.map { "\(text(x($0.x, frame))),\(text(y($0.y, frame)))" }
    return "<polygon class=\"band s\(series.style)\" points=\"\(points.joined(separator: " "))\"/>"
  }

  /// A line, its marks or error bars, and what the script reads out.
  private func curve(_ series: Figure.Series, _ frame: Frame) -> [String] {
    let style = FigureStyle.all[series.style]
    let shown = figure.joined(series)
    let places = shown.map { (x: x($0.x, frame), y: y($0.y, frame)) }
    let points = places.map { "\(text($0.x)),\(text($0.y))" }.joined(separator: " ")
    let values = shown.map { HTML.escaped(readout(series.name, $0)) }
    let dash = Self.dash(style)
    var parts = zeros(series, frame)
    if shown.isEmpty { return parts }
    parts += [
      "<polyline class=\"\(figure.isJoined ? "line" : "hidden") s\(series.style)\" points=\"\(points)\""
        + "\(dash) data-t=\"\(values.joined(separator: "\n"))\"/>"
    ]
    if !figure.isJoined {
      for (point, place) in zip(shown, places) {
        var bars = ""
        if let range = point.xRange {
          bars +=
            "M\(text(x(range.lowerBound, frame))) \(text(place.y))H\(text(x(range.upperBound, frame)))"
        }
        if let range = point.yRange {
          bars +=
            "M\(text(place.x)) \(text(y(range.lowerBound, frame)))V\(text(y(range.upperBound, frame)))"
        }
        if !bars.isEmpty { parts.append("<path class=\"bar s\(series.style)\" d=\"\(bars)\"/>") }
      }
    }
    if case .distribution = figure.kind { return parts }
    parts += places.map { Self.mark(series.style, $0.x, $0.y) }
    return parts
  }

  /// Open triangles that point down at the lower edge, on no line: 0.
  private func zeros(_ series: Figure.Series, _ frame: Frame) -> [String] {
    let zeros = figure.zeros(series)
    if zeros.isEmpty { return [] }
    let places = zeros.map { (x: text(x($0.x, frame)), y: text(y($0.y, frame))) }
    let values = zeros.map { HTML.escaped(readout(series.name, $0)) }.joined(separator: "\n")
    let points = places.map { "\($0.x),\($0.y)" }.joined(separator: " ")
    return [
      "<polyline class=\"hidden s\(series.style)\" points=\"\(points)\" data-t=\"\(values)\"/>"
    ]
      + places.map {
        "<path class=\"mark open s\(series.style)\" d=\"M\($0.x) \($0.y)m0 4.4l4 -7h-8z\"/>"
      }
  }

  /// What a point says: its policy, where it is, its value and interval.
  private func readout(_ name: String, _ point: Figure.Point) -> String {
    func value(_ x: Double, _ range: ClosedRange<Double>?) -> String {
      NumberText.short(x)
        + (range.map { " " + NumberText.range($0) } ?? "")
    }
    let x = "\(figure.x.label) \(value(point.x, point.xRange))"
    if case .rows(let names) = figure.kind {
      let row = names.count - Int(point.y.rounded())
      return
        "\(names.indices.contains(row) ? names[row] : ""), \(name): \(value(point.x, point.xRange))"
    }
    let y = point.isZero ? "0" : value(point.y, point.yRange)
    return "\(name): \(x), \(figure.y.label) \(y)"
  }

  private func legend(_ series: Figure.Series) -> String {
    let style = FigureStyle.all[series.style]
    let dash = Self.dash(style)
    var swatch = ""
    if figure.isJoined {
      swatch = "<path class=\"line s\(series.style)\" d=\"M1 7H33\"\(dash)/>"
    }
    if case .distribution = figure.kind {
    } else {
      swatch += Self.mark(series.style, 17, 7)
    }
    return "<li><svg viewBox=\"0 0 34 14\" aria-hidden=\"true\">\(swatch)</svg>"
      + "\(HTML.escaped(series.name))</li>"
  }

  private static func dash(_ style: FigureStyle) -> String {
    style.dash.isEmpty
      ? "" : " stroke-dasharray=\"\(style.dash.map(String.init).joined(separator: " "))\""
  }

  /// A mark of its own for each style, so that grey print tells them apart.
  private static func mark(_ style: Int, _ x: Double, _ y: Double) -> String {
    let shape =
      switch style {
      case 1: "m-3.4 -3.4h6.8v6.8h-6.8z"
      case 2: "m0 -4.4l4 7h-8z"
      case 3: "m0 4.4l4 -7h-8z"
      case 4: "m0 -4.6l4.4 4.6l-4.4 4.6l-4.4 -4.6z"
      case 5: "m-3.2 -3.2h6.4v6.4h-6.4z"
      default: "m-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0z"
      }
    let isOpen = style >= 5
    return
      "<path class=\"mark\(isOpen ? " open" : "") s\(style)\" d=\"M\(String(format: "%.1f %.1f", x, y))\(shape)\"/>"
  }
}
