import AuditRecords
package import Conversation
package import EventLog
package import Records

/// Lists, redrives and discards dead letters.
///
/// What was done is written beside the letters, in one commit with the redriven records, by a
/// member of a group of its own: a second operator fences the first, so no letter is redriven
/// twice, whatever fails when.
package struct DeadLetterActions: Sendable {
    /// The group of those who act; it reads no positions, so no lag is its.
    package static let group = "dead-letter-actions"
    /// Letters in one commit: a record is at most a megabyte or so.
    private static let batch = 200

    /// What is done about letters.
    package enum Remedy: Hashable, Sendable {
        /// To append the records to their topics again.
        case redrive
        /// To give them up, and why.
        case discard(because: String)

        /// Whether it can be done about a letter: a timer is no record that could be appended, nor
        /// is a record without its value.
        package func fits(_ letter: DeadLetterView) -> Bool {
            self != .redrive || !(letter.isTimer || letter.isWithoutValue)
        }
    }

    private let log: any EventLog
    private let envelope: RecordEnvelope

    /// Prepares to work on a log.
    ///
    /// A record may be redriven to any topic of the envelope's types.
    package init(_ log: any EventLog, by envelope: RecordEnvelope) {
        self.log = log
        self.envelope = envelope
    }

    /// The letters that are meant, in the order in which they were set aside.
    ///
    /// - Throws: What the log says.
    package func list(
        _ filter: DeadLetterFilter = DeadLetterFilter()
    ) async throws(EventLogError) -> [DeadLetterView] {
        var letters: [RecordPosition: DeadLetterView] = [:]
        var resolutions: [DeadLetterResolution] = []
        try await RecordSpans.read(try await spans(), in: log) { record in
            if let letter = DeadLetterView(record) {
                letters[letter.position] = letter
            } else if let resolution = self.resolution(record.record) {
                resolutions.append(resolution)
            }
        }
        let positions = Dictionary(uniqueKeysWithValues: letters.keys.map { ($0.description, $0) })
        for resolution in resolutions {
            guard let position = positions[resolution.letter] else { continue }
            letters[position]?.standing = Self.standing(resolution)
        }
        return letters.values.filter(filter.includes).sorted {
            ($0.position.partition, $0.position.offset) < (
                $1.position.partition, $1.position.offset
            )
        }
    }

    /// Redrives or discards the letters that are meant, oldest first, and answers which they were.
    ///
    /// A letter about which something has been done already is left alone.
    ///
    /// - Throws: `.superseded` if another operator began meanwhile (what was committed stays, the
    ///   rest is as before), `.permanent` if a letter's topic is not one of the pipeline's.
    package func apply(
        _ remedy: Remedy, to filter: DeadLetterFilter, by actor: String, at now: Timestamp
    ) async throws(EventLogError) -> [DeadLetterView] {
        let session = try await log.openSession(
            Membership(group: Self.group, topics: [Topic.deadLetters.rawValue], slot: "operator"))
        do throws(EventLogError) {
            // Read after joining: an earlier operator's commits are there, and no more can come.
            var open = filter
            open.isOpen = true
            let letters = try await list(open).filter { remedy.fits($0) }
            if remedy == .redrive { try check(letters) }
            var rest = letters[...]
            while !rest.isEmpty {
                let part = rest.prefix(Self.batch)
                rest = rest.dropFirst(Self.batch)
                var commit = Commit()
                for letter in part {
                    commit.outputs += try records(remedy, letter, by: actor, at: now)
                }
                try await session.commit(commit)
            }
            await session.close()
            return letters
        } catch {
            await session.close()
            throw error
        }
    }

    private func check(_ letters: [DeadLetterView]) throws(EventLogError) {
        guard let odd = letters.first(where: { envelope.types.topics[$0.topic] == nil })
        else { return }
        throw .permanent(
            reason:
                "the dead letter \(odd.position) comes from '\(odd.topic)', which is no topic of "
                + "the pipeline; discard it")
    }

    private func records(
        _ remedy: Remedy, _ letter: DeadLetterView, by actor: String, at now: Timestamp
    ) throws(EventLogError) -> [Record] {
        let action: DeadLetterResolution.Action
        let act: String
        var records: [Record] = []
        switch remedy {
        case .redrive:
            action = .redriven(as: letter.redriveID)
            act = "dead-letter.redrive"
            records.append(letter.redriven(at: now))
        case .discard(let reason):
            action = .discarded(because: reason)
            act = "dead-letter.discard"
        }
        let resolution = DeadLetterResolution(
            tenant: letter.tenant, letterKey: letter.key, letter: letter.position.description,
            stage: letter.stage, action: action, actor: actor, at: now)
        let audit = AuditEntry(
            tenant: letter.tenant, actor: actor, action: act,
            subject: letter.position.description, at: now)
        func headers(_ type: String, _ name: String, of subject: String) -> RecordHeaders {
            RecordHeaders(
                id: .derived(from: RecordID(letter.position.description), by: name),
                type: type, source: "operations", time: now, subject: subject,
                correlation: letter.correlation, causation: letter.id, tenant: letter.tenant)
        }
        do throws(RecordError) {
            var record = try envelope.record(
                resolution,
                headers: headers(DeadLetterResolution.type, "resolution", of: letter.key))
            record.partition = letter.position.partition
            return records + [
                record,
                try envelope.record(
                    audit, headers: headers(AuditEntry.type, "audit", of: audit.key)),
            ]
        } catch {
            throw .permanent(reason: "\(error)")
        }
    }

    private func spans() async throws(EventLogError) -> [TopicPartition: Range<Int64>] {
        let name = Topic.deadLetters.rawValue
        guard let topic = try await log.describeTopics().first(where: { $0.name == name }) else {
            throw .permanent(reason: "there is no topic \(name)")
        }
        var spans: [TopicPartition: Range<Int64>] = [:]
        for (number, range) in topic.partitions.enumerated() where range.low < range.high {
            spans[TopicPartition(name, Int32(number))] = range.low..<range.high
        }
        return spans
    }

    private func resolution(_ record: Record) -> DeadLetterResolution? {
        guard record.header(HeaderName.type) == DeadLetterResolution.type,
            // One that cannot be read resolves nothing.
            case .payload(let resolution as DeadLetterResolution)? = try? envelope.read(
                record, type: DeadLetterResolution.type)
        else { return nil }
        return resolution
    }

    private static func standing(_ resolution: DeadLetterResolution) -> DeadLetterView.Standing {
        switch resolution.action {
        case .redriven(let id): .redriven(as: id, by: resolution.actor, at: resolution.at)
        case .discarded(let reason):
            .discarded(because: reason, by: resolution.actor, at: resolution.at)
        }
    }
}
