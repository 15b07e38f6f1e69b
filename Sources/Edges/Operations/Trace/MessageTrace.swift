package import Conversation
package import EventLog
package import Records
package import TenantKeys

/// Finds a message's records over all topics and tells its story.
///
/// Only its conversation's partition of each topic is read, and only the time around it.
package struct MessageTrace: Sendable {
    /// A message's story.
    package struct Story: Hashable, Sendable, Codable {
        /// The message.
        package var message: RecordID
        /// The tenant.
        package var tenant: TenantID
        /// The conversation, or whatever else the records' key names.
        package var key: String
        /// The causal trees, the message's own first.
        package var trees: [TraceNode]
        /// Whether there were more records of the conversation than a trace holds.
        package var isCut: Bool
    }

    /// How far before the message a cause may stand.
    private static let before: Int64 = 60_000
    /// How long after it statuses, timers and redrives are looked for.
    package static let after = Duration.seconds(8 * 86_400)
    /// Records of the conversation that are held at once.
    private static let most = 20_000

    private let log: any EventLog
    private let envelope: RecordEnvelope
    private let keys: KeyTable
    private let after: Duration

    /// Prepares to look into a log, so long after the message; `keys` tell how it may be named.
    package init(
        _ log: any EventLog, by envelope: RecordEnvelope, keys: KeyTable = KeyTable(),
        after: Duration = MessageTrace.after
    ) {
        self.log = log
        self.envelope = envelope
        self.keys = keys
        self.after = after
    }

    /// The story of a message, or `nil` if the log knows none.
    ///
    /// It is named by its `wamid`, by that of an answer to it, or by the id of any record; `now`
    /// is in milliseconds since 1970.
    ///
    /// - Throws: What the log says.
    package func story(
        of id: String, content: Bool = false, at now: Int64
    ) async throws(EventLogError) -> Story? {
        guard let found = try await records(of: id, at: now) else { return nil }
        let trees = TraceTree.build(found.records, of: found.message, content: content)
        return Story(
            message: found.message, tenant: found.tenant, key: found.key, trees: trees,
            isCut: found.isCut)
    }

    /// The records of the conversation around a message, as they stand in the log.
    struct Surroundings {
        /// The message that the named record's story began with.
        var message: RecordID
        var tenant: TenantID
        var key: String
        var records: [TracedRecord]
        /// Whether there were more than a trace holds.
        var isCut: Bool
    }

    /// The records around a message, named as for ``story(of:content:at:)``.
    func records(of id: String, at now: Int64) async throws(EventLogError) -> Surroundings? {
        let search = TraceSearch(log: log)
        // What is given may be WhatsApp's name, by which only records from before are called.
        let names = [id] + keys.living.map { $0.message(WhatsAppMessageID(id)).rawValue }
        guard let found = try await search.record(names, at: now) else { return nil }
        let key = found.record.key
        let root = try await root(of: found, search)
        let (records, isCut) = try await conversation(key, around: root.at)
        return Surroundings(
            message: root.id, tenant: TenantID(found.record.header(HeaderName.tenant) ?? "-"),
            key: String(decoding: key, as: UTF8.self), records: records, isCut: isCut)
    }

    /// A message of a conversation, by which its story is asked for.
    package struct Message: Hashable, Sendable {
        /// Its record's id.
        package var id: RecordID
        /// When it came in.
        package var at: Timestamp
        /// The tenant.
        package var tenant: TenantID
    }

    /// The newest messages that came into a conversation in the time that a trace looks over,
    /// newest first; `now` is in milliseconds since 1970.
    ///
    /// - Throws: What the log says.
    package func messages(
        of conversation: ConversationID, atMost limit: Int, at now: Int64
    ) async throws(EventLogError) -> [Message] {
        let key = Array(conversation.rawValue.utf8)
        let name = Topic.messagesInbound.rawValue
        guard let topic = try await log.describeTopics().first(where: { $0.name == name }) else {
            return []
        }
        let number = Partitioner.partition(of: key, count: Int32(topic.partitions.count))
        let range = topic.partitions[Int(number)]
        let starts = try await log.offsets(of: name, at: now - after.milliseconds)
        let low = max(range.low, starts[number] ?? range.low)
        guard low < range.high else { return [] }
        var messages: [Message] = []
        try await RecordSpans.read(
            [TopicPartition(name, number): low..<range.high], in: log
        ) { record in
            guard record.record.key == key, let id = record.record.header(HeaderName.id) else {
                return
            }
            messages.append(
                Message(
                    id: RecordID(id), at: Timestamp(milliseconds: record.record.timestamp),
                    tenant: TenantID(record.record.header(HeaderName.tenant) ?? "-")))
            if messages.count > limit { messages.removeFirst() }
        }
        return messages.reversed()
    }

    /// The message that a found record's story began with, and about when that was.
    private func root(
        of found: ConsumedRecord, _ search: TraceSearch
    ) async throws(EventLogError) -> (id: RecordID, at: Int64) {
        let own = TracedRecord(found, by: envelope)
        var correlation = own.headers.correlation
        if case .payload(is MessageStatus) = own.value {
            // A status begins a story of its own; what it caused knows the message's.
            let (near, _) = try await conversation(
                found.record.key, around: found.record.timestamp)
            let caused = near.first {
                $0.headers.causation == own.headers.id && $0.headers.correlation != correlation
                    && $0.decision == nil
            }
            correlation = caused?.headers.correlation ?? correlation
        }
        guard correlation != own.headers.id else { return (correlation, found.record.timestamp) }
        let first = try await search.record(
            [correlation.rawValue], key: found.record.key, at: found.record.timestamp)
        return (correlation, first?.record.timestamp ?? found.record.timestamp)
    }

    private func conversation(
        _ key: [UInt8], around time: Int64
    ) async throws(EventLogError) -> (records: [TracedRecord], isCut: Bool) {
        var spans: [TopicPartition: Range<Int64>] = [:]
        for topic in try await log.describeTopics() where topic.cleanup != .compact {
            let number = Partitioner.partition(of: key, count: Int32(topic.partitions.count))
            let range = topic.partitions[Int(number)]
            let starts = try await log.offsets(of: topic.name, at: time - Self.before)
            let ends = try await log.offsets(of: topic.name, at: time + after.milliseconds)
            let low = max(range.low, starts[number] ?? 0)
            let high = min(range.high, ends[number] ?? .max)
            if low < high { spans[TopicPartition(topic.name, number)] = low..<high }
        }
        var records: [TracedRecord] = []
        var isCut = false
        try await RecordSpans.read(spans, in: log) { record in
            guard record.record.key == key else { return }
            guard records.count < Self.most else {
                isCut = true
                return
            }
            records.append(TracedRecord(record, by: envelope))
        }
        return (records, isCut)
    }
}
