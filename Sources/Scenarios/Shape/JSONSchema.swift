import Foundation

/// The JSON Schema (draft 2020-12) of a shape, for editors and independent validators.
enum JSONSchema {
  /// The schema document of the scenario file, keys sorted, two spaces.
  static func document() -> [String: Any] {
    var root = schema(ScenarioShape.root)
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["title"] = "QoSDiff scenario"
    return root
  }

  static func schema(_ shape: ValueShape) -> [String: Any] {
    switch shape {
    case .string: return ["type": "string", "minLength": 1]
    case .boolean: return ["type": "boolean"]
    case .integer(let range):
      return ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
    case .number(let range):
      return ["type": "number", "minimum": range.lowerBound, "maximum": range.upperBound]
    case .quantity(let dimension, _):
      let units = dimension.units.map { NSRegularExpression.escapedPattern(for: $0.name) }
      // Editors' regular expressions need no escape for '/'.
      let pattern = units.joined(separator: "|").replacingOccurrences(of: "\\/", with: "/")
      return [
        "type": "string",
        "pattern": "^\\s*[+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?\\s*(\(pattern))\\s*$",
        "examples": [dimension.example],
      ]
    case .imageSize: return ["type": "string", "pattern": "^[0-9]+x[0-9]+$"]
    case .choice(let words): return ["enum": words]
    case .word(let word, let other): return ["anyOf": [["const": word], schema(other)]]
    case .object(let fields): return object(fields)
    case .dictionary(_, let element):
      return ["type": "object", "minProperties": 1, "additionalProperties": schema(element)]
    case .list(let element): return ["type": "array", "minItems": 1, "items": schema(element)]
    case .weights:
      return [
        "type": "object", "minProperties": 1, "propertyNames": ["pattern": "^[0-9]+$"],
        "additionalProperties": ["type": "number", "exclusiveMinimum": 0],
      ]
    case .variants(_, let variants): return ["oneOf": choices(variants)]
    case .scalarOr(let scalar, let other): return ["anyOf": [schema(scalar), schema(other)]]
    }
  }

  private static func object(_ fields: [ValueShape.Field]) -> [String: Any] {
    var properties: [String: Any] = [:]
    for field in fields {
      var property = schema(field.shape)
      property["description"] = field.summary
      properties[field.name] = property
    }
    var schema: [String: Any] = [
      "type": "object", "properties": properties, "additionalProperties": false,
    ]
    let required = fields.filter(\.isRequired).map(\.name)
    if !required.isEmpty { schema["required"] = required }
    return schema
  }

  private static func choices(_ variants: [ValueShape.Variant]) -> [[String: Any]] {
    var choices: [[String: Any]] = []
    for variant in variants {
      if variant.standsAlone {
        choices.append(["const": variant.name, "description": variant.summary])
      }
      if let shape = variant.shape {
        choices.append([
          "type": "object", "properties": [variant.name: schema(shape)],
          "required": [variant.name], "additionalProperties": false,
          "description": variant.summary,
        ])
      }
    }
    return choices
  }
}
