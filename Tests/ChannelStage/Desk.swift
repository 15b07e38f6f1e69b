import ChannelStage
import Conversation
import JSON
import NotificationRecords
import Records
import StageRuntime

/// The stage `channels` for one business, with a clock that the test sets.
struct Desk {
    static let start = Timestamp(seconds: 1_800_000_000)

    var state = ChannelFold()
    var now = Desk.start
    /// The timer that is set.
    private(set) var timer: FiredTimer?
    private var count = 0

    mutating func put(_ payload: any Payload) throws -> [any Payload] {
        count += 1
        let id = RecordID("record-\(count)")
        let headers = RecordHeaders(
            id: id, type: "t", source: "test", time: now, subject: "s", correlation: id,
            causation: id, tenant: "sol")
        return try run(
            .record(
                payload, headers,
                position: RecordPosition(topic: "t", partition: 0, offset: Int64(count))))
    }

    /// The timer comes when it is due.
    mutating func ring() throws -> [any Payload] {
        guard let timer else { return [] }
        self.timer = nil
        now = max(now, timer.due)
        return try run(.timer(timer))
    }

    private mutating func run(_ input: StageInput) throws -> [any Payload] {
        // Every step passes through the stored form, so that nothing depends on memory.
        state = try RecordCodec.decode(ChannelFold.self, from: RecordCodec.encode(state))
        let context = StageContext(
            stage: "channels", input: input, key: "sol", now: now, step: 0)
        guard case .finish(let effects) = try ChannelStage().begin(input, &state, context)
        else { return [] }
        for case .set(let timer) in effects.timers { self.timer = timer }
        return effects.outputs.compactMap(\.payload)
    }

    mutating func report(
        _ word: ChannelReport.Word, in conversation: ConversationID = "c1",
        number: BusinessNumberID = "101", token: String = "old"
    ) throws -> [any Payload] {
        try put(
            ChannelReport(
                tenant: "sol", number: number, conversation: conversation, word: word,
                token: token, at: now))
    }

    mutating func settings(box: String) throws -> [any Payload] {
        let sealed = TenantSettings.Sealed(keyID: "1", box: box)
        return try put(
            TenantSettings(
                tenant: "sol", name: "Sol", account: "a", numbers: [.init(id: "101")],
                appSecret: sealed, verifyToken: sealed, accessToken: sealed,
                graphURL: "https://graph.example", graphVersion: "v26.0", updatedAt: now))
    }

    /// WhatsApp says something of the account.
    mutating func update(_ field: String, _ value: String) throws -> [any Payload] {
        try put(
            AccountUpdate(
                tenant: "sol", account: "a", field: field, value: RawJSON(value), sentAt: now,
                receivedAt: now))
    }

    static func stops(_ outputs: [any Payload]) -> [ChannelStop]? {
        outputs.compactMap { $0 as? ChannelState }.last?.stops
    }

    static func events(_ outputs: [any Payload]) -> [ChannelEvent] {
        outputs.compactMap { $0 as? ChannelState }.last?.events ?? []
    }

    static func woken(_ outputs: [any Payload]) -> [ConversationID] {
        outputs.compactMap { ($0 as? SendingResumed)?.conversation }
    }

    static func news(_ outputs: [any Payload]) -> [NotificationKind] {
        outputs.compactMap { ($0 as? TeamNews)?.kind }
    }
}
