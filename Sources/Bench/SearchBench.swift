import Conversation
import Foundation
import PassageIndex

/// Measures the search by meaning: all vectors of an index compared with a question's, on one
/// thread, and what it takes to build; beside two libraries from PyPI where there are any.
struct SearchBench: Sendable {
    /// How many vectors, one measurement for each.
    var counts = [100_000, 600_000]
    var dimensions = 384
    var questions = 200
    var limit = 10
    /// A Python that has numpy, and faiss-cpu or hnswlib; `nil` for ours alone.
    var python: String?
    /// Passages of the measurement of a whole search, by words and meaning.
    var passages = 10_000
    /// The file of an index, where only one process that makes or uses it is measured.
    var index: String?

    /// Vectors around one direction and around some hundreds more, as those of texts are: cosines
    /// of those that have nothing to do with each other are high, and of neighbours higher.
    private static let topics = 400

    func run() async throws -> SearchReport {
        if let index {
            var report = SearchReport(dimensions: dimensions, limit: limit)
            report.wholes = [try await WholeSearch(passages: passages, index: index).run()]
            return report
        }
        let folder = try ScratchFolder()
        var report = SearchReport(dimensions: dimensions, limit: limit)
        for count in counts {
            var random = SeededRandom(UInt64(count))
            let centres = (0..<Self.topics).map { _ in vector(around: nil, 1, &random) }
            let asked = (0..<questions).map { _ in
                vector(around: centres[random.below(Self.topics)], 0.7, &random)
            }
            var rows: [[Float]] = []
            rows.reserveCapacity(count)
            for _ in 0..<count {
                rows.append(vector(around: centres[random.below(Self.topics)], 0.7, &random))
            }
            var (entry, exact) = measure(rows, asked)
            if let python {
                entry.others = try await Rivals(python: python, folder: folder.path)
                    .measure(rows, asked, exact, limit: limit)
            }
            report.entries.append(entry)
        }
        if passages > 0 {
            report.wholes = try await WholeSearch.compare(passages: passages, in: folder.path)
        }
        return report
    }

    private func vector(
        around centre: [Float]?, _ spread: Float, _ random: inout SeededRandom
    ) -> [Float] {
        var vector = (0..<dimensions).map { place -> Float in
            // Nearly normal: the sum of twelve even draws less six.
            let noise = (0..<12).reduce(Float(-6)) { sum, _ in sum + Float(random.share()) }
            return spread * noise + (centre?[place] ?? 0)
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for place in vector.indices { vector[place] /= max(length, 1e-9) }
        return vector
    }

    private func measure(
        _ rows: [[Float]], _ asked: [[Float]]
    ) -> (SearchReport.Entry, exact: [[Int]]) {
        let began = ProcessUsage.nanoseconds()
        var table = VectorTable(dimensions: dimensions)
        for (number, row) in rows.enumerated() { table.set(row, for: Int64(number)) }
        let built = ProcessUsage.nanoseconds() - began
        var times: [Double] = []
        var found: [[Int]] = []
        for question in asked {
            let start = ProcessUsage.nanoseconds()
            let nearest = table.nearest(to: question, limit: limit)
            times.append(Double(ProcessUsage.nanoseconds() - start) / 1e6)
            found.append(nearest.map { Int($0.rowID) })
        }
        let exact = asked.map { Self.exact($0, rows, limit) }
        let entry = SearchReport.Entry(
            vectors: rows.count, milliseconds: Self.median(times), best: times.min() ?? 0,
            recall: Self.recall(found, exact), buildSeconds: Double(built) / 1e9,
            bytes: table.size)
        return (entry, exact)
    }

    /// The nearest by all that is known of the vectors, compared one by one.
    private static func exact(_ question: [Float], _ rows: [[Float]], _ limit: Int) -> [Int] {
        let sums = rows.map { row in
            var sum: Float = 0
            for place in row.indices { sum += row[place] * question[place] }
            return sum
        }
        return Array(sums.indices.sorted { sums[$0] > sums[$1] }.prefix(limit))
    }

    static func recall(_ found: [[Int]], _ exact: [[Int]]) -> Double {
        let shares = zip(found, exact).map { found, exact in
            Double(Set(found).intersection(exact).count) / Double(max(exact.count, 1))
        }
        return shares.reduce(0, +) / Double(max(shares.count, 1))
    }

    static func median(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.sorted()[values.count / 2]
    }
}

/// What was measured of searches.
struct SearchReport: BenchReport, Codable, Sendable {
    struct Entry: Codable, Sendable {
        var vectors: Int
        /// A search's time, the median and the shortest.
        var milliseconds: Double
        var best: Double
        /// The share of the nearest that were found.
        var recall: Double
        var buildSeconds: Double
        var bytes: Int
        var others: [Rivals.Figures] = []
    }

    var dimensions: Int
    var limit: Int
    var entries: [Entry] = []
    /// Whole searches: in a process that holds all, then in one that has all in a file.
    var wholes: [WholeSearch.Figures] = []

    /// Whether what was found is nearly all of the nearest, and the same in memory and in a file.
    var isSound: Bool {
        entries.allSatisfy { $0.recall > 0.9 } && Set(wholes.map(\.found)).count <= 1
    }

    var lines: [String] {
        var lines: [String] = []
        for entry in entries {
            lines.append(
                "\(entry.vectors) vectors of \(dimensions), the \(limit) nearest, one thread:")
            let best = Self.text(entry.best)
            lines.append(
                "  ours: best \(best) ms, "
                    + Self.figures(
                        entry.milliseconds, entry.recall, entry.buildSeconds, entry.bytes))
            for other in entry.others {
                lines.append(
                    "  \(other.name): "
                        + Self.figures(
                            other.milliseconds, other.recall, other.buildSeconds, other.bytes))
            }
        }
        for (number, whole) in wholes.enumerated() {
            let (median, most) = (Self.text(whole.milliseconds), Self.text(whole.most))
            if number == 0 {
                lines.append(
                    "\(whole.passages) passages, by words and meaning, without the embedding:")
            }
            let place = whole.buildSeconds > 0 ? "in memory" : "in a file that processes share"
            lines.append(
                "  \(place): median \(median) ms, 99 of 100 within \(most) ms, "
                    + "\(Self.megabytes(whole.ownBytes)) MB a process, "
                    + "\(Self.megabytes(whole.sharedBytes)) MB shared")
            if whole.buildSeconds > 0 {
                lines.append(
                    "  the file: written in \(Self.text(whole.buildSeconds)) s, "
                        + "\(whole.fileBytes / 1_000_000) MB")
            }
        }
        if Set(wholes.map(\.found)).count > 1 { lines.append("  THEY FOUND DIFFERENT PASSAGES") }
        return lines
    }

    private static func figures(
        _ milliseconds: Double, _ recall: Double, _ seconds: Double, _ bytes: Int
    ) -> String {
        "median \(text(milliseconds)) ms, recall \(text(recall)), built in \(text(seconds)) s, "
            + "\(bytes / 1_000_000) MB"
    }

    private static func megabytes(_ bytes: Double) -> Int { Int((bytes / 1e6).rounded()) }

    private static func text(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }
}
