import CPNG
import Foundation

/// The post-processing stage: an image as a PNG file in memory, by libpng.
public struct PNGEncoder: Sendable {
  private let height: Int
  private let width: Int
  private let pixels: [UInt8]

  /// An encoder of images of this size, with one to encode.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
    pixels = Self.pixels(height: height, width: width)
  }

  /// Encodes the image once, at libpng's default compression.
  ///
  /// - Returns: the file's bytes.
  public func encode() throws(KernelBenchError) -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&image) }
    // Room for an image that cannot be compressed at all.
    var size = 3 * height * width * 101 / 100 + 65_536
    var file = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0 else {
      throw .png("libpng returned code \(image.warning_or_error)")
    }
    return Array(file.prefix(size))
  }

  /// RGB pixels like a photograph's: PNG's time depends on them, and a flat or a random image would
  /// be the best or the worst case. Assumed: smooth noise at every scale from the image to the
  /// pixel, with amplitude in proportion to the scale, the power law of natural images (Field,
  /// JOSA A 1987), and one to two grey levels of sensor noise.
  static func pixels(height: Int, width: Int) -> [UInt8] {
    var random = SplitMix(state: 7)
    let side = max(height, width)
    var values = [Float](repeating: 128, count: 3 * height * width)
    var scale = side
    while scale >= 1 {
      let amplitude = 90 * (Float(scale) / Float(side)).squareRoot() * (scale == 1 ? 0.3 : 0.5)
      let across = width / scale + 2
      let lattice = (0..<(3 * across * (height / scale + 2))).map { _ in random.signed() }
      for y in 0..<height {
        let fy = Float(y % scale) / Float(scale)
        for x in 0..<width {
          let fx = Float(x % scale) / Float(scale)
          let corner = y / scale * across + x / scale
          for c in 0..<3 {
            let (a, b) = (lattice[3 * corner + c], lattice[3 * (corner + 1) + c])
            let below = 3 * (corner + across) + c
            let (d, e) = (lattice[below], lattice[below + 3])
            values[3 * (y * width + x) + c] +=
              amplitude * ((a * (1 - fx) + b * fx) * (1 - fy) + (d * (1 - fx) + e * fx) * fy)
          }
        }
      }
      scale /= 2
    }
    return values.map { UInt8(min(max($0, 0), 255)) }
  }
}
