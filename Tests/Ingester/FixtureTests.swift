import Conversation
import EventLog
import Foundation
import JSON
import PipelineTesting
import Records
import TenantKeys
import Testing

@testable import Ingester

@Suite struct FixtureTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/whatsapp-business-java-api/deserialization")

    static func body(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func payload() throws -> WebhookPayload {
        WebhookPayload(
            tenantOfNumber: { _ in "t" }, tenantOfAccount: { _ in "t" },
            receivedAt: Timestamp(seconds: 1_795_000_000), traceParent: nil,
            naming: try TestKeys.table(of: "t"), by: .conversation)
    }

    @Test(
        "a captured message becomes a record of its kind",
        arguments: [
            ("audioMessage", "audio"), ("buttonMessage", "button"), ("contactMessage", "contacts"),
            ("documentMessage", "document"), ("imageMessage", "image"),
            ("locationMessage", "location"), ("messageDeleted", "unsupported"),
            ("reactMessage", "reaction"), ("stickerMessage", "sticker"), ("textMessage", "text"),
            ("textMessage2", "text"), ("videoMessage", "video"),
        ])
    func messages(file: String, kind: String) throws {
        let batch = try Self.payload().read(Self.body("\(file).json"))
        let record = try #require(batch.records.first)
        #expect(batch.messages == 1)
        guard
            case .payload(let message as InboundMessage) = try RecordTypes.conversation.read(
                InboundMessage.type, key: "", record.value)
        else { return #expect(Bool(false), "not an inbound message") }
        #expect(message.content.kind == kind)
        #expect(message.contact.phone != nil)
        #expect(String(decoding: record.key, as: UTF8.self) == message.conversation.rawValue)
        #expect(record.header("ce_id") == message.message.rawValue)
        let wamid = try #require(message.wamid)
        #expect(message.message == (try TestKeys.key(of: "t").message(wamid)))
    }

    @Test(
        "a captured status keeps its progress and its errors",
        arguments: [
            ("textMessageStatusSent", "sent", nil),
            ("textMessageStatusDelivered", "delivered", nil),
            ("mediaUploadError", "failed", 131_053),
            ("reEngagementMessageError", "failed", 131_047),
        ] as [(String, String, Int?)])
    func statuses(file: String, progress: String, code: Int?) throws {
        let batch = try Self.payload().read(Self.body("\(file).json"))
        let record = try #require(batch.records.first)
        guard
            case .payload(let unplaced as UnplacedStatus) = try RecordTypes.conversation.read(
                UnplacedStatus.type, key: "", record.value)
        else { return #expect(Bool(false), "not a status") }
        let status = unplaced.status
        #expect(status.progress.rawValue == progress)
        #expect(status.errors?.first?.code == code)
    }

    @Test("every captured body is either split or refused as not JSON; nothing is lost silently")
    func everyBody() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.count == 25)
        for name in names where name != "textMessageStatusRead.json" {
            let batch = try Self.payload().read(Self.body(name))
            #expect(batch.records.count == 1, "\(name)")
        }
        #expect(throws: JSONProblem.self) {
            try Self.payload().read(Self.body("textMessageStatusRead.json"))
        }
    }
}
