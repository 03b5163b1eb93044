/// A figure, whatever draws it: gnuplot for papers, the page for the screen.
struct Figure {
  struct Axis {
    var label: String
    var isLog = false
    /// Ends that the data do not set.
    var low: Double?
    var high: Double?
    /// A value that it must show.
    var includes: Double?
  }

  struct Point {
    var x: Double
    var y: Double
    /// 95 % interval of y; nil without one.
    var yRange: ClosedRange<Double>?
    /// 95 % interval of x, where x is measured too.
    var xRange: ClosedRange<Double>?
    /// Whether the value is 0, which a logarithm cannot show: it is drawn at the lower edge.
    var isZero = false
  }

  struct Series {
    var name: String
    /// Which colour, dash and mark: the same for a policy in every figure of its comparison.
    var style: Int
    var points: [Point]
  }

  enum Kind {
    /// Lines through marked points, with bands.
    case lines
    /// Lines without marks, with bands along x: a distribution.
    case distribution
    /// Marks with error bars.
    case marks
    /// Marks with error bars along x, one row for each name.
    case rows([String])
  }

  /// File name without an extension.
  var name: String
  var title: String
  /// What a reader must know beside the axes.
  var caption: String
  var kind: Kind
  var x: Axis
  var y: Axis
  var series: [Series]

  /// Points of a series that its line joins: zeros at the lower edge stand apart.
  func joined(_ series: Series) -> [Point] { series.points.filter { !$0.isZero } }

  /// Points of a series that are drawn at the lower edge.
  func zeros(_ series: Series) -> [Point] { series.points.filter(\.isZero) }

  /// Whether its marks are joined by lines.
  var isJoined: Bool {
    switch kind {
    case .lines, .distribution: true
    case .marks, .rows: false
    }
  }

  /// Ends of an axis that hold all values, and what the axis is to show besides.
  func ends(of axis: Axis, _ values: (Point) -> [Double]) -> ClosedRange<Double>? {
    let all = series.flatMap { $0.points.flatMap(values) }.filter {
      $0.isFinite && (!axis.isLog || $0 > 0)
    }
    guard let least = all.min(), let most = all.max() else { return nil }
    var low = min(least, axis.low ?? least, axis.includes ?? least)
    var high = max(most, axis.high ?? most, axis.includes ?? most)
    if low == high { (low, high) = axis.isLog ? (low / 2, high * 2) : (low - 0.5, high + 0.5) }
    return low...high
  }
}

/// What a policy is drawn with: the eight colours of Okabe and Ito (jfly.uni-koeln.de/color, 2008), which
/// colour-blind readers can tell apart, without yellow; dashes and marks tell them apart in grey.
struct FigureStyle {
  let colour: String
  /// The colour on a dark ground.
  let darkColour: String
  /// On and off lengths, in line widths; empty = solid.
  let dash: [Int]
  /// gnuplot's point type.
  let mark: Int

  /// How many policies a figure can show.
  static var count: Int { all.count }

  static let all = [
    FigureStyle(colour: "#000000", darkColour: "#e8e8e8", dash: [], mark: 7),
    FigureStyle(colour: "#0072b2", darkColour: "#4aa3df", dash: [8, 3], mark: 5),
    FigureStyle(colour: "#d55e00", darkColour: "#ee7d2b", dash: [2, 2], mark: 9),
    FigureStyle(colour: "#009e73", darkColour: "#2cc79b", dash: [8, 3, 2, 3], mark: 11),
    FigureStyle(colour: "#cc79a7", darkColour: "#dd93bd", dash: [12, 4], mark: 13),
    FigureStyle(colour: "#56b4e9", darkColour: "#7cc7f0", dash: [4, 2], mark: 4),
    FigureStyle(colour: "#e69f00", darkColour: "#f0b429", dash: [2, 4], mark: 6),
  ]
}
