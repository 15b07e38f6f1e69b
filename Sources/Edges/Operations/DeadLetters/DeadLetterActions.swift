package import AuditRecords
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
        let part = try await read(from: [:])
        var letters = Dictionary(uniqueKeysWithValues: part.letters.map { ($0.position, $0) })
        let positions = Dictionary(uniqueKeysWithValues: letters.keys.map { ($0.description, $0) })
        for resolution in part.resolutions {
            guard let position = positions[resolution.letter] else { continue }
            letters[position]?.settle(by: resolution)
        }
        return letters.values.filter(filter.includes).sorted {
            ($0.position.partition, $0.position.offset) < (
                $1.position.partition, $1.position.offset
            )
        }
    }

    /// What stands in the topic behind some places.
    package struct Part: Sendable {
        /// The letters, in order within a partition.
        package var letters: [DeadLetterView] = []
        /// What was done about letters, in order within a partition.
        package var resolutions: [DeadLetterResolution] = []
        /// The places from which to read on.
        package var ends: [TopicPartition: Int64] = [:]
        /// The first places that the log still has.
        package var lows: [TopicPartition: Int64] = [:]
    }

    /// What stands in the topic from some places on; of partitions that are not named, all.
    ///
    /// - Throws: What the log says.
    package func read(
        from places: [TopicPartition: Int64]
    ) async throws(EventLogError) -> Part {
        var part = Part()
        var spans: [TopicPartition: Range<Int64>] = [:]
        for (place, range) in try await ranges() {
            part.ends[place] = range.upperBound
            part.lows[place] = range.lowerBound
            let start = min(max(places[place] ?? 0, range.lowerBound), range.upperBound)
            spans[place] = start..<range.upperBound
        }
        try await RecordSpans.read(spans, in: log) { record in
            if let letter = DeadLetterView(record) {
                part.letters.append(letter)
            } else if let resolution = self.resolution(record.record) {
                part.resolutions.append(resolution)
            }
        }
        return part
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
        try await apply(remedy, to: filter, as: Doer(text: actor), at: now)
    }

    /// The same, for somebody of whom more is known.
    ///
    /// - Throws: As above.
    package func apply(
        _ remedy: Remedy, to filter: DeadLetterFilter, by actor: AuditActor,
        from origin: AuditOrigin?, at now: Timestamp
    ) async throws(EventLogError) -> [DeadLetterView] {
        try await apply(
            remedy, to: filter, as: Doer(text: actor.text, actor: actor, origin: origin), at: now)
    }

    /// Who does it.
    private struct Doer {
        var text: String
        var actor: AuditActor?
        var origin: AuditOrigin?
    }

    private func apply(
        _ remedy: Remedy, to filter: DeadLetterFilter, as doer: Doer, at now: Timestamp
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
                    commit.outputs += try records(remedy, letter, by: doer, at: now)
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
        _ remedy: Remedy, _ letter: DeadLetterView, by doer: Doer, at now: Timestamp
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
            stage: letter.stage, action: action, actor: doer.text, at: now)
        var audit = AuditEntry(
            tenant: letter.tenant, actor: doer.text, action: act,
            subject: letter.position.description, at: now)
        if let actor = doer.actor {
            audit = AuditEntry(
                tenant: letter.tenant, by: actor, action: act,
                on: AuditTarget("deadLetter", letter.position.description), from: doer.origin,
                at: now)
        }
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

    private func ranges() async throws(EventLogError) -> [TopicPartition: Range<Int64>] {
        let name = Topic.deadLetters.rawValue
        guard let topic = try await log.describeTopics().first(where: { $0.name == name }) else {
            throw .permanent(reason: "there is no topic \(name)")
        }
        var ranges: [TopicPartition: Range<Int64>] = [:]
        for (number, range) in topic.partitions.enumerated() {
            ranges[TopicPartition(name, Int32(number))] = range.low..<max(range.low, range.high)
        }
        return ranges
    }

    private func resolution(_ record: Record) -> DeadLetterResolution? {
        guard record.header(HeaderName.type) == DeadLetterResolution.type,
            // One that cannot be read resolves nothing.
            case .payload(let resolution as DeadLetterResolution)? = try? envelope.read(
                record, type: DeadLetterResolution.type)
        else { return nil }
        return resolution
    }
}
