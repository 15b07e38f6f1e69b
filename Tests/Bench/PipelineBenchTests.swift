import Testing

@testable import Bench

@Suite struct PipelineBenchTests {
    @Test("a turn lasts from its message to its reply, and each reply counts once")
    func turns() {
        let book = TurnBook()
        book.begin(1, at: 1_000)
        book.begin(2, at: 2_000)
        book.reply(to: 2, at: 5_000)
        book.reply(to: 1, at: 9_000)
        #expect(book.account.nanoseconds == [3_000, 8_000])
        #expect(book.takeAnswered() == [2, 1])
        #expect(book.takeAnswered().isEmpty)
        #expect(book.account.isExact)
        book.reply(to: 2, at: 9_500)
        #expect(book.account.surplus == 1)
        #expect(!book.account.isExact)
    }

    @Test("a turn that is given up is missing, and its late reply is one too many")
    func missing() {
        let book = TurnBook()
        book.begin(7, at: 0)
        #expect(!book.account.isExact)
        #expect(book.giveUp(7))
        #expect(!book.giveUp(7))
        book.reply(to: 7, at: 50)
        let account = book.account
        #expect((account.missing, account.surplus, account.nanoseconds.count) == (1, 1, 0))
    }

    @Test("turns a second count what was answered in time, processor time all turns")
    func report() {
        var outcome = TurnLoad.Outcome()
        outcome.account.begun = 400
        outcome.account.nanoseconds = Array(repeating: 2_000_000, count: 400)
        outcome.answeredInTime = 380
        outcome.seconds = 2
        var report = PipelineReport(log: "x")
        #expect(!report.isSound)
        report.overhead = .init(outcome)
        report.throughput = .init(outcome)
        #expect(report.throughput?.turnsPerSecond == 190)
        #expect(report.throughput?.latency.p50 == 2)
        report.processorSeconds = PipelineReport.difference(
            ["sender": 3, "new": 1], ["sender": 1, "gone": 9])
        #expect(report.processorSeconds == ["sender": 2, "new": 1])
        #expect(report.processorMilliseconds(of: "sender") == 5)
        #expect(report.isSound)
        outcome.refused[503] = 1
        report.throughput = .init(outcome)
        #expect(!report.isSound)
    }

    @Test("a reply is found by the phone in its body, whatever stands before it")
    func recipients() {
        let phone = TurnMessages.phone(42)
        let text = "{\"text\":{\"body\":\"say \\\"to\\\":\\\"1\\\"\"},\"to\":\"+\(phone)\",\"a\":1}"
        let found = InstantOutside.recipient(in: Array(text.utf8))
        #expect(found == phone)
        #expect(found.flatMap { TurnMessages.customer(ofPhone: $0) } == 42)
        #expect(InstantOutside.recipient(in: Array("{\"status\":\"read\"}".utf8)) == nil)
        #expect(InstantOutside.recipient(in: []) == nil)
        #expect(TurnMessages.customer(ofPhone: "1") == nil)
    }

    @Test("texts have vectors of length 1, close to each other, closer with shared words")
    func vectors() {
        func cosine(_ a: String, _ b: String) -> Float {
            zip(InstantOutside.unitVector(of: a), InstantOutside.unitVector(of: b))
                .reduce(0) { $0 + $1.0 * $1.1 }
        }
        #expect(abs(cosine("a city bike", "A city, bike") - 1) < 0.0001)
        #expect(cosine("a city bike", "the city bike") > cosine("a city bike", "opening hours"))
        #expect(cosine("a city bike", "opening hours") > 0.9)
        #expect(abs(cosine("", "") - 1) < 0.0001)
    }
}
