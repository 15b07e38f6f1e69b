import Conversation
import Testing

@Suite("Vocabularies")
struct VocabularyTests {
    private static let texts = [
        "We open at nine and deliver deliveries on Saturday, opening hours vary",
        "Öffnungszeiten: geöffnet von 9 bis 18 Uhr; Lieferung, liefern, geliefert",
        "Доставка по городу, доставить, доставили бесплатно", "营业时间是九点到六点",
        "24 2400 2401 ab abc abcd",
    ]

    @Test("holding a word or a form of it is what comparing with each word tells")
    func agreesWithComparingEach() {
        let asked = Set(Self.texts.flatMap(Words.of) + ["delivered", "доставка", "open", "zz", ""])
        for text in Self.texts {
            let words = Words.of(text)
            let vocabulary = Vocabulary(words)
            for word in asked {
                #expect(
                    vocabulary.holds(word)
                        == words.contains { $0 == word || Words.areAlike($0, word) })
            }
        }
    }

    @Test("a memo gives what its function gives, also once it has forgotten")
    func memoForgets() {
        let memo = Memo<String, Int> { $0.count }
        for round in 0..<2 {
            for number in 0..<1_500 {
                let text = String(repeating: "a", count: number % 7) + "\(number)"
                #expect(memo(text) == text.count, "round \(round)")
            }
        }
    }
}
