import AuditRecords
import Conversation
import CustomerRecords
import DeskRecords
import EventLog
import PipelineTesting
import Records
import RoutingRecords
import ServiceLevelRecords

/// Records of all kinds that views read, as a busy installation might write them, from a seed.
struct RandomRecords {
    private var state: UInt64
    private var count = 0
    private var clock = Timestamp(seconds: 1_800_000_000)
    private var said: [TenantID: [TranscriptEntry]] = [:]
    private var uploads: [DocumentUpload] = []
    private var commands: [HandoffCommand] = []
    private var accounts = RandomAccounts()
    private var organisations = RandomOrganisations()

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    /// The next records.
    mutating func next(_ wanted: Int) throws -> [Record] {
        var records: [Record] = []
        while records.count < wanted {
            count += 1
            // Several within a millisecond, as in a burst.
            if number(3) == 0 { clock = clock + .milliseconds(number(90_000)) }
            records.append(try one())
        }
        return records
    }

    private mutating func number(_ limit: Int) -> Int { Self.number(&state, limit) }

    private static func number(_ state: inout UInt64, _ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    private static func draw(_ state: inout UInt64, _ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }

    private mutating func pick<Element>(_ list: [Element]) -> Element? {
        list.isEmpty ? nil : list[number(list.count)]
    }

    private var id: RecordID { RecordID("r\(count)") }

    private mutating func one() throws -> Record {
        let tenant = TenantID("t\(number(2))")
        let conversation = ConversationID("\(tenant)-c\(number(6))")
        let contact = Contact(phone: "34600\(number(3))", name: "Luz \(number(3))")
        if number(9) == 0 {
            var state = state
            let event = RandomNotifications.next(count, at: clock) { Self.draw(&state, $0) }
            self.state = state
            return try record(event)
        }
        if number(12) == 0 { return try record(atDesk(tenant, conversation)) }
        if number(14) == 0 { return try record(ofCustomers(tenant, conversation, contact)) }
        switch number(14) {
        case 0, 1:
            let text = number(9) == 0 ? ["stop", "start"][number(2)] : "says \(count)"
            note(.customer, text, tenant)
            return try record(
                InboundMessage(
                    tenant: tenant, conversation: conversation, number: "101",
                    message: MessageID("wamid.\(count)"), contact: contact,
                    sentAt: Timestamp(seconds: clock.milliseconds / 1_000), receivedAt: clock,
                    content: number(4) == 0
                        ? .image(Media(id: "m", caption: text)) : .text(text)))
        case 2, 3:
            let text = "answers \(count)"
            note(.bot, text, tenant)
            return try record(
                OutboundMessage(
                    tenant: tenant, conversation: conversation, number: "101",
                    recipient: contact, epoch: number(3),
                    content: number(3) == 0 ? .read("wamid.1") : .text(text),
                    author: number(2) == 0 ? .system : .agent("ana", name: "Ana"), answers: [],
                    windowAnchor: clock, at: clock))
        case 4:
            return try record(
                Delivery(
                    tenant: tenant, conversation: conversation,
                    outbound: pick(said[tenant] ?? [])?.id ?? "r0", epoch: 1, attempt: 1,
                    outcome: outcome(), answers: [], at: clock))
        case 5, 6: return try record(event(tenant, conversation, contact))
        case 7: return try document(tenant)
        case 8:
            return try record(
                AuditEntry(
                    tenant: tenant, actor: "key/\(number(3))", action: "document.add",
                    subject: "doc_\(number(9))", at: clock))
        case 9, 10:
            var state = state
            let number = { (limit: Int) in Self.number(&state, limit) }
            let payload =
                number(2) == 0
                ? accounts.next(at: clock, number) : organisations.next(tenant, at: clock, number)
            self.state = state
            return try record(payload)
        case 11: return try template(tenant)
        case 12:
            return try record(
                CustomerPreference(
                    tenant: tenant, conversation: conversation, number: "101",
                    wish: number(2) == 0 ? .stop : .resume, category: "marketing_messages",
                    at: clock, receivedAt: clock))
        default: return try setAside(tenant, conversation)
        }
    }

    /// A template as it was synchronised, or what WhatsApp said of one since.
    private mutating func template(_ tenant: TenantID) throws -> Record {
        let (name, language) = ("t\(number(4))", ["es", "en_US"][number(2)])
        switch number(4) {
        case 0:
            return try record(
                TemplateChange(
                    tenant: tenant, name: name, language: language, status: "PAUSED", at: clock))
        case 1:
            return try record(
                TemplateChange(
                    tenant: tenant, name: name, language: language, category: "MARKETING",
                    at: clock))
        default:
            return try record(
                MessageTemplate(
                    tenant: tenant, name: name, language: language, status: "APPROVED",
                    category: "UTILITY", parts: .init(body: "Hola {{1}} \(count)"), at: clock))
        }
    }

    private mutating func note(
        _ speaker: TranscriptEntry.Speaker, _ text: String, _ tenant: TenantID
    ) {
        said[tenant, default: []].append(
            TranscriptEntry(id: id, speaker: speaker, text: text, at: clock))
    }

    private mutating func outcome() -> Delivery.Outcome {
        switch number(6) {
        case 0: .accepted("wamid.o")
        case 1: .progressed("wamid.o", .sent)
        case 2: .progressed("wamid.o", .read)
        case 3: .failed(nil, PlatformError(code: 131_026, title: "not there"))
        case 4: .held(because: "the pair rests", until: clock)
        default: .unknown(because: "no answer \(count)")
        }
    }

    private mutating func ofCustomers(
        _ tenant: TenantID, _ conversation: ConversationID, _ contact: Contact
    ) -> any Payload {
        let identity = CustomerIdentity(phone: contact.phone ?? "3460\(number(9))")
        let customer = LinkedCustomer(CustomerID(identity.text), identity)
        let other = CustomerIdentity(phone: "3461\(number(4))")
        switch number(4) {
        case 0:
            return CustomerLinkEvent(
                tenant: tenant, from: customer,
                into: number(2) == 0 ? LinkedCustomer(CustomerID(other.text), other) : nil,
                version: count, refusal: number(5) == 0 ? .circle : nil, reference: nil, at: clock)
        case 1:
            return CaseEvent(
                tenant: tenant, conversation: conversation,
                change: .now(
                    ConversationCase(
                        id: RecordID("k\(number(3))"), title: "t\(count)", from: clock,
                        version: count)), reference: nil, at: clock)
        default:
            return CustomerEvent(
                tenant: tenant, customer: customer.id, identity: identity, version: count,
                change: .saved(
                    CustomerProfile(
                        name: number(2) == 0 ? "n\(count)" : nil, note: "note \(count)",
                        labels: [RecordID("d\(number(4))")])),
                line: number(3) == 0 ? ImportLine(id: "i", number: count, of: 9) : nil,
                reference: nil, at: clock)
        }
    }

    private mutating func atDesk(
        _ tenant: TenantID, _ conversation: ConversationID
    ) -> any Payload {
        let id = RecordID("d\(number(4))")
        let change: DeskEvent.Change
        if number(3) == 0 { return routed(tenant, conversation) }
        switch number(9) {
        case 7, 8: return measured(tenant, conversation)
        case 0:
            return AgentNote(
                tenant: tenant, conversation: conversation, agent: "ana", agentName: "Ana",
                text: "note \(count)", reference: pick(commands)?.reference, at: clock)
        case 1:
            change = .replySaved(
                CannedReply(
                    id: id, shortcut: "s\(count)", language: "es", title: "t", text: "hola"))
        case 2: change = .replyArchived(id, number(2) == 0)
        case 3: change = .labelSaved(DeskLabel(id: id, name: "n\(count)", colour: "blue"))
        case 4: change = .labelMerged(id, into: RecordID("d\(number(4))"))
        default: change = .labelled(conversation, id, number(3) > 0)
        }
        return DeskEvent(tenant: tenant, change: change, reference: nil, at: clock)
    }

    /// How a case stands, and what was measured of it.
    private mutating func measured(
        _ tenant: TenantID, _ conversation: ConversationID
    ) -> ServiceLevelEvent {
        let standing = CaseStanding(
            openedAt: clock, waitingSince: number(2) == 0 ? clock : nil,
            holder: number(2) == 0 ? "ana" : nil, holderName: "Ana", unansweredSince: clock,
            quietSince: clock, lost: number(2),
            clocks: [
                ClockFace(
                    clock: .firstResponse, startedAt: clock, isRunning: true, due: clock,
                    level: number(2) == 0 ? .fine : .breached)
            ])
        let result = ClockResult(
            measure: .nextResponse, end: .done, startedAt: clock, endedAt: clock,
            openSeconds: Int64(number(900)), calendarSeconds: 900, targetSeconds: 300,
            agent: "ana", agentName: "Ana", schedule: "always")
        return ServiceLevelEvent(
            tenant: tenant, conversation: conversation, epoch: 1,
            standing: number(3) == 0 ? nil : standing, results: number(2) == 0 ? [result] : [],
            late: [], at: clock)
    }

    private mutating func routed(
        _ tenant: TenantID, _ conversation: ConversationID
    ) -> any Payload {
        let queue = RecordID("q\(number(3))")
        let offer = RoutingOffer(
            id: RecordID("o\(number(6))"), conversation: conversation, agent: "ana", queue: queue,
            epoch: count, madeAt: clock, expires: clock)
        let change: RoutingEvent.Change
        switch number(8) {
        case 0, 1:
            let members: [AgentID] = number(2) == 0 ? ["ana", "ben"] : ["ben"]
            return RoutingSetting(
                tenant: tenant,
                change: .queueSaved(
                    RoutingQueue(id: queue, name: "Queue \(queue)", members: members)),
                reference: nil, at: clock)
        case 2:
            return RoutingSetting(
                tenant: tenant, change: .queueRemoved(queue), reference: nil, at: clock)
        case 3: change = .offered(offer)
        case 4: change = .offerEnded(offer, .missed)
        case 5:
            change = .agent(
                AgentStanding(
                    agent: "ana", name: "Ana", status: .busy, isReachable: number(2) == 0))
        default: change = .placed(conversation, number(4) == 0 ? nil : queue)
        }
        return RoutingEvent(
            tenant: tenant, change: change, reference: number(2) == 0 ? "r\(count)" : nil,
            at: clock)
    }

    private mutating func event(
        _ tenant: TenantID, _ conversation: ConversationID, _ contact: Contact
    ) -> HandoffEvent {
        let entries = (0..<number(3)).compactMap { _ in pick(said[tenant] ?? []) }
        let change: HandoffEvent.Change
        var mode = Mode.queued
        switch number(12) {
        case 11:
            change = .suggestionEnded(
                SuggestionEnd(
                    of: RecordID("r\(number(count + 1))"), .edited, agent: "ana",
                    edit: SuggestionEdit(distance: 1, words: 4, changesFacts: false),
                    messages: entries.map(\.id)))
        case 0, 1: change = .queued(reason: .asked, summary: "s\(count)", transcript: entries)
        case 2:
            change = .claimed(by: "ana", name: "Ana")
            mode = .claimed(by: "ana", name: "Ana")
        case 3: change = .suggested(text: "perhaps \(count)", citations: [])
        case 4: change = .delivery(of: pick(said[tenant] ?? [])?.id ?? "r0", outcome())
        case 5: change = entries.first.map { .said($0) } ?? .overdue(waiting: clock)
        case 6: change = .refused(agent: "ben", because: "Ana has it", holder: "Ana")
        case 7: change = .overtaken(agent: "ana", lines: entries)
        case 8:
            change = .transferred(by: "ben", to: "ana", name: "Ana", note: nil, until: clock)
            mode = .claimed(by: "ana", name: "Ana")
        case 9:
            change = .concluded(by: "ana", HandoffOutcome("solved", note: "n\(count)"))
            mode = .bot
        default:
            change = .closed(by: "ana")
            mode = .bot
        }
        return HandoffEvent(
            tenant: tenant, conversation: conversation, contact: contact, epoch: count, mode: mode,
            change: change, reference: pick(commands)?.reference, at: clock)
    }

    private mutating func document(_ tenant: TenantID) throws -> Record {
        if number(3) == 0, let upload = pick(uploads) {
            return try record(
                DocumentState(
                    tenant: upload.tenant, document: upload.document, name: upload.name,
                    outcome: number(4) == 0 ? .removed : .indexed, passages: number(9),
                    embedded: 1, contentHash: upload.contentHash, size: upload.size, problem: nil,
                    at: clock))
        }
        let name = "file \(number(5)).md"
        let document = DocumentID("doc_\(tenant)_\(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })")
        guard number(4) > 0 else {
            return try record(
                DocumentRemoval(
                    tenant: tenant, document: document, removedAt: clock, removedBy: "key"))
        }
        let upload = DocumentUpload(
            tenant: tenant, document: document, name: name, contentHash: "h\(number(4))",
            size: count, uploadedAt: clock, uploadedBy: "key")
        uploads.append(upload)
        return try record(upload)
    }

    private mutating func setAside(
        _ tenant: TenantID, _ conversation: ConversationID
    ) throws -> Record {
        var aside: Record
        if number(2) == 0, let upload = pick(uploads) {
            aside = try record(upload)
        } else {
            let command = HandoffCommand(
                tenant: tenant, conversation: conversation, agent: "ana", agentName: "Ana",
                action: .claim, reference: "ref\(number(40))", at: clock)
            commands.append(command)
            aside = try record(command)
        }
        aside.topic = Topic.deadLetters.rawValue
        return aside
    }

    private func record(_ payload: any Payload) throws -> Record {
        try RecordEnvelope.program.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "test", time: clock,
                subject: payload.key, correlation: id, causation: id, tenant: payload.tenant))
    }
}
