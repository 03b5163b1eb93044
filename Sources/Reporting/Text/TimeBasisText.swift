import LatencyProfiles
package import Results

/// What share of the accelerators' and of the CPUs' time in some runs rests on which figures, as a sentence for each.
package struct TimeBasisText {
  /// Each policy once.
  private let policies: [PolicyTimeBasis]
  private let isLive: Bool

  /// Of all runs that a comparison shows, or several.
  ///
  /// - Parameter isLive: whether they were served for real.
  package init(_ policies: [PolicyTimeBasis], isLive: Bool = false) {
    self.policies = policies.merged
    self.isLive = isLive
  }

  /// A sentence for each kind of device that worked, within 100 columns; nil where none did, or runs do not say.
  package var text: String? {
    var sentences: [String] = []
    for (device, name) in [(BusyByBasis.Device.accelerator, "Accelerator"), (.cpu, "CPU")] {
      guard let shares = shares(device) else { continue }
      sentences.append(
        "\(name) time\(sentences.isEmpty ? " rests on figures" : ""): \(shares).")
    }
    guard !sentences.isEmpty else { return nil }
    // No line breaks between a number and its unit.
    let text = sentences.joined(separator: " ").replacing(" %", with: "\u{A0}%")
    return LineWrap.wrapped(text).replacing("\u{A0}", with: " ")
  }

  /// Of all policies together, or of each where they differ; nil where no such device worked.
  private func shares(_ device: BusyByBasis.Device) -> String? {
    let known = policies.filter { $0.busy.total(device) > 0 }
    guard !known.isEmpty else { return nil }
    if Self.differ(known, device) {
      return known.map { "\($0.policy) \(shares(of: $0.busy, device))" }.joined(separator: "; ")
    }
    var sum = BusyByBasis()
    for policy in known { sum.add(policy.busy) }
    return shares(of: sum, device)
  }

  /// Whether some share of two policies differs by more than a percentage point.
  private static func differ(_ policies: [PolicyTimeBasis], _ device: BusyByBasis.Device) -> Bool {
    TimeBasis.allCases.contains { basis in
      let shares = policies.compactMap { $0.busy.share(device, on: basis) }
      guard let low = shares.min(), let high = shares.max() else { return false }
      // A difference of just a point, rounded up, is not more than one.
      return high - low > 0.01 + 1e-12
    }
  }

  private func shares(of busy: BusyByBasis, _ device: BusyByBasis.Device) -> String {
    TimeBasis.allCases.compactMap { basis in
      let time = busy.time(device, on: basis)
      return time > 0
        ? "\(Self.percent(time, of: busy.total(device))) \(words(basis))" : nil
    }.joined(separator: ", ")
  }

  private func words(_ basis: TimeBasis) -> String {
    switch basis {
    case .measured: isLive ? "measured as they were served" : "measured by the harness"
    case .published: "published"
    case .derived: "derived"
    case .assumed: "assumed by the scenario"
    }
  }

  /// A share in per cent, with one decimal unless it is whole. In whole numbers, so that nothing under 99.95 % is
  /// rounded to 100 %; what is there but would be rounded to 0 is said to be less.
  static func percent(_ part: Int128, of total: Int128) -> String {
    let tenths = (2000 * part + total) / (2 * total)
    if tenths == 0 { return part > 0 ? "under 0.1 %" : "0 %" }
    let decimal = tenths % 10
    return decimal == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(decimal) %"
  }
}
