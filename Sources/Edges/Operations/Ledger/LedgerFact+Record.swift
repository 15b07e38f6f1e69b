import Conversation
import EventLog
import JSON
import Records

extension LedgerFact {
    /// The headers that ``read(_:)`` looks at.
    static let headers = [
        HeaderName.correlation, HeaderName.redrive, HeaderName.tenant, HeaderName.source,
        HeaderName.deadStage,
    ]

    /// What a record says, and about which message; `nil` if it says nothing to the ledger.
    ///
    /// Headers tell most; values are looked into only where they do not, and never decoded. What
    /// happened stands beside what is sealed; only whether words went out has to be opened.
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
        let isOutbound = record.topic == Topic.messagesOutbound.rawValue
        if !envelope.sealsNothing, isOutbound || record.value?.first != UInt8(ascii: "{") {
            // What cannot be opened is accounted for by its headers.
            record.value = (try? envelope.json(of: record)) ?? record.value
        }
        switch record.topic {
        case Topic.messagesInbound.rawValue:
            return isRedriven ? .acceptedAgain : accepted(record)
        case Topic.questionsGrounded.rawValue: return .grounded
        case Topic.repliesProposed.rawValue: return proposed(record)
        case Topic.messagesOutbound.rawValue: return outbound(record)
        case Topic.messagesDelivery.rawValue: return delivery(record)
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
            takesBack: takenBack(in: json).map { MessageKey(RecordID($0)) })
    }

    /// The message that a customer takes back: in the content, unless that is sealed.
    private static func takenBack(in json: JSONFields) -> String? {
        var target: String?
        json.visit(json.whole, upTo: "personal") { name, value in
            if json.matches(name, "takesBack") {
                target = json.string(value)
                return false
            }
            guard json.matches(name, "content") else { return true }
            if let type = json.value(of: "type", in: value), json.string(type) == "revoke" {
                target = json.value(of: "message", in: value).flatMap(json.string)
            }
            return false
        }
        return target
    }

    private static func proposed(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        var others: [MessageKey] = []
        var isSilent = false
        if let answers = json.value(of: "answers", in: json.whole) {
            let answered = json.strings(in: answers)
            if answered.count > 1 { others = answered.map { MessageKey(RecordID($0)) } }
        }
        if let proposal = json.value(of: "proposal", in: json.whole) {
            isSilent = json.onlyField(in: proposal)?.name == "silence"
        }
        return .proposed(silent: isSilent, others: others)
    }

    private static func outbound(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        guard let content = json.value(of: "content", in: json.whole),
            json.onlyField(in: content)?.name == "text"
        else { return nil }
        return .outbound
    }

    private static func delivery(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        guard let outcome = json.value(of: "outcome", in: json.whole),
            let (name, detail) = json.onlyField(in: outcome)
        else { return nil }
        switch name {
        case "accepted", "progressed": return .delivered
        case "failed": return .failed
        case "unknown": return .unknownOutcome
        case "held":
            let until = json.value(of: "until", in: detail).flatMap(json.number)
            return .held(until: until ?? record.timestamp)
        case "dropped":
            let reason = json.value(of: "_0", in: detail).flatMap(json.string)
            return .dropped(stale: reason == Delivery.DropReason.staleEpoch.rawValue)
        default: return nil
        }
    }

    private static func event(_ record: Record) -> LedgerFact? {
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        guard let change = json.value(of: "change", in: json.whole),
            let name = json.onlyField(in: change)?.name
        else { return nil }
        switch name {
        case "queued", "said", "suggested": return .person
        default: return nil
        }
    }

    private static func deadLetter(_ record: Record) -> LedgerFact? {
        guard record.header(HeaderName.deadStage) == nil else { return .dead }
        guard let value = record.value else { return nil }
        let json = JSONFields(bytes: value)
        guard let action = json.value(of: "action", in: json.whole) else { return nil }
        return json.onlyField(in: action)?.name == "redriven" ? .redriven : .discarded
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
