import CLinux
import Conversation
import Cryptography
import Foundation
import PassageIndex

/// Measures a whole search, by words and meaning, over passages that are made up of words as often
/// as those of a language are: in a process that holds all of them in its memory, and in one that
/// has them in a file, which all processes of a machine share.
struct WholeSearch: Sendable {
    /// What was measured in one process.
    struct Figures: Codable, Sendable {
        var passages: Int
        /// A search's time, the median and what 99 of 100 take at most.
        var milliseconds: Double
        var most: Double
        /// The process's own memory that the passages take, and pages of files that it shares.
        var ownBytes: Double
        var sharedBytes: Double
        /// What it takes to make the file, and how long it is.
        var buildSeconds: Double
        var fileBytes: Int
        /// A hash of all that was found.
        var found: String
    }

    var passages: Int
    /// A file of an index: it is made where it is missing, else it is used.
    var index: String
    private static let dimensions = 384
    private static let model = "bench"
    private static let words = 50_000
    private static let wordsOfPassage = 110
    private static let wordsOfQuestion = 9
    private static let sentences = 6
    private static let questions = 300
    /// One in so many passages is asked about.
    private static let asked = 20

    /// Measures two processes, one after the other.
    static func compare(passages: Int, in folder: String) async throws -> [Figures] {
        let index = folder + "/passages.index"
        var figures: [Figures] = []
        for _ in 0..<2 {
            let process = Process()
            process.executableURL = URL(
                filePath: try FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/exe"))
            process.arguments = [
                "bench", "search", "--passages", "\(passages)", "--index", index, "--json",
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw RunningPipeline.Failure(description: "a process could not be measured")
            }
            figures += try JSONDecoder().decode(SearchReport.self, from: bytes).wholes
        }
        return figures
    }

    /// Measures this process.
    func run() async throws -> Figures {
        var random = SeededRandom(7)
        let key = try IndexKey(
            name: "bench", secret: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
        let own = PassageIndex(tenant: "bench", key: key)
        let isMade = FileManager.default.fileExists(atPath: index)
        var asked: [String] = []
        for number in 0..<passages {
            let passage = passage(number, &random)
            if number % Self.asked == 0 { asked.append(passage.text) }
        }
        // What that took is given back, so that it is not taken for what comes.
        linux_return_freed_memory()
        let before = ProcessUsage.memory()
        var figures = Figures(
            passages: passages, milliseconds: 0, most: 0, ownBytes: 0, sharedBytes: 0,
            buildSeconds: 0, fileBytes: 0, found: "")
        if isMade {
            await own.adopt(
                try IndexGeneration(path: index, tenant: "bench", key: key),
                behind: Int64(passages))
        } else {
            var random = SeededRandom(7)
            for number in 0..<passages {
                try await own.upsert(passage(number, &random), at: Int64(number))
            }
        }
        try await search(own, asked, &random, &figures)
        linux_return_freed_memory()
        let after = ProcessUsage.memory()
        figures.ownBytes = after.own - before.own
        figures.sharedBytes = after.shared - before.shared
        if !isMade, let snapshot = await own.snapshot(behind: Int64(passages)) {
            let start = ProcessUsage.nanoseconds()
            try snapshot.write(to: index)
            figures.buildSeconds = Double(ProcessUsage.nanoseconds() - start) / 1e9
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: index)
        figures.fileBytes = attributes[.size] as? Int ?? 0
        return figures
    }

    private func search(
        _ index: PassageIndex, _ asked: [String], _ random: inout SeededRandom,
        _ figures: inout Figures
    ) async throws {
        var times: [Double] = []
        var found = ""
        for _ in 0..<Self.questions {
            // Some words of a passage, and some of any.
            let its = asked[random.below(asked.count)].split(separator: " ")
            let words = (0..<Self.wordsOfQuestion).map { place in
                place % 2 == 0 ? String(its[random.below(its.count)]) : Self.word(&random)
            }
            let query = PassageQuery(
                text: words.joined(separator: " "), vector: Self.vector(&random))
            let start = ProcessUsage.nanoseconds()
            let answer = await index.search(
                [query], model: Self.model, limit: 20, at: Timestamp(milliseconds: 0))
            times.append(Double(ProcessUsage.nanoseconds() - start) / 1e6)
            for scored in answer.found.flatMap(\.scored) {
                found += "\(scored.id) \(scored.score.bitPattern) "
            }
        }
        times.sort()
        figures.milliseconds = SearchBench.median(times)
        figures.most = times[times.count * 99 / 100]
        figures.found = SHA256.hex(found)
    }

    private func passage(_ number: Int, _ random: inout SeededRandom) -> Passage {
        let words = (0..<Self.wordsOfPassage).map { place in
            Self.word(&random) + (place % 18 == 17 ? "." : "")
        }
        return Passage(
            id: PassageID("p\(number)"), tenant: "bench", document: DocumentID("d\(number / 20)"),
            documentName: "file-\(number / 20).pdf", ordinal: number, headings: [], page: nil,
            sheet: nil, text: words.joined(separator: " "), contentHash: "h\(number)",
            vector: Embedding(Self.vector(&random)), model: Self.model,
            sentences: (0..<Self.sentences).map { _ in CompactVector(Self.vector(&random)) })
    }

    /// The n-th commonest word comes up in proportion to 1 / n (Zipf).
    private static func word(_ random: inout SeededRandom) -> String {
        var rest = Int(exp(random.share() * log(Double(words))))
        var letters = ""
        repeat {
            letters += consonants[rest % consonants.count] + vowels[rest / 20 % vowels.count]
            rest /= 83
        } while rest > 0
        return letters
    }

    private static let consonants = [
        "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "ch", "st", "tr", "sch",
        "br", "nd", "h",
    ]
    private static let vowels = ["a", "e", "i", "o", "u", "ei"]

    private static func vector(_ random: inout SeededRandom) -> [Float] {
        (0..<dimensions).map { _ in Float(random.share()) - 0.3 }
    }
}
