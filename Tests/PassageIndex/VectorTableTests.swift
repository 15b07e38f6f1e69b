import Testing

@testable import PassageIndex

@Suite struct VectorTableTests {
    @Test("the nearest rows are those of an exhaustive comparison", arguments: [3, 16, 40, 384])
    func exhaustive(_ dimensions: Int) throws {
        var random = SystemRandomNumberGenerator()
        let rows = (0..<200).map { _ in
            (0..<dimensions).map { _ in Float.random(in: -1...1, using: &random) }
        }
        var table = VectorTable(dimensions: dimensions)
        for (index, row) in rows.enumerated() { table.set(row, for: Int64(index)) }
        for removed in stride(from: 0, to: 200, by: 3) { table.remove(Int64(removed)) }
        let query = rows[1]
        let expected = rows.indices.filter { $0 % 3 != 0 }
            .map { ($0, cosine(rows[$0], query)) }.sorted { $0.1 > $1.1 }.prefix(10)
        let found = table.nearest(to: query.map { $0 * 7 }, limit: 10)
        #expect(found.count == 10)
        #expect(found.first?.rowID == 1)
        for (hit, wanted) in zip(found, expected) {
            #expect(abs(hit.cosine - wanted.1) < 1e-4)
        }
    }

    @Test("a vector without direction is left out and finds nothing")
    func degenerate() {
        var table = VectorTable(dimensions: 3)
        table.set([0, 0, 0], for: 1)
        table.set([.nan, 1, 1], for: 2)
        #expect(table.count == 0)
        table.set([1, 0, 0], for: 3)
        #expect(table.nearest(to: [0, 0, 0], limit: 5).isEmpty)
        #expect(table.nearest(to: [1, 0, 0], limit: 0).isEmpty)
    }

    private func cosine(_ left: [Float], _ right: [Float]) -> Float {
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(left, right) / (dot(left, left) * dot(right, right)).squareRoot()
    }
}
