import AccountCommands
import AuditRecords
import Conversation
import Cryptography
import EventLog
import Records

/// Makes the console's records: facts that begin with a person, so that each is its own cause.
struct ConsoleRecords: Sendable {
    let appender: any EventLogAppender
    let envelope: RecordEnvelope
    let now: @Sendable () -> Timestamp

    /// A fresh id of a record.
    func freshID() throws -> RecordID {
        RecordID(Hex.encode(try RandomBytes.make(count: 16)))
    }

    /// The record of a payload.
    func record(_ payload: any Payload, id: RecordID) throws(RecordError) -> Record {
        try envelope.record(
            payload,
            headers: headers(
                id: id, type: type(of: payload).type, subject: payload.key,
                tenant: payload.tenant))
    }

    /// A record that says a key's value is gone.
    func tombstone(of type: any Payload.Type, key: String, tenant: TenantID, id: RecordID)
        -> Record
    {
        envelope.tombstone(
            topic: type.topic, key: key,
            headers: headers(id: id, type: type.type, subject: key, tenant: tenant))
    }

    /// The record of who did what; under a fresh id where there is none to know a repeat by.
    func audit(
        _ action: String, on target: AuditTarget, in tenant: TenantID, for asker: Asker,
        changes: [AuditChange] = [], id: RecordID? = nil
    ) throws -> Record {
        try record(
            AuditEntry(
                tenant: tenant, by: asker.actor, action: action, on: target, changes: changes,
                from: asker.origin, at: now()),
            id: id ?? freshID())
    }

    private func headers(id: RecordID, type: String, subject: String, tenant: TenantID)
        -> RecordHeaders
    {
        RecordHeaders(
            id: id, type: type, source: "console", time: now(), subject: subject,
            correlation: id, causation: id, tenant: tenant)
    }
}
