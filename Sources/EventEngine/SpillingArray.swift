/// Values in order of joining, of which only the first ones and the last few are held in memory: the others lie in
/// a temporary file without a name, which goes with the last copy of the array.
///
/// Made for one value a query, however many queries a run has. Where the file cannot be written, everything stays
/// in memory. Copies may go on separately. Made to be read from one end to the other: a value at an index that is
/// not in memory is a read of its own.
public struct SpillingArray<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
  @usableFromInline
  enum Chunk: Sendable {
    case held(ContiguousArray<Element>)
    case spilled(offset: Int)
  }

  @usableFromInline var chunks: [Chunk] = []
  @usableFromInline var tail: ContiguousArray<Element> = []
  @usableFromInline var file: SpillFile?
  @usableFromInline let chunkCount: Int
  @usableFromInline let heldChunks: Int

  /// Bytes that are held in memory before a file is begun.
  @inlinable public static var heldBytes: Int { 48 << 20 }

  /// An empty array that holds about `heldBytes` in memory.
  @inlinable public init(heldBytes: Int = Self.heldBytes) {
    let stride = Swift.max(MemoryLayout<Element>.stride, 1)
    chunkCount = Swift.max(Swift.min(heldBytes, 1 << 20) / stride, 1)
    heldChunks = heldBytes / (chunkCount * stride)
  }

  /// The values of a sequence.
  @inlinable public init(_ values: some Sequence<Element>, heldBytes: Int = Self.heldBytes) {
    self.init(heldBytes: heldBytes)
    for value in values { append(value) }
  }

  /// 0.
  @inlinable public var startIndex: Int { 0 }
  /// Number of values.
  @inlinable public var endIndex: Int { chunks.count * chunkCount + tail.count }

  /// The value at an index.
  @inlinable public subscript(index: Int) -> Element {
    let (chunk, place) = index.quotientAndRemainder(dividingBy: chunkCount)
    guard chunk < chunks.count else { return tail[place] }
    switch chunks[chunk] {
    case .held(let values): return values[place]
    case .spilled(let offset):
      return withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { value in
        file?.read(
          UnsafeMutableRawBufferPointer(value),
          from: offset + place * MemoryLayout<Element>.stride)
        return value[0]
      }
    }
  }

  /// The same with every value changed.
  @inlinable public func changing(_ body: (inout Element) -> Void) -> SpillingArray {
    var result = SpillingArray(
      heldBytes: heldChunks * chunkCount * MemoryLayout<Element>.stride)
    for var value in self {
      body(&value)
      result.append(value)
    }
    return result
  }

  /// Adds a value at the end.
  @inlinable public mutating func append(_ value: Element) {
    tail.append(value)
    if tail.count == chunkCount { finishChunk() }
  }

  @inlinable mutating func finishChunk() {
    if chunks.count >= heldChunks {
      if file == nil { file = SpillFile() }
      if let offset = tail.withUnsafeBytes({ file?.write($0) }) {
        chunks.append(.spilled(offset: offset))
        tail.removeAll(keepingCapacity: true)
        return
      }
    }
    chunks.append(.held(tail))
    tail = []
    tail.reserveCapacity(chunkCount)
  }

  /// One value after the other.
  public struct Iterator: IteratorProtocol {
    @usableFromInline let array: SpillingArray
    @usableFromInline var chunk = 0
    @usableFromInline var position = 0
    @usableFromInline var buffer: ContiguousArray<Element> = []

    @inlinable init(_ array: SpillingArray) { self.array = array }

    /// The next value; nil after the last.
    @inlinable public mutating func next() -> Element? {
      if position == buffer.count, !advance() { return nil }
      let value = buffer[position]
      position += 1
      return value
    }

    @inlinable mutating func advance() -> Bool {
      guard chunk <= array.chunks.count else { return false }
      position = 0
      if chunk == array.chunks.count {
        buffer = array.tail
      } else {
        switch array.chunks[chunk] {
        case .held(let values): buffer = values
        case .spilled(let offset):
          buffer = ContiguousArray(unsafeUninitializedCapacity: array.chunkCount) { values, count in
            array.file?.read(UnsafeMutableRawBufferPointer(values), from: offset)
            count = array.chunkCount
          }
        }
      }
      chunk += 1
      return !buffer.isEmpty
    }
  }

  /// From the first value on.
  @inlinable public func makeIterator() -> Iterator { Iterator(self) }
}

extension SpillingArray: Equatable where Element: Equatable {
  /// Whether the values are the same.
  @inlinable public static func == (a: Self, b: Self) -> Bool {
    a.count == b.count && a.elementsEqual(b)
  }
}
