import KernelBench
import LatentDynamics

/// What a look at a latent costs on this machine: the entropy that policies read, timed.
enum EntropyTiming {
  static func measure() -> (values: Int, samples: Samples) {
    let shape = LatentShape(height: 64, width: 64)
    let prompt = Prompt(seed: 1)
    // Several latents in turn: the same one again would be predicted branch by branch.
    let latents = (0..<16).map { Prompt(seed: prompt.seed + $0).noise(shape) }
    let histogram = ValueHistogram()
    var turn = 0
    var sum = 0.0
    let samples = HostTiming.samples(seconds: 0.5) {
      sum += histogram.entropyBits(latents[turn % latents.count])
      turn += 1
    }
    // The sum keeps the work from being optimised away; entropies are positive.
    return (sum > 0 ? shape.count : 0, samples)
  }
}
