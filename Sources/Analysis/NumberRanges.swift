/// Whole numbers in few words.
package enum NumberRanges {
  /// `1-3, 7` for 1, 2, 3, 7.
  package static func text(_ ascending: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in ascending {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
