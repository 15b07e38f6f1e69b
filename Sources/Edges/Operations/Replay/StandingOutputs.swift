import Conversation
import EventLog
import Records
import StageRuntime

/// What a stage wrote in the past, as it stands in the topics: for each record its position and a
/// hash of its bytes, so that a million fit in memory.
struct StandingOutputs {
    /// A record that stands in a topic.
    struct Standing {
        var position: RecordPosition
        /// Of what it says.
        var digest: MessageKey
        /// Of its bytes, where words are sealed.
        var bytes: MessageKey
        /// The input that caused it.
        var cause: MessageKey
    }

    /// What stands in place of a repeated record.
    enum Match {
        /// It says the same, to the byte; `isSealedAlike` tells whether it is the same bytes, too.
        case same(isSealedAlike: Bool)
        /// A record of the same id that says something else.
        case other(RecordPosition)
        /// Nothing.
        case none
    }

    private let stage: String
    private let comparison: ReplayComparison
    private var byName: [MessageKey: [Standing]] = [:]

    init(of stage: String, by comparison: ReplayComparison) {
        self.stage = stage
        self.comparison = comparison
    }

    /// Takes a record of a topic; those of others are passed over.
    mutating func add(_ consumed: ConsumedRecord) {
        let record = consumed.record
        let isDead = record.topic == Topic.deadLetters.rawValue
        let isOurs =
            isDead
            ? record.header(HeaderName.deadStage) == stage
            : record.header(HeaderName.source) == HeaderName.source(ofStage: stage)
        guard isOurs else { return }
        let cause = record.header(isDead ? HeaderName.id : HeaderName.causation) ?? ""
        byName[Self.name(of: record), default: []].append(
            Standing(
                position: RecordPosition(of: consumed), digest: comparison.digest(of: record),
                bytes: RecordDigest.digest(of: record), cause: MessageKey(RecordID(cause))))
    }

    /// Finds what stands in place of a repeated record; a record is found once.
    mutating func match(_ record: Record) -> Match {
        let name = Self.name(of: record)
        guard let standing = byName[name], let last = standing.last else { return .none }
        let digest = comparison.digest(of: record)
        let index = standing.firstIndex { $0.digest == digest }
        byName[name]?.remove(at: index ?? standing.count - 1)
        if byName[name]?.isEmpty == true { byName[name] = nil }
        guard let index else { return .other(last.position) }
        return .same(isSealedAlike: standing[index].bytes == RecordDigest.digest(of: record))
    }

    /// Where records of that id stand, of these topics.
    func positions(of id: RecordID, in topics: some Sequence<String>) -> [RecordPosition] {
        topics.flatMap { topic in
            (byName[Self.name(topic, id.rawValue)] ?? []).map(\.position)
        }
    }

    /// The records that these inputs caused and that no replay wrote, in order of their positions.
    func left(of causes: Set<MessageKey>) -> [RecordPosition] {
        byName.values.joined().filter { causes.contains($0.cause) }.map(\.position)
            .sorted { ($0.topic, $0.partition, $0.offset) < ($1.topic, $1.partition, $1.offset) }
    }

    /// What tells a record from all others of its stage; a dead letter has its record's id.
    private static func name(of record: Record) -> MessageKey {
        let id = record.header(HeaderName.id) ?? ""
        guard record.topic == Topic.deadLetters.rawValue else { return name(record.topic, id) }
        var name = "\(record.topic)\u{1f}\(id)"
        for header in [HeaderName.deadTopic, HeaderName.deadPartition, HeaderName.deadOffset] {
            name += "\u{1f}\(record.header(header) ?? "")"
        }
        return MessageKey(bytes: Array(name.utf8))
    }

    private static func name(_ topic: String, _ id: String) -> MessageKey {
        MessageKey(bytes: Array("\(topic)\u{1f}\(id)".utf8))
    }
}

/// A hash over all that a record is made of but its position.
enum RecordDigest {
    /// The digest of topic, key, value, headers and time.
    static func digest(of record: Record) -> MessageKey {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1_024 + (record.value?.count ?? 0))
        func add(_ piece: [UInt8]?) {
            // The length tells where a piece ends; none is another thing than an empty one.
            bytes += "\(piece?.count ?? -1):".utf8
            bytes += piece ?? []
        }
        add(Array(record.topic.utf8))
        add(record.key)
        add(record.value)
        for header in record.headers {
            add(Array(header.name.utf8))
            add(header.value)
        }
        add(Array(String(record.timestamp).utf8))
        return MessageKey(bytes: bytes)
    }
}
