import AuditChain
import AuditChecking
import AuditRecords
import Conversation
import EventLog
import Foundation
import PipelineTesting
import Records
import Telemetry
import Testing

@Suite("Checking an audit log in a log", .timeLimit(.minutes(5)))
struct AuditCheckTests {
    private let log = InMemoryEventLog { 0 }

    private func record(
        _ payload: any Payload, id: RecordID, tenant: TenantID
    ) throws -> Record {
        try RecordEnvelope.program.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "t", time: Timestamp(seconds: 1),
                subject: payload.key, correlation: id, causation: id, tenant: tenant))
    }

    private func entry(_ number: Int, of tenant: TenantID, did action: String) throws -> Record {
        try record(
            AuditEntry(
                tenant: tenant, actor: "system", action: action, subject: "s",
                at: Timestamp(seconds: 1)),
            id: RecordID("\(tenant)-\(number)"), tenant: tenant)
    }

    /// Two tenants' logs by turns, each chained; `written` says what stands in the log instead.
    private func write(
        _ count: Int, instead written: (TenantID, Int, Record) throws -> Record?
    ) async throws -> [TenantID: AuditLink] {
        for topic in [Topic.audit, .auditChain] {
            try await log.createTopics([
                TopicConfiguration(
                    name: topic.rawValue, partitions: 1, cleanup: .delete(retention: nil))
            ])
        }
        let appender = try await log.openAppender()
        var heads: [TenantID: AuditLink] = [:]
        for number in 1...count {
            for tenant in [TenantID("sol"), "luna"] {
                let chained = try entry(number, of: tenant, did: "act")
                let head = heads[tenant]
                let link = AuditHash.next(
                    RecordID("\(tenant)-\(number)"), stored: chained.value ?? [], of: tenant,
                    after: head?.number ?? 0, head?.hash ?? AuditLink.beginning,
                    at: Timestamp(seconds: 1))
                heads[tenant] = link
                if let kept = try written(tenant, number, chained) {
                    try await appender.append([kept])
                }
                try await appender.append([
                    try record(link, id: RecordID("link-\(tenant)-\(number)"), tenant: tenant)
                ])
            }
        }
        await appender.close()
        return heads
    }

    @Test("finds nothing wrong with what is as it was written, tenant by tenant")
    func whole() async throws {
        let heads = try await write(3) { $2 }
        let outcomes = try await AuditCheck(log).outcomes()
        #expect(outcomes.mapValues(\.head) == heads.mapValues(\.hash))
        #expect(outcomes.values.allSatisfy { $0.holds && $0.count == 3 && $0.waiting == 0 })
        let one = try await AuditCheck(log).outcomes(of: "sol")
        #expect(Array(one.keys) == ["sol"])
    }

    @Test("names the entry that was changed, and the one that was taken out")
    func changed() async throws {
        _ = try await write(4) { tenant, number, chained in
            if tenant == "sol", number == 2 { return try entry(2, of: "sol", did: "other") }
            return tenant == "luna" && number == 3 ? nil : chained
        }
        let outcomes = try await AuditCheck(log).outcomes()
        #expect(outcomes["sol"]?.findings == [.changed("sol-2")])
        #expect(outcomes["luna"]?.findings == [.missing("luna-3")])
        #expect(outcomes["sol"]?.findings.first?.sentence.contains("sol-2") == true)
    }

    @Test("a kept anchor shows that an end was cut off, also of a tenant without a trace")
    func cutOff() async throws {
        let heads = try await write(2) { $2 }
        func anchor(_ tenant: TenantID, _ count: Int, _ head: String) -> AuditCheckpoint {
            AuditCheckpoint(tenant: tenant, count: count, head: head, at: Timestamp(seconds: 1))
        }
        let head = try #require(heads["sol"]?.hash)
        let outcomes = try await AuditCheck(log).outcomes(anchors: [
            anchor("sol", 2, head), anchor("luna", 5, "aa"), anchor("gone", 1, "bb"),
        ])
        #expect(outcomes["sol"]?.holds == true)
        #expect(outcomes["luna"]?.findings == [.cutOff(at: 2, was: 5)])
        #expect(outcomes["gone"]?.findings == [.cutOff(at: 0, was: 1)])
    }

    @Test("checkpoints are copied once each, also over a torn line, and only the newest stay")
    func copies() async throws {
        _ = try await write(1) { $2 }
        let folder = try TemporaryFolder()
        let path = folder.path + "/checkpoints"
        let copies = CheckpointCopies(path: path)
        let logger = Logger(service: "test", to: { _ in })
        let appender = try await log.openAppender()
        for count in 1...3 {
            let following = Task { await copies.follow(log, logger: logger) }
            let checkpoint = AuditCheckpoint(
                tenant: "sol", count: count, head: "h\(count)", at: Timestamp(seconds: 1))
            try await appender.append([
                try record(checkpoint, id: RecordID("c\(count)"), tenant: "sol")
            ])
            try await eventually("it is copied") { copies.all().last?.count == count }
            following.cancel()
            await following.value
            let file = try #require(FileHandle(forWritingAtPath: path))
            try file.seekToEnd()
            try file.write(contentsOf: Data("{\"torn".utf8))
            try file.close()
        }
        #expect(copies.all().map(\.count) == [1, 2, 3])
        await appender.close()
    }
}
