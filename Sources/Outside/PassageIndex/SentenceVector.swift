import CVectors

/// The direction of a sentence's meaning, a byte for each component: a passage has some six of
/// them, and only the candidates' are looked at.
struct SentenceVector: Sendable {
    let steps: [Int8]
    /// What makes the sum of products with a vector of length 1 a cosine.
    let factor: Float

    init(_ steps: [Int8]) {
        self.steps = steps
        let length = steps.reduce(Float(0)) { $0 + Float($1) * Float($1) }.squareRoot()
        factor = length > 0 ? 1 / length : 0
    }

    /// What stands in a file.
    init(_ steps: [Int8], factor: Float) {
        self.steps = steps
        self.factor = factor
    }

    /// The cosine with a vector of length 1; `nil` for one of another size.
    func cosine(with unit: [Float]) -> Float? {
        guard steps.count == unit.count else { return nil }
        return unsafe vectors_mixed(steps, unit, steps.count) * factor
    }

    /// A vector of length 1 in a vector's direction; `nil` where it has none.
    static func unit(_ vector: [Float]) -> [Float]? {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite, length > 0 else { return nil }
        return vector.map { $0 / length }
    }
}
