import Foundation

/// A logistic regression, fitted by Newton's method with a little weight decay, so that it ends
/// also where the examples can be told apart without a fault.
struct LogisticFit: Sendable {
    /// What is known of one example.
    struct Example: Sendable {
        var values: [Double]
        var isTrue: Bool
    }

    private static let decay = 0.5
    private static let steps = 30

    private(set) var weights: [Double]
    private(set) var bias = 0.0

    /// Fits to examples, which all have as many values.
    init(_ examples: [Example]) {
        let width = examples.first?.values.count ?? 0
        weights = Array(repeating: 0, count: width)
        guard !examples.isEmpty else { return }
        // In standard deviations, so that the decay bears on all alike.
        let count = Double(examples.count)
        let means = (0..<width).map { place in
            examples.reduce(0) { $0 + $1.values[place] } / count
        }
        let scales = (0..<width).map { place -> Double in
            let squares = examples.reduce(0) { sum, example in
                sum + (example.values[place] - means[place])
                    * (example.values[place] - means[place])
            }
            let deviation = (squares / count).squareRoot()
            return deviation > 1e-9 ? deviation : 1
        }
        let rows = examples.map { example in
            (0..<width).map { (example.values[$0] - means[$0]) / scales[$0] } + [1]
        }
        var solution = Array(repeating: 0.0, count: width + 1)
        for _ in 0..<Self.steps {
            let step = Self.step(solution, rows, examples.map { $0.isTrue ? 1 : 0 })
            for place in solution.indices { solution[place] += step[place] }
            if step.allSatisfy({ abs($0) < 1e-9 }) { break }
        }
        weights = (0..<width).map { solution[$0] / scales[$0] }
        bias = solution[width] - (0..<width).reduce(0) { $0 + weights[$1] * means[$1] }
    }

    /// The probability of some values.
    func probability(of values: [Double]) -> Double {
        1 / (1 + exp(-zip(weights, values).reduce(bias) { $0 + $1.0 * $1.1 }))
    }

    /// Newton's step.
    private static func step(
        _ solution: [Double], _ rows: [[Double]], _ truths: [Double]
    ) -> [Double] {
        let width = solution.count
        var gradient = Array(repeating: 0.0, count: width)
        var curvature = Array(repeating: Array(repeating: 0.0, count: width), count: width)
        for (row, truth) in zip(rows, truths) {
            let probability = 1 / (1 + exp(-zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }))
            let slope = max(probability * (1 - probability), 1e-9)
            for first in 0..<width {
                gradient[first] += (truth - probability) * row[first]
                for second in 0...first {
                    curvature[first][second] += slope * row[first] * row[second]
                }
            }
        }
        for place in 0..<width {
            // What is added is not held down.
            if place < width - 1 { gradient[place] -= decay * solution[place] }
            curvature[place][place] += decay
        }
        return solve(curvature, gradient)
    }

    /// Solves a symmetric, positive system, of which the lower half is given, after Cholesky.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        let width = right.count
        var lower = matrix
        for row in 0..<width {
            for column in 0...row {
                var sum = matrix[row][column]
                for place in 0..<column { sum -= lower[row][place] * lower[column][place] }
                lower[row][column] =
                    row == column ? max(sum, 1e-12).squareRoot() : sum / lower[column][column]
            }
        }
        var solution = right
        for row in 0..<width {
            for place in 0..<row { solution[row] -= lower[row][place] * solution[place] }
            solution[row] /= lower[row][row]
        }
        for row in (0..<width).reversed() {
            for place in (row + 1)..<max(width, row + 1) {
                solution[row] -= lower[place][row] * solution[place]
            }
            solution[row] /= lower[row][row]
        }
        return solution
    }
}
