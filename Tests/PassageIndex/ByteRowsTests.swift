import CVectors
import Testing

@testable import PassageIndex

/// Comparing by bytes: every way gives the same, and the nearest by all are among those found.
@Suite struct ByteRowsTests {
    private func vector(
        _ generator: inout SystemRandomNumberGenerator, _ dimensions: Int
    ) -> [Float] {
        (0..<dimensions).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    @Test(
        "every way of comparing that the processor has gives the same sums",
        arguments: [vectors_plain, vectors_avx2, vectors_vnni])
    func ways(_ way: vectors_way) {
        let way = Int32(way.rawValue)
        guard vectors_has(way) != 0 else { return }
        #expect(vectors_is_right(way) != 0)
        var generator = SystemRandomNumberGenerator()
        for dimensions in [1, 63, 64, 65, 384] {
            var plain = ByteRows(dimensions: dimensions, way: Int32(vectors_plain.rawValue))
            var fast = ByteRows(dimensions: dimensions, way: way)
            for _ in 0..<100 {
                let row = vector(&generator, dimensions)
                plain.append(row)
                fast.append(row)
            }
            let question = vector(&generator, dimensions)
            #expect(
                plain.nearest(to: question, limit: 7) == fast.nearest(to: question, limit: 7))
        }
    }

    @Test("a component as large as a byte can be, of either sign, overflows nothing")
    func extremes() {
        for way in [vectors_plain, vectors_avx2, vectors_vnni].map({ Int32($0.rawValue) })
        where vectors_has(way) != 0 {
            var rows = ByteRows(dimensions: 384, way: way)
            rows.append([Float](repeating: 1, count: 384))
            rows.append([Float](repeating: -1, count: 384))
            #expect(rows.nearest(to: [Float](repeating: 1, count: 384), limit: 2) == [0, 1])
            #expect(rows.nearest(to: [Float](repeating: -1, count: 384), limit: 2) == [1, 0])
        }
    }

    @Test("the nearest of a table are those that comparing all components finds")
    func exact() {
        var generator = SystemRandomNumberGenerator()
        var table = VectorTable(dimensions: 48)
        var rows: [Int64: [Float]] = [:]
        for id in 0..<3_000 as Range<Int64> {
            let row = vector(&generator, 48)
            rows[id] = row
            table.set(row, for: id)
            if id % 7 == 3, let old = rows.keys.randomElement(using: &generator) {
                table.remove(old)
                rows[old] = nil
            }
        }
        var (found, wanted) = (0, 0)
        for _ in 0..<20 {
            let question = vector(&generator, 48)
            let all = table.cosines(of: rows.keys, to: question)
            #expect(all.count == rows.count)
            let best = Set(all.sorted { $0.value > $1.value }.prefix(10).map(\.key))
            let nearest = table.nearest(to: question, limit: 10)
            #expect(nearest.map(\.cosine) == nearest.map(\.cosine).sorted(by: >))
            found += best.intersection(nearest.map(\.rowID)).count
            wanted += 10
        }
        #expect(Double(found) >= 0.99 * Double(wanted))
    }

    @Test("the best few of many are kept, equals by their ids")
    func best() {
        var generator = SystemRandomNumberGenerator()
        for limit in [1, 2, 10] {
            let offers = (0..<50).map {
                (id: Int64($0), score: Int.random(in: 0..<12, using: &generator))
            }
            var best = BestOf<Int>(limit)
            for offer in offers.shuffled(using: &generator) { best.offer(offer.id, offer.score) }
            let wanted = offers.sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(limit)
            #expect(best.ordered.map(\.id) == wanted.map(\.id))
        }
    }
}
