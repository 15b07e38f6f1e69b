import Conversation

/// The vectors of one model in a generation.
struct MappedVectors: Sendable {
    /// A row without a vector.
    static let none = UInt32.max

    let dimensions: Int
    /// The row of each vector, ascending.
    let rows: MappedNumbers<UInt32>
    /// The vector's place of each row.
    let places: MappedNumbers<UInt32>
    /// The vectors whole.
    let lanes: MappedNumbers<SIMD16<Float>>
    /// The vectors in bytes, and what makes a sum of products a cosine.
    let bytes: MappedNumbers<Int8>
    let factors: MappedNumbers<Float>

    init(
        _ space: IndexContents.Space, _ file: MappedFile, rows count: Int
    ) throws(IndexGeneration.Unfit) {
        guard space.dimensions > 0, space.dimensions <= 65_536,
            let rows = MappedNumbers<UInt32>(file, space.rows),
            let places = MappedNumbers<UInt32>(file, space.places), places.count == count,
            let lanes = MappedNumbers<SIMD16<Float>>(file, space.lanes),
            lanes.count == rows.count * VectorTable.lanes(of: space.dimensions),
            let bytes = MappedNumbers<Int8>(file, space.bytes),
            bytes.count == rows.count * ByteRows.stride(of: space.dimensions),
            let factors = MappedNumbers<Float>(file, space.factors), factors.count == rows.count
        else { throw IndexGeneration.Unfit("its vectors are not whole") }
        dimensions = space.dimensions
        self.rows = rows
        self.places = places
        self.lanes = lanes
        self.bytes = bytes
        self.factors = factors
    }

    /// The number of vectors, those of dead rows too.
    var count: Int { rows.count }

    /// Where a row's vector is.
    func place(of row: Int) -> Int? {
        let place = places[row]
        return place == Self.none ? nil : Int(place)
    }

    /// The cosine of a vector with one of length 1.
    func dot(_ place: Int, _ query: [SIMD16<Float>]) -> Float {
        let first = place * query.count
        return unsafe lanes.withPointer(first..<(first + query.count)) {
            unsafe VectorTable.dot($0, query)
        }
    }

    /// Offers all vectors of living rows, by their rows.
    func scan(for query: [Int8], without dead: DeadRows, into best: inout BestOf<Float>) {
        guard count > 0 else { return }
        unsafe bytes.withPointer(0..<bytes.count) { bytes in
            unsafe factors.withPointer(0..<count) { factors in
                unsafe ByteRows.scan(
                    bytes, factors, count, query, way: ByteRows.fastest, into: &best
                ) { place in
                    let row = Int(rows[place])
                    return dead.count > 0 && dead[row] ? nil : Int64(row)
                }
            }
        }
    }

    /// A vector, as it was normalised.
    func lanes(_ place: Int) -> [SIMD16<Float>] {
        let count = VectorTable.lanes(of: dimensions)
        return lanes.array((place * count)..<((place + 1) * count))
    }

    /// A vector in bytes.
    func bytes(_ place: Int) -> [Int8] {
        let stride = ByteRows.stride(of: dimensions)
        return bytes.array((place * stride)..<((place + 1) * stride))
    }
}

/// A generation, and what of it is no more.
struct MappedBase: Sendable {
    let generation: IndexGeneration
    private(set) var dead: DeadRows
    /// The number of living rows, and of their tokens together.
    private(set) var count: Int
    private(set) var tokens: Int
    /// The number of living rows of each kind of vectors.
    private(set) var vectors: [VectorSpace: Int]

    init(_ generation: IndexGeneration) {
        self.generation = generation
        dead = DeadRows(of: generation.rows)
        count = generation.rows
        tokens = generation.contents.tokens
        vectors = generation.spaces.mapValues(\.count)
    }

    /// The row of a passage that is still there.
    func row(of id: PassageID) -> Int? {
        generation.row(of: id).flatMap { dead[$0] ? nil : $0 }
    }

    /// Takes a row out.
    mutating func kill(_ row: Int) {
        guard dead.insert(row) else { return }
        count -= 1
        tokens -= Int(generation.lists.lengths[row])
        for (space, mapped) in generation.spaces where mapped.place(of: row) != nil {
            vectors[space, default: 0] -= 1
        }
    }

    /// The rows that are still there.
    var rows: some Sequence<Int> { (0..<generation.rows).lazy.filter { !dead[$0] } }
}
