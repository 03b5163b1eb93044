/// What a place in a scenario file may hold: the one declaration that both the parser and the JSON
/// Schema are made from.
indirect enum ValueShape: Sendable {
  case string
  case boolean
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// A number with a unit.
  case quantity(Dimension, Bound)
  /// `512x512`: height x width in pixels, multiples of 8.
  case imageSize
  /// One of a few words.
  case choice([String])
  /// Known keys.
  case object([Field])
  /// Keys of the user's choice; `noun` says what they name.
  case dictionary(noun: String, of: ValueShape)
  /// A word, or a single value of another shape.
  case word(String, or: ValueShape)
  /// At least one element.
  case list(of: ValueShape)
  /// A name, or a mapping of the one name to what belongs to it.
  case variants(noun: String, [Variant])
  /// Numbers and their weights: `{30: 0.9, 40: 0.1}`.
  case weights(ClosedRange<Int>)
  /// The shape that fits the node's own form: a scalar takes the first, a mapping the second.
  case scalarOr(ValueShape, ValueShape)

  /// Which values of a quantity are allowed.
  enum Bound: Sendable {
    case positive
    case notNegative
  }

  /// A key of an object.
  struct Field: Sendable {
    let name: String
    let shape: ValueShape
    let isRequired: Bool
    let summary: String

    init(_ name: String, _ shape: ValueShape, required: Bool = false, _ summary: String) {
      self.name = name
      self.shape = shape
      self.isRequired = required
      self.summary = summary
    }
  }

  /// A name and what may stand behind it; nil = nothing does.
  struct Variant: Sendable {
    let name: String
    let shape: ValueShape?
    /// Whether the name may stand alone.
    let standsAlone: Bool
    let summary: String

    init(_ name: String, _ shape: ValueShape?, standsAlone: Bool, _ summary: String) {
      self.name = name
      self.shape = shape
      self.standsAlone = standsAlone
      self.summary = summary
    }
  }
}

/// A physical dimension and its units.
enum Dimension: String, Sendable {
  case duration
  case rate
  case bandwidth
  case information
  case share
  case memory
  case power
  case price

  /// Units and what one of each is in seconds, queries a second, bytes a second, bits, a number, bytes, watts, or
  /// dollars an hour.
  var units: [(name: String, factor: Double)] {
    switch self {
    case .duration:
      [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60),
        ("h", 3600), ("d", 86400),
      ]
    case .rate: [("query/s", 1), ("query/min", 1 / 60), ("query/h", 1 / 3600)]
    case .bandwidth:
      [
        ("B/s", 1), ("kB/s", 1e3), ("MB/s", 1e6), ("GB/s", 1e9), ("TB/s", 1e12),
        ("kbit/s", 1e3 / 8), ("Mbit/s", 1e6 / 8), ("Gbit/s", 1e9 / 8), ("Tbit/s", 1e12 / 8),
      ]
    case .information: [("bit", 1)]
    case .share: [("%", 0.01)]
    case .memory:
      [
        ("B", 1), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("MiB", 1_048_576),
        ("GiB", 1_073_741_824),
      ]
    case .power: [("W", 1), ("kW", 1e3)]
    case .price: [("USD/h", 1)]
    }
  }

  /// Other spellings, and the unit that they mean: one that differs in a letter may be another unit.
  var otherSpellings: [String: String] {
    switch self {
    case .duration:
      [
        "sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "millis": "ms",
        "usec": "us", "\u{3BC}s": "us", "m": "min", "mins": "min", "minute": "min",
        "minutes": "min", "hr": "h",
        "hrs": "h", "hour": "h", "hours": "h", "day": "d", "days": "d",
      ]
    case .rate:
      [
        "qps": "query/s", "rps": "query/s", "req/s": "query/s", "/s": "query/s", "Hz": "query/s",
        "queries/s": "query/s", "query/sec": "query/s", "qpm": "query/min", "rpm": "query/min",
        "/min": "query/min",
      ]
    case .bandwidth:
      [
        "kbps": "kbit/s", "Kbps": "kbit/s", "kb/s": "kbit/s", "Kbit/s": "kbit/s", "Mbps": "Mbit/s",
        "mbps": "Mbit/s", "Mb/s": "Mbit/s", "Gbps": "Gbit/s", "gbps": "Gbit/s", "Gb/s": "Gbit/s",
        "Tbps": "Tbit/s", "tbps": "Tbit/s", "Tb/s": "Tbit/s", "GBps": "GB/s", "MBps": "MB/s",
        "GB": "GB/s", "MB": "MB/s",
      ]
    case .memory: ["G": "GB", "gb": "GB", "Gb": "GB", "M": "MB", "mb": "MB"]
    case .power: ["watt": "W", "watts": "W", "kw": "kW"]
    case .information: ["bits": "bit", "b": "bit"]
    case .price: ["$/h": "USD/h", "USD": "USD/h", "$": "USD/h"]
    case .share: ["percent": "%", "pct": "%"]
    }
  }

  /// An example for hints.
  var example: String {
    switch self {
    case .duration: "300 s"
    case .rate: "12 query/s"
    case .bandwidth: "25 GB/s"
    case .information: "0.02 bit"
    case .share: "2 %"
    case .memory: "80 GB"
    case .power: "300 W"
    case .price: "2.5 USD/h"
    }
  }
}
