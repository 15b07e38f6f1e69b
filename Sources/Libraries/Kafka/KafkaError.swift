import CLibrdkafka

/// What librdkafka or the broker answered instead of doing what was asked.
package struct KafkaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A number of librdkafka's `rd_kafka_resp_err_t`: the broker's codes are positive, the
    /// library's own negative (rdkafka.h).
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The number.
        package let rawValue: Int32

        /// Takes the number as it is.
        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }
    }

    /// Which error.
    package let code: Code
    /// The error's name, such as `_TIMED_OUT`.
    package let name: String
    /// What librdkafka says about it.
    package let message: String
    /// What was being done, such as `commit_transaction`.
    package let operation: String
    /// The handle is of no more use: destroy it.
    package let isFatal: Bool
    /// The same call may be made again.
    package let isRetriable: Bool
    /// The open transaction has to be aborted.
    package let requiresAbort: Bool

    /// A sentence for people.
    package var description: String {
        let text = message.isEmpty ? "no further detail" : message
        return "Kafka \(operation): \(text) (\(name))"
    }

    /// An error from its code.
    init(_ code: rd_kafka_resp_err_t, during operation: String, _ message: String? = nil) {
        self.code = Code(rawValue: code.rawValue)
        self.name = unsafe rd_kafka_err2name(code).map { unsafe String(cString: $0) } ?? "?"
        self.message =
            unsafe message ?? rd_kafka_err2str(code).map { unsafe String(cString: $0) } ?? ""
        self.operation = operation
        self.isFatal = code == RD_KAFKA_RESP_ERR__FATAL
        self.isRetriable = false
        self.requiresAbort = false
    }

    /// What made a handle useless (`rd_kafka_fatal_error`).
    init(fatal code: rd_kafka_resp_err_t, during operation: String, _ message: String) {
        self.code = Code(rawValue: code.rawValue)
        self.name = unsafe rd_kafka_err2name(code).map { unsafe String(cString: $0) } ?? "?"
        self.message = message
        self.operation = operation
        self.isFatal = true
        self.isRetriable = false
        self.requiresAbort = false
    }

    /// Takes a rich error over: copies what it says and destroys it.
    init(consuming error: OpaquePointer, during operation: String) {
        code = unsafe Code(rawValue: rd_kafka_error_code(error).rawValue)
        name = unsafe rd_kafka_error_name(error).map { unsafe String(cString: $0) } ?? "?"
        message = unsafe rd_kafka_error_string(error).map { unsafe String(cString: $0) } ?? ""
        self.operation = operation
        isFatal = unsafe rd_kafka_error_is_fatal(error) != 0
        isRetriable = unsafe rd_kafka_error_is_retriable(error) != 0
        requiresAbort = unsafe rd_kafka_error_txn_requires_abort(error) != 0
        unsafe rd_kafka_error_destroy(error)
    }

    /// Whether another broker may answer: the one that was asked is gone, or not the leader.
    var mayBeAskedOfAnother: Bool {
        // NOT_LEADER_FOR_PARTITION, LEADER_NOT_AVAILABLE.
        [.timedOut, .timedOutQueue, .transport].contains(code) || [5, 6].contains(code.rawValue)
    }

    /// An error that this wrapper found by itself.
    package static func invalidArgument(_ message: String, during operation: String) -> Self {
        Self(RD_KAFKA_RESP_ERR__INVALID_ARG, during: operation, message)
    }

    /// Throws if the code is one of an error.
    static func check(
        _ code: rd_kafka_resp_err_t, _ operation: String
    ) throws(KafkaError) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, during: operation) }
    }

    /// Throws if there is a rich error, which it takes over.
    static func check(_ error: OpaquePointer?, _ operation: String) throws(KafkaError) {
        if let error = unsafe error {
            throw unsafe KafkaError(consuming: error, during: operation)
        }
    }
}

extension KafkaError.Code {
    private init(_ code: rd_kafka_resp_err_t) {
        self.init(rawValue: code.rawValue)
    }

    /// A wait ended without the awaited.
    package static let timedOut = Self(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// The same, for a call into the broker's queue.
    package static let timedOutQueue = Self(RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE)
    /// The local queue of messages to send is full.
    package static let queueFull = Self(RD_KAFKA_RESP_ERR__QUEUE_FULL)
    /// No broker can be reached.
    package static let allBrokersDown = Self(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    /// The connection to a broker broke.
    package static let transport = Self(RD_KAFKA_RESP_ERR__TRANSPORT)
    /// A newer producer has the same transactional id.
    package static let fenced = Self(RD_KAFKA_RESP_ERR__FENCED)
    /// The broker's word for the same.
    package static let producerFenced = Self(RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
    /// The broker's older word for the same.
    package static let invalidProducerEpoch = Self(RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH)
    /// The handle's state forbids the call.
    package static let state = Self(RD_KAFKA_RESP_ERR__STATE)
    /// The group was rebalanced since the member's last join.
    package static let illegalGeneration = Self(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
    /// The group does not know the member any more.
    package static let unknownMember = Self(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
    /// Another process joined with the same instance id.
    package static let fencedInstance = Self(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    /// The group is being rebalanced.
    package static let rebalanceInProgress = Self(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
    /// The topic exists already.
    package static let topicExists = Self(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    /// The broker does not know a setting, or not this value of it.
    package static let invalidConfiguration = Self(RD_KAFKA_RESP_ERR_INVALID_CONFIG)
    /// The broker has no such topic or partition.
    package static let unknownTopicOrPartition = Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    /// The cluster has no such topic, by the library's metadata.
    package static let unknownTopic = Self(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
    /// The cluster has no such partition, by the library's metadata.
    package static let unknownPartition = Self(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    /// The message is larger than the broker or the client allows.
    package static let messageTooLarge = Self(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
    /// A batch is larger than the broker allows.
    package static let batchTooLarge = Self(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE)
    /// The end of a partition was reached.
    package static let endOfPartition = Self(RD_KAFKA_RESP_ERR__PARTITION_EOF)
    /// An argument or a record is malformed.
    package static let invalidArgument = Self(RD_KAFKA_RESP_ERR__INVALID_ARG)
    /// A record without key on a compacted topic, or otherwise malformed.
    package static let invalidRecord = Self(RD_KAFKA_RESP_ERR_INVALID_RECORD)
    /// The broker's disk does not take any more.
    package static let storage = Self(RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR)
    /// The transaction's state forbids the call.
    package static let invalidTransactionState = Self(RD_KAFKA_RESP_ERR_INVALID_TXN_STATE)
    /// A request is not supported by the broker.
    package static let unsupportedFeature = Self(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)
}
