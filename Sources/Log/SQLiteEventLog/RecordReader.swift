import EventLog
import SQLite

/// Reads on in a set of partitions, taking turns so that none starves.
struct RecordReader {
    private struct Lane {
        var partition: TopicPartition
        var lane: Int64
    }

    /// Where a lane's rows begin, behind its blocks, and where they end.
    private struct Ends {
        var packed: Int64
        var next: Int64
    }

    /// The next offset to read of each partition.
    private(set) var positions: [TopicPartition: Int64] = [:]
    private var lanes: [Lane] = []
    /// Where the next round begins.
    private var turn = 0
    /// The block that was looked at last: one who asks for few records at a time comes back to it.
    private var block: (lane: Int64, block: Blocks.Block)?

    /// A poll gives no more bytes than this but for one record, so that a limit in records does
    /// not become hundreds of megabytes.
    private static let byteLimit = 8 * 1024 * 1024

    private let leavesOutKeys: Bool

    /// Reads everything, or all but the keys.
    init(leavingOutKeys: Bool = false) {
        leavesOutKeys = leavingOutKeys
    }

    /// Adds a partition, or moves it.
    mutating func set(_ partition: TopicPartition, to offset: Int64, store: Store) throws {
        let lane = try store.topic(partition.topic).lane(partition.partition)
        if positions.updateValue(max(0, offset), forKey: partition) == nil {
            lanes.append(Lane(partition: partition, lane: lane))
            lanes.sort { $0.partition < $1.partition }
        }
    }

    /// Forgets all partitions of those numbers.
    mutating func remove(_ numbers: Set<Int32>) {
        lanes.removeAll { numbers.contains($0.partition.partition) }
        positions = positions.filter { !numbers.contains($0.key.partition) }
    }

    /// Reads at most `limit` records, within a snapshot.
    mutating func nextRecords(_ limit: Int, from store: Store) throws -> [ConsumedRecord] {
        guard limit > 0, !lanes.isEmpty else { return [] }
        let ends = try ends(in: store)
        var records: [ConsumedRecord] = []
        var bytes = 0
        for step in lanes.indices {
            let lane = lanes[(turn + step) % lanes.count]
            guard let end = ends[lane.lane], let position = positions[lane.partition],
                position < end.next
            else { continue }
            let rows = try readBlocks(
                lane, from: position, to: end.packed, limit: limit, into: &records,
                bytes: &bytes, from: store)
            if let rows, rows < end.next {
                try read(
                    lane, rows..<end.next, limit: limit, into: &records, bytes: &bytes,
                    from: store)
            }
            guard records.count < limit, bytes < Self.byteLimit else { break }
        }
        turn = (turn + 1) % lanes.count
        return records
    }

    /// The ends of the lanes: one small query tells that there is nothing to read.
    private func ends(in store: Store) throws(SQLiteError) -> [Int64: Ends] {
        guard let first = lanes.map(\.lane).min(), let last = lanes.map(\.lane).max() else {
            return [:]
        }
        let statement = try store.connection.statement(
            "SELECT lane, packed, next FROM heads WHERE lane BETWEEN ? AND ?")
        try statement.bind(first, at: 1)
        try statement.bind(last, at: 2)
        var ends: [Int64: Ends] = [:]
        while try statement.step() {
            ends[statement.int64(0)] = Ends(packed: statement.int64(1), next: statement.int64(2))
        }
        statement.reset()
        return ends
    }

    /// Reads on in a lane's blocks.
    ///
    /// - Returns: Where to go on among its rows, or `nil` where enough was read.
    private mutating func readBlocks(
        _ lane: Lane, from start: Int64, to packed: Int64, limit: Int,
        into records: inout [ConsumedRecord], bytes: inout Int, from store: Store
    ) throws -> Int64? {
        var next = start
        defer { positions[lane.partition] = next }
        while next < packed {
            guard records.count < limit, bytes < Self.byteLimit else { return nil }
            guard let block = try block(of: lane.lane, from: next, in: store) else { break }
            for record in block.records where record.offset >= next {
                guard records.count < limit, bytes < Self.byteLimit else { return nil }
                let value = Record(
                    topic: lane.partition.topic, key: leavesOutKeys ? [] : record.key,
                    value: record.value, headers: HeaderRow.headers(of: record.headers),
                    timestamp: record.timestamp, partition: lane.partition.partition)
                bytes += record.key.count + (record.value?.count ?? 0)
                records.append(
                    ConsumedRecord(
                        record: value, partition: lane.partition, offset: record.offset))
                next = record.offset + 1
            }
            next = max(next, RowNumber(rawValue: block.last).offset + 1)
        }
        next = max(next, packed)
        return records.count < limit && bytes < Self.byteLimit ? next : nil
    }

    private mutating func block(
        of lane: Int64, from offset: Int64, in store: Store
    ) throws -> Blocks.Block? {
        if let block, block.lane == lane, let first = block.block.records.first,
            first.offset <= offset, offset <= RowNumber(rawValue: block.block.last).offset
        {
            return block.block
        }
        let found = try Blocks(store: store).first(in: lane, from: offset)
        block = found.map { (lane, $0) }
        return found
    }

    private mutating func read(
        _ lane: Lane, _ range: Range<Int64>, limit: Int, into records: inout [ConsumedRecord],
        bytes: inout Int, from store: Store
    ) throws(SQLiteError) {
        let statement = try store.connection.statement(
            """
            SELECT id, timestamp, key, headers, value FROM records
            WHERE id >= ? AND id < ? ORDER BY id LIMIT ?
            """)
        try statement.bind(RowNumber(lane: lane.lane, offset: range.lowerBound).rawValue, at: 1)
        try statement.bind(RowNumber(lane: lane.lane, offset: range.upperBound).rawValue, at: 2)
        try statement.bind(Int64(limit - records.count), at: 3)
        var next = range.lowerBound
        defer {
            statement.reset()
            positions[lane.partition] = next
        }
        while bytes < Self.byteLimit {
            guard try statement.step() else {
                // All that is left below the end was compacted away, if there are fewer than asked.
                if records.count < limit { next = range.upperBound }
                return
            }
            let offset = RowNumber(rawValue: statement.int64(0)).offset
            let record = Record(
                topic: lane.partition.topic, key: leavesOutKeys ? [] : statement.blob(2),
                value: statement.optionalBlob(4),
                headers: HeaderRow.headers(of: statement.blob(3)),
                timestamp: statement.int64(1), partition: lane.partition.partition)
            bytes += record.key.count + (record.value?.count ?? 0)
            records.append(
                ConsumedRecord(record: record, partition: lane.partition, offset: offset))
            next = offset + 1
        }
    }
}
