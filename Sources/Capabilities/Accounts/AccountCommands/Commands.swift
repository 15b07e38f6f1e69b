package import Conversation
package import EventLog
package import HTTPServer
package import Records
package import Views

/// An event that says which command it answers.
package protocol AnsweringEvent: Payload {
    /// The `reference` of that command; `nil` where nobody asked.
    var reference: String? { get }
}

/// Commands that one kind of event answers, and who waits for the answers.
///
/// A view that folds those events announces ``Views/Answered`` for each that bears a reference, and
/// its changes come here through ``hear(_:)``: who asked reads what they wrote.
package final class Commands<Event: AnsweringEvent>: Sendable {
    private let expected = Expectations<Answered<Event>>()

    /// Nobody waits.
    package init() {}

    /// Tells those who wait, once the rows of a view can be read.
    package func hear(_ changes: [any ViewChange]) {
        for case let answer as Answered<Event> in changes { expected.happened(answer) }
    }

    /// Gives a command, and waits for the event about the same key that answers it.
    ///
    /// What was begun before, and nobody knows what became of, is looked for first: a stage decides
    /// once about what bears one name, so that no other answer would come.
    ///
    /// - Throws: a problem that says that it is not stored, or not known to be done.
    package func send(
        _ command: some Payload, id: RecordID, _ reference: String, begunBefore: Timestamp? = nil,
        by writer: CommandWriter
    ) async throws(Problem) -> Event {
        let key = command.key
        if let begunBefore {
            let event = try await answer(to: reference, about: key, since: begunBefore, in: writer)
            if let event { return event }
        }
        let record = try writer.record(of: command, id: id)
        let expectation = expected.expect { $0.reference == reference && $0.event.key == key }
        do throws(EventLogError) {
            try await writer.appender.append([record])
        } catch {
            expected.forget(expectation)
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
        guard let answer = await expected.event(expectation, within: writer.wait) else {
            throw Problem(
                .notVisible,
                "the wish is stored, but what became of it is not known yet; look again in a "
                    + "moment")
        }
        return answer.event
    }

    /// The event that answered a command, if one has since a moment.
    package func answer(
        to reference: String, about key: String, since moment: Timestamp, in writer: CommandWriter
    ) async throws(Problem) -> Event? {
        do {
            return try await writer.first(Event.self, about: key, since: moment) {
                $0.reference == reference
            }
        } catch {
            throw Problem(
                .notVisible, "what became of the wish cannot be looked up now: \(error)")
        }
    }
}

/// What commands are written with, and their answers looked for.
package struct CommandWriter: Sendable {
    /// Clocks of machines differ by no more than this.
    private static let clocks = Duration.seconds(60)
    /// Records that are read at once.
    private static let batch = 500

    private let log: any EventLog
    let appender: any EventLogAppender
    private let envelope: RecordEnvelope
    let wait: Duration
    /// The time.
    package let now: @Sendable () -> Timestamp

    /// Writes by an appender of a log, and waits for so long for an answer at most.
    package init(
        _ log: any EventLog, appender: any EventLogAppender, envelope: RecordEnvelope,
        wait: Duration = .seconds(15), now: @escaping @Sendable () -> Timestamp
    ) {
        self.log = log
        self.appender = appender
        self.envelope = envelope
        self.wait = wait
        self.now = now
    }

    /// The record of a command.
    ///
    /// - Throws: a problem that says that nothing is stored.
    func record(of command: some Payload, id: RecordID) throws(Problem) -> Record {
        do throws(RecordError) {
            return try envelope.record(
                command,
                headers: RecordHeaders(
                    id: id, type: type(of: command).type, source: "console", time: now(),
                    subject: command.key, correlation: id, causation: id, tenant: command.tenant))
        } catch {
            // A tenant without a key is none, or its data was destroyed.
            if error.kind != .broken, command.tenant != .installation {
                throw Problem(404, "unknown", "there is none of that name, or no more")
            }
            throw Problem(.notStored, "nothing was stored: \(error)")
        }
    }

    /// Writes several commands together, all of them or none, and waits for no answer.
    ///
    /// - Throws: a problem that says that nothing is stored.
    package func write(
        _ commands: [(payload: any Payload, id: RecordID)]
    ) async throws(Problem) {
        var records: [Record] = []
        for command in commands { records.append(try record(of: command.payload, id: command.id)) }
        do throws(EventLogError) {
            try await appender.append(records)
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error.description)")
        }
    }

    /// The first event about a key that fits, of all since a moment that are in the log now.
    ///
    /// It reads what was written meanwhile about all keys of the partition: minutes, seldom hours.
    func first<Event: Payload>(
        _ type: Event.Type, about key: String, since moment: Timestamp,
        where fits: (Event) -> Bool
    ) async throws -> Event? {
        let name = type.topic.rawValue
        guard let topic = try await log.describeTopics().first(where: { $0.name == name }) else {
            return nil
        }
        let number = Partitioner.partition(
            of: Array(key.utf8), count: Int32(topic.partitions.count))
        let starts = try await log.offsets(of: name, at: (moment - Self.clocks).milliseconds)
        let place = TopicPartition(name, number)
        guard let start = starts[number] else { return nil }
        let end = topic.partitions[Int(number)].high
        let reader = try await log.openReader([place: .offset(start)])
        do {
            let event = try await first(key, until: end, of: place, in: reader, where: fits)
            await reader.close()
            return event
        } catch {
            await reader.close()
            throw error
        }
    }

    private func first<Event: Payload>(
        _ key: String, until end: Int64, of place: TopicPartition, in reader: any EventLogReader,
        where fits: (Event) -> Bool
    ) async throws -> Event? {
        let key = Array(key.utf8)
        while await reader.positions[place] ?? end < end {
            let records = try await reader.poll(atMost: Self.batch, waiting: .milliseconds(200))
            // Offsets have gaps: what is left of them holds no record.
            guard !records.isEmpty else { return nil }
            await envelope.prepare(for: records)
            for consumed in records where consumed.record.key == key {
                // What cannot be opened any more answers nobody.
                guard let (_, value) = try? envelope.decode(consumed.record),
                    case .payload(let event as Event) = value, fits(event)
                else { continue }
                return event
            }
        }
        return nil
    }
}

extension Problem.Kind {
    /// What was wished did not get into the log.
    package static let notStored = Self(503, "not_stored")
    /// It is in the log, and its answer not known yet.
    package static let notVisible = Self(504, "not_visible")
}
