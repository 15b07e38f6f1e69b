import Conversation
import Cryptography
import Testing

@testable import TenantKeys

@Suite("Table keys")
struct TableKeysTests {
    private static func ring(_ lines: String...) throws -> KeyRing {
        try KeyRing(text: lines.joined(separator: "\n"), source: "test")
    }

    private static let first = KeyScene.ringLine("k1", 1)
    private static let second = KeyScene.ringLine("k2", 2)

    private static func record(_ standing: KeyRecord.Standing) -> KeyRecord {
        KeyRecord(
            id: "0011223344556677", tenant: "sol", from: Timestamp(milliseconds: 0),
            standing: standing)
    }

    @Test("a key opens with the table key of its epoch only, and for its tenant and id only")
    func wrapping() throws {
        let ring = try Self.ring(Self.first)
        let keys = try TableKeys().adding(sealedBy: ring).adding(sealedBy: ring)
        let open = try keys.opened(by: ring)
        let secret = [UInt8](repeating: 9, count: 32)
        let record = Self.record(try open.wrapped(secret, id: "0011223344556677", of: "sol"))
        #expect(try open.secret(of: record) == secret)
        var (other, renamed) = (record, record)
        other.tenant = "luna"
        renamed.id = "0011223344556678"
        for wrong in [other, renamed] {
            #expect(throws: KeyProblem.damaged(wrong.id)) { try open.secret(of: wrong) }
        }
        guard case .living(2, let wrapped) = record.standing else {
            Issue.record("not wrapped by the newest")
            return
        }
        #expect(throws: KeyProblem.damaged(record.id)) {
            try open.secret(of: Self.record(.living(epoch: 1, wrapped: wrapped)))
        }
        #expect(throws: KeyProblem.unknownEpoch(3, of: record.id)) {
            try open.secret(of: Self.record(.living(epoch: 3, wrapped: wrapped)))
        }
        #expect(try open.secret(of: Self.record(.destroyed(at: Timestamp(milliseconds: 1)))) == nil)
    }

    @Test("a key of an older epoch is wrapped anew, and then opens without the older table key")
    func rewrapping() throws {
        let ring = try Self.ring(Self.first)
        let old = try TableKeys().adding(sealedBy: ring)
        let secret = [UInt8](repeating: 9, count: 32)
        let record = Self.record(
            try old.opened(by: ring).wrapped(secret, id: "0011223344556677", of: "sol"))
        let both = try old.adding(sealedBy: ring)
        let fresh = try both.opened(by: ring).rewrapped(record)
        let newest = try both.onlyNewest.opened(by: ring)
        #expect(try newest.secret(of: fresh) == secret)
        #expect(throws: KeyProblem.unknownEpoch(1, of: record.id)) {
            try newest.secret(of: record)
        }
    }

    @Test("they are read as they were written, and sealed anew by another ring's key")
    func text() throws {
        let ring = try Self.ring(Self.first)
        let keys = try TableKeys().adding(sealedBy: ring).adding(sealedBy: ring)
        #expect(try TableKeys(text: keys.text, source: "test") == keys)
        let rotated = try keys.resealed(by: Self.ring(Self.second, Self.first))
        #expect(rotated.ringKeyIDs == ["k2"] && rotated.epochs == [1, 2])
        _ = try rotated.opened(by: Self.ring(Self.second))
        #expect(throws: KeyRingError.unknownKey(id: "k1", known: ["k2"])) {
            try keys.opened(by: Self.ring(Self.second))
        }
    }

    @Test(
        "a line that is none is refused with its number",
        arguments: [
            ("1 k1", 1), ("\nx k1 AAAA", 2), ("2 k1 AAAA\n1 k1 AAAA", 2), ("0 k1 AAAA", 1),
            ("1 k1 AAAA\n1 k1 AAAA", 2),
        ])
    func malformed(text: String, line: Int) {
        #expect(throws: KeyRingError.noTableKeys(source: "test", line: line)) {
            try TableKeys(text: text, source: "test")
        }
    }
}
