import Conversation
import EventLog
import JSON
import Records

extension LedgerFact {
    /// The headers that ``read(_:)`` looks at.
    static let headers = [
        HeaderName.correlation, HeaderName.redrive, HeaderName.tenant, HeaderName.source,
        HeaderName.deadStage, HeaderName.type,
    ]

    /// What a record says, and about which message; `nil` if it says nothing to the ledger.
    ///
    /// Headers tell most; values are looked into only where they do not, and never decoded. What
    /// happened stands beside what is sealed; only what was held or dropped has to be opened.
    static func read(
        _ record: Record, by envelope: RecordEnvelope = .conversation
    ) -> (key: MessageKey, fact: LedgerFact)? {
        var correlation: [UInt8]?
        var isRedriven = false
        for field in record.headers.fields {
            if record.headers.isNamed(HeaderName.correlation, at: field) {
                correlation = Array(record.headers.bytes(at: field))
            } else if record.headers.isNamed(HeaderName.redrive, at: field) {
                isRedriven = true
            }
        }
        guard let correlation,
            let fact = fact(of: record, isRedriven: isRedriven, by: envelope)
        else { return nil }
        return (MessageKey(bytes: correlation), fact)
    }

    private static func fact(
        of record: Record, isRedriven: Bool, by envelope: RecordEnvelope
    ) -> LedgerFact? {
        var record = record
        if !envelope.sealsNothing, record.value?.first != UInt8(ascii: "{") {
            // What cannot be opened is accounted for by its headers.
            record.value = (try? envelope.json(of: record)) ?? record.value
        }
        switch record.topic {
        case Topic.messagesInbound.rawValue:
            // What the business wrote on its phone is nothing to answer, and where conversations
            // go on says nothing of a message.
            guard
                ![EchoedMessage.type, ConversationMove.type, ConversationJoin.type].contains(
                    record.header(HeaderName.type))
            else { return nil }
            return isRedriven ? .acceptedAgain : accepted(record)
        case Topic.questionsGrounded.rawValue:
            return record.header(HeaderName.type) == ConversationPast.type ? nil : .grounded
        case Topic.repliesProposed.rawValue: return proposed(record)
        case Topic.messagesOutbound.rawValue: return outbound(record)
        case Topic.messagesDelivery.rawValue: return delivery(record, by: envelope)
        case Topic.handoffEvents.rawValue: return event(record)
        case Topic.deadLetters.rawValue: return deadLetter(record)
        case Topic.decisions.rawValue: return decision(record)
        default: return nil
        }
    }

    private static func accepted(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        return .accepted(
            tenant: record.header(HeaderName.tenant) ?? "-",
            takesBack: takenBack(in: json).map { MessageKey(RecordID($0)) },
            // A conversation that goes on in another one passes on what still comes to it.
            isPassedOn: record.header(HeaderName.source) == HeaderName.source(ofStage: "handoff"))
    }

    /// The message that a customer takes back: in the content, unless that is sealed.
    private static func takenBack(in json: JSONFields) -> String? {
        var target: String?
        json.visit(json.whole) { name, value in
            if json.matches(name, Self.takesBack) {
                target = json.string(value)
                return false
            }
            guard json.matches(name, Self.content) else { return true }
            if let type = json.value(of: "type", in: value), json.string(type) == "revoke" {
                target = json.value(of: "message", in: value).flatMap(json.string)
            }
            return false
        }
        return target
    }

    private static let takesBack = Array("takesBack".utf8)
    private static let content = Array("content".utf8)

    /// The name of the case of what a record says, with what the case holds: nothing, where that is
    /// sealed.
    private static func kind(
        of value: [UInt8], in field: StaticString
    ) -> (name: String, detail: Range<Int>?)? {
        if let name = RecordKind.name(in: value) { return (name, nil) }
        let json = JSONFields(bytes: value)
        guard let range = json.value(of: field, in: json.whole),
            let (name, detail) = json.onlyField(in: range)
        else { return nil }
        return (name, detail)
    }

    private static func proposed(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        var others: [MessageKey] = []
        if let answers = json.value(of: "answers", in: json.whole) {
            let answered = json.strings(in: answers)
            if answered.count > 1 { others = answered.map { MessageKey(RecordID($0)) } }
        }
        let isSilent = kind(of: value, in: "proposal")?.name == "silence"
        return .proposed(silent: isSilent, others: others)
    }

    private static func outbound(_ record: Record) -> LedgerFact? {
        switch record.value.flatMap({ kind(of: $0, in: "content") })?.name {
        // Signs that the message was seen are no answer.
        case nil, "typing", "read": nil
        default: .outbound
        }
    }

    private static func delivery(_ record: Record, by envelope: RecordEnvelope) -> LedgerFact? {
        guard let value = record.value, let (name, detail) = kind(of: value, in: "outcome") else {
            return nil
        }
        switch name {
        case "accepted", "progressed": return .delivered
        case "failed": return .failed
        case "unknown": return .unknownOutcome
        case "held", "dropped":
            var opened = record
            // What cannot be opened waits for no time, and was dropped for any other reason.
            if detail == nil { opened.value = try? envelope.json(of: record) }
            return notSent(name, opened.value ?? [], at: record.timestamp)
        default: return nil
        }
    }

    /// Until when a message is held, or why it was dropped.
    private static func notSent(_ name: String, _ value: [UInt8], at time: Int64) -> LedgerFact {
        let detail = kind(of: value, in: "outcome")?.detail ?? 0..<0
        let json = JSONFields(bytes: value)
        guard name == "dropped" else {
            let until = json.value(of: "until", in: detail).flatMap(json.number)
            return .held(until: until ?? time)
        }
        let reason = json.value(of: "_0", in: detail).flatMap(json.string)
        return .dropped(stale: reason == Delivery.DropReason.staleEpoch.rawValue)
    }

    private static func event(_ record: Record) -> LedgerFact? {
        switch record.value.flatMap({ kind(of: $0, in: "change") })?.name {
        case "queued", "said", "suggested": .person
        default: nil
        }
    }

    private static func deadLetter(_ record: Record) -> LedgerFact? {
        guard record.header(HeaderName.deadStage) == nil else { return .dead }
        guard let name = record.value.flatMap({ kind(of: $0, in: "action") })?.name else {
            return nil
        }
        return name == "redriven" ? .redriven : .discarded
    }

    private static func decision(_ record: Record) -> LedgerFact? {
        let source = record.header(HeaderName.source)
        let isOrchestrator = source == "stage/orchestrator"
        guard isOrchestrator || source == "stage/handoff", let value = record.value else {
            return nil
        }
        let json = JSONFields(bytes: value)
        var outcome: String?
        var position = ""
        var isWaiting = false
        if let range = json.value(of: "outcome", in: json.whole),
            let (name, detail) = json.onlyField(in: range)
        {
            outcome = name
            // A question that was taken in and led to nothing yet but a timer.
            isWaiting =
                isOrchestrator && name == "finished"
                && json.value(of: "outputs", in: detail).map { json.strings(in: $0).isEmpty }
                    == true
        }
        guard outcome == "ignored" || isWaiting else { return nil }
        if let range = json.value(of: "place", in: json.whole) {
            position = json.string(range) ?? ""
        }
        if isWaiting { return position.hasPrefix("questions.grounded-") ? .waitsForTurn : nil }
        if isOrchestrator {
            return position.hasPrefix("questions.grounded-") ? .ignoredByOrchestrator : nil
        }
        return position.hasPrefix("replies.proposed-") ? .replyWithheld : nil
    }
}
