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

/// The queries of one run, in order of arrival, with the names their ids stand for.
///
/// They are made one at a time, and over again by each iterator: a run holds those in the system only.
public struct QueryStream: Sequence, Sendable {
  /// Names of models, by `ModelID`.
  public let models: [String]
  /// Names of classes, by `Query.serviceClass`; empty where there is only one.
  public let classes: [String]
  private let make: @Sendable () -> AnyIterator<Query>

  /// A stream of queries that are there already, in order of arrival; `id` equals the index.
  public init(queries: [Query], models: [String], classes: [String] = []) {
    self.init(models: models, classes: classes) { AnyIterator(queries.makeIterator()) }
  }

  /// A stream of what `make`'s iterators give: always the same, in order of arrival, ids dense from 0.
  public init(
    models: [String], classes: [String] = [], make: @escaping @Sendable () -> AnyIterator<Query>
  ) {
    self.models = models
    self.classes = classes
    self.make = make
  }

  /// The queries from the first on.
  public func makeIterator() -> AnyIterator<Query> { make() }
}

extension QueryStream {
  /// The distinct shapes, in order of first arrival.
  ///
  /// - Complexity: O(number of queries).
  public var shapes: [Shape] {
    var seen: Set<Shape> = []
    var shapes: [Shape] = []
    var last: (ModelID, ImageSize)?
    for query in self {
      if let last, last.0 == query.model, last.1 == query.size { continue }
      last = (query.model, query.size)
      let shape = Shape(model: models[Int(query.model.rawValue)], size: query.size)
      if seen.insert(shape).inserted { shapes.append(shape) }
    }
    return shapes
  }
}
