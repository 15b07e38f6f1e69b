import Conversation
import Foundation
import PassageIndex

/// Measures a whole search, by words and meaning, over passages that are made up of words as often
/// as those of a language are.
struct WholeSearch: Sendable {
    /// What was measured, in milliseconds.
    struct Figures: Codable, Sendable {
        var passages: Int
        var milliseconds: Double
        var most: Double
    }

    var passages: Int
    private static let dimensions = 384
    private static let model = "bench"
    private static let words = 50_000
    private static let wordsOfPassage = 110
    private static let wordsOfQuestion = 9
    private static let sentences = 6
    private static let questions = 300

    func run() async throws -> Figures {
        var random = SeededRandom(7)
        let index = PassageIndex(tenant: "bench")
        let made = (0..<passages).map { number in passage(number, &random) }
        try await index.upsert(made)
        var times: [Double] = []
        for _ in 0..<Self.questions {
            // Some words of a passage, and some of any.
            let passage = made[random.below(passages)]
            let its = passage.text.split(separator: " ")
            let words = (0..<Self.wordsOfQuestion).map { place in
                place % 2 == 0 ? String(its[random.below(its.count)]) : Self.word(&random)
            }
            let query = PassageQuery(
                text: words.joined(separator: " "), vector: Self.vector(&random))
            let start = ProcessUsage.nanoseconds()
            _ = await index.search(
                [query], model: Self.model, limit: 20, at: Timestamp(milliseconds: 0))
            times.append(Double(ProcessUsage.nanoseconds() - start) / 1e6)
        }
        times.sort()
        return Figures(
            passages: passages, milliseconds: SearchBench.median(times),
            most: times[times.count * 99 / 100])
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
