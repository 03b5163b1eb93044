import EventEngine
import Workload

/// What `qosdiff init` writes.
enum StarterFiles {
  /// Half an hour of generated requests.
  static func trace() -> String {
    let mix = QueryMix(
      steps: [Weighted(30, weight: 0.9), Weighted(50, weight: 0.1)],
      images: [Weighted(1, weight: 0.6), Weighted(4, weight: 0.4)])
    let trace = TraceGenerator.generate(
      process: .gamma(rate: 0.2, cv: 2), mix: mix, duration: SimulationDuration(seconds: 1800),
      seed: 1)
    return String(decoding: TraceWriter.csv(trace), as: UTF8.self)
  }

  static let scenario = """
    # A scenario: one file that says which queries arrive, on which cluster, under which policies.
    # 'qosdiff validate scenario.yaml' checks it, 'qosdiff schema' prints its JSON Schema for editors.
    name: starter
    model: sd15                     # a model of the profiles

    query:                          # what the trace does not say
      size: 512x512                 # height x width
      guidance: true
      slo: { scale: 3 }             # 3 x the query's own standalone latency; or { time: 5 s }

    workload:
      trace: trace.csv              # arrival_s[,steps,images,...]; see 'qosdiff trace'
      load: 0.8                     # offered work as a fraction of the baseline's capacity
      load_by: superpose            # lay shifted copies of the trace over each other; or: time

    cluster:
      queue: per-worker             # the dispatcher binds at arrival; or: central
      nodes:
        - name: gpu
          count: 1
          accelerators: { count: 2, profile: gpu.json }
          cpu: { cores: 8, profile: cpu.json }
          link: { bandwidth: 25 GB/s, latency: 10 us }

    # latents: auto                 # judges image quality; samples prompts once, for about 90 s

    policies:                       # 'qosdiff policies' lists the parts and their parameters
      baseline:
        steps: fixed
        dispatcher: round-robin
        discipline: fcfs
        admission: all
        batching: { static: { images: 4, wait: 50 ms } }
        pipelining: none
      adaptive:
        extends: baseline
        steps: { slack: { min: 20 } }
        dispatcher: earliest-finish
        pipelining: cpu-gpu
      no-pipelining:                # an ablation: the baseline's part is put back
        extends: adaptive
        without: [pipelining]
      # qos-diff: { extends: baseline, preset: qos-diff }       # samples prompts once, for about 90 s

    run: { baseline: baseline, seed: 1, replications: 5 }

    """

  static let gpuProfile = """
    {
      "schema": 1,
      "name": "a100-diffusers-eager-512",
      "provenance": "published",
      "device": "NVIDIA A100",
      "source": "huggingface/diffusers docs/source/en/optimization/torch2.0.md",
      "mode": "eager, fp16",
      "entries": [
    \(entries(gpu))
      ]
    }

    """

  /// Post-processing as in the shipped profile `epyc-zen5-core`.
  static let cpuProfile = """
    {
      "schema": 1,
      "name": "cpu-png",
      "provenance": "measured",
      "device": "AMD EPYC (family 26, model 2), 1 thread",
      "source": "measured by qosdiff bench",
      "mode": "PNG by libpng, default compression",
      "date": "2026-11-24",
      "harness": "qosdiff bench 1",
      "cores": 1,
      "entries": [
        {"model": "*", "stage": "post-process", "height": 512, "width": 512, "batch": 1, \
    "median_s": 0.104706945, "provenance": "measured"}
      ]
    }

    """

  /// Batch and median seconds of encode (derived), denoise (published) and decode (derived), as in
  /// the shipped profile `a100-diffusers-eager`.
  static let gpu: [(batch: Int, encode: Double, denoise: Double, decode: Double)] = [
    (1, 0.000764362275, 0.04617, 0.0722638937),
    (4, 0.00142724002, 0.08621, 0.134933296),
    (16, 0.00544589496, 0.32895, 0.514862634),
  ]

  private static func entries(
    _ figures: [(batch: Int, encode: Double, denoise: Double, decode: Double)]
  ) -> String {
    figures.flatMap { f in
      [
        entry("encode", 0, f.batch, f.encode, "derived"),
        entry("denoise", 512, f.batch, f.denoise, "published"),
        entry("decode", 512, f.batch, f.decode, "derived"),
      ]
    }.joined(separator: ",\n")
  }

  private static func entry(
    _ stage: String, _ side: Int, _ batch: Int, _ seconds: Double, _ provenance: String
  ) -> String {
    let guidance = stage == "decode" ? "" : "\"guidance\": true, "
    return "    {\"model\": \"sd15\", \"stage\": \"\(stage)\", \"height\": \(side), "
      + "\"width\": \(side), \(guidance)\"batch\": \(batch), \"median_s\": \(seconds), "
      + "\"provenance\": \"\(provenance)\"}"
  }
}
