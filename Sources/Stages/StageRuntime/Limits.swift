package import Conversation
import Records

/// The runtime's bounds; a stage's own are in ``RunnerSettings``.
package enum Limits {
    /// Ids kept in memory against repeats that come before the first is committed; two such sets
    /// of up to 260 bytes an id (measured with ids of WhatsApp's length): five megabytes at most.
    package static let handledIDsInMemory = 10_000
    /// Keys whose decoded state is kept; a conversation takes a few kilobytes.
    package static let keysInMemory = 4_000
    /// Records in one commit, roughly: a longer commit holds the log's lock for too long.
    package static let outputsPerCommit = 2_000
    /// How long work is gathered after a commit of so many records, for two commits cost the log
    /// nearly twice as much as one with the work of both: not at all after a small one, and the
    /// longer, the more there is to do.
    package static func commitGathering(after outputs: Int) -> Duration {
        outputs < 12 ? .zero : min(.microseconds(250) * outputs, .milliseconds(50))
    }
    /// How long a poll waits when nothing happens; a session wakes by itself when there is work.
    package static let pollWait = Duration.seconds(5)
    /// The wait before a failed poll, commit or join is tried again.
    package static let logRetryWait = Duration.milliseconds(250)
    /// How often the progress of a long restoration is reported.
    package static let restorationReport = Duration.seconds(1)
    /// How often a session that is not ready is looked at.
    package static let restorationLook = Duration.milliseconds(20)
    /// How long partitions that are taken away are given to finish their calls; a model call may
    /// take longer and is then repeated by the next owner.
    package static let revokeGrace = Duration.seconds(5)
    /// Bytes of calls and answers that one decision records.
    ///
    /// Larger ones (a document's text) are recorded by size and hash: a broker takes a megabyte a
    /// record.
    package static let recordedBytesPerDecision = 256 * 1024
    /// Characters of a reason in a dead letter's headers.
    package static let deadReasonCharacters = 1_000
}

/// A stage's bounds, from the pipeline file.
package struct RunnerSettings: Hashable, Sendable {
    /// Records in hand at most, waiting for their key's turn included.
    package var inFlight: Int
    /// Calls under way at most.
    package var calls: Int
    /// Records a poll may bring.
    package var batch: Int
    /// How long a graceful stop waits for calls under way.
    package var drain: Duration
    /// How long work is gathered after each poll that brought some, where nobody waits for it: a
    /// commit costs more than what is in it.
    package var gathering: Duration
    /// Whether decisions are recorded, for replay, tracing and the ledger.
    package var recordsDecisions: Bool

    /// Describes bounds.
    package init(
        inFlight: Int = 2_000, calls: Int = 64, batch: Int = 500, drain: Duration = .seconds(10),
        gathering: Duration = .zero,
        recordsDecisions: Bool = true
    ) {
        self.inFlight = inFlight
        self.calls = calls
        self.batch = batch
        self.drain = drain
        self.gathering = gathering
        self.recordsDecisions = recordsDecisions
    }
}

/// An input topic of a stage.
package struct InputTopic: Hashable, Sendable {
    /// The topic.
    package var topic: Topic
    /// How long a repeat of a record may come after it, or `nil` where the producer cannot repeat.
    package var repeatsWithin: Duration?

    /// Describes an input.
    package init(_ topic: Topic, repeatsWithin: Duration? = nil) {
        self.topic = topic
        self.repeatsWithin = repeatsWithin
    }
}

extension InputTopic {
    /// What is wrong if a stage does not read a type that its inputs hold, or one that none holds.
    static func mismatch(
        of stage: String, reading types: [any Payload.Type], from inputs: [InputTopic],
        among known: RecordTypes
    ) -> String? {
        if let clash = RecordTypes.clash(among: types) { return clash.description }
        let own = RecordTypes(types)
        for input in inputs {
            for type in known.types(in: input.topic) where own[type: type.type] == nil {
                return "the stage \(stage) does not read \(type), of which its topic "
                    + "\(input.topic.rawValue) has records"
            }
        }
        let topics = Set(inputs.map(\.topic))
        guard let type = own.all.first(where: { !topics.contains($0.topic) }) else { return nil }
        return "the stage \(stage) reads \(type), and no topic of its own has records of it"
    }
}
