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
    #expect(read.run.warmup == SimulationDuration(seconds: seconds))
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
}
