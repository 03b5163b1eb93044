import Foundation

/// A figure as a gnuplot script and its data, which an author can restyle.
struct GnuplotScript {
  let figure: Figure
  /// `pdf` and `svg`, or one of them.
  let outputs: [String]

  /// A script that lacks this line is its author's.
  static let mark = "# qosdiff replaces this file while this line is in it."

  /// Widths of a column of a two-column page, and heights, in centimetres.
  private var size: (width: Double, height: Double) {
    if case .rows(let names) = figure.kind { return (8.5, 2.6 + 0.5 * Double(names.count)) }
    let lines = isNarrow ? (figure.series.count + 1) / 2 : figure.series.count
    return (8.5, 6 + 0.35 * Double(lines))
  }

  /// Whether two names fit beside each other under the plot.
  private var isNarrow: Bool { figure.series.allSatisfy { $0.name.count <= 22 } }

  /// gnuplot leaves out what does not fit.
  private static func short(_ name: String) -> String {
    name.count <= 40 ? name : name.prefix(39) + "\u{2026}"
  }

  /// The script; reads `NAME.dat` and writes `NAME.pdf` and `NAME.svg` where it is run.
  var text: String? {
    guard let frame = figure.frame else { return nil }
    var lines = [
      "# \(figure.title.onOneLine). \(figure.caption.onOneLine)",
      "# Run here: gnuplot \(figure.name).gp",
      Self.mark,
      "set encoding utf8",
      "set border 3 lc rgb '#404040'",
      "set tics nomirror out scale 0.5",
      "set grid lc rgb '#d8d8d8' lw 0.5",
      "set key below maxcols \(isNarrow ? 2 : 1) samplen 3.5 spacing 1.1",
      // The empty line keeps the key off the label.
      "set xlabel \(Self.quoted(figure.x.label)).\"\\n \"",
      "set ylabel \(Self.quoted(figure.y.label))",
    ]
    if figure.x.isLog { lines.append("set logscale x") }
    if figure.y.isLog { lines.append("set logscale y") }
    lines.append("set xrange [\(frame.x.lowerBound):\(frame.x.upperBound)]")
    lines.append("set yrange [\(frame.y.lowerBound):\(frame.y.upperBound)]")
    lines.append("set xtics (\(ticks(frame.x, figure.x)))")
    if case .rows(let names) = figure.kind {
      // A tick's label is a format.
      let rows = names.enumerated().map {
        "\(Self.quoted(Self.short($1).replacing("%", with: "%%"))) \(names.count - $0)"
      }
      lines.append("set ytics (\(rows.joined(separator: ", ")))")
      lines.append("unset ylabel")
      if frame.x.contains(1) {
        lines.append("set arrow from first 1, graph 0 to first 1, graph 1 nohead lc rgb '#404040'")
      }
    } else {
      lines.append("set ytics (\(ticks(frame.y, figure.y)))")
    }
    let plot = "plot " + curves.joined(separator: ", \\\n  ")
    for output in outputs {
      lines.append(terminal(output))
      lines.append("set output '\(figure.name).\(output)'")
      lines.append(plot)
      lines.append("unset output")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func terminal(_ output: String) -> String {
    let (width, height) = size
    if output == "pdf" {
      return
        "set terminal pdfcairo noenhanced color font 'Sans,7' size \(width)cm,"
        + String(format: "%.2fcm", height)
    }
    return
      "set terminal svg noenhanced font 'Sans,11' background '#ffffff' size "
      + "\(Int(width * 50)),\(Int(height * 50))"
  }

  private func ticks(_ ends: ClosedRange<Double>, _ axis: Figure.Axis) -> String {
    Ticks.of(ends, isLog: axis.isLog).map { "'\(Ticks.label($0))' \($0)" }.joined(separator: ", ")
  }

  private var curves: [String] {
    let file = "'\(figure.name).dat'"
    var curves: [String] = []
    for (index, series) in figure.series.enumerated() where !figure.band(series).isEmpty {
      let colour = FigureStyle.all[series.style].colour
      curves.append(
        "\(file) index 'band \(index)' using 1:2 with filledcurves closed fc rgb '\(colour)' "
          + "fs transparent solid 0.18 noborder notitle")
    }
    for (index, series) in figure.series.enumerated() {
      let style = FigureStyle.all[series.style]
      let dash =
        style.dash.isEmpty ? "solid" : "(\(style.dash.map(String.init).joined(separator: ",")))"
      let look = "lc rgb '\(style.colour)' lw 1.5"
      let mark = "pt \(style.mark) ps 0.5"
      let data = "\(file) index 'series \(index)'"
      let title = "title \(Self.quoted(Self.short(series.name)))"
      switch figure.kind {
      case .lines:
        let zeros = figure.zeros(series)
        if !zeros.isEmpty {
          // Open triangles that point down, on no line: 0, at the lower edge.
          let isAll = zeros.count == series.points.count
          curves.append(
            "\(file) index 'zero \(index)' using 1:2 with points lc rgb '\(style.colour)' pt 10 ps 0.7 "
              + (isAll ? title : "notitle"))
          if isAll { continue }
        }
        curves.append("\(data) using 1:2 with linespoints \(look) dt \(dash) \(mark) \(title)")
      case .distribution:
        curves.append("\(data) using 1:2 with lines \(look) dt \(dash) \(title)")
      case .marks:
        curves.append("\(data) using 1:2:5:6:3:4 with xyerrorbars \(look) \(mark) \(title)")
      case .rows:
        curves.append("\(data) using 1:2:5:6 with xerrorbars \(look) \(mark) \(title)")
      }
    }
    return curves
  }

  /// A block for each series and each band.
  var data: String {
    var blocks: [String] = []
    for (index, series) in figure.series.enumerated() {
      let points = figure.joined(series).map { point in
        let y = point.yRange ?? point.y...point.y
        let x = point.xRange ?? point.x...point.x
        return [point.x, point.y, y.lowerBound, y.upperBound, x.lowerBound, x.upperBound]
          .map(NumberText.exact).joined(separator: " ")
      }
      blocks.append(
        ([
          "# series \(index)",
          "# \(series.name.onOneLine): x y y_ci95_lower y_ci95_upper x_ci95_lower x_ci95_upper",
        ]
          + points).joined(separator: "\n"))
    }
    for (index, series) in figure.series.enumerated() where !figure.zeros(series).isEmpty {
      blocks.append(
        (["# zero \(index)", "# \(series.name.onOneLine): 0, drawn at the lower edge: x y"]
          + figure.zeros(series).map { "\(NumberText.exact($0.x)) \(NumberText.exact($0.y))" })
          .joined(separator: "\n"))
    }
    for (index, series) in figure.series.enumerated() {
      let band = figure.band(series)
      guard let first = band.first else { continue }
      blocks.append(
        (["# band \(index)", "# \(series.name.onOneLine): outline of the intervals: x y"]
          + (band + [first]).map { "\(NumberText.exact($0.x)) \(NumberText.exact($0.y))" })
          .joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n\n") + "\n"
  }

  /// In single quotes nothing is expanded.
  private static func quoted(_ text: String) -> String {
    "'" + text.onOneLine.replacing("'", with: "''") + "'"
  }
}
