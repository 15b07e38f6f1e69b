import Conversation
import ConversationView
import KnowledgeEndpoints
import KnowledgeRecords
import Testing

@Suite("Questions that ask the same") struct QuestionGroupTests {
    private static func questions(_ texts: [String]) -> [MissedQuestion] {
        texts.enumerated().map { number, text in
            MissedQuestion(
                asked: MissedMessage(
                    conversation: ConversationID("c\(number)"), message: MessageID("m\(number)")),
                at: Timestamp(milliseconds: Int64(number)), reason: .unanswered, language: nil,
                text: text)
        }
    }

    private static func gathered(_ texts: [String]) -> [[String]] {
        QuestionGroups(questions(texts)).groups.map { $0.questions.map(\.text).sorted() }
    }

    @Test("are gathered whatever their case, order, mistakes and little words")
    func alike() {
        let groups = Self.gathered([
            "Do you repair electric scooters?", "can i park my car there",
            "do u repair scooters", "electric scooter repair?", "Repairing electrc scooters",
            "Is there a car park?",
        ])
        #expect(groups.count == 2)
        #expect(groups.first?.count == 4)
        #expect(groups.last == ["Is there a car park?", "can i park my car there"])
    }

    @Test("are others where they are about something else, or in another language")
    func apart() {
        let groups = Self.gathered([
            "Do you repair scooters?", "Do you rent scooters to children?",
            "¿Se puede pagar con tarjeta?", "Can I pay by card?", "Kann ich mit Karte zahlen?",
        ])
        #expect(groups.count >= 4)
        #expect(!groups.contains { $0.contains("Can I pay by card?") && $0.count > 1 })
    }

    @Test("make the same groups in whatever order they are read")
    func steady() {
        let all = Self.questions([
            "opening hours on sunday", "Sunday opening hours?", "price of a helmet",
            "how much is a helmet", "??", "helmet price", "??",
        ])
        func shape(_ questions: [MissedQuestion]) -> [[String]] {
            QuestionGroups(questions).groups.map { $0.questions.map(\.asked.message.rawValue) }
        }
        let once = shape(all)
        #expect(once == shape(all.reversed()))
        #expect(once == shape(Array(all[3...] + all[..<3])))
        // What has no word that carries meaning is the same only as itself.
        #expect(once.contains(["m4", "m6"]))
    }

    @Test("are called as they are asked most usually, and count who asked")
    func named() throws {
        let group = try #require(
            QuestionGroups(
                Self.questions([
                    "please could you tell me whether the bikes have child seats, thanks",
                    "child seats for bikes?", "child seats for bikes?", "bikes child seat",
                ])
            ).groups.first)
        #expect(group.questions.count == 4 && group.conversations == 4)
        #expect(group.title == "child seats for bikes?" || group.title == "bikes child seat")
        #expect(!group.others.contains(group.title))
        #expect(group.messages.first?.message == "m3" && group.id == "m0")
    }

    @Test("of scripts without spaces are gathered, too")
    func unspaced() {
        let groups = Self.gathered(["自転車を修理できますか", "自転車の修理はできますか？", "営業時間は何時ですか"])
        #expect(groups.map(\.count) == [2, 1])
    }
}
