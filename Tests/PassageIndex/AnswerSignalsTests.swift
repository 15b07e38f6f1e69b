import Conversation
import FoundationEssentials
import Testing

@testable import PassageIndex

/// What speaks for a passage as an answer, and the probability made of it.
@Suite struct AnswerSignalsTests {
    private static func index(_ count: Int, vectors: Bool = true) async throws -> PassageIndex {
        let index = PassageIndex(tenant: "shop")
        let texts = [
            "A puncture is mended for 12 EUR while you wait.",
            "The shop opens at nine on Saturdays.",
        ]
        for number in 0..<count {
            let text =
                number < texts.count
                ? texts[number] : "Nothing but padding number \(number) stands in here."
            var passage = passage("p\(number)", text)
            if vectors {
                let angle: Float = number == 0 ? 0.1 : 0.8 + Float(number) * 0.01
                passage.vector = Embedding([1 - angle, angle])
                passage.model = "m"
            }
            try await index.upsert(passage)
        }
        return index
    }

    private static func signals(
        _ text: String, of index: PassageIndex, vector: [Float]? = [1, 0]
    ) async -> AnswerSignals? {
        await index.search(
            [PassageQuery(text: text, vector: vector)], model: "m", limit: 5,
            at: Timestamp(milliseconds: 0)
        ).found.first?.signals
    }

    @Test("what is asked stands higher than what is not in the documents")
    func standsOut() async throws {
        let index = try await Self.index(20)
        let there = try #require(await Self.signals("what does a puncture cost", of: index))
        let absent = try #require(
            await Self.signals("do you sell gift vouchers", of: index, vector: [0.5, 0.5]))
        #expect(there.kind == .meaning && absent.kind == .meaning)
        for name in ["passageShare", "sentenceShare", "known", "meaningAbove"] {
            let (more, less) = (try #require(there.byName[name]), try #require(absent.byName[name]))
            #expect(more > less, "\(name)")
        }
    }

    @Test("few passages, no vectors and another language are kinds of their own")
    func kinds() async throws {
        let words = "what does a puncture cost"
        let few = try await Self.index(3)
        #expect(await Self.signals(words, of: few)?.kind == .fewMeaning)
        #expect(await Self.signals(words, of: few, vector: nil)?.kind == .fewWords)
        let many = try await Self.index(20)
        #expect(await Self.signals(words, of: many, vector: nil)?.kind == .words)
        let german = "Was kostet es, wenn ihr mir ein Loch im Reifen flickt?"
        #expect(await Self.signals(german, of: many)?.kind == .foreign)
        #expect(await Self.signals(words, of: PassageIndex(tenant: "shop")) == nil)
    }

    private static let fit = AnswerCoefficients.Fit(
        names: AnswerSignals.Kind.fewWords.names, weights: [0, 0, 4, 0], bias: -2,
        unsureFrom: 0.3, answerFrom: 0.6, questions: 100)

    private static func findings(_ sentenceShare: Double) -> PassageFindings {
        PassageFindings(
            scored: [], isByMeaning: false, background: nil,
            signals: AnswerSignals(.fewWords, [.sentenceShare: sentenceShare]))
    }

    @Test(
        "a probability lies in one of three zones",
        arguments: [
            (0.0, Answerability.Zone.none), (0.4, .unsure), (0.7, .answer), (1, .answer),
        ])
    func zones(_ share: Double, _ zone: Answerability.Zone) throws {
        let coefficients = AnswerCoefficients(
            name: "test", version: 3, model: "m", fits: ["fewWords": Self.fit])
        let found = try #require(
            coefficients.answerability(of: Self.findings(share), model: nil))
        #expect(found.zone == zone && found.coefficients == "test/3")
        #expect((0...1).contains(found.probability))
    }

    @Test("coefficients of other signals, or of another model's cosines, tell nothing")
    func tellsNothing() {
        var other = Self.fit
        other.names = [.words]
        other.weights = [1]
        let coefficients = AnswerCoefficients(
            name: "test", version: 1, model: "m",
            fits: [
                "fewWords": other,
                "fewMeaning": .init(
                    names: AnswerSignals.Kind.fewMeaning.names,
                    weights: [1, 1, 1, 1, 1, 1], bias: 0, unsureFrom: 0.1, answerFrom: 0.2,
                    questions: 9),
            ])
        #expect(coefficients.answerability(of: Self.findings(1), model: nil) == nil)
        var found = Self.findings(1)
        found.signals = AnswerSignals(.fewMeaning, [.cosine: 0.9])
        #expect(coefficients.answerability(of: found, model: "m") != nil)
        #expect(coefficients.answerability(of: found, model: "another") == nil)
        found.signals = AnswerSignals(.words, [.words: 1])
        #expect(coefficients.answerability(of: found, model: "m") == nil)
    }

    @Test("the very question that was typed with its answer is answered for sure")
    func typed() {
        let coefficients = AnswerCoefficients(name: "test", version: 1, model: nil, fits: [:])
        let found = PassageFindings(
            scored: [], isByMeaning: false, background: nil, signals: nil, isTyped: true)
        #expect(coefficients.answerability(of: found, model: nil)?.zone == .answer)
    }

    @Test("the file that is shipped fits the signals that are measured")
    func shipped() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Pipelines/answerability.json")
        let coefficients = try AnswerCoefficients(file: file.standardizedFileURL.path)
        for kind in AnswerSignals.Kind.allCases {
            let fit = try #require(coefficients.fits[kind.rawValue], "\(kind)")
            #expect(fit.names == kind.names)
            #expect(fit.unsureFrom <= fit.answerFrom)
        }
    }

    @Test("a file that is none is refused with its name")
    func refuses() {
        #expect(throws: AnswerCoefficients.Failure.self) {
            try AnswerCoefficients(file: "/nowhere/answerability.json")
        }
    }
}
