import Foundation
import LatencyProfiles
import Testing

/// Profiles of every schema that there has been stay readable.
@Suite struct UpgradeTests {
  @Test func aProfileOfTheFirstSchemaIsRead() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().path
    let profile = try LatencyProfile.load(path: folder + "/Fixtures/schema1.json")
    #expect(profile.name == "fixture" && profile.entries.count == 4)
    #expect(profile.libraries == ["torch": "2.1"])
    let steps = profile.entries.filter { $0.stage == .denoise }.map(\.medianSeconds)
    #expect(steps == [0.1, 0.3])
  }
}
