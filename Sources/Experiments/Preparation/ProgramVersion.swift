/// The program's version: part of every experiment's identity.
package enum ProgramVersion {
  /// Changes whenever results may.
  package static let text = "0.1.0"
}
