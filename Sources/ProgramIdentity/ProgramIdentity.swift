/// What tells this program from every other one: hashes of the sources that it was built of, the same in debug and
/// release. They say nothing of the compiler and of the libraries that it is linked with.
///
/// Results carry it in their provenance, and nowhere else: ids, reports and golden hashes stay the same whatever is
/// rewritten without an effect on results.
package enum ProgramIdentity {
  /// Of everything: stored results of another program are not this one's.
  package static let all = SourceHash.all
  /// Of what samples latents: a trajectory table of another sampler is not this one's.
  package static let latents = SourceHash.latents
  /// Of what measures kernels.
  package static let harness = SourceHash.harness
}
