import ArgumentParser
import EventEngine
import Foundation
import TextReports
import Workload

/// A time with its unit on the command line: `300 s`.
struct TimeArgument: ExpressibleByArgument {
  var seconds: Double
  var duration: SimulationDuration { SimulationDuration(seconds: seconds) }
  var defaultValueDescription: String { "\(decimal(seconds)) s" }

  init(seconds: Double) { self.seconds = seconds }

  /// nil unless `argument` is a number from 0 to 30 years with one of the units.
  init?(argument: String) {
    let units = ["ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400]
    guard let value = quantity(argument, units), value <= TraceLimits.longest.seconds else {
      return nil
    }
    seconds = value
  }
}

/// A rate with its unit on the command line: `12 query/s`.
struct RateArgument: ExpressibleByArgument {
  var perSecond: Double

  /// nil unless `argument` is a number of at least 0 with one of the units.
  init?(argument: String) {
    let units = [
      "query/s": 1, "query/min": 1 / 60.0, "query/h": 1 / 3600.0, "query/d": 1 / 86_400.0,
    ]
    guard let value = quantity(argument, units) else { return nil }
    perSecond = value
  }
}

private func quantity(_ text: String, _ units: [String: Double]) -> Double? {
  let clean = text.trimmingCharacters(in: .whitespaces)
  let number = clean.prefix { $0.isNumber || "+-.eE".contains($0) }
  let unit = clean.dropFirst(number.count).trimmingCharacters(in: .whitespaces)
  guard let value = Double(number), value >= 0, value.isFinite, let scale = units[unit] else {
    return nil
  }
  return value * scale
}
