/// The program's version: part of every experiment's identity.
public enum ProgramVersion {
  /// Changes whenever results may.
  public static let text = "0.1.0"
}
