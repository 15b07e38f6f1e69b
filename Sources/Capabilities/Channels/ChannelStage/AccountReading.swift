import Conversation
import JSON

/// What an account's webhook says, read out of WhatsApp's JSON.
///
/// The values of each field: WhatsApp, "Webhooks overview" and the page of each; `account_update`
/// also as captures of client libraries have it.
struct AccountReading {
    /// What it means for what can be sent.
    enum Effect: Hashable {
        /// Nothing.
        case none
        /// WhatsApp takes no messages; until then, where it says so.
        case stops(code: Int, ends: Timestamp?)
        /// WhatsApp takes messages of the business's own accord no more; answers may go.
        case restricts(ends: Timestamp?)
        /// What was before is over.
        case lifts
    }

    /// What happened.
    let event: ChannelEvent
    /// What it means for what can be sent.
    let effect: Effect
    /// What it changes of a template.
    let template: TemplateChange?

    /// Reads an update; `nil` if it is about something else, or says nothing.
    init?(_ update: AccountUpdate) {
        // What is not JSON says nothing.
        guard ChannelEvent.isAbout(update.field),
            let value = try? JSONTape(Array(update.value.text.utf8)).root
        else { return nil }
        var reading = Fields(value: value, at: update.sentAt ?? update.receivedAt)
        effect = reading.read(update.field)
        guard !reading.event.isEmpty else { return nil }
        template = reading.template(update.field, of: update.tenant)
        event = ChannelEvent(
            field: update.field, event: reading.event, subject: reading.subject,
            details: reading.details, weight: reading.weight, ends: reading.ends, at: reading.at)
    }
}

/// The fields of one update, as they are read.
private struct Fields {
    let value: JSONView
    let at: Timestamp
    var event = ""
    var subject: String?
    var details: [String] = []
    var weight = ChannelEvent.Weight.news
    var ends: Timestamp?

    init(value: JSONView, at: Timestamp) {
        self.value = value
        self.at = at
    }

    mutating func read(_ field: String) -> AccountReading.Effect {
        switch field {
        case "account_update": return readAccount()
        case "account_review_update":
            event = word("decision") ?? ""
            weight = event == "REJECTED" ? .warning : .news
        case "account_alerts": readAlert()
        case "business_capability_update":
            event = "LIMITS"
            details = value.names.compactMap { name in
                WhatsAppWord.isTerm(name) ? word(name).map { "\(name) \($0)" } : nil
            }
        case "phone_number_quality_update":
            subject = number
            event = word("event") ?? ""
            details = [word("current_limit")].compactMap(\.self)
            weight = ["FLAGGED", "DOWNGRADE"].contains(event) ? .warning : .news
        case "phone_number_name_update":
            subject = number
            event = word("decision") ?? ""
            details = [word("rejection_reason")].compactMap(\.self).filter { $0 != "NONE" }
            weight = ["DECLINED", "REJECTED"].contains(event) ? .warning : .news
        case "business_username_update":
            subject = number
            event = word("status") ?? ""
        case "security":
            subject = number
            event = word("event") ?? ""
            weight = .warning
        default: readTemplate(field)
        }
        return .none
    }

    /// WhatsApp, "account_update": bans, restrictions, violations.
    private mutating func readAccount() -> AccountReading.Effect {
        event = word("event") ?? ""
        switch event {
        case "DISABLED_UPDATE": return readBan()
        case "ACCOUNT_DELETED":
            weight = .trouble
            return .stops(code: 33, ends: nil)
        case "ACCOUNT_RESTRICTION": return readRestrictions()
        case "ACCOUNT_VIOLATION":
            details = [value["violation_info"].flatMap { word("violation_type", of: $0) }]
                .compactMap(\.self)
            weight = .warning
        case "PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED": weight = .warning
        default: break
        }
        return .none
    }

    private mutating func readBan() -> AccountReading.Effect {
        let state = value["ban_info"].flatMap { word("waba_ban_state", of: $0) } ?? ""
        details = [state].filter { !$0.isEmpty }
        switch state {
        case "DISABLE":
            weight = .trouble
            return .stops(code: 131_031, ends: nil)
        case "REINSTATE": return .lifts
        default:
            weight = .warning
            return .none
        }
    }

    private mutating func readRestrictions() -> AccountReading.Effect {
        let all = value["restriction_info"]?.elements ?? []
        details = all.compactMap { word("restriction_type", of: $0) }
        // One that names none says that there is none any more.
        guard !all.isEmpty else { return .lifts }
        let messaging = all.filter {
            word("restriction_type", of: $0)?.hasSuffix("_INITIATED_MESSAGING") == true
        }
        guard !messaging.isEmpty else {
            weight = .warning
            return .none
        }
        let times = messaging.map { each in
            // What cannot be a time of ours is none.
            each["expiration"]?.text.flatMap { Int64($0) }.flatMap {
                (1..<10_000_000_000).contains($0) ? $0 : nil
            }
        }
        // One without an end lasts.
        ends =
            times.contains(nil)
            ? nil : times.compactMap(\.self).max().map { Timestamp(seconds: $0) }
        weight = .trouble
        return details.contains("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
            ? .stops(code: 131_031, ends: ends) : .restricts(ends: ends)
    }

    private mutating func readAlert() {
        let info = value["alert_info"] ?? value
        event = word("alert_type", of: info) ?? "ALERT"
        let severity = word("alert_severity", of: info) ?? ""
        details = [severity, word("alert_status", of: info) ?? ""].filter { !$0.isEmpty }
        weight =
            ["CRITICAL", "WARNING"].contains(severity) && !details.contains("NONE")
            ? .warning : .news
    }

    private mutating func readTemplate(_ field: String) {
        let name = value["message_template_name"]?.string ?? ""
        let language = (word("message_template_language") ?? "").replacing("-", with: "_")
        subject = Self.isName(name) ? "\(name), \(language)" : value["message_template_id"]?.text
        switch field {
        case "message_template_quality_update":
            event = word("new_quality_score") ?? ""
            weight = event == "RED" ? .warning : .news
        case "template_category_update":
            event = word("new_category") ?? word("correct_category") ?? ""
            weight = .warning
        default:
            event = word("event") ?? ""
            details = [word("reason")].compactMap(\.self).filter { $0 != "NONE" }
            let bad = ["REJECTED", "PAUSED", "DISABLED", "FLAGGED", "LOCKED", "LIMIT_EXCEEDED"]
            weight = bad.contains(event) ? .warning : .news
        }
    }

    /// What a template's event makes of it.
    func template(_ field: String, of tenant: TenantID) -> TemplateChange? {
        let language = (word("message_template_language") ?? "").replacing("-", with: "_")
        guard let name = value["message_template_name"]?.string, Self.isName(name),
            !language.isEmpty
        else { return nil }
        var change = TemplateChange(tenant: tenant, name: name, language: language, at: at)
        switch field {
        case "message_template_status_update": change.status = Self.status(event)
        case "template_category_update": change.category = event
        default: return nil
        }
        return change
    }

    /// The state that an event leaves a template in, in the words of the list of templates.
    private static func status(_ event: String) -> String {
        switch event {
        // One of low quality still goes out.
        case "FLAGGED", "REINSTATED", "UNARCHIVED": "APPROVED"
        default: event
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 512 && WhatsAppWord.isName(text)
    }

    /// The business number that it is about, by its digits.
    private var number: String? {
        let digits = (value["display_phone_number"]?.text ?? "").filter(\.isNumber)
        return (1...15).contains(digits.utf8.count) ? "+\(digits)" : nil
    }

    private func word(_ name: String) -> String? { word(name, of: value) }

    /// A word of WhatsApp's; anything else in its place is nobody's to read.
    private func word(_ name: String, of object: JSONView) -> String? {
        guard let text = object.field(name)?.text, !text.isEmpty, WhatsAppWord.isTerm(text) else {
            return nil
        }
        return text
    }
}
