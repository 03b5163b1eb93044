import ArgumentParser
import Diagnostics
import DiffusionModels
import Foundation
import LatencyProfiles
import Reporting
import TextReports

extension ProfileCommand {
  struct Derive: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "derive",
      abstract: "Derives a profile for a device that nobody measured, from its peak rates.",
      discussion: """
        Fits, for each batch, the share of their roofline that the devices of the given profiles
        reach, shows how far that fit is off when each device is left out in turn, and writes what
        it gives for the new device. Every figure is marked derived.
        Known devices: \(PeakRates.published.map(\.key).joined(separator: ", ")).
        """)

    @Argument(help: "The device; one that is not known needs --tflop-per-s and --gbyte-per-s.")
    var device: String

    @Argument(help: "Profiles with published or measured steps, all of one mode.")
    var files: [String]

    @Option(help: "Model. Default: sd15.")
    var model: [String] = ["sd15"]

    @Option(help: "Image size, HEIGHTxWIDTH in pixels. Default: the size a model was trained for.")
    var size: String?

    @Option(help: "10^12 operations a second in dense 16-bit matrix products.")
    var tflopPerS: Double?

    @Option(help: "10^9 bytes a second from memory.")
    var gbytePerS: Double?

    @Option(help: "The profile to write.")
    var out = "derived.json"

    @Flag(help: "Prints JSON.")
    var json = false

    func run() throws {
      let rates = try rates()
      let models = try BenchCommand.models(model)
      let size = try size.map { try BenchCommand.size($0, for: models) }
      var profiles: [LatencyProfile] = []
      for file in files { profiles.append(try LatencyProfile.load(path: file)) }
      let fit = try RooflineFit(profiles: profiles)
      let name = URL(fileURLWithPath: out).deletingPathExtension().lastPathComponent
      let profile = try fit.profile(name: name, of: rates, models: models, size: size)
      try profile.save(path: out)
      if json {
        Output.json(Written(file: out, kernels: 0, entries: profile.entries.count))
        return
      }
      Output.result(Self.table(fit))
      Output.result("\(out): \(profile.entries.count) entries, derived")
    }

    private func rates() throws -> PeakRates {
      let known = PeakRates.of(device)
      guard tflopPerS != nil || gbytePerS != nil else {
        if let known { return known }
        let hint = Suggestion.hint(
          for: device, in: PeakRates.published.map(\.key), noun: "device")
        throw ValidationError(
          "no device '\(device)'; \(hint); or give --tflop-per-s and --gbyte-per-s")
      }
      guard let tflopPerS, let gbytePerS, tflopPerS > 0, gbytePerS > 0, tflopPerS.isFinite,
        gbytePerS.isFinite
      else { throw ValidationError("give both --tflop-per-s and --gbyte-per-s, above zero") }
      return PeakRates(
        device: known?.device ?? device,
        peak: .init(gflopPerS: 1000 * tflopPerS, gbytePerS: gbytePerS),
        source: "peak rates given on the command line")
    }

    /// The points, and how each would have been derived from the other devices.
    private static func table(_ fit: RooflineFit) -> String {
      var table = TextTable(header: [
        "device", "batch", "step_s", "bound_s", "efficiency %", "from the others_s", "off by %",
      ])
      for batch in fit.batches {
        for point in fit.points where point.batch == batch {
          let error = fit.error(of: point)
          table.add([
            point.device, String(batch), ProfileTables.number(point.seconds),
            ProfileTables.number(point.bound), String(format: "%.1f", 100 * point.efficiency),
            ProfileTables.number(error.map { point.seconds * (1 + $0) }),
            error.map { String(format: "%+.0f", 100 * $0) } ?? "-",
          ])
        }
      }
      let sums = fit.batches.map { batch in
        let efficiency = fit.efficiency(batch: batch) ?? 0
        let errors = fit.errors(batch: batch).map {
          String(
            format: "off by %.0f %% (root mean square), at worst %.0f %%", 100 * $0.rms,
            100 * $0.worst)
        }
        return String(format: "batch %d: efficiency %.1f %%, ", batch, 100 * efficiency)
          + (errors ?? "error not known: one device alone")
      }
      return table.text + "\n" + sums.joined(separator: "\n")
    }
  }
}
