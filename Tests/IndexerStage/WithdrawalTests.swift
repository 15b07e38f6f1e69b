import Configuration
import Conversation
import Foundation
import PipelineTesting
import Records
import Testing

@testable import IndexerStage

@Suite("Withdrawal")
struct WithdrawalTests {
    @Test("withdrawn passages outlast the decisions that refer to them, behind one another")
    func outlasts() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Pipelines/whatsapp.json5").path
        let pipeline = try PipelineFile(
            path: path, knownTopics: Array(RecordTypes.program.topics.values),
            knownStages: [
                "ingester", "indexer", "retrieval", "orchestrator", "handoff", "sender", "console",
                "accounts", "addresses", "organisations", "installation", "audit", "mailer",
                "waiting", "announcements", "operators", "notifications", "identity", "media",
                "channels", "desk", "service-levels", "customers", "cases",
                "arrivals", "routing", "sites",
            ])
        let decisions = try #require(pipeline.topics[Topic.decisions.rawValue])
        let kept = try #require(decisions.retention)
        // A decision may have been in the making for a day.
        #expect(kept + .seconds(86_400) < IndexerStage.withdrawnKept)
        let passages = try #require(pipeline.topics[Topic.knowledgePassages.rawValue])
        #expect(passages.compacts)
        #expect(passages.partitions.sqlite == 1 && passages.partitions.kafka == 1)
    }
}
