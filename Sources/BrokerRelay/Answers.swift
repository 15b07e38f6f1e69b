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

    /// Leaves out of a fetch's answer the aborted transactions that `isOver` says ended before
    /// the first offset that the answer holds of their partition.
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
                var records = Fields(answer, at: fields.place)
                let first = size >= 8 ? records.int64() : nil
                guard fields.skip(size) != nil else { return }
                guard let first else { continue }
                let kept = listed.filter { !isOver(topic, partition, $0, first) }
                guard kept.count < listed.count else { continue }
                changed += answer[copied..<begin] + [UInt8](Int32(kept.count))
                changed += kept.flatMap { [UInt8]($0.producer) + [UInt8]($0.first) }
                copied = end
            }
        }
        answer = changed + answer[copied...]
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
