import Foundation

/// The scenario's JSON Schema as text, made from the same declarations as the parser.
package enum SchemaText {
  /// The document, keys sorted, ending in a newline.
  package static func json() -> String {
    let options: JSONSerialization.WritingOptions = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    let data =
      (try? JSONSerialization.data(withJSONObject: JSONSchema.document(), options: options))
      ?? Data()
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
