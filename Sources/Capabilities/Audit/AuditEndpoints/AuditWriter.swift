package import AccountCommands
package import AuditRecords
package import Conversation
package import EventLog
package import HTTPServer
package import Records

/// Writes into the audit log what nobody else writes: acts that change nothing in the log, such as
/// an export, and those that no stage decides, together with what they change.
///
/// What a stage changes is written by it, in the same commit.
package struct AuditWriter: Sendable {
    private let appender: any EventLogAppender
    private let envelope: RecordEnvelope
    private let now: @Sendable () -> Timestamp

    /// Writes by `appender`, all of one act together or nothing of it.
    package init(
        appender: any EventLogAppender, envelope: RecordEnvelope,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.appender = appender
        self.envelope = envelope
        self.now = now
    }

    /// The id of the record that does what somebody wishes, for who waits until a view shows it.
    package static func act(of action: String, for asker: Asker) -> RecordID {
        .derived(from: id(of: action, for: asker), by: "act")
    }

    /// The same request, sent again, is one act.
    private static func id(of action: String, for asker: Asker) -> RecordID {
        .derived(
            from: RecordID("\(asker.actor.text)/\(asker.reference)"), by: "audit/\(action)")
    }

    /// Writes down what somebody does, before it is done: what is not written down is not done;
    /// with the record that does it, where one does.
    ///
    /// - Throws: a problem that says that nothing is stored.
    package func write(
        _ action: String, on target: AuditTarget, in tenant: TenantID, for asker: Asker,
        changes: [AuditChange] = [], doing act: (any Payload)? = nil
    ) async throws(Problem) {
        let entry = AuditEntry(
            tenant: tenant, by: asker.actor, action: action, on: target, changes: changes,
            from: asker.origin, at: now())
        do {
            let id = Self.id(of: action, for: asker)
            var records = [try record(entry, id, of: id)]
            if let act { records.append(try record(act, Self.act(of: action, for: asker), of: id)) }
            try await appender.append(records)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error)")
        }
    }

    private func record(
        _ payload: any Payload, _ id: RecordID, of cause: RecordID
    ) throws(RecordError) -> Record {
        try envelope.record(
            payload,
            headers: RecordHeaders(
                id: id, type: type(of: payload).type, source: "console", time: now(),
                subject: payload.key, correlation: cause, causation: cause, tenant: payload.tenant))
    }
}
