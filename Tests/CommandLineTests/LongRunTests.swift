import Testing

/// What a run leaves behind in memory, so that a long comparison does not grow.
@Suite(.needsProgram) struct LongRunTests {
  @Test(.enabled(if: Program.sanitizerOptions.isEmpty, "a sanitizer holds what is given back"))
  func aRunLeavesItsMetricsAndQuantilesAlone() throws {
    let scratch = try Scratch()
    try scratch.write(InterruptTests.scenario, to: "s.yaml")
    // The most memory of one process: each has a Python of its own.
    let peaks = try [200, 1700].map { replications in
      let python = try Program(path: "/usr/bin/env")(
        "python3", "-c",
        """
        import resource, subprocess
        subprocess.run(
            ["\(Program.release.path)", "compare", "s.yaml", "--replications", "\(replications)", "--no-queries",
             "--jobs", "1", "--set", "workload.queries=20", "--db", "r\(replications).sqlite", "--quiet"],
            check=True, stdout=subprocess.DEVNULL)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """, in: scratch.path)
      return try #require(Double(python.out.split(separator: "\n").last ?? ""), "\(python.error)")
    }
    // Two policies; 47 metrics and 201 quantiles take 2.3 KiB.
    #expect((peaks[1] - peaks[0]) / (2 * 1500) < 8, "\(peaks) KiB")
  }
}
