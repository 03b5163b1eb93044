import LatencyProfiles
import Results

/// The page's table of what service times rest on: a row for each policy and kind of device.
enum PageTimeBasis {
  /// Empty where no device worked, or runs do not say.
  static func html(_ data: ReportData) -> String {
    let isNamed = data.timeBasis.count > 1
    let rows = data.timeBasis.flatMap { experiment, policies in
      policies.flatMap { policy in
        BusyByBasis.Device.allCases.compactMap { device -> String? in
          guard policy.busy.total(device) > 0 else { return nil }
          let names = (isNamed ? [experiment] : []) + [policy.policy, device.rawValue]
          return "<tr>" + names.map { HTML.element("td", $0, "class=\"text\"") }.joined()
            + TimeBasis.allCases.map { cell(policy.busy, device, $0) }.joined() + "</tr>"
        }
      }
    }
    guard !rows.isEmpty else { return "" }
    let heads =
      ((isNamed ? ["experiment"] : []) + ["policy", "device"]).map {
        HTML.element("th", $0, "class=\"text\"")
      } + TimeBasis.allCases.map { HTML.element("th", $0.rawValue) }
    return """
      <h3>What service times rest on</h3><p class="soft">Shares of the time for which devices worked, over all runs \
      of a policy: on figures measured by the harness (or as served, for a live run), published, derived or \
      extrapolated, or assumed by the scenario.</p>
      <div class="scroll"><table id="time-basis"><thead><tr>\(heads.joined())</tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
      """
  }

  private static func cell(
    _ busy: BusyByBasis, _ device: BusyByBasis.Device, _ basis: TimeBasis
  ) -> String {
    let time = busy.time(device, on: basis)
    return HTML.element(
      "td", time > 0 ? TimeBasisText.percent(time, of: busy.total(device)) : "\u{2013}")
  }
}
