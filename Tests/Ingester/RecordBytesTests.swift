import Conversation
import EventLog
import Foundation
import JSON
import Records
import Testing

@testable import Ingester

/// Records of webhooks are written by hand, for speed; they are the bytes that the codec gives.
@Suite struct RecordBytesTests {
    private static func expectSame(_ payload: some Payload) throws {
        let codec = try RecordCodec.encode(payload)
        let own = try payload.json()
        #expect(own == codec, "\(String(decoding: own, as: UTF8.self))")
    }

    private static func check(_ batch: WebhookBatch) throws {
        for record in batch.records {
            let value = try #require(record.value)
            switch try Webhooks.payload(record) {
            case .payload(let message as InboundMessage):
                #expect(value == (try RecordCodec.encode(message)))
                try expectSame(message)
            case .payload(let status as MessageStatus):
                #expect(value == (try RecordCodec.encode(status)))
                try expectSame(status)
            case .payload(let update as AccountUpdate):
                #expect(value == (try RecordCodec.encode(update)))
            default: #expect(Bool(false), "another type")
            }
        }
    }

    @Test("every captured body")
    func captured() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: FixtureTests.folder.path)
        for name in names where name != "textMessageStatusRead.json" {
            try Self.check(try FixtureTests.payload.read(FixtureTests.body(name)))
        }
    }

    @Test("every field present, and every field missing")
    func fields() throws {
        let contact = Contact(
            userID: "US.1", parentUserID: "US.ENT.1", phone: "1", name: "N", username: "@n")
        for full in [true, false] {
            try Self.expectSame(
                InboundMessage(
                    tenant: "t", conversation: "c", number: "n", message: "m",
                    contact: full ? contact : Contact(), sentAt: Timestamp(milliseconds: -1),
                    receivedAt: Timestamp(milliseconds: .max), content: .text("x"),
                    context: full ? MessageContext(message: "w", forwarded: true) : nil,
                    referral: full ? RawJSON(#"{"a":"\/"}"#) : nil, group: full ? "g" : nil,
                    errors: full ? [PlatformError(code: 1, title: "T", isTransient: true)] : nil))
            try Self.expectSame(
                MessageStatus(
                    tenant: "t", conversation: "c", number: "n", message: "m", progress: .read,
                    at: Timestamp(milliseconds: 0), receivedAt: Timestamp(milliseconds: 1),
                    callbackData: full ? "p1.c.o.1" : nil, recipient: full ? contact : nil,
                    errors: full ? [PlatformError(code: 1)] : nil,
                    pricing: full ? RawJSON("{}") : nil))
        }
    }

    @Test("every scalar below U+0100, and some above, in text")
    func scalars() throws {
        let some: [UInt32] = [
            0x7ff, 0x800, 0x2028, 0x2029, 0xd7ff, 0xe000, 0xfeff, 0xffff, 0x1f6b2,
        ]
        for value in Array(0..<0x100) + some {
            let scalar = try #require(Unicode.Scalar(value))
            for text in ["\(scalar)", "a\(scalar)b", "\(scalar)\u{301}\(scalar)"] {
                try Self.expectSame(
                    InboundMessage(
                        tenant: "t", conversation: "c", number: "n", message: MessageID(text),
                        contact: Contact(name: text), sentAt: Timestamp(milliseconds: 0),
                        receivedAt: Timestamp(milliseconds: 0), content: .text(text)))
            }
        }
    }
}
