import Conversation
import EventLog
import Records
import StageRuntime

/// A decision as it was read, and its record.
struct RecordedDecision: Sendable {
    var record: ConsumedRecord
    var decision: Decision
}

/// Decisions refer to what other records hold: here it is put back.
extension ReplayRun {
    /// The decisions with what their answers refer to in its place.
    ///
    /// What is no longer kept stays a reference, and the decision is reported as one whose answer
    /// is not at hand.
    func whole(
        _ decisions: [RecordedDecision], _ source: ReplaySource
    ) async throws(EventLogError) -> [RecordedDecision] {
        let referring = decisions.indices.filter {
            decisions[$0].decision.exchanges.contains { RecordedJSON.refers($0.answer) }
        }
        guard !referring.isEmpty else { return decisions }
        let kept = try await keptValues(source)
        let topics = source.topics.keys.filter { envelope.types.topics[$0] != nil }
        var positions: [Int: [RecordPosition]] = [:]
        for index in referring {
            positions[index] = Self.outputs(of: decisions[index].decision).flatMap {
                standing.positions(of: $0, in: topics)
            }
        }
        let records = try await source.records(at: positions.values.flatMap(\.self))
        var whole = decisions
        for index in referring {
            var named: [String: [UInt8]] = [:]
            for position in positions[index] ?? [] {
                guard let record = records[position]?.record,
                    // What cannot be opened gives nothing back: a reference stays.
                    let value = try? envelope.json(of: record)
                else { continue }
                named.merge(RecordedJSON.named(in: value)) { first, _ in first }
            }
            for number in whole[index].decision.exchanges.indices {
                let answer = whole[index].decision.exchanges[number].answer
                whole[index].decision.exchanges[number].answer = RecordedJSON.resolved(answer) {
                    named[$0] ?? kept[$0]
                }
            }
        }
        return whole
    }

    private static func outputs(of decision: Decision) -> [RecordID] {
        switch decision.outcome {
        case .finished(let outputs), .committed(let outputs): outputs
        case .ignored, .repeated, .dead: []
        }
    }

    /// What the stage's kept topics hold, by the name that references give it.
    private func keptValues(
        _ source: ReplaySource
    ) async throws(EventLogError) -> [String: [UInt8]] {
        if let kept { return kept }
        var values: [String: [UInt8]] = [:]
        for topic in stage.keptTopics {
            let spans = try await source.spans(of: topic.rawValue)
            try await RecordSpans.read(spans, in: log) { record in
                // What cannot be read holds nothing that was found.
                guard let (_, value) = try? envelope.decode(record.record),
                    case .payload(let payload) = value
                else { return }
                for value in stage.kept(by: payload) { values[NameHash.hex(value)] = value }
            }
        }
        kept = values
        return values
    }
}
