package import Conversation
package import EventLog
import JSON
package import Records
package import TenantKeys

/// What a webhook body holds for us: records to append, and what was passed over.
package struct WebhookBatch: Sendable {
    /// The records to append, in the order of the body.
    package var records: [Record] = []
    /// What is learned of who is whom: it has to stand in the log, and be followed, before the body
    /// is read again, as it may tell where the records belong.
    package var news: [(id: RecordID, sighting: IdentitySighting, record: Record)] = []
    /// Messages among them.
    package var messages = 0
    /// Statuses among them.
    package var statuses = 0
    /// Updates of accounts, and what has no name, among them.
    package var updates = 0
    /// Parts that were cut, or of which only the beginning is kept, as they were too large.
    package var cut = 0
    /// What was written in groups of tenants that decline them, and is not taken in.
    package var declined = 0
    /// Changes for numbers and accounts that belong to no tenant of the signer.
    package var unknownBusinesses = 0
    /// Whether nothing is made of what follows once something is learned.
    var endsAtNews = false
}

/// Splits a webhook body into records: every message and status of every change of every entry.
///
/// One body may mix tenants (WhatsApp, "Graph webhooks: Getting started"), so each change finds
/// its own, and only tenants of the app that signed the body are taken.
package struct WebhookPayload: Sendable {
    /// Finds the tenant of a number, among those that the signature speaks for.
    var tenantOfNumber: @Sendable (BusinessNumberID) -> TenantID?
    /// Finds the tenant of an account, among those that the signature speaks for.
    var tenantOfAccount: @Sendable (String) -> TenantID?
    /// Whether a tenant wants nothing of what is written in groups.
    var declinesGroups: @Sendable (TenantID) -> Bool
    /// When the body came.
    var receivedAt: Timestamp
    /// The W3C trace that the request belongs to.
    var traceParent: String?
    /// What names messages and conversations.
    var keys: KeyTable
    /// What makes the records.
    var envelope: RecordEnvelope
    /// Who is whom.
    var book: IdentityBook
    /// The most bytes that a record may take.
    var largestRecord: Int

    /// The most that a record of a webhook takes, whatever a log takes: what WhatsApp sends is far
    /// smaller, and what several of them are kept in has to fit, too.
    private static let largestRecord = 192 * 1024

    /// A reader of bodies that came at one instant, for the tenants that two look-ups find.
    package init(
        tenantOfNumber: @escaping @Sendable (BusinessNumberID) -> TenantID?,
        tenantOfAccount: @escaping @Sendable (String) -> TenantID?,
        declinesGroups: @escaping @Sendable (TenantID) -> Bool = { _ in false },
        receivedAt: Timestamp,
        traceParent: String? = nil, naming keys: KeyTable, by envelope: RecordEnvelope,
        knowing book: IdentityBook = IdentityBook(isAlone: true), largestRecord: Int = .max
    ) {
        self.book = book
        self.keys = keys
        self.envelope = envelope
        self.tenantOfNumber = tenantOfNumber
        self.tenantOfAccount = tenantOfAccount
        self.declinesGroups = declinesGroups
        self.receivedAt = receivedAt
        self.traceParent = traceParent.flatMap { Self.isTraceParent($0) ? $0 : nil }
        self.largestRecord = min(largestRecord, Self.largestRecord)
    }

    /// Reads a body; with `endsAtNews`, no record is made of what follows something new, but of the
    /// news, as the body is read again then.
    ///
    /// - Throws: ``JSONProblem`` if it is not JSON, ``UnnamedTenant`` if it is about a tenant whose
    ///   key is not known here, `RecordError` if a record cannot be sealed.
    package func read(_ body: [UInt8], endsAtNews: Bool = false) throws -> WebhookBatch {
        let root = try JSONTape(body).root
        var batch = WebhookBatch()
        batch.endsAtNews = endsAtNews
        for entry in root["entry"]?.elements ?? [] {
            let account = entry["id"]?.text ?? ""
            let sentAt = entry["time"]?.text.flatMap { Int64($0) }.flatMap { Self.time($0) }
            for change in entry["changes"]?.elements ?? [] {
                try read(change, account: account, sentAt: sentAt, into: &batch)
            }
        }
        return batch
    }

    /// When an entry says that it happened, in seconds; `nil` for what cannot be a time of ours.
    private static func time(_ seconds: Int64) -> Timestamp? {
        (1..<10_000_000_000).contains(seconds) ? Timestamp(seconds: seconds) : nil
    }

    /// Where a message goes, as far as is known.
    func route(
        _ sighting: IdentitySighting, into batch: inout WebhookBatch
    ) throws -> ConversationID {
        var sighting = sighting
        if book.isComplete { sighting.isComplete = true }
        let route = book.route(sighting)
        if route.isNews {
            let cause = RecordID(sighting.message.rawValue)
            let id = RecordID.derived(from: cause, by: "identity")
            let headers = RecordHeaders(
                id: id, type: IdentitySighting.type, source: "whatsapp", time: receivedAt,
                subject: sighting.key, correlation: cause, causation: cause,
                tenant: sighting.tenant, traceParent: traceParent)
            batch.news.append((id, sighting, try envelope.record(sighting, headers: headers)))
        }
        return route.conversation
    }

    private func read(
        _ change: JSONView, account: String, sentAt: Timestamp?, into batch: inout WebhookBatch
    ) throws {
        let field = change["field"]?.text ?? "unknown"
        // Nothing was said.
        guard let value = change["value"], !value.isNull else { return }
        if let phone = PhoneField(rawValue: field),
            let number = value["metadata"]?["phone_number_id"]?.text
        {
            return try read(phone, value, of: BusinessNumberID(number), account, into: &batch)
        }
        let isOfConversations = [
            "messages", "calls", "user_preferences", "user_id_update",
        ].contains(field)
        guard isOfConversations, let number = value["metadata"]?["phone_number_id"]?.text else {
            return try readUpdate(field, value, account: account, sentAt: sentAt, into: &batch)
        }
        let numberID = BusinessNumberID(number)
        guard let tenant = tenantOfNumber(numberID) else {
            batch.unknownBusinesses += 1
            return
        }
        let messages = value["messages"]?.elements ?? []
        let statuses = field == "messages" ? value["statuses"]?.elements ?? [] : []
        let calls = value["calls"]?.elements ?? []
        let wishes = value["user_preferences"]?.elements ?? []
        let source = WebhookSource(
            tenant: tenant, names: try WebhookNames(of: tenant, by: keys), number: numberID,
            contacts: value["contacts"]?.elements ?? [],
            writes: messages.count + calls.count + wishes.count, receivedAt: receivedAt)
        for message in messages {
            let read = try source.message(message, errors: value["errors"]) { sighting in
                try route(sighting, into: &batch)
            }
            try take(read, "messages", message, account, from: source, &batch)
        }
        for call in calls {
            let read = try source.call(call) { try route($0, into: &batch) }
            try take(read, "calls", call, account, from: source, &batch)
        }
        for status in statuses {
            try take(source.status(status), status, account, from: source, &batch)
        }
        for renaming in value["user_id_update"]?.elements ?? [] {
            try source.follow(renaming) { _ = try route($0, into: &batch) }
        }
        let isRead = try wishes.reduce(into: !wishes.isEmpty) { isRead, wish in
            isRead = try take(wish, field, account, from: source, &batch) && isRead
        }
        if messages.isEmpty, calls.isEmpty, statuses.isEmpty, !isRead {
            try readUpdate(field, value, account: account, into: &batch)
        }
    }

    /// Adds a message, or keeps what has no name or does not fit.
    private func take(
        _ message: InboundMessage?, _ field: String, _ raw: JSONView, _ account: String,
        from source: WebhookSource, _ batch: inout WebhookBatch
    ) throws {
        guard let whole = message else {
            return try update("\(field).unnamed", raw, of: source.tenant, account, into: &batch)
        }
        if whole.group != nil, declinesGroups(source.tenant) {
            batch.declined += 1
            return
        }
        let record = whole.fitted
        if record != whole { batch.cut += 1 }
        let id = RecordID(record.message.rawValue)
        if try append(record, id: id, source.number.rawValue, to: &batch) {
            batch.messages += 1
        } else {
            try update("\(field).oversize", raw, of: source.tenant, account, into: &batch)
        }
    }

    /// Adds a status, or keeps what has no name or does not fit.
    private func take(
        _ status: MessageStatus?, _ raw: JSONView, _ account: String, from source: WebhookSource,
        _ batch: inout WebhookBatch
    ) throws {
        guard let whole = status else {
            return try update("statuses.unnamed", raw, of: source.tenant, account, into: &batch)
        }
        let record = whole.fitted
        if record != whole { batch.cut += 1 }
        let id = source.id(of: record, raw)
        let placed = WebhookSource.placed(record)
        if try append(placed, id: id, source.number.rawValue, to: &batch) {
            batch.statuses += 1
        } else {
            try update("statuses.oversize", raw, of: source.tenant, account, into: &batch)
        }
    }

    /// Adds a customer's wish; `false` if it is none that can be read.
    private func take(
        _ raw: JSONView, _ field: String, _ account: String, from source: WebhookSource,
        _ batch: inout WebhookBatch
    ) throws -> Bool {
        let read = try source.preference(raw) { try route($0, into: &batch) }
        guard let wish = read else { return false }
        let id = source.names.update(account: account, field: field, value: raw.raw.text)
        guard try append(wish, id: id, source.number.rawValue, to: &batch) else { return false }
        batch.updates += 1
        return true
    }

    private func readUpdate(
        _ field: String, _ value: JSONView, account: String, sentAt: Timestamp? = nil,
        into batch: inout WebhookBatch
    ) throws {
        let number = value["metadata"]?["phone_number_id"]?.text
        guard
            let tenant = number.flatMap({ tenantOfNumber(BusinessNumberID($0)) })
                ?? tenantOfAccount(account)
        else {
            batch.unknownBusinesses += 1
            return
        }
        guard field != "messages" || !value.isEmptyChange else { return }
        try update(field, value, of: tenant, account, sentAt: sentAt, into: &batch)
    }

    /// Keeps a signed body that is no JSON, so that it is not refused for the seven days of its
    /// repeats: for the tenant whose app signed it, or, where several share the app, for the
    /// installation, as it may be anybody's.
    package func setAside(_ body: [UInt8], of tenant: TenantID) throws -> WebhookBatch {
        var batch = WebhookBatch()
        let text = String(decoding: body, as: UTF8.self)
        // A text as JSON can always be written.
        let json = (try? RecordCodec.encode(text)) ?? Array("null".utf8)
        let names = try WebhookNames(of: tenant, by: keys)
        try keep(
            AccountUpdate(
                tenant: tenant, account: "unreadable", field: "unreadable",
                value: RawJSON(String(decoding: json, as: UTF8.self)), receivedAt: receivedAt),
            id: names.update(account: "unreadable", field: "unreadable", value: text),
            into: &batch)
        return batch
    }

    /// Keeps what belongs to no conversation.
    func update(
        _ field: String, _ value: JSONView, of tenant: TenantID, _ account: String,
        sentAt: Timestamp? = nil, into batch: inout WebhookBatch
    ) throws {
        let raw = value.raw
        let names = try WebhookNames(of: tenant, by: keys)
        let isOwn = tenantOfAccount(account) == tenant
        let account = isOwn ? account : names.account(account)
        try keep(
            AccountUpdate(
                tenant: tenant, account: account, field: WhatsAppWord.known(field), value: raw,
                sentAt: sentAt, receivedAt: receivedAt),
            // What comes again later is said anew; what is repeated says the same time.
            id: names.update(
                account: account, field: field,
                value: raw.text + (sentAt.map { " \($0.milliseconds)" } ?? "")), into: &batch)
    }

    /// Adds an update, cut to what fits.
    private func keep(
        _ whole: AccountUpdate, id: RecordID, into batch: inout WebhookBatch
    ) throws {
        for limit in [Fitting.rawBytes, Fitting.nameBytes] {
            var update = whole
            update.value = Fitting.raw(whole.value, limit)
            guard try append(update, id: id, whole.account, to: &batch) else { continue }
            batch.updates += 1
            if update.value != whole.value { batch.cut += 1 }
            return
        }
    }

    /// Adds a record; `false` if it is too large all the same, such as for its id.
    func append(
        _ payload: any Payload, id: RecordID, _ source: String, to batch: inout WebhookBatch
    ) throws -> Bool {
        guard !batch.endsAtNews || batch.news.isEmpty else { return true }
        let headers = RecordHeaders(
            id: id, type: type(of: payload).type, source: "whatsapp/\(source)", time: receivedAt,
            subject: payload.key, correlation: id, causation: id, tenant: payload.tenant,
            traceParent: traceParent)
        let record = try envelope.record(payload, headers: headers)
        guard record.size <= largestRecord else { return false }
        batch.records.append(record)
        return true
    }

    /// Whether a header has the form of version 00 of W3C's Trace Context, which is digits alone:
    /// any other is for its sender to choose.
    private static func isTraceParent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = Set("0123456789abcdef".utf8)
        return parts.map(\.utf8.count) == [2, 32, 16, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy(digits.contains) }
    }
}

extension JSONView {
    /// Whether a change names a number at most, and says nothing of it.
    fileprivate var isEmptyChange: Bool {
        isObject && names.allSatisfy { $0 == "messaging_product" || $0 == "metadata" }
    }
}
