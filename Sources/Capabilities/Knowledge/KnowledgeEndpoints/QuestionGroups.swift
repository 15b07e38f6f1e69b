package import Conversation
package import ConversationView
package import KnowledgeRecords

/// Questions that ask the same, gathered by their words: the same questions make the same groups,
/// whenever and by whomever they are read.
///
/// A question is the words that carry meaning, in pieces of four letters, so that inflected and
/// misspelt forms are alike; words that most questions hold weigh little. Questions of two
/// languages stay apart.
package struct QuestionGroups {
    /// How alike a question and a group are that belong together: a cosine, tried on customers'
    /// questions in English, Spanish and German; above it, other things are asked.
    static let likeness = 0.5
    /// Texts of a group that are shown.
    static let mostExamples = 5

    /// Questions that ask the same.
    package struct Group: Sendable {
        /// The questions, the oldest first.
        package var questions: [MissedQuestion]
        /// The language; `nil` where it is not known.
        package var language: String?
        /// How often each piece stands in all questions together, weighed.
        fileprivate var sum: [String: Double] = [:]

        /// The question that is most like all others; of several, the shortest.
        package fileprivate(set) var title = ""
        /// Other ways in which it was asked, the most usual first.
        package fileprivate(set) var others: [String] = []
    }

    /// The groups, those with the most questions first, then those asked last.
    package let groups: [Group]

    /// Gathers questions.
    package init(_ questions: [MissedQuestion]) {
        let ordered = questions.sorted {
            ($0.at, $0.asked.conversation, $0.asked.message)
                < ($1.at, $1.asked.conversation, $1.asked.message)
        }
        let pieces = ordered.map { Self.pieces(of: $0.text) }
        var frequency: [String: Int] = [:]
        for own in pieces { for piece in own.keys { frequency[piece, default: 0] += 1 } }
        var groups: [Group] = []
        var holders: [String: [Int]] = [:]
        var silent: [String: Int] = [:]
        for (question, own) in zip(ordered, pieces) {
            let language = question.language ?? LanguageGuess.language(of: question.text)
            // Without a word that carries meaning, only the same text asks the same.
            guard !own.isEmpty else {
                let folded = AnsweredQuestion.folded(question.text)
                if let index = silent[folded] {
                    groups[index].questions.append(question)
                } else {
                    silent[folded] = groups.count
                    groups.append(Group(questions: [question], language: language))
                }
                continue
            }
            let vector = Self.weighed(own, frequency, of: ordered.count)
            let candidates = Set(vector.keys.flatMap { holders[$0] ?? [] })
            let best = candidates.sorted().filter {
                !LanguageGuess.differ(groups[$0].language, language)
            }.map { (index: $0, likeness: Self.cosine(vector, groups[$0].sum)) }
                .max { ($0.likeness, $1.index) < ($1.likeness, $0.index) }
            let index: Int
            if let best, best.likeness >= Self.likeness {
                index = best.index
                groups[index].questions.append(question)
                groups[index].language = groups[index].language ?? language
            } else {
                index = groups.count
                groups.append(Group(questions: [question], language: language))
            }
            for (piece, weight) in vector {
                if groups[index].sum[piece] == nil { holders[piece, default: []].append(index) }
                groups[index].sum[piece, default: 0] += weight
            }
        }
        for index in groups.indices {
            Self.name(&groups[index]) {
                Self.weighed(Self.pieces(of: $0), frequency, of: ordered.count)
            }
        }
        self.groups = groups.sorted { one, other in
            (other.questions.count, other.newest, one.id)
                < (one.questions.count, one.newest, other.id)
        }
    }

    private static func name(_ group: inout Group, _ vector: (String) -> [String: Double]) {
        var times: [String: (text: String, count: Int)] = [:]
        for question in group.questions {
            times[AnsweredQuestion.folded(question.text), default: (question.text, 0)].count += 1
        }
        let sum = group.sum
        let ranked = times.sorted { $0.key < $1.key }.map {
            (
                text: $0.value.text, count: $0.value.count,
                // To three places: what is nearly the same is decided by length.
                likeness: (cosine(vector($0.value.text), sum) * 1_000).rounded()
            )
        }
        let first = ranked.max {
            ($0.likeness, -$0.text.count) < ($1.likeness, -$1.text.count)
        }
        group.title = first?.text ?? ""
        group.others = ranked.filter { $0.text != group.title }
            .sorted { ($1.count, $0.text) < ($0.count, $1.text) }.prefix(mostExamples).map(\.text)
    }

    // MARK: Meaning by words

    /// The pieces of the words that carry meaning, each word weighing the same in all.
    static func pieces(of text: String) -> [String: Double] {
        var pieces: [String: Double] = [:]
        for word in Set(Words.content(of: String(text.prefix(600)))) {
            let own = Self.pieces(ofWord: word)
            for piece in own { pieces[piece, default: 0] += 1 / Double(own.count).squareRoot() }
        }
        return pieces
    }

    private static func pieces(ofWord word: String) -> [String] {
        let letters = Array("_\(word)_")
        // Numbers are alike only if equal, and short words have no pieces.
        guard letters.count > 5, word.contains(where: { !$0.isNumber }) else { return [word] }
        return (0...(letters.count - 4)).map { String(letters[$0..<($0 + 4)]) }
    }

    private static func weighed(
        _ pieces: [String: Double], _ frequency: [String: Int], of count: Int
    ) -> [String: Double] {
        var vector: [String: Double] = [:]
        for (piece, weight) in pieces {
            // As far as it can be told from few questions: never nothing.
            let rarity = 1 + Double(count) / Double(max(1, frequency[piece] ?? 1))
            // A root grows about as slowly as the usual logarithm, and is the same everywhere.
            vector[piece] = weight * rarity.squareRoot().squareRoot()
        }
        let length = vector.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.mapValues { $0 / length } : vector
    }

    private static func cosine(_ vector: [String: Double], _ sum: [String: Double]) -> Double {
        let length = sum.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { return 0 }
        return vector.reduce(0) { $0 + $1.value * (sum[$1.key] ?? 0) } / length
    }
}

extension QuestionGroups.Group {
    /// When it was asked first.
    package var oldest: Timestamp { questions.first?.at ?? Timestamp(milliseconds: 0) }
    /// When it was asked last.
    package var newest: Timestamp { questions.last?.at ?? Timestamp(milliseconds: 0) }
    /// A name that it keeps as long as its oldest question is looked at.
    package var id: String { questions.first?.asked.message.rawValue ?? "" }
    /// How many conversations asked it.
    package var conversations: Int { Set(questions.map(\.asked.conversation)).count }
    /// The messages, the newest first.
    package var messages: [MissedMessage] { questions.reversed().map(\.asked) }
    /// The newest that somebody made of it.
    package var mark: MissedQuestion.Mark? {
        questions.compactMap(\.mark).max { $0.at < $1.at }
    }
}
