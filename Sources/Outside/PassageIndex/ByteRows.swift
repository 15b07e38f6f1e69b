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
    private var bytes: [Int8] = []
    /// What makes a sum of products a cosine, but for the query's factor.
    private var factors: [Float] = []
    private let way: Int32

    /// No rows, of vectors with so many components.
    init(dimensions: Int, way: Int32 = ByteRows.fastest) {
        stride = (dimensions + 63) / 64 * 64
        self.way = way
    }

    /// The number of rows.
    var count: Int { factors.count }

    /// The bytes that all rows take.
    var size: Int { bytes.count + factors.count * MemoryLayout<Float>.stride }

    /// Adds a row.
    mutating func append(_ vector: some Sequence<Float>) {
        grow()
        let (row, factor) = Self.row(vector, stride)
        bytes += row
        factors.append(factor)
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
        let query = Self.row(vector, stride).0
        var best = BestOf<Float>(limit)
        var worst = -Float.infinity
        var sums = [Int32](repeating: 0, count: Self.block)
        for start in Swift.stride(from: 0, to: count, by: Self.block) {
            let rows = min(Self.block, count - start)
            unsafe bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                unsafe vectors_scan(way, base + start * stride, rows, stride, query, &sums)
            }
            let (sums, factors) = (sums.span, factors.span)
            for row in 0..<rows {
                let cosine = Float(sums[row]) * factors[start + row]
                guard cosine >= worst else { continue }
                best.offer(Int64(start + row), cosine)
                worst = best.worst ?? worst
            }
        }
        return best.ordered.map { Int($0.id) }
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
