import CVectors

/// The directions of vectors in a byte for each component, side by side, all compared with one at
/// once by the widest instructions that the processor has.
struct ByteRows: Sendable {
    /// How rows are compared: found once, as the processor stays the same.
    static let fastest = vectors_fastest()
    /// Rows compared in one go: their sums stay in the nearest cache.
    private static let block = 2_048
    /// From so many bytes on, large pages pay.
    private static let large = 4 << 20

    /// The bytes of a row: the components, and zeros up to whole registers.
    private let stride: Int

    /// The bytes of a row with so many components.
    static func stride(of dimensions: Int) -> Int { (dimensions + 63) / 64 * 64 }

    private var bytes: [Int8] = []
    /// What makes a sum of products a cosine, but for the query's factor.
    private var factors: [Float] = []
    private let way: Int32

    /// No rows, of vectors with so many components.
    init(dimensions: Int, way: Int32 = ByteRows.fastest) {
        stride = Self.stride(of: dimensions)
        self.way = way
    }

    /// The number of rows.
    var count: Int { factors.count }

    /// The bytes that all rows take.
    var size: Int { bytes.count + factors.count * MemoryLayout<Float>.stride }

    /// Adds a row.
    mutating func append(_ vector: some Sequence<Float>) {
        let (row, factor) = Self.row(vector, stride)
        append((row[...], factor))
    }

    /// Adds a row of another table.
    mutating func append(_ row: (steps: ArraySlice<Int8>, factor: Float)) {
        grow()
        bytes += row.steps
        factors.append(row.factor)
    }

    /// Puts the last row in a row's place.
    mutating func moveLast(to place: Int) {
        let last = count - 1
        if place != last {
            for index in 0..<stride { bytes[place * stride + index] = bytes[last * stride + index] }
            factors[place] = factors[last]
        }
        bytes.removeLast(stride)
        factors.removeLast()
    }

    /// The rows that are nearest, in no order: those that are so by all components are among
    /// them, if somewhat more are asked for.
    func nearest(to vector: some Sequence<Float>, limit: Int) -> [Int] {
        var best = BestOf<Float>(limit)
        scan(for: Self.row(vector, stride).0, into: &best) { Int64($0) }
        return best.ordered.map { Int($0.id) }
    }

    /// Offers all rows under the ids that they have elsewhere.
    func scan(
        for query: [Int8], into best: inout BestOf<Float>, id: (Int) -> Int64?
    ) {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe factors.withUnsafeBufferPointer { factors in
                guard let rows = bytes.baseAddress, let scales = factors.baseAddress else { return }
                unsafe Self.scan(
                    rows, scales, factors.count, query, way: way, into: &best, id: id)
            }
        }
    }

    /// Offers rows that lie one after the other; those without an id are passed over.
    static func scan(
        _ bytes: UnsafePointer<Int8>, _ factors: UnsafePointer<Float>, _ count: Int,
        _ query: [Int8], way: Int32, into best: inout BestOf<Float>, id: (Int) -> Int64?
    ) {
        var worst = best.worst ?? -Float.infinity
        var sums = [Int32](repeating: 0, count: block)
        for start in Swift.stride(from: 0, to: count, by: block) {
            let rows = min(block, count - start)
            unsafe vectors_scan(
                way, bytes + start * query.count, rows, query.count, query, &sums)
            let sums = sums.span
            for row in 0..<rows {
                let cosine = unsafe Float(sums[row]) * factors[start + row]
                guard cosine >= worst, let id = id(start + row) else { continue }
                best.offer(id, cosine)
                worst = best.worst ?? worst
            }
        }
    }

    /// A row's bytes, and its factor.
    func row(_ place: Int) -> (steps: ArraySlice<Int8>, factor: Float) {
        (bytes[(place * stride)..<((place + 1) * stride)], factors[place])
    }

    private mutating func grow() {
        guard bytes.count + stride > bytes.capacity else { return }
        // The memory is touched only after it was asked for in large pages.
        var grown: [Int8] = []
        grown.reserveCapacity(max(2 * bytes.count, 16 * stride))
        if grown.capacity >= Self.large {
            unsafe grown.withUnsafeMutableBytes { memory in
                unsafe vectors_use_large_pages(memory.baseAddress, bytes.count * 2)
            }
        }
        grown += bytes
        bytes = grown
    }

    /// The components in steps, of which 127 are the largest one, padded; and what makes a step a
    /// component of the vector of length 1.
    static func row(_ vector: some Sequence<Float>, _ stride: Int) -> ([Int8], Float) {
        let values = Array(vector)
        let largest = values.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 && largest.isFinite ? 127 / largest : 0
        var steps = [Int8](repeating: 0, count: stride)
        var squares: Float = 0
        for (index, value) in values.enumerated() {
            let step = (value * scale).rounded()
            guard step.isFinite else { continue }
            steps[index] = Int8(step)
            squares += step * step
        }
        return (steps, squares > 0 ? 1 / squares.squareRoot() : 0)
    }
}
