import EventEngine
public import Workload

/// A model and an image size: queries of one shape may share a batch.
public struct Shape: Hashable, Sendable {
  /// Name of the model, as profiles call it.
  public var model: String
  /// Image size.
  public var size: ImageSize
  /// A shape from its parts.
  public init(model: String, size: ImageSize) {
    self.model = model
    self.size = size
  }
}

/// The queries of one run with the names their ids stand for.
public struct QueryStream: Sendable {
  /// In order of arrival; `id` equals the index.
  public var queries: [Query]
  /// Names of models, by `ModelID`.
  public var models: [String]
  /// Names of classes, by `Query.serviceClass`; empty where there is only one.
  public var classes: [String]

  /// A stream from its parts.
  ///
  /// - Precondition: ordered by arrival, ids dense.
  public init(queries: [Query], models: [String], classes: [String] = []) {
    var last: Int64 = 0
    for (index, query) in queries.enumerated() {
      precondition(Int(query.id.rawValue) == index, "query ids are not dense")
      precondition(query.arrival.nanoseconds >= last, "queries are not in order of arrival")
      last = query.arrival.nanoseconds
    }
    self.queries = queries
    self.models = models
    self.classes = classes
  }

  /// The distinct shapes, in order of first arrival.
  ///
  /// - Complexity: O(number of queries).
  public var shapes: [Shape] {
    var seen: Set<Shape> = []
    var shapes: [Shape] = []
    var last: (ModelID, ImageSize)?
    for query in queries {
      if let last, last.0 == query.model, last.1 == query.size { continue }
      last = (query.model, query.size)
      let shape = Shape(model: models[Int(query.model.rawValue)], size: query.size)
      if seen.insert(shape).inserted { shapes.append(shape) }
    }
    return shapes
  }
}
