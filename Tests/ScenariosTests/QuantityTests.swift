import Diagnostics
import EventEngine
import Scenarios
import Testing

@Suite("Quantities are read from the text itself, never from YAML's numbers")
struct QuantityTests {
  @Test(arguments: [
    ("300 s", 300.0), ("300s", 300), ("1.5 h", 5400), ("2 min", 120), ("3 d", 259_200),
    ("50 ms", 0.05), ("012 s", 12), ("1e3 ms", 1), (".5 s", 0.5), ("+2 s", 2), ("7 µs", 7e-6),
  ])
  func durations(text: String, seconds: Double) throws {
    let read = try scenario(set: ["run.warmup='\(text)'"])
    #expect(read.run.warmup == .fixed(SimulationDuration(seconds: seconds)))
  }

  @Test(arguments: [
    "nan s", "inf s", "0x10 s", "1_000 s", "-1 s", "1,5 s", "s", "10", "10 S", "3653 d", "1e400 s",
  ])
  func refused(text: String) {
    #expect(faults(Sample.text, set: ["run.warmup='\(text)'"]).count == 1)
  }

  @Test("a whole number with a leading zero is decimal")
  func octal() throws {
    #expect(try scenario(Sample.with("seed: 7", as: "seed: 010")).run.seed == 10)
  }

  @Test func aWordMayStandForAQuantity() throws {
    #expect(try scenario(set: ["run.warmup=mser-5"]).run.warmup == .mser5)
    let fault = try #require(faults(Sample.text, set: ["run.warmup=mser-6"]).first)
    #expect(fault.description.hasSuffix("; write it like '300 s', or 'mser-5'"))
  }

  @Test func aShareIsInPercent() throws {
    let read = try scenario(set: ["run.precision=2%", "run.replications=4"])
    #expect(read.run.precision == 0.02 && read.run.maximumReplications == 100)
    for wrong in [
      "run.precision=2", "run.precision=0 %", "run.precision=101 %", "run.most_replications=1",
    ] {
      let set = ["run.replications=4", "run.precision=2 %", wrong]
      #expect(faults(Sample.text, set: set).count == 1, "\(wrong)")
    }
    #expect(
      faults(Sample.text, set: ["run.replications=1", "run.precision=2 %"]).count == 1)
  }
}
