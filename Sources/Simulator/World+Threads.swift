import FoundationEssentials
import JSON
import SimulatorForms

/// What a customer's phone shows.
extension World {
    /// Messages of one chat that are shown.
    private static let mostEntries = 200
    /// Chats that are listed.
    private static let mostChats = 200
    /// How long WhatsApp shows that a business writes (WhatsApp, "Typing indicators": 25 s).
    private static let typingLife: Int64 = 25_000
    private static let day: Int64 = 86_400_000

    /// The customers who have a chat with a business, the newest first.
    func chats(of business: SimulatedBusiness) -> SimulatorChats {
        let all = conversations.filter { $0.key.number == business.number }
        let chats = all.map { key, talk in
            let (own, seen) = (talk.written.last, talk.seen.last)
            let isOwnLast = (own?.at ?? 0) >= (seen?.at ?? 0)
            let last = isOwnLast ? own.map { Self.entry($0, talk) } : seen.map { Self.entry($0) }
            return SimulatorChat(
                phone: key.phone, name: talk.name, last: last?.text ?? last.map(\.type),
                at: last?.at)
        }
        return SimulatorChats(
            chats: Array(
                chats.sorted { ($0.at ?? 0, $0.phone) > ($1.at ?? 0, $1.phone) }
                    .prefix(Self.mostChats)))
    }

    /// A chat as it stands.
    func thread(of key: ConversationName, at now: Int64) -> SimulatorThread? {
        guard let talk = conversations[key] else { return nil }
        let own = talk.written.suffix(Self.mostEntries).map { Self.entry($0, talk) }
        let seen = talk.seen.suffix(Self.mostEntries).map { Self.entry($0) }
        // What is asked comes before its answer, also within a millisecond.
        let entries = (own + seen).sorted {
            ($0.at, $0.is_own ? 0 : 1) < ($1.at, $1.is_own ? 0 : 1)
        }
        let last = entries.last
        let isTyping =
            last?.is_own == true && talk.typing.last == last?.wamid
            && now - (last?.at ?? 0) < Self.typingLife
        return SimulatorThread(
            phone: key.phone, name: talk.name, revision: talk.revision, isTyping: isTyping,
            openUntil: talk.lastWrote.map { $0 + Self.day },
            entries: Array(entries.suffix(Self.mostEntries)))
    }

    private static func entry(
        _ trace: WrittenTrace, _ talk: SimulatedConversation
    ) -> SimulatorThread.Entry {
        let json = object(Array(trace.json.utf8))
        let type = json["type"]?.text ?? "unknown"
        var statuses = ["sent"]
        if trace.acknowledged_at != nil { statuses.append("delivered") }
        if talk.read.contains(trace.wamid) { statuses.append("read") }
        let content = json[type]
        return SimulatorThread.Entry(
            wamid: trace.wamid, isOwn: true, at: trace.at, type: type,
            text: content?["body"]?.text ?? content?["caption"]?.text, content: content,
            quotes: json["context"]?["id"]?.text, statuses: statuses)
    }

    private static func entry(_ seen: SeenMessage) -> SimulatorThread.Entry {
        SimulatorThread.Entry(
            wamid: seen.wamid, isOwn: false, at: seen.at, type: seen.type,
            text: seen.text ?? seen.medium?.caption, content: object(seen.body)[seen.type],
            quotes: seen.reply_to, statuses: seen.statuses)
    }

    private static func object(_ bytes: [UInt8]) -> [String: JSONValue] {
        // What was taken was read once already.
        (try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes))) ?? [:]
    }
}

extension JSONValue {
    fileprivate subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

/// The newest calls between the simulated WhatsApp and businesses.
struct CallLog: Sendable {
    /// Calls that are kept.
    static let kept = 300
    /// Bytes of a body that are kept.
    private static let bodyBytes = 6_000

    private var calls: [SimulatorCall] = []
    private var count = 0

    mutating func note(
        _ direction: String, of business: String?, _ what: String, _ status: Int?, since: Int64,
        at now: Int64, body: [UInt8]
    ) {
        count += 1
        calls.append(
            SimulatorCall(
                number: count, at: now, direction: direction, business: business, what: what,
                status: status, milliseconds: Int(max(0, now - since)),
                body: String(decoding: body.prefix(Self.bodyBytes), as: UTF8.self)))
        if calls.count > 2 * Self.kept { calls.removeFirst(Self.kept) }
    }

    /// The newest first.
    func newest(_ limit: Int, of business: String?) -> SimulatorCalls {
        let found = calls.reversed().lazy.filter { call in
            business.map { $0 == call.business } ?? true
        }
        return SimulatorCalls(calls: Array(found.prefix(min(limit, Self.kept))))
    }
}
