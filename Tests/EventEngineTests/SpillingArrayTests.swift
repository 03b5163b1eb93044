import Testing

@testable import EventEngine

@Suite struct SpillingArrayTests {
  @Test(arguments: [0, 8, 100, 4096, 1 << 20])
  func givesBackWhatItTook(heldBytes: Int) {
    for count in [0, 1, 12, 13, 511, 512, 3000] {
      let values = (0..<count).map { Int64($0 * $0) }
      let array = SpillingArray(values, heldBytes: heldBytes)
      #expect(array.count == count && array.isEmpty == (count == 0))
      #expect(Array(array) == values)
      #expect(Array(array) == values, "a second time")
    }
  }

  @Test func whatDoesNotFitLiesInAFile() {
    let small = SpillingArray((0..<1000).map { Int64($0) }, heldBytes: 800)
    #expect(small.file != nil && small.chunks.count == 10)
    #expect(SpillingArray((0..<1000).map { Int64($0) }).file == nil)
  }

  @Test func copiesGoOnSeparately() {
    var one = SpillingArray((0..<100).map { Int64($0) }, heldBytes: 16)
    var other = one
    for value in 100..<200 { one.append(Int64(value)) }
    for value in 500..<550 { other.append(Int64(value)) }
    #expect(Array(one) == (0..<200).map { Int64($0) })
    #expect(Array(other) == ((0..<100).map { Int64($0) } + (500..<550).map { Int64($0) }))
  }
}
