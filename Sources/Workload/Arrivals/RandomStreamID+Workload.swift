internal import EventEngine

/// The random streams of workloads: raw values 100 to 199.
extension RandomStreamID {
  /// Gaps between arrivals; entity = replication.
  static let arrivals = RandomStreamID(rawValue: 100)
  /// States of a Markov-modulated process and their dwell times; entity = replication.
  static let modulation = RandomStreamID(rawValue: 101)
  /// What a query asks for; entity = index of the query.
  static let mix = RandomStreamID(rawValue: 110)
  /// Shifts of superposed copies; entity = number of the copy.
  static let superposeShift = RandomStreamID(rawValue: 120)
  /// Which rows a thinned copy keeps; entity = index of the row.
  static let superposeThinning = RandomStreamID(rawValue: 121)
  /// Starts of the blocks that a trace is resampled from.
  static let resampling = RandomStreamID(rawValue: 130)
}
