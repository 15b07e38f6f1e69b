import AuditRecords
import Configuration
import Conversation
import EventLog
import Foundation
import LogURL
import PipelineTesting
import Records
import TenantKeys
import Testing

@testable import parley

@Suite("How long topics are kept")
struct TopicKeepingTests {
    private static func days(_ count: Int) -> TopicConfiguration.Cleanup {
        .delete(retention: .seconds(count * 86_400))
    }

    private static func topic(
        _ topic: Topic, _ cleanup: TopicConfiguration.Cleanup
    ) -> TopicConfiguration {
        TopicConfiguration(name: topic.rawValue, partitions: 1, cleanup: cleanup)
    }

    private static func tenant(_ id: String, keeps days: Int?) -> TenantSettings {
        let secret = TenantSettings.Sealed(keyID: "k", box: "")
        return TenantSettings(
            tenant: TenantID(id), name: id, account: id, numbers: [], appSecret: secret,
            verifyToken: secret, accessToken: secret, graphURL: TenantSettings.metaGraphURL,
            graphVersion: TenantSettings.currentGraphVersion, messageRetentionDays: days,
            updatedAt: Timestamp(milliseconds: 0))
    }

    @Test("the pipeline keeps messages 400 days, decisions 30, and who did what for ever")
    func ofThePipeline() throws {
        let home = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let pipeline = try PipelineFile.read(home.path + "/Pipelines/whatsapp.json5")
        let topics = pipeline.topicConfigurations(on: try LogURL("sqlite:/nowhere"))
        let kept = Dictionary(uniqueKeysWithValues: topics.map { ($0.name, $0.cleanup) })
        for topic in RecordTypes.program.topics.values where topic.holdsMessages {
            #expect(kept[topic.rawValue] == Self.days(400), "\(topic)")
        }
        #expect(kept["decisions"] == Self.days(30))
        #expect(kept["audit"] == .delete(retention: nil))
        #expect(kept["tenants"] == .compact)
        #expect(kept["keys"] == .compact)
        #expect(topics.first { $0.name == "keys" }?.partitions == 1)
    }

    @Test("a new topic gets as many partitions as those that exist and are read with it")
    func partitionsBeside() throws {
        let home = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let pipeline = try PipelineFile.read(home.path + "/Pipelines/whatsapp.json5")
        let existing = ["questions.grounded": 7, "audit": 2]
        #expect(pipeline.partitions(of: "tools.results", beside: existing) == 7)
        #expect(pipeline.partitions(of: "audit", beside: existing) == 2)
        #expect(pipeline.partitions(of: "tools.requests", beside: existing) == nil)
    }

    @Test(
        "messages are kept for the tenant that wants it longest",
        arguments: [
            ([], 400), ([nil], 400), ([90], 90), ([90, 7], 90), ([90, nil], 400), ([400], 400),
        ] as [([Int?], Int)])
    func longest(wishes: [Int?], kept: Int) {
        let tenants = wishes.enumerated().map { Self.tenant("t\($0)", keeps: $1) }
        let keeping = TopicKeeping(
            [
                Self.topic(.messagesInbound, Self.days(400)),
                Self.topic(.messagesOutbound, Self.days(30)),
                Self.topic(.decisions, Self.days(30)), Self.topic(.tenants, .compact),
                Self.topic(.audit, .delete(retention: nil)),
            ], of: .program, tenants: tenants)
        #expect(
            keeping.topics.map(\.cleanup) == [
                Self.days(kept), Self.days(min(kept, 30)), Self.days(30), .compact,
                .delete(retention: nil),
            ])
    }

    @Test("a topic that is kept for another time is warned of, with what mends it")
    func warns() {
        let keeping = TopicKeeping(
            [Self.topic(.messagesInbound, Self.days(400))], of: .program, tenants: [])
        func findings(_ cleanup: TopicConfiguration.Cleanup?) -> [TopicKeeping.Finding] {
            keeping.findings(on: [
                TopicDescription(
                    name: Topic.messagesInbound.rawValue, partitions: [], cleanup: cleanup)
            ])
        }
        #expect(findings(Self.days(400)).isEmpty)
        #expect(findings(nil).isEmpty)
        for cleanup in [Self.days(30), .delete(retention: nil), .compact] {
            guard case .warning(let text)? = findings(cleanup).first else {
                Issue.record("no warning of \(cleanup)")
                continue
            }
            #expect(text.contains("400 d") && text.contains("retention.ms=34560000000"), "\(text)")
        }
    }

    @Test("a broker that compacts late is told of, with what mends it")
    func bounds() {
        let keeping = TopicKeeping([Self.topic(.keys, .compact)], of: .program, tenants: [])
        func findings(_ bounds: CompactionBounds?) -> [TopicKeeping.Finding] {
            keeping.findings(on: [
                TopicDescription(
                    name: "keys", partitions: [PartitionRange(low: 0, high: 1)],
                    cleanup: .compact, bounds: bounds)
            ])
        }
        #expect(findings(nil).isEmpty && findings(.standard).isEmpty)
        #expect(findings(.init(lag: .seconds(60), segment: .seconds(604_800))).isEmpty)
        // What Kafka has where nothing is set.
        for bounds in [
            CompactionBounds(lag: .milliseconds(Int64.max), segment: .seconds(604_800)),
            CompactionBounds(lag: .seconds(7_200), segment: .seconds(3_600)),
        ] {
            guard case .warning(let text)? = findings(bounds).first else {
                Issue.record("no warning of \(bounds)")
                continue
            }
            #expect(text.contains("max.compaction.lag.ms=3600000,segment.ms=3600000"), "\(text)")
        }
    }

    @Test("keys in several partitions have no one order: no start with those")
    func onePartition() {
        let found = TopicKeeping([Self.topic(.keys, .compact)], of: .program, tenants: [])
            .findings(on: [
                TopicDescription(
                    name: "keys", partitions: [.init(low: 0, high: 1), .init(low: 0, high: 0)],
                    cleanup: .compact)
            ])
        guard case .refusal(let text)? = found.first else {
            Issue.record("not refused: \(found)")
            return
        }
        #expect(text.contains("2 partitions"))
    }

    @Test(
        "no start with a log that would lose who did what, or who is a tenant",
        arguments: [
            (.audit, days(400), true), (.audit, .compact, true),
            (.audit, .delete(retention: nil), false), (.tenants, days(400), true),
            (.tenants, .compact, false), (.tenants, .delete(retention: nil), false),
        ] as [(Topic, TopicConfiguration.Cleanup, Bool)])
    func refuses(topic: Topic, cleanup: TopicConfiguration.Cleanup, refused: Bool) {
        let wanted: TopicConfiguration.Cleanup =
            topic == .tenants ? .compact : .delete(retention: nil)
        let found = TopicKeeping([Self.topic(topic, wanted)], of: .program, tenants: [])
            .findings(on: [
                TopicDescription(name: topic.rawValue, partitions: [], cleanup: cleanup)
            ])
        guard refused else {
            #expect(found.isEmpty)
            return
        }
        guard case .refusal(let text)? = found.first else {
            Issue.record("not refused: \(found)")
            return
        }
        #expect(text.contains(topic.rawValue))
    }
}
