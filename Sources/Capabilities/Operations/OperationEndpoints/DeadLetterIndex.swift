import Conversation
package import EventLog
package import Operations
package import Records

/// The dead letters, as far as they were read: without their bytes, and only what is new is read
/// again.
package actor DeadLetterIndex {
    private let actions: DeadLetterActions
    private var letters: [RecordPosition: DeadLetterView] = [:]
    private var sizes: [RecordPosition: Int] = [:]
    private var next: [TopicPartition: Int64] = [:]
    private var reading: Task<EventLogError?, Never>?

    /// Reads a log with an envelope.
    package init(_ log: any EventLog, by envelope: RecordEnvelope) {
        actions = DeadLetterActions(log, by: envelope)
    }

    /// A letter, and how many bytes its record's value has.
    package struct Entry: Sendable {
        /// The letter, without the value.
        package var letter: DeadLetterView
        /// Bytes of the value.
        package var bytes: Int
    }

    /// The letters that are meant, the newest first.
    ///
    /// - Throws: What the log says.
    package func list(_ filter: DeadLetterFilter) async throws(EventLogError) -> [Entry] {
        try await refresh()
        return letters.values.filter(filter.includes).sorted {
            ($0.at, $0.position.partition, $0.position.offset)
                > ($1.at, $1.position.partition, $1.position.offset)
        }.map { Entry(letter: $0, bytes: sizes[$0.position] ?? 0) }
    }

    /// Those about which nothing was done, by the stage that set them aside; `nil` where the log
    /// does not tell.
    package func openByStage() async -> [String: Int]? {
        // Whoever asks shows that the log does not answer.
        guard (try? await refresh()) != nil else { return nil }
        return Dictionary(
            letters.values.filter(\.isOpen).map { ($0.stage, 1) }, uniquingKeysWith: +)
    }

    private func refresh() async throws(EventLogError) {
        let task = reading ?? Task { await self.read() }
        reading = task
        if let error = await task.value { throw error }
    }

    private func read() async -> EventLogError? {
        defer { reading = nil }
        do throws(EventLogError) {
            take(try await actions.read(from: next))
            return nil
        } catch {
            return error
        }
    }

    private func take(_ part: DeadLetterActions.Part) {
        for var letter in part.letters {
            sizes[letter.position] = letter.record.value?.count ?? 0
            letter.record.value = nil
            letters[letter.position] = letter
        }
        for (position, low) in part.lows {
            // What the log has dropped since is no letter any more.
            for known in letters.keys
            where known.topic == position.topic && known.partition == position.partition
                && known.offset < low
            {
                letters[known] = nil
                sizes[known] = nil
            }
        }
        let names = Dictionary(uniqueKeysWithValues: letters.keys.map { ($0.description, $0) })
        for resolution in part.resolutions {
            names[resolution.letter].map { letters[$0]?.settle(by: resolution) }
        }
        next = part.ends
    }
}
