package import Conversation
package import EventLog
import FoundationEssentials

/// What a record of the log says, and where it stands.
package struct DecodedRecord: Sendable {
    /// What its headers say.
    package let headers: RecordHeaders
    /// What its value says.
    package let value: RecordValue
    /// Where it stands.
    package let position: RecordPosition

    /// Describes a record.
    package init(value: RecordValue, headers: RecordHeaders, position: RecordPosition) {
        self.value = value
        self.headers = headers
        self.position = position
    }

    /// What it says, where that is of a type that was to be read.
    package var payload: (any Payload)? {
        if case .payload(let payload) = value { payload } else { nil }
    }
}

/// A record of the log that is not what its type says.
package struct BrokenRecord: Error, Sendable {
    /// Where it stands.
    package let position: RecordPosition
    /// What is wrong.
    package let error: RecordError
}

extension RecordPosition {
    /// Where a record stands.
    package init(of record: ConsumedRecord) {
        self.init(
            topic: record.partition.topic, partition: record.partition.partition,
            offset: record.offset)
    }
}

extension RecordEnvelope {
    /// Records that were read together, in their order, each as it could be read.
    package typealias Decoded = [Result<DecodedRecord, BrokenRecord>]

    /// What records say, one after the other.
    package func decode(_ records: [ConsumedRecord], as types: RecordTypes) -> Decoded {
        var decoded: Decoded = []
        decoded.reserveCapacity(records.count)
        var earlier: RecordHeaders?
        for record in records {
            let position = RecordPosition(of: record)
            do throws(RecordError) {
                let (headers, value) = try decode(record.record, as: types, after: earlier)
                earlier = headers
                decoded.append(
                    .success(DecodedRecord(value: value, headers: headers, position: position)))
            } catch {
                decoded.append(.failure(BrokenRecord(position: position, error: error)))
            }
        }
        return decoded
    }

    /// What runs of records say, each run in a task of its own: on all processors at once.
    package func decode(
        runs: consuming [[ConsumedRecord]], as types: RecordTypes
    ) async -> [Decoded] {
        var runs = runs
        if runs.count == 1, let run = runs.popLast() { return [await decoded(run, as: types)] }
        let count = runs.count
        return await withTaskGroup(of: (Int, Decoded).self) { group in
            // Out of the list: where a run is decoded, its records are released, too.
            while let run = runs.popLast() {
                let index = runs.count
                group.addTask { (index, await self.decoded(run, as: types)) }
            }
            var decoded = [Decoded](repeating: [], count: count)
            for await (index, run) in group { decoded[index] = run }
            return decoded
        }
    }

    /// What records say; where a key is not known here yet, once it is.
    private func decoded(_ records: [ConsumedRecord], as types: RecordTypes) async -> Decoded {
        let decoded = decode(records, as: types)
        // Mostly all are known, and to look at each record for its key would be for nothing.
        guard decoded.contains(where: \.lacksKey) else { return decoded }
        await prepare(for: records)
        return decode(records, as: types)
    }
}

extension Result<DecodedRecord, BrokenRecord> {
    fileprivate var lacksKey: Bool {
        if case .failure(let broken) = self { broken.error.kind == .keyUnknown } else { false }
    }
}
