private import Foundation

/// The orthonormal two-dimensional cosine transform (DCT-II and its inverse) of a latent's channels.
///
/// Latents are small (64 x 64): two dense products a plane cost less than they would gain from a library.
public struct CosineTransform: Sendable {
  let shape: LatentShape
  /// Row n, column k: basis function k at place n.
  private let rows: [Double]
  private let columns: [Double]

  /// The transform for latents of this shape.
  public init(_ shape: LatentShape) {
    self.shape = shape
    rows = Self.basis(shape.height)
    columns = Self.basis(shape.width)
  }

  /// B(n, k) = sqrt((k == 0 ? 1 : 2) / size) cos(pi (n + 1/2) k / size).
  private static func basis(_ size: Int) -> [Double] {
    (0..<size * size).map { index in
      let (n, k) = (index / size, index % size)
      let scale = (Double(k == 0 ? 1 : 2) / Double(size)).squareRoot()
      return scale * cos(Double.pi * (Double(n) + 0.5) * Double(k) / Double(size))
    }
  }

  /// Values in the pixel domain from coefficients.
  public func pixels(of coefficients: [Double]) -> [Double] {
    transform(coefficients, rows: rows, columns: Self.transposed(columns, shape.width))
  }

  /// Coefficients from values in the pixel domain.
  public func coefficients(of pixels: [Double]) -> [Double] {
    transform(pixels, rows: Self.transposed(rows, shape.height), columns: columns)
  }

  private static func transposed(_ matrix: [Double], _ size: Int) -> [Double] {
    (0..<size * size).map { matrix[$0 % size * size + $0 / size] }
  }

  /// Y = rows X columns, plane by plane.
  private func transform(_ input: [Double], rows: [Double], columns: [Double]) -> [Double] {
    precondition(input.count == shape.count, "a latent of another shape")
    let (height, width) = (shape.height, shape.width)
    var half = [Double](repeating: 0, count: shape.count)
    var output = half
    for channel in 0..<shape.channels {
      let base = channel * shape.plane
      Self.accumulate(
        &half, input, columns, base: base, rightBase: 0, rows: height, inner: width, width: width)
      Self.accumulate(
        &output, rows, half, base: base, leftBase: 0, rightBase: base, rows: height, inner: height,
        width: width)
    }
    return output
  }

  /// out(base) += left(leftBase) right(rightBase), all row-major.
  private static func accumulate(
    _ out: inout [Double], _ left: [Double], _ right: [Double], base: Int, leftBase: Int? = nil,
    rightBase: Int, rows: Int, inner: Int, width: Int
  ) {
    let leftBase = leftBase ?? base
    out.withUnsafeMutableBufferPointer { out in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for i in 0..<rows {
            for k in 0..<inner {
              let factor = left[leftBase + i * inner + k]
              for j in 0..<width {
                out[base + i * width + j] += factor * right[rightBase + k * width + j]
              }
            }
          }
        }
      }
    }
  }
}
