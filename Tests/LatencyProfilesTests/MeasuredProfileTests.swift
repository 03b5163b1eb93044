import Diagnostics
import LatencyProfiles
import Testing

/// The parts of a profile that only a harness writes.
struct MeasuredProfileTests {
  static let kernel = """
    {"kernel": "k", "implementation": "i", "flops": 8, "bytes": 4, "repetitions": 3,
     "median_s": 0.2, "p10_s": 0.1, "p90_s": 0.3, "spread": 0.05}
    """
  static let text = """
    {"schema": 1, "name": "m", "provenance": "measured", "device": "d", "source": "s", "mode": "f32",
     "harness": "qosdiff bench 1", "roofline": {"gflop_per_s": 100, "gbyte_per_s": 10},
     "host_copy": {"to_device_gbyte_per_s": 24, "to_host_gbyte_per_s": 20, "latency_s": 1e-5},
     "core_scaling": [
       {"stage": "decode", "cores": 1, "median_s": 8, "repetitions": 4},
       {"stage": "decode", "cores": 4, "median_s": 2.5, "repetitions": 4},
       {"stage": "decode", "cores": 2, "median_s": 4, "repetitions": 4},
       {"stage": "decode", "cores": 8, "median_s": 3, "repetitions": 4}],
     "interference": [{"stage": "denoise", "beside": "decode", "factor": 1.25, "repetitions": 45}],
     "cold_caches": {"idle_s": 0.25, "extra_s": 0.002, "repetitions": 12},
     "kernels": [\(kernel)],
     "entries": [{"model": "sd15", "stage": "denoise", "height": 512, "width": 512, "guidance": true,
       "batch": 1, "median_s": 1, "provenance": "measured", "whole_s": 0.98, "whole_gap": 0.0204}]}
    """

  @Test func everythingIsRead() throws {
    let profile = try LatencyProfile(text: Self.text, file: "m.json")
    #expect(profile.harness == "qosdiff bench 1")
    #expect(profile.roofline == .init(gflopPerS: 100, gbytePerS: 10))
    #expect(
      profile.hostCopy
        == .init(toDeviceGbytePerS: 24, toHostGbytePerS: 20, latencySeconds: 1e-5))
    #expect(profile.hostCopy?.bytesPerSecond == 20e9)
    #expect(profile.entries[0].wholeSeconds == 0.98)
    #expect(profile.entries[0].wholeGap == 0.0204)
    #expect(
      profile.interference
        == [.init(stage: .denoise, other: .decode, factor: 1.25, repetitions: 45)])
    #expect(
      profile.coldCaches == .init(idleSeconds: 0.25, extraSeconds: 0.002, repetitions: 12))
    // Eight cores were slower than four, and are worth as much.
    let speedups = profile.measuredSpeedups(of: .decode)
    #expect(speedups.map(\.cores) == [1, 2, 4, 8])
    #expect(speedups.map(\.speedup) == [1, 2, 3.2, 3.2])
    #expect(profile.measuredSpeedups(of: .encode).isEmpty)
    #expect(
      profile.kernels == [
        .init(
          kernel: "k", implementation: "i", flops: 8, bytes: 4, repetitions: 3,
          medianSeconds: 0.2, p10Seconds: 0.1, p90Seconds: 0.3, spread: 0.05)
      ])
  }

  @Test(arguments: [
    (#""median_s": 0.2"#, #""median_s": 0"#, "kernel 1 (k): median_s must be positive"),
    (#""p10_s": 0.1"#, #""p10_s": 0.25"#, "kernel 1 (k): p10_s must be positive and not above"),
    (#""p90_s": 0.3"#, #""p90_s": 0.1"#, "kernel 1 (k): p90_s must not be below median_s"),
    (#""repetitions": 3"#, #""repetitions": 0"#, "kernel 1 (k): repetitions must be at least 1"),
    (#""flops": 8"#, #""flops": -1"#, "kernel 1 (k): flops must not be negative"),
    (#""cores": 1"#, #""cores": 16"#, "core_scaling: decode on one core is missing"),
    (#""cores": 4"#, #""cores": 2"#, "core_scaling 3: decode on 2 cores is there already"),
    (#""median_s": 8"#, #""median_s": 0"#, "core_scaling 1: median_s must be positive"),
    (#""decode", "cores": 8"#, #""denoise", "cores": 8"#, "core_scaling 4: accelerators denoise"),
    (#""factor": 1.25"#, #""factor": 0"#, "interference 1: factor must be above 0"),
    (#""repetitions": 45"#, #""repetitions": 0"#, "interference 1: repetitions must be at least 1"),
    (#""beside": "decode""#, #""beside": "paint""#, "interference 1: 'beside' must be"),
    (
      #""interference": ["#,
      #""interference": [{"stage": "denoise", "beside": "decode", "factor": 2, "repetitions": 3},"#,
      "interference 2: denoise beside decode is there already"
    ),
    (#""idle_s": 0.25"#, #""idle_s": 0"#, "cold_caches: idle_s must be above 0"),
    (#""extra_s": 0.002"#, #""extra_s": -1"#, "cold_caches: idle_s must be above 0"),
    (#""repetitions": 12"#, #""repetitions": 0"#, "cold_caches: idle_s must be above 0"),
    (#""idle_s": 0.25"#, #""pause_s": 0.25"#, "cold_caches: unknown key 'pause_s'"),
    (#""spread": 0.05"#, #""spred": 0.05"#, "kernel 1: unknown key 'spred'"),
    (#""gflop_per_s": 100"#, #""gflop_per_s": 0"#, "roofline: gflop_per_s must be positive"),
    (#""latency_s": 1e-5"#, #""latency_s": 0"#, "host_copy: latency_s must be positive"),
    (#""to_host_gbyte_per_s""#, #""to_hots_gbyte_per_s""#, "host_copy: unknown key"),
    (#""whole_s": 0.98"#, #""whole_s": -1"#, "whole_s must be positive"),
    (#""kernels": ["#, #""kernels": [7, "#, "kernel 1: must be an object"),
  ]) func faultsAreLocated(part: String, other: String, what: String) {
    let wrong = Self.text.replacing(part, with: other, maxReplacements: 1)
    let error = #expect(throws: InputError.self) {
      try LatencyProfile(text: wrong, file: "m.json")
    }
    let diagnostic = error?.diagnostics.first { $0.what.contains(what) }
    #expect(diagnostic?.location?.line != nil, "\(String(describing: error))")
  }
}
