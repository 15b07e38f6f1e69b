import EventLog
import Kafka
import SQLite

extension EventLogError {
    /// What a failed call means if it is certain that nothing was committed by it.
    init(_ error: KafkaError) {
        let reason = error.description
        self =
            switch error.code {
            case .illegalGeneration, .unknownMember, .rebalanceInProgress:
                .fenced(reason: reason)
            // A slot's successor takes both its transactional id and its instance id.
            case .fenced, .producerFenced, .invalidProducerEpoch, .fencedInstance:
                .superseded(reason: reason)
            case .messageTooLarge, .batchTooLarge, .invalidRecord, .invalidArgument,
                .unsupportedFeature:
                .permanent(reason: reason)
            case .storage, .queueFull: .full(reason: reason)
            // Also an unknown topic or partition: brokers that have just started know none of them
            // for a moment.
            default: .transient(reason: reason)
            }
    }

    /// What a failure of the cache means.
    init(cache error: SQLiteError) {
        self =
            error.isFull
            ? .full(reason: "state cache: \(error)") : .permanent(reason: "state cache: \(error)")
    }
}

extension KafkaError.Code {
    /// Whether a newer producer has taken the transactional id.
    var isProducerFenced: Bool {
        self == .fenced || self == .producerFenced || self == .invalidProducerEpoch
    }
}

/// Calls the wrapper; its error becomes the port's.
func mapped<Value: ~Copyable>(_ body: () throws(KafkaError) -> Value) throws(EventLogError) -> Value
{
    do throws(KafkaError) {
        return try body()
    } catch {
        throw EventLogError(error)
    }
}

/// Calls the cache; its error becomes the port's.
func cached<Value>(_ body: () throws(SQLiteError) -> Value) throws(EventLogError) -> Value {
    do throws(SQLiteError) {
        return try body()
    } catch {
        throw EventLogError(cache: error)
    }
}
