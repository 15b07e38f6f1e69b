import Conversation
import EventLog
import PipelineTesting
import Records
import Testing

@testable import Operations

@Suite("Why an answer is as it is")
struct AnswerReasonsTests {
    private func traced(_ records: [Record]) -> [TracedRecord] {
        records.enumerated().map { offset, record in
            TracedRecord(
                ConsumedRecord(
                    record: record, partition: TopicPartition(record.topic, 0),
                    offset: Int64(offset)), by: .program)
        }
    }

    @Test("is told with all messages of its burst, what was found, and the calls with their times")
    func reasons() throws {
        let records = traced(try TraceTests.records())
        for name in ["w1", "w2"] {
            let reasons = AnswerReasons(records, of: RecordID(name), "sol", "c1")
            #expect(reasons.questions.map(\.message) == ["w1", "w2"])
            #expect(reasons.outcome != nil && reasons.text?.isEmpty == false)
            #expect(reasons.provenance != nil)
            let model = try #require(reasons.calls.first { $0.name == "complete" })
            #expect(model.milliseconds == 2_500)
            #expect(model.answered?.contains("qwen") == true)
        }
    }

    @Test("says of a message without an answer that nothing is proposed")
    func none() throws {
        let reasons = AnswerReasons(
            traced(try TraceTests.records()), of: "w3", "sol", "c1")
        #expect(reasons.outcome == nil && reasons.provenance == nil && reasons.questions.isEmpty)
    }
}
