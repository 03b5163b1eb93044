import Foundation
import Testing

/// The bench's front: measuring itself takes minutes and is tested on a small network elsewhere.
@Suite(.enabled(if: Program.release.isBuilt, "needs the release build"))
struct BenchCommandTests {
  @Test func manifestListsTheKernelsOfAPlan() throws {
    let scratch = try Scratch()
    let result = try Program.release(
      "bench", "--model", "sd15", "--batch", "1", "--manifest", "k.json", in: scratch.path)
    #expect(result.status == 0)
    let data = try Data(contentsOf: URL(filePath: "\(scratch.path)/k.json"))
    let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    // Encode and denoise with and without guidance, and decode.
    #expect((manifest["entries"] as? [Any])?.count == 5)
    let kernels = try #require(manifest["kernels"] as? [Any])
    #expect(result.out.hasPrefix("k.json: \(kernels.count) kernels, 5 entries"))
  }

  static let python = Program(path: "/usr/bin/python3")
  static let hasPyTorch = (try? python("-c", "import torch"))?.status == 0

  @Test(.enabled(if: hasPyTorch, "needs Debian's python3-torch"))
  func profileByPyTorchIsShown() throws {
    let scratch = try Scratch()
    try Program.release(
      "bench", "--model", "sd15-mini", "--size", "64x128", "--batch", "1", "--manifest", "k.json",
      in: scratch.path)
    let measured = try Self.python(
      "\(Program.root)/Scenarios/Profiles/measure_accelerator.py", "--device", "cpu", "--cut",
      "--minutes", "3", "--out", "out", "k.json", in: scratch.path)
    #expect(measured.status == 0, "\(measured.error)")
    #expect(measured.error.contains("s left] g: steps beside other work"))
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/out")
    let profile = try #require(files.first { $0.hasSuffix("-rehearsed-eager.json") })
    #expect(measured.out.hasSuffix("out/\(profile): written\n"))
    let show = try Program.release("profile", "show", "out/\(profile)", in: scratch.path)
    #expect(show.status == 0, "\(show.error)")
    #expect(show.out.contains("a rehearsal (--cut), no measurement, by measure_accelerator.py"))
    #expect(show.out.contains("entropy of a latent of 512 values"))
    #expect(show.out.contains("one step of sd15-mini 64x128 batch 1, guided"))
  }

  @Test(arguments: [
    (["--model", "sd16"], 64, "did you mean 'sd15'"),
    (["--size", "512"], 64, "write HEIGHTxWIDTH"),
    (["--model", "sd15", "--size", "500x512"], 64, "multiples of 64"),
    (["--batch", "1,x"], 64, "'x' is no batch"),
    (["--threads", "0"], 64, "this machine has 1 to"),
    (["--model", "sd15", "--quick", "--out", "none/p.json"], 73, "cannot be written"),
    (["--manifest", "none/k.json"], 73, "cannot be written"),
  ]) func badArgumentsAreToldInALine(arguments: [String], status: Int32, what: String) throws {
    let scratch = try Scratch()
    let result = try Program.release(arguments: ["bench"] + arguments, in: scratch.path)
    #expect(result.status == status)
    #expect(result.error.split(separator: "\n").first?.contains(what) == true, "\(result.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func aProfileIsDerivedForADeviceThatNobodyMeasured() throws {
    let scratch = try Scratch()
    let profiles = Program.root + "/Scenarios/Profiles/"
    let known = ["a100", "t4", "v100"].map { profiles + $0 + "-diffusers-eager.json" }
    let result = try Program.release(
      arguments: ["profile", "derive", "l40s"] + known + ["--out", "l40s.json"], in: scratch.path)
    #expect(result.status == 0, "\(result.error)")
    // Nine points with their errors, and a sum for each of three batches.
    #expect(result.out.split(separator: "\n").count { $0.hasPrefix("NVIDIA") } == 9)
    #expect(result.out.split(separator: "\n").count { $0.contains("root mean square") } == 3)
    let show = try Program.release("profile", "show", "l40s.json", in: scratch.path)
    #expect(show.out.contains("362 TFLOP/s and 864 GB/s, times an efficiency of"))
  }

  @Test(arguments: [
    (["rtx409"], 64, "did you mean 'rtx4090'"),
    (["toaster", "--tflop-per-s", "1"], 64, "give both"),
    (["t4", "--model", "sd16"], 64, "did you mean 'sd15'"),
    (["t4", "--out", "none/p.json"], 73, "cannot be written"),
  ]) func badDerivationsAreToldInALine(arguments: [String], status: Int32, what: String) throws {
    let scratch = try Scratch()
    let known = Program.root + "/Scenarios/Profiles/a100-diffusers-eager.json"
    let result = try Program.release(
      arguments: ["profile", "derive"] + arguments + [known], in: scratch.path)
    #expect(result.status == status)
    #expect(result.error.split(separator: "\n").first?.contains(what) == true, "\(result.error)")
  }

  @Test func profilesStandSideBySide() throws {
    let scratch = try Scratch()
    let profiles = Program.root + "/Scenarios/Profiles/"
    let result = try Program.release(
      "profile", "compare", profiles + "a100-diffusers-eager.json",
      profiles + "v100-diffusers-eager.json", "--json", in: scratch.path)
    let object =
      try JSONSerialization.jsonObject(with: Data(result.out.utf8))
      as? [String: [[String: String]]]
    let row = try #require(object?["stages"]?.first { $0["stage"] == "denoise" })
    let seconds = [
      "a100-diffusers-eager_s", "v100-diffusers-eager_s",
      "v100-diffusers-eager/a100-diffusers-eager",
    ].compactMap { row[$0].flatMap(Double.init) }
    try #require(seconds.count == 3)
    #expect(abs(seconds[2] - seconds[1] / seconds[0]) < 1e-3)
    #expect(seconds[2] > 1)
    #expect(try Program.release("profile", "compare", "one.json", in: scratch.path).status == 64)
  }
}
