import Conversation
import EventLog
import Records

/// What ended its process again and again is set aside without being tried once more.
extension StageEngine {
    /// Reads a record, unless reading it is what ended the process.
    func read(_ record: ConsumedRecord) -> Result<StageInput, RecordError> {
        guard let attempts else { return decode(record) }
        let subject = AttemptSubject(record)
        if let suspicion = attempts.suspicion(of: subject), suspicion.whileReading,
            suspicion.attempts >= AttemptJournal.mostAttempts
        {
            return .failure(
                RecordError(type: "record", problem: "reading it ended the process"))
        }
        attempts.deciding(subject, isReading: true)
        defer { attempts.decided() }
        return decode(record)
    }

    private func decode(_ record: ConsumedRecord) -> Result<StageInput, RecordError> {
        do throws(RecordError) {
            let (headers, value) = try envelope.decode(record.record, as: stage.reads)
            let position = RecordPosition(of: record)
            return switch value {
            case .payload(let payload): .success(.record(payload, headers, position: position))
            case .tombstone, .unknown, .erased:
                .success(.passedOver(headers, position: position))
            }
        } catch {
            return .failure(error)
        }
    }

    /// How many crashes speak against an item, if they are too many to try it again.
    func crashes(of item: WorkItem) -> Int? {
        guard let attempts, attempts.hasSuspects,
            let suspicion = attempts.suspicion(of: AttemptSubject(item)),
            suspicion.attempts >= AttemptJournal.mostAttempts
        else { return nil }
        return suspicion.attempts
    }

    /// Buries an item that ended its process so often, without running the stage.
    mutating func setAside(
        _ item: WorkItem, _ crashes: Int, of key: WorkKey, at now: Timestamp
    ) {
        let reason =
            "the process of stage \(stage.name) crashed \(crashes) times while it was at this; "
            + "it is not tried again"
        let failure = Failure(reason: reason, kind: .crash, attempts: crashes)
        switch item {
        case .record(let record, let decoded):
            // What cannot be read is buried without its decision.
            bury(item, record, because: failure, try? decoded.get(), of: key, at: now)
        case .timer(_, let timer):
            reject(item, .timer(timer), because: failure, of: key, at: now)
        }
    }

    /// A finished item is no suspect any more, once that is durable.
    mutating func settle(_ item: WorkItem, of key: WorkKey) {
        guard let attempts, attempts.hasSuspects else { return }
        let subject = AttemptSubject(item)
        guard attempts.suspicion(of: subject) != nil else { return }
        batches[key.partition, default: .init()].settled.append(subject)
    }
}
