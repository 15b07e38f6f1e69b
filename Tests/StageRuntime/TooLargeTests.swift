import AuditRecords
import Conversation
import EventLog
import Testing

@testable import StageRuntime

/// What a log can never take stops one input, not the stage: else the process would end again and
/// again, and nobody else would be answered.
@Suite("Too large for the log")
struct TooLargeTests {
    private static let limit = 4_000

    private func reason(_ letter: ConsumedRecord) -> String {
        letter.record.header(HeaderName.deadReason) ?? ""
    }

    @Test("a state that has grown too large sets its input aside, and others are answered")
    func state() async throws {
        let probe = try await Probe(largestRecord: Self.limit)
        let text = String(repeating: "s", count: 500)
        for number in 0..<12 { try await probe.send("\(text)\(number)") }
        try await probe.send("hello", to: "b")
        try await running(probe.runner()) {
            let letters = try await probe.records(.deadLetters, count: 5)
            #expect(letters.count >= 5)
            for letter in letters {
                #expect(reason(letter).contains("what the stage remembers of this key"))
                #expect(reason(letter).contains("the log takes 4000"))
                #expect(letter.record.key == Array("a".utf8))
            }
            let entries = try await probe.records(.audit, count: 13 - letters.count)
            #expect(entries.count + letters.count == 13)
            #expect(entries.contains { $0.record.header(HeaderName.causation) == "b/hello" })
        }
    }

    @Test("an output that is too large sets its input aside, and leaves nothing of it")
    func output() async throws {
        let probe = try await Probe(largestRecord: Self.limit)
        try await probe.send("ask much")
        try await probe.send("after")
        try await probe.send("hello", to: "b")
        let runner = probe.runner { _, _ in String(repeating: "o", count: 5_000) }
        try await running(runner) {
            let letter = try #require(try await probe.records(.deadLetters, count: 1).first)
            #expect(reason(letter).contains("a record for audit"))
            #expect(letter.record.header(HeaderName.deadClass) == "permanent")
            let entries = try await probe.records(.audit, count: 2)
            let causes = entries.compactMap { $0.record.header(HeaderName.causation) }
            #expect(Set(causes) == ["a/after", "b/hello"])
        }
        let session = try await probe.log.openSession(
            Membership(group: "probe", topics: [Topic.handoffCommands.rawValue], slot: "look"))
        let key = StateKey(partition: 0, store: Store.state, key: "a")
        let state = String(
            decoding: try await session.state([key])[key] ?? [], as: UTF8.self)
        #expect(state.contains("after"))
        #expect(!state.contains("much"))
        await session.close()
    }

    @Test("a decision that is too large is recorded without its answers")
    func decision() async throws {
        let probe = try await Probe(largestRecord: Self.limit)
        try await probe.send("intend much")
        let answer = String(repeating: "a", count: 3_200)
        let runner = probe.runner { _, _ in answer }
        try await running(runner) {
            try await probe.expect(["a: \(answer)"])
            let decisions = try await probe.records(.decisions, count: 2)
            #expect(decisions.allSatisfy { $0.record.size <= Self.limit })
            #expect(decisions.count == 2)
        }
    }

    @Test("a dead letter that has no room beside the reasons is without its value")
    func letter() throws {
        let record = Record(
            topic: "in", key: [1], value: [UInt8](repeating: 1, count: 3_900), headers: [],
            timestamp: 0)
        let dead = ConsumedRecord(record: record, partition: TopicPartition("in", 2), offset: 7)
        let failure = Failure(reason: String(repeating: "r", count: 400))
        let letter = DeadLetter.record(
            of: dead, stage: "probe", failure, at: Probe.now(), atMost: Self.limit)
        #expect(letter.size <= Self.limit)
        #expect(letter.value == [])
        #expect(letter.header(HeaderName.deadOmitted) == "3900")
        #expect(letter.header(HeaderName.deadOffset) == "7")
        let roomy = DeadLetter.record(
            of: dead, stage: "probe", failure, at: Probe.now(), atMost: 2 * Self.limit)
        #expect(roomy.value == record.value)
        #expect(roomy.header(HeaderName.deadOmitted) == nil)
    }
}
