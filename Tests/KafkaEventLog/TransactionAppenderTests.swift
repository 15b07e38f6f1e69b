import EventLog
import Foundation
import PipelineTesting
import Testing

@testable import KafkaEventLog

@Suite(
    "Appends in transactions", .enabled(if: TestBroker.isAvailable, "\(TestBroker.missing)"),
    .timeLimit(.minutes(5)))
struct TransactionAppenderTests {
    private func open(
        _ fixture: Fixture, as id: String = UUID().uuidString
    ) async throws -> any EventLogAppender {
        try await fixture.log.openAppender(transactionsAs: id)
    }

    @Test("what is given together is read together, also what is given at once by many")
    func together() async throws {
        let fixture = try await Fixture()
        let appender = try await open(fixture)
        try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    try await appender.append([
                        fixture.record("act \(number)", to: fixture.input),
                        fixture.record("entry \(number)", to: fixture.output),
                    ])
                }
            }
            try await group.waitForAll()
        }
        #expect(appender.backlog == 0)
        let acts = try await fixture.read(fixture.input).map { $0.dropFirst(4) }
        let entries = try await fixture.read(fixture.output).map { $0.dropFirst(6) }
        #expect(acts.count == 20 && acts == entries)
        await appender.close()
    }

    @Test("an act whose entry cannot be written is not written, and the next is")
    func refused() async throws {
        let fixture = try await Fixture()
        let appender = try await open(fixture)
        var lost = fixture.record("entry", to: fixture.output)
        lost.partition = 99
        let bad = [fixture.record("act", to: fixture.input), lost]
        await #expect(throws: EventLogError.self) { try await appender.append(bad) }
        // One that shares a transaction with it is not its fault.
        let failing = Task { try await appender.append(bad) }
        try await appender.append([fixture.record("other", to: fixture.input)])
        await #expect(throws: EventLogError.self) { try await failing.value }
        #expect(try await fixture.read(fixture.input) == ["other"])
        #expect(try await fixture.read(fixture.output).isEmpty)
        await appender.close()
    }

    @Test("what a predecessor of the same id left open is never seen, and it writes no more")
    func successor() async throws {
        let fixture = try await Fixture()
        let first = try await open(fixture, as: fixture.group)
        try await first.append([fixture.record("first", to: fixture.input)])
        let second = try await open(fixture, as: fixture.group)
        try await second.append([fixture.record("second", to: fixture.input)])
        // It is told, and takes the id back with its next transaction.
        await #expect(throws: EventLogError.self) {
            try await first.append([fixture.record("stale", to: fixture.input)])
        }
        #expect(try await fixture.read(fixture.input) == ["first", "second"])
        await first.close()
        await second.close()
    }
}
