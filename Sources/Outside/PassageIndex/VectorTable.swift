/// Vectors of one model side by side, searched by comparing with each of them.
///
/// First all are compared by a byte for each component, then the nearest of those by all that is
/// known of them: the ten that are nearest by that were always among the 32 nearest by bytes, on
/// 4,536 vectors of a small model.
///
/// Rows are padded to whole SIMD registers' worth.
package struct VectorTable: Sendable {
    private typealias Lanes = SIMD16<Float>

    /// The number of components of each vector.
    package let dimensions: Int
    private let lanesPerRow: Int
    private var lanes: [Lanes] = []
    private var bytes: ByteRows
    /// How many more than are wanted are compared whole.
    private static let spare = 48
    private var rowIDs: [Int64] = []
    private var positions: [Int64: Int] = [:]

    /// An empty table for vectors with so many components.
    package init(dimensions: Int) {
        self.init(dimensions: dimensions, way: ByteRows.fastest)
    }

    /// The same, compared in a certain way.
    init(dimensions: Int, way: Int32) {
        precondition(dimensions > 0, "a vector has at least one component")
        self.dimensions = dimensions
        bytes = ByteRows(dimensions: dimensions, way: way)
        lanesPerRow = Self.lanes(of: dimensions)
    }

    /// The lanes of a vector with so many components.
    static func lanes(of dimensions: Int) -> Int {
        (dimensions + Lanes.scalarCount - 1) / Lanes.scalarCount
    }

    /// The rows that have a vector.
    var rows: [Int64] { rowIDs }

    /// The number of vectors.
    package var count: Int { rowIDs.count }

    /// The bytes of memory that its vectors take.
    package var size: Int { lanes.count * MemoryLayout<Lanes>.stride + bytes.size }

    /// Adds a row or replaces it; a vector without direction or with a NaN is left out.
    package mutating func set(_ vector: [Float], for rowID: Int64) {
        remove(rowID)
        guard let row = normalised(vector) else { return }
        positions[rowID] = rowIDs.count
        rowIDs.append(rowID)
        lanes += row
        bytes.append(vector)
    }

    /// Removes a row if it is there; the last row takes its place.
    mutating func remove(_ rowID: Int64) {
        guard let position = positions.removeValue(forKey: rowID) else { return }
        let last = rowIDs.count - 1
        if position != last {
            rowIDs[position] = rowIDs[last]
            positions[rowIDs[position]] = position
            for lane in 0..<lanesPerRow {
                lanes[position * lanesPerRow + lane] = lanes[last * lanesPerRow + lane]
            }
        }
        bytes.moveLast(to: position)
        rowIDs.removeLast()
        lanes.removeLast(lanesPerRow)
    }

    /// The nearest rows by cosine, best first; equals in order of their row ids.
    package func nearest(to vector: [Float], limit: Int) -> [(rowID: Int64, cosine: Float)] {
        nearest(to: vector, limit: limit, over: nil)
    }

    /// The nearest of its rows and those of a generation, whose ids are their numbers.
    func nearest(
        to vector: [Float], limit: Int, over base: (vectors: MappedVectors, dead: DeadRows)?
    ) -> [(rowID: Int64, cosine: Float)] {
        guard limit > 0, let query = normalised(vector) else { return [] }
        // In the order of their ids where they are equal, so that it does not matter where a row
        // lies.
        var near = BestOf<Float>(limit + Self.spare)
        let steps = ByteRows.row(vector, ByteRows.stride(of: dimensions)).0
        if let base { base.vectors.scan(for: steps, without: base.dead, into: &near) }
        bytes.scan(for: steps, into: &near) { rowIDs[$0] }
        var best = BestOf<Float>(limit)
        for item in near.ordered {
            let place = base.flatMap { Self.place(of: item.id, in: $0.vectors) }
            if let base, let place {
                best.offer(item.id, base.vectors.dot(place, query))
            } else if let position = positions[item.id] {
                best.offer(item.id, dot(position, query))
            }
        }
        return best.ordered.map { ($0.id, $0.score) }
    }

    private static func place(of row: Int64, in vectors: MappedVectors) -> Int? {
        row < Int64(vectors.places.count) ? vectors.place(of: Int(row)) : nil
    }

    /// The cosine of some rows; of a row without a vector, none.
    func cosines(
        of rows: some Sequence<Int64>, to vector: [Float], over base: MappedVectors? = nil
    ) -> [Int64: Float] {
        guard let query = normalised(vector) else { return [:] }
        var cosines: [Int64: Float] = [:]
        for row in rows {
            if let base, let place = Self.place(of: row, in: base) {
                cosines[row] = base.dot(place, query)
            } else if let position = positions[row] {
                cosines[row] = dot(position, query)
            }
        }
        return cosines
    }

    /// A table of some of its rows, their vectors to the last bit as they are.
    func filtered(_ isKept: (Int64) -> Bool) -> VectorTable {
        var table = VectorTable(dimensions: dimensions)
        for (position, rowID) in rowIDs.enumerated() where isKept(rowID) {
            table.positions[rowID] = table.rowIDs.count
            table.rowIDs.append(rowID)
            table.lanes += lanes(position)
            table.bytes.append(bytes.row(position))
        }
        return table
    }

    /// Where a row's vector is.
    func position(of rowID: Int64) -> Int? { positions[rowID] }

    /// A vector, as it was normalised.
    func lanes(_ position: Int) -> ArraySlice<SIMD16<Float>> {
        lanes[(position * lanesPerRow)..<((position + 1) * lanesPerRow)]
    }

    /// A vector in bytes, and what makes a sum of products a cosine.
    func bytes(_ position: Int) -> (steps: ArraySlice<Int8>, factor: Float) { bytes.row(position) }

    private func dot(_ position: Int, _ query: [Lanes]) -> Float {
        unsafe lanes.withUnsafeBufferPointer { lanes in
            guard let first = lanes.baseAddress else { return 0 }
            return unsafe Self.dot(first + position * lanesPerRow, query)
        }
    }

    /// The sum of products of a vector with a query as long.
    @inline(__always)
    static func dot(_ lanes: UnsafePointer<SIMD16<Float>>, _ query: [SIMD16<Float>]) -> Float {
        // Two sums, so that an addition need not wait for the one before it.
        var even = SIMD16<Float>.zero
        var odd = SIMD16<Float>.zero
        var lane = 0
        while lane + 1 < query.count {
            unsafe even += lanes[lane] * query[lane]
            unsafe odd += lanes[lane + 1] * query[lane + 1]
            lane += 2
        }
        if lane < query.count { unsafe even += lanes[lane] * query[lane] }
        return (even + odd).sum()
    }

    private func normalised(_ vector: [Float]) -> [Lanes]? {
        precondition(vector.count == dimensions, "all vectors of a table have its dimensions")
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite, length > 0 else { return nil }
        return (0..<lanesPerRow).map { lane in
            var values = Lanes.zero
            let start = lane * Lanes.scalarCount
            for offset in 0..<min(Lanes.scalarCount, dimensions - start) {
                values[offset] = vector[start + offset] / length
            }
            return values
        }
    }
}
