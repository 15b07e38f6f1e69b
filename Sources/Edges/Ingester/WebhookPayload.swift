package import Conversation
package import EventLog
import JSON
package import Records
package import TenantKeys

/// What a webhook body holds for us: records to append, and what was passed over.
package struct WebhookBatch: Sendable {
    /// The records to append, in the order of the body.
    package var records: [Record] = []
    /// Messages among them.
    package var messages = 0
    /// Statuses among them.
    package var statuses = 0
    /// Updates of accounts, and what has no name, among them.
    package var updates = 0
    /// Parts that were cut, or of which only the beginning is kept, as they were too large.
    package var cut = 0
    /// Changes for numbers and accounts that belong to no tenant of the signer.
    package var unknownBusinesses = 0
}

/// Splits a webhook body into records: every message and status of every change of every entry.
///
/// One body may mix tenants (WhatsApp, "Graph webhooks: Getting started"), so each change finds
/// its own, and only tenants of the app that signed the body are taken.
package struct WebhookPayload {
    /// Finds the tenant of a number, among those that the signature speaks for.
    var tenantOfNumber: (BusinessNumberID) -> TenantID?
    /// Finds the tenant of an account, among those that the signature speaks for.
    var tenantOfAccount: (String) -> TenantID?
    /// When the body came.
    var receivedAt: Timestamp
    /// The W3C trace that the request belongs to.
    var traceParent: String?
    /// What names messages and conversations.
    var keys: KeyTable
    /// What makes the records.
    var envelope: RecordEnvelope
    /// The most bytes that a record may take.
    var largestRecord: Int

    /// The most that a record of a webhook takes, whatever a log takes: what WhatsApp sends is far
    /// smaller, and what several of them are kept in has to fit, too.
    private static let largestRecord = 192 * 1024

    /// A reader of bodies that came at one instant, for the tenants that two look-ups find.
    package init(
        tenantOfNumber: @escaping (BusinessNumberID) -> TenantID?,
        tenantOfAccount: @escaping (String) -> TenantID?, receivedAt: Timestamp,
        traceParent: String? = nil, naming keys: KeyTable, by envelope: RecordEnvelope,
        largestRecord: Int = .max
    ) {
        self.keys = keys
        self.envelope = envelope
        self.tenantOfNumber = tenantOfNumber
        self.tenantOfAccount = tenantOfAccount
        self.receivedAt = receivedAt
        self.traceParent = traceParent.flatMap { Self.isTraceParent($0) ? $0 : nil }
        self.largestRecord = min(largestRecord, Self.largestRecord)
    }

    /// Reads a body.
    ///
    /// - Throws: ``JSONProblem`` if it is not JSON, ``UnnamedTenant`` if it is about a tenant whose
    ///   key is not known here, `RecordError` if a record cannot be sealed.
    package func read(_ body: [UInt8]) throws -> WebhookBatch {
        let root = try JSONTape(body).root
        var batch = WebhookBatch()
        for entry in root["entry"]?.elements ?? [] {
            let account = entry["id"]?.text ?? ""
            for change in entry["changes"]?.elements ?? [] {
                try read(change, account: account, into: &batch)
            }
        }
        return batch
    }

    private func read(
        _ change: JSONView, account: String, into batch: inout WebhookBatch
    ) throws {
        let field = change["field"]?.text ?? "unknown"
        guard let value = change["value"] else { return }
        guard field == "messages", let number = value["metadata"]?["phone_number_id"]?.text else {
            return try readUpdate(field, value, account: account, into: &batch)
        }
        let numberID = BusinessNumberID(number)
        guard let tenant = tenantOfNumber(numberID) else {
            batch.unknownBusinesses += 1
            return
        }
        let messages = value["messages"]?.elements ?? []
        let statuses = value["statuses"]?.elements ?? []
        let names = try WebhookNames(of: tenant, by: keys)
        let source = WebhookSource(
            tenant: tenant, names: names, number: numberID,
            contacts: value["contacts"]?.elements ?? [],
            messages: messages, receivedAt: receivedAt)
        for message in messages {
            guard let whole = source.message(message, errors: value["errors"]) else {
                try update("messages.unnamed", message, of: tenant, account, into: &batch)
                continue
            }
            let record = whole.fitted
            if record != whole { batch.cut += 1 }
            if try append(record, id: RecordID(record.message.rawValue), number, to: &batch) {
                batch.messages += 1
            } else {
                try update("messages.oversize", message, of: tenant, account, into: &batch)
            }
        }
        for status in statuses {
            guard let whole = source.status(status) else {
                try update("statuses.unnamed", status, of: tenant, account, into: &batch)
                continue
            }
            let record = whole.fitted
            if record != whole { batch.cut += 1 }
            if try append(record, id: source.id(of: record, status), number, to: &batch) {
                batch.statuses += 1
            } else {
                try update("statuses.oversize", status, of: tenant, account, into: &batch)
            }
        }
        if messages.isEmpty, statuses.isEmpty {
            try readUpdate(field, value, account: account, into: &batch)
        }
    }

    private func readUpdate(
        _ field: String, _ value: JSONView, account: String, into batch: inout WebhookBatch
    ) throws {
        let number = value["metadata"]?["phone_number_id"]?.text
        guard
            let tenant = number.flatMap({ tenantOfNumber(BusinessNumberID($0)) })
                ?? tenantOfAccount(account)
        else {
            batch.unknownBusinesses += 1
            return
        }
        try update(field, value, of: tenant, account, into: &batch)
    }

    /// Keeps what belongs to no conversation.
    private func update(
        _ field: String, _ value: JSONView, of tenant: TenantID, _ account: String,
        into batch: inout WebhookBatch
    ) throws {
        let raw = value.raw
        let names = try WebhookNames(of: tenant, by: keys)
        let isOwn = tenantOfAccount(account) == tenant
        let account = isOwn ? account : names.account(account)
        let id = names.update(account: account, field: field, value: raw.text)
        for limit in [Fitting.rawBytes, Fitting.nameBytes] {
            let update = AccountUpdate(
                tenant: tenant, account: account, field: WhatsAppWord.known(field),
                value: Fitting.raw(raw, limit), receivedAt: receivedAt)
            guard try append(update, id: id, account, to: &batch) else { continue }
            batch.updates += 1
            if update.value != raw { batch.cut += 1 }
            return
        }
    }

    /// Adds a record; `false` if it is too large all the same, such as for its id.
    private func append(
        _ payload: any Payload, id: RecordID, _ source: String, to batch: inout WebhookBatch
    ) throws -> Bool {
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
