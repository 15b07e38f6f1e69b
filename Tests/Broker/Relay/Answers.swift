/// What a fetch's answer says of an aborted transaction.
struct Aborted: Hashable {
    var producer: Int64
    /// The offset of its first record.
    var first: Int64
}

/// Corrects answers in place (their fields: https://kafka.apache.org/protocol, "Messages"); each
/// leaves alone what it cannot read.
enum Answers {
    /// Has clients use no newer versions than the relay can read.
    static func limitVersions(_ answer: inout [UInt8], _ version: Int16) {
        var fields = Fields(answer, at: 4)
        guard fields.int16() == 0 else { return }
        let isFlexible = version >= 3
        guard let count = isFlexible ? fields.varint().map({ $0 - 1 }) : fields.count() else {
            return
        }
        var changed = answer
        for _ in 0..<max(0, count) {
            guard let key = fields.int16(), let lowest = fields.int16(),
                let highest = fields.int16()
            else { return }
            if let limit = RequestKind.limits[key], lowest <= limit, limit < highest {
                changed.replaceSubrange(fields.place - 2..<fields.place, with: [UInt8](limit))
            }
            // Entries with tagged fields are not known to be sent.
            if isFlexible { guard fields.varint() == 0 else { return } }
        }
        answer = changed
    }

    /// Names the relay's port for the broker's in a list of brokers.
    static func movePorts(
        _ answer: inout [UInt8], ofMetadata version: Int16, from broker: UInt16, to port: UInt16
    ) {
        var fields = Fields(answer, at: 4)
        if version >= 3 { guard fields.skip(4) != nil else { return } }
        for _ in 0..<(fields.count() ?? 0) {
            guard fields.skip(4) != nil, fields.string() != nil else { return }
            guard movePort(&answer, &fields, from: broker, to: port) else { return }
            if version >= 1 { guard fields.string() != nil else { return } }
        }
    }

    /// Names the relay's port for the broker's where a coordinator is.
    static func movePort(
        _ answer: inout [UInt8], ofCoordinator version: Int16, from broker: UInt16,
        to port: UInt16
    ) {
        var fields = Fields(answer, at: 4)
        if version >= 1 { guard fields.skip(4) != nil else { return } }
        guard fields.skip(2) != nil else { return }
        if version >= 1 { guard fields.string() != nil else { return } }
        guard fields.skip(4) != nil, fields.string() != nil else { return }
        _ = movePort(&answer, &fields, from: broker, to: port)
    }

    private static func movePort(
        _ answer: inout [UInt8], _ fields: inout Fields, from broker: UInt16, to port: UInt16
    ) -> Bool {
        guard let named = fields.int32() else { return false }
        if named == Int32(broker) {
            answer.replaceSubrange(fields.place - 4..<fields.place, with: [UInt8](Int32(port)))
        }
        return true
    }

    /// The most bytes of records that an answer holds of a partition, where its first batch is no
    /// longer: what clients ask for, unless told otherwise (`fetch.message.max.bytes`).
    private static let mostOfPartition = 1 << 20

    /// Leaves out of a fetch's answer the aborted transactions that `isOver` says ended before
    /// the first offset that the answer holds of their partition, and the batches of records that
    /// are too many: noida-db sends all that it has.
    static func leaveOut(
        _ answer: inout [UInt8], ofFetch version: Int16,
        _ isOver: (_ topic: String, _ partition: Int32, Aborted, _ first: Int64) -> Bool
    ) {
        var fields = Fields(answer, at: 4)
        var changed: [UInt8] = []
        var copied = 0
        guard (4...11).contains(version), fields.skip(version >= 7 ? 10 : 4) != nil,
            let topics = fields.count()
        else { return }
        for _ in 0..<topics {
            guard let topic = fields.string(), let partitions = fields.count() else { return }
            for _ in 0..<partitions {
                guard let partition = fields.int32(), fields.skip(version >= 5 ? 26 : 18) != nil
                else { return }
                let begin = fields.place
                guard let listed = list(&fields) else { return }
                let end = fields.place
                if version >= 11 { guard fields.skip(4) != nil else { return } }
                guard let size = fields.count() else { return }
                let records = fields.place
                guard fields.skip(size) != nil else { return }
                var start = Fields(answer, at: records)
                guard size >= 8, let first = start.int64() else { continue }
                let kept = listed.filter { !isOver(topic, partition, $0, first) }
                let fitting = batches(answer[records..<records + size])
                guard kept.count < listed.count || fitting < size else { continue }
                changed += answer[copied..<begin] + [UInt8](Int32(kept.count))
                changed += kept.flatMap { [UInt8]($0.producer) + [UInt8]($0.first) }
                changed += answer[end..<records - 4] + [UInt8](Int32(fitting))
                changed += answer[records..<records + fitting]
                copied = records + size
            }
        }
        answer = changed + answer[copied...]
    }

    /// How many bytes the first batches of records take, as many as fit, and one at least.
    private static func batches(_ records: ArraySlice<UInt8>) -> Int {
        guard records.count > mostOfPartition else { return records.count }
        var fields = Fields(Array(records))
        var fitting = 0
        // An offset, the length of the rest, the rest.
        while fields.skip(8) != nil, let length = fields.count(), fields.skip(length) != nil {
            guard fitting == 0 || fields.place <= mostOfPartition else { break }
            fitting = fields.place
        }
        return fitting > 0 ? fitting : records.count
    }

    /// How many milliseconds a fetch may wait for records.
    static func longestWait(ofFetch request: [UInt8]) -> Int? {
        var fields = Fields(request)
        // Key, version and correlation id; then who asks, and for which replica.
        guard fields.skip(8) != nil, fields.string() != nil, fields.skip(4) != nil else {
            return nil
        }
        return fields.count()
    }

    /// Whether a fetch's answer tells of neither records nor errors.
    static func isEmpty(_ answer: [UInt8], ofFetch version: Int16) -> Bool {
        var fields = Fields(answer, at: 8)
        guard (4...11).contains(version) else { return false }
        if version >= 7 {
            guard fields.int16() == 0, fields.skip(4) != nil else { return false }
        }
        for _ in 0..<(fields.count() ?? 0) {
            guard fields.string() != nil, let partitions = fields.count() else { return false }
            for _ in 0..<partitions {
                guard fields.skip(4) != nil, fields.int16() == 0,
                    fields.skip(version >= 5 ? 24 : 16) != nil, list(&fields) != nil,
                    version < 11 || fields.skip(4) != nil, fields.count() == 0
                else { return false }
            }
        }
        return true
    }

    private static func list(_ fields: inout Fields) -> [Aborted]? {
        guard let count = fields.count() else { return nil }
        var listed: [Aborted] = []
        for _ in 0..<count {
            guard let producer = fields.int64(), let first = fields.int64() else { return nil }
            listed.append(Aborted(producer: producer, first: first))
        }
        return listed
    }
}
