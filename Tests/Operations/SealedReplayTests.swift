import Conversation
import EventLog
import PipelineTesting
import Records
import StageRuntime
import TenantKeys
import Testing

@testable import Operations

/// Replay and rebuilding over records that were sealed under one key, another, or none.
@Suite("Replay of what is sealed")
struct SealedReplayTests {
    private static func key(_ id: KeyID, _ byte: UInt8, from: Int64 = 0) throws -> TenantKey {
        try TenantKey(
            id: id, tenant: "t", from: Timestamp(milliseconds: from),
            secret: [UInt8](repeating: byte, count: TenantKey.length))
    }

    private static func envelope(_ table: KeyTable) -> RecordEnvelope {
        RecordEnvelope(.program, sealing: PersonalSealing(table) { _ in })
    }

    private static func table() throws -> KeyTable {
        let table = KeyTable()
        table.put(try key("0000000000000001", 1))
        return table
    }

    private static func rebuild(
        _ past: Past, by envelope: RecordEnvelope
    ) async throws -> StateRebuild<PastStage>.Report {
        try await StateRebuild(
            PastStage(), reading: Past.inputs, in: past.log, by: envelope
        ).run(writing: false, at: Past.now().milliseconds)
    }

    @Test("a sealed past is the same to the byte in a process of its own, and so is its state")
    func sealed() async throws {
        try await withPast(on: .memory) { plain in
            let past = Past(plain.log, by: Self.envelope(try Self.table()))
            try await past.fill()
            let other = Self.envelope(try Self.table())
            let report = try await Past(plain.log, by: other).replay()
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 13 && report.outputs == 10, "\(report.text)")
            #expect(report.sealedOtherwise == 0 && report.erased == 0)
            let rebuilt = try await Self.rebuild(past, by: other)
            #expect(rebuilt.same > 4)
            #expect(rebuilt.different + rebuilt.missing + rebuilt.extra + rebuilt.doubtful == 0)
        }
    }

    @Test("what was written before there was a key says the same, and so does its state")
    func before() async throws {
        try await withPast(on: .memory) { past in
            try await past.fill()
            let sealed = Self.envelope(try Self.table())
            let report = try await Past(past.log, by: sealed).replay()
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 13 && report.outputs == 10, "\(report.text)")
            #expect(report.sealedOtherwise > 4)
            #expect(report.text.contains("sealed otherwise"), "\(report.text)")
            let rebuilt = try await Self.rebuild(past, by: sealed)
            #expect(rebuilt.same > 4)
            #expect(rebuilt.different + rebuilt.missing + rebuilt.extra + rebuilt.doubtful == 0)
        }
    }

    @Test("a newer key changes nothing of the past, and a difference is still one")
    func newer() async throws {
        try await withPast(on: .memory) { plain in
            let past = Past(plain.log, by: Self.envelope(try Self.table()))
            try await past.fill()
            let table = try Self.table()
            // Nothing of before may bear the key's own millisecond.
            let from = Past.now().milliseconds + 1
            table.put(try Self.key("0000000000000002", 2, from: from))
            while Past.now().milliseconds < from { await Task.yield() }
            let later = Past(plain.log, by: Self.envelope(table))
            try await later.send("after")
            try await later.work(until: 15)
            let report = try await later.replay()
            #expect(report.exitCode == 0, "\(report.text)")
            #expect(report.identical == 14 && report.sealedOtherwise == 0, "\(report.text)")
            let twisted = try await later.replay(PastStage(twist: " twist"))
            #expect(twisted.different > 2, "\(twisted.text)")
        }
    }

    @Test("what is erased is counted apart, and is no difference")
    func erased() async throws {
        try await withPast(on: .memory) { plain in
            let table = try Self.table()
            let past = Past(plain.log, by: Self.envelope(table))
            try await past.fill()
            table.destroy("0000000000000001", of: "t", at: Timestamp(milliseconds: 1))
            let report = try await past.replay()
            #expect(report.different == 0, "\(report.text)")
            #expect(report.erased >= 11, "\(report.text)")
            #expect(report.exitCode == 0, "\(report.text)")
        }
    }
}
