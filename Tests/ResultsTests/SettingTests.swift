import Results
import Testing

/// What a setting says of its value.
@Suite struct SettingTests {
  @Test(
    arguments: [
      ("a.b=12 s", 12.0, "s"), ("a=0.5", 0.5, nil), ("a=1e3query/s", 1000, "query/s"),
      ("a=-2 %", -2, "%"),
      ("a={ max: 4 }", nil, nil), ("a=[1, 2]", nil, nil), ("a=7 to 9", nil, nil), ("a=", nil, nil),
      ("a=central", nil, nil), ("a=b=3", nil, nil), ("a=nan", nil, nil), ("a=2024-05-01", nil, nil),
    ] as [(String, Double?, String?)])
  func aNumberHasItsUnit(text: String, number: Double?, unit: String?) {
    let setting = Setting(text)
    #expect("\(setting)" == text && setting.path == (text.hasPrefix("a.b") ? "a.b" : "a"))
    #expect(setting.number == number && setting.unit == unit)
  }
}
