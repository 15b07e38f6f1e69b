import Conversation
import EventLog
import PipelineTesting
import Records
import Synchronization
import TenantKeys
import Testing

@testable import Operations

/// Seals as the program does, and counts what is opened.
private final class CountingSeal: Sealing {
    private let sealing: PersonalSealing
    let opened = Mutex(0)

    init() throws {
        sealing = PersonalSealing(try TestKeys.table(of: "sol")) { _ in }
    }

    func sealed(
        _ value: [UInt8], of tenant: TenantID, at context: SealingContext
    ) throws(RecordError) -> [UInt8] { try sealing.sealed(value, of: tenant, at: context) }

    func opened(_ bytes: [UInt8], at context: SealingContext) throws(RecordError) -> [UInt8] {
        opened.withLock { $0 += 1 }
        return try sealing.opened(bytes, at: context)
    }

    func prepare(for values: [[UInt8]]) async {}
}

/// The ledger counts what is sealed as what is not.
@Suite("The ledger of sealed records")
struct SealedLedgerTests {
    private static func records(_ story: Story) throws -> [Record] {
        let outcomes: [Delivery.Outcome] = [
            .accepted("o", wamid: "wamid.o"), .progressed("o", .read),
            .failed("o", PlatformError(code: 131_026, title: "canary")),
            .unknown(because: "lost"), .dropped(.staleEpoch), .dropped(.windowClosed),
            .held(because: "rate", until: Timestamp(milliseconds: 77)),
        ]
        let changes: [HandoffEvent.Change] = [
            .queued(reason: .asked, summary: "canary", transcript: []), .closed(by: "a"),
            .said(TranscriptEntry(id: "m", speaker: .customer, text: "canary", at: story.time)),
            .suggested(text: "canary", citations: []), .overdue(waiting: story.time),
        ]
        return [
            try story.inbound("m"), try story.question("q", about: "m"),
            try story.reply("r", to: ["n", "m"], cause: "q"),
            try story.reply("r", to: ["m"], .silence(because: "thanks"), cause: "q"),
            try story.outbound("o", to: "m", cause: "r"),
            try story.outbound("t", to: "m", .typing(for: "wamid.m"), cause: "m"),
            try story.outbound("u", to: "m", .read("wamid.m"), cause: "m"),
            try story.decision(
                "handoff", on: "r", of: "m", at: "replies.proposed-0@3",
                .ignored(because: "a person has it")),
        ]
            + (try outcomes.map {
                try story.delivery("d", of: "o", to: "m", $0, cause: "o")
            }) + (try changes.map { try story.event("e", of: "m", $0) })
    }

    @Test("each record says the same, and only what was held or dropped is opened for it")
    func facts() throws {
        let seal = try CountingSeal()
        var story = Story()
        let plain = try Self.records(story)
        story.envelope = RecordEnvelope(.program, sealing: seal)
        let sealed = try Self.records(story)
        for (plain, sealed) in zip(plain, sealed) {
            let value = String(decoding: sealed.value ?? [], as: UTF8.self)
            #expect(!value.contains("canary") && !value.contains("wamid"), "\(value)")
            let expected = LedgerFact.read(plain)?.fact
            #expect(LedgerFact.read(sealed, by: story.envelope)?.fact == expected, "\(value)")
        }
        #expect(seal.opened.withLock { $0 } == 3)
        #expect(
            sealed.filter { $0.value?.starts(with: Array(#"{"kind":""#.utf8)) == true }.count > 15)
    }

    @Test("what a customer takes back is known without opening")
    func takenBack() throws {
        let seal = try CountingSeal()
        let envelope = RecordEnvelope(.program, sealing: seal)
        let message = InboundMessage(
            tenant: "sol", conversation: "c1", number: "n1", message: "m", wamid: "wamid.m",
            contact: Contact(phone: "34600"), sentAt: Timestamp(seconds: 1),
            receivedAt: Timestamp(seconds: 1), content: .revoke(of: "old"))
        let record = try envelope.record(
            message,
            headers: RecordHeaders(
                id: "m", type: InboundMessage.type, source: "whatsapp/n1",
                time: Timestamp(seconds: 1), subject: "c1", correlation: "m", causation: "m",
                tenant: "sol"))
        #expect(
            LedgerFact.read(record, by: envelope)?.fact
                == .accepted(tenant: "sol", takesBack: MessageKey("old")))
        #expect(seal.opened.withLock { $0 } == 0)
    }

    @Test("what is opened is what was sealed, to the byte")
    func opened() throws {
        let seal = try CountingSeal()
        var story = Story()
        let plain = try Self.records(story)
        story.envelope = RecordEnvelope(.program, sealing: seal)
        for (plain, sealed) in zip(plain, try Self.records(story)) {
            let opened = try #require(try story.envelope.json(of: sealed))
            let type = plain.header(HeaderName.type) ?? ""
            let (left, right) = (
                try RecordTypes.program.read(type, key: "c1", plain.value),
                try RecordTypes.program.read(type, key: "c1", opened)
            )
            guard case .payload(let one) = left, case .payload(let other) = right else {
                Issue.record("\(type) is not read")
                continue
            }
            #expect(try one.json() == other.json())
            #expect(RecordKind.name(in: opened) == nil)
        }
    }
}
