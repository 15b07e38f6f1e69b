import Conversation
import ConversationView
import JSON
import Records
import SQLite
import Views

/// Conversations of a day as the stages write them, topic by topic: a handoff that ends, one that
/// waits, and a customer whom no person ever answered.
struct Story {
    static let start = Timestamp(seconds: 1_800_000_000)

    /// A record, and where it stands in its topic.
    struct Entry {
        var payload: any Payload
        var id: RecordID
        var topic: Topic
    }

    private(set) var topics: [Topic: [Entry]] = [:]
    private var clock = Story.start

    init() {
        ownedByTheBot("quiet")
        handedOff("loud")
        ownedByTheBot("loud")
        waits("waiting")
        clock = clock + .seconds(72_000)
        setAside("loud")
        clock = clock + .seconds(18_000)
        claimedTheNextDay("waiting")
        changesItsMind("waiting")
        answersOnThePhone("before")
    }

    /// All topics, each in its own order.
    var all: [[Entry]] { topics.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value) }

    private mutating func note(_ payload: any Payload, _ id: String, in topic: Topic? = nil) {
        let topic = topic ?? type(of: payload).topic
        topics[topic, default: []].append(
            Entry(payload: payload, id: RecordID(id), topic: topic))
        clock = clock + .milliseconds(700)
    }

    private mutating func customer(_ text: String, _ conversation: ConversationID, _ id: String) {
        customer(.text(text), conversation, id)
    }

    /// A message taken back before it came, and one that is changed.
    private mutating func changesItsMind(_ conversation: ConversationID) {
        customer(.revoke(of: "secret"), conversation, "revoke")
        customer("4111 1111 1111 1111", conversation, "secret")
        customer("12 Elm Street", conversation, "address")
        let raw = RawJSON("{}")
        customer(.edit(of: "address", text: "21 Elm Street", raw: raw), conversation, "edit")
    }

    /// What the business wrote on its phone, one of it sent from here, and what was said before.
    private mutating func answersOnThePhone(_ conversation: ConversationID) {
        for (id, wamid) in [("phone", "wamid.phone"), ("own", "wamid.w")] {
            note(
                EchoedMessage(
                    tenant: "sol", conversation: conversation, number: "101",
                    message: MessageID(id), wamid: WhatsAppMessageID(wamid),
                    recipient: Contact(phone: "34"), sentAt: clock, receivedAt: clock,
                    content: .text("I answer myself")), id)
        }
        for (index, content) in [
            MessageContent.other(type: PastMessage.placeholder, raw: RawJSON("{}")),
            .image(Media(id: "1", caption: "Look")),
        ].enumerated() {
            note(
                PastMessage(
                    message: InboundMessage(
                        tenant: "sol", conversation: conversation, number: "101",
                        message: "past", wamid: "wamid.past", contact: Contact(phone: "34"),
                        sentAt: Story.start, receivedAt: clock, content: content),
                    isFromBusiness: index == 0), "past-\(index)")
        }
    }

    private mutating func customer(
        _ content: MessageContent, _ conversation: ConversationID, _ id: String
    ) {
        note(
            InboundMessage(
                tenant: "sol", conversation: conversation, number: "101",
                message: MessageID(id), wamid: WhatsAppMessageID("wamid.\(id)"),
                contact: Contact(phone: "34", name: "Luz \(id)"),
                sentAt: Timestamp(seconds: clock.milliseconds / 1_000), receivedAt: clock,
                content: content), id)
    }

    private mutating func parley(
        _ text: String, _ author: OutboundMessage.Author, _ conversation: ConversationID,
        _ id: String
    ) {
        note(
            OutboundMessage(
                tenant: "sol", conversation: conversation, number: "101",
                recipient: Contact(phone: "34"), epoch: 1, content: .text(text), author: author,
                answers: [], windowAnchor: clock, at: clock), id)
        for (index, outcome) in [
            Delivery.Outcome.held(because: "the pair rests", until: clock),
            .accepted("w", wamid: "wamid.w"), .progressed("w", .sent), .progressed("w", .read),
        ].enumerated() {
            note(
                Delivery(
                    tenant: "sol", conversation: conversation, outbound: RecordID(id), epoch: 1,
                    attempt: 1, outcome: outcome, answers: [], at: clock), "\(id)-d\(index)")
        }
    }

    private mutating func event(
        _ change: HandoffEvent.Change, _ mode: Mode, _ conversation: ConversationID,
        reference: String? = nil
    ) {
        let count = topics[.handoffEvents]?.count ?? 0
        note(
            HandoffEvent(
                tenant: "sol", conversation: conversation, contact: Contact(name: "Luz"), epoch: 1,
                mode: mode, change: change, reference: reference, at: clock), "e\(count)")
    }

    private func entry(
        _ id: String, _ text: String, _ speaker: TranscriptEntry.Speaker
    ) -> TranscriptEntry {
        TranscriptEntry(id: RecordID(id), speaker: speaker, text: text, at: clock)
    }

    private mutating func ownedByTheBot(_ conversation: ConversationID) {
        let count = topics[.messagesInbound]?.count ?? 0
        customer("When do you open?", conversation, "m\(count)")
        note(
            OutboundMessage(
                tenant: "sol", conversation: conversation, number: "101",
                recipient: Contact(phone: "34"), epoch: 1,
                content: .typing(for: WhatsAppMessageID("m\(count)")), author: .system, answers: [],
                windowAnchor: clock, at: clock), "typing-\(count)")
        parley(
            "At nine.", .bot(Provenance(passages: [], model: "built-in")), conversation,
            "o\(count)")
    }

    private let ana = Mode.claimed(by: "ana", name: "Ana")

    private mutating func handedOff(_ conversation: ConversationID) {
        customer("A person, please", conversation, "ask")
        parley("One moment.", .system, conversation, "notice")
        event(
            .queued(
                reason: .asked, summary: "wants a person",
                transcript: [
                    // What is no longer kept among the messages, and what is.
                    entry("forgotten", "hello", .customer),
                    entry("ask", "A person", .customer), entry("notice", "One", .system),
                ]), .queued, conversation)
        event(.claimed(by: "ana", name: "Ana"), ana, conversation, reference: "r1")
        event(.suggested(text: "Perhaps", citations: []), ana, conversation)
        parley("Here I am", .agent("ana", name: "Ana"), conversation, "agent")
        event(
            .said(entry("agent", "Here I am", .agent("ana", name: "Ana"))), ana, conversation,
            reference: "r2")
        event(.delivery(of: "agent", .accepted("w")), ana, conversation)
        customer("Thanks", conversation, "thanks")
        event(.said(entry("thanks", "Thanks", .customer)), ana, conversation)
        event(
            .refused(agent: "ben", because: "Ana has it", holder: "Ana"), ana, conversation,
            reference: "r9")
        event(.closed(by: "ana"), .bot, conversation, reference: "r3")
    }

    private mutating func waits(_ conversation: ConversationID) {
        customer("Is anybody there?", conversation, "anybody")
        event(
            .queued(
                reason: .asked, summary: "waits",
                transcript: [entry("anybody", "Is anybody there?", .customer)]), .queued,
            conversation)
        event(.overdue(waiting: clock), .queued, conversation)
    }

    private mutating func setAside(_ conversation: ConversationID) {
        func claim(_ reference: String) -> HandoffCommand {
            HandoffCommand(
                tenant: "sol", conversation: conversation, agent: "ben", agentName: "Ben",
                action: .claim, reference: reference, at: clock)
        }
        note(claim("r10"), "a1", in: .deadLetters)
        // Set aside, then done after all.
        note(claim("r11"), "a2", in: .deadLetters)
        event(.claimed(by: "ben", name: "Ben"), .queued, conversation, reference: "r11")
        event(.closed(by: "ben"), .bot, conversation)
    }

    private mutating func claimedTheNextDay(_ conversation: ConversationID) {
        event(
            .claimed(by: "ana", name: "Ana"), ana, conversation,
            reference: "the next day")
    }
}

extension Conversations {
    /// All rows of all tables.
    func dump() throws -> [String: [[Value]]] {
        var dump: [String: [[Value]]] = [:]
        for table in ["conversations", "lines", "deliveries", "answers"] {
            dump[table] = try rows.all("SELECT * FROM \(table) ORDER BY 1, 2, 3, 4") { $0.row }
        }
        return dump
    }
}
