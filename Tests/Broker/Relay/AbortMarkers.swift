import Glibc
import Synchronization

/// Finds where aborted transactions end, by reading on from where they begin.
final class AbortMarkers: Sendable {
    private struct Key: Hashable {
        var topic: String
        var partition: Int32
        var aborted: Aborted
    }

    private let broker: UInt16
    private let known = Mutex<[Key: Int64]>([:])
    /// Enough for some transactions at a time.
    private static let bytesAtOnce: Int32 = 1_000_000

    init(broker: UInt16) {
        self.broker = broker
    }

    /// The offset of the marker that ends a producer's transaction which begins at an offset;
    /// `nil` if there is none yet, or the broker does not answer.
    func marker(
        of producer: Int64, from first: Int64, _ topic: String, _ partition: Int32
    ) -> Int64? {
        let key = Key(
            topic: topic, partition: partition,
            aborted: Aborted(producer: producer, first: first))
        if let found = known.withLock({ $0[key] }) { return found }
        guard let socket = Socket.connect(to: broker) else { return nil }
        defer { close(socket) }
        var offset = first
        while Socket.writeFrame(Self.request(topic, partition, offset), to: socket),
            let answer = Socket.readFrame(socket), let records = Self.records(answer)
        {
            let (found, next) = Self.scan(records, for: producer, from: first)
            if let found {
                known.withLock { $0[key] = found }
                return found
            }
            guard let next, next > offset else { return nil }
            offset = next
        }
        return nil
    }

    /// A fetch of all records, committed or not, in version 4.
    private static func request(_ topic: String, _ partition: Int32, _ offset: Int64) -> [UInt8] {
        var request = [UInt8](Int16(1)) + [UInt8](Int16(4)) + [UInt8](Int32(0))
        request += [UInt8](kafka: "relay")
        // No replica, no wait, at least a byte, at most so many, uncommitted ones too.
        request += [UInt8](Int32(-1)) + [UInt8](Int32(0)) + [UInt8](Int32(1))
        request += [UInt8](bytesAtOnce) + [0]
        request += [UInt8](Int32(1)) + [UInt8](kafka: topic)
        request += [UInt8](Int32(1)) + [UInt8](partition) + [UInt8](offset)
        return request + [UInt8](bytesAtOnce)
    }

    private static func records(_ answer: [UInt8]) -> [UInt8]? {
        // Correlation id, throttle time, one topic.
        var fields = Fields(answer, at: 12)
        // One partition: its number, error, high watermark and last stable offset.
        guard fields.string() != nil, fields.skip(4 + 4 + 2 + 8 + 8) != nil,
            let aborted = fields.count(), fields.skip(aborted * 16) != nil,
            let size = fields.count(), fields.skip(size) != nil
        else { return nil }
        return Array(answer[fields.place - size..<fields.place])
    }

    /// The marker, if it is among the batches, and the offset after them.
    private static func scan(
        _ records: [UInt8], for producer: Int64, from first: Int64
    ) -> (marker: Int64?, next: Int64?) {
        var next: Int64?
        var fields = Fields(records)
        while let base = fields.int64(), let length = fields.count() {
            let end = fields.place + length
            // Leader epoch, magic, checksum come before the attributes; two times after the delta.
            guard end <= records.count, fields.skip(9) != nil, let attributes = fields.int16(),
                let delta = fields.int32(), fields.skip(16) != nil, let writer = fields.int64()
            else { break }
            // A control batch ends a transaction.
            if attributes & 0x20 != 0, writer == producer, base >= first { return (base, nil) }
            next = base + Int64(delta) + 1
            fields.place = end
        }
        return (nil, next)
    }
}
