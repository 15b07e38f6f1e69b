import CLibrdkafka

@testable import Kafka

/// librdkafka's own stand-in for a cluster, in this process, on free ports of 127.0.0.1.
///
/// For a client's behaviour under faults only: it shows aborted messages, forgets transactional
/// offsets and fences nobody (rdkafka_mock.h calls it experimental).
///
/// `@unchecked`: the functions of rdkafka_mock.h pass their work to the cluster's own thread.
@safe
final class MockBroker: @unchecked Sendable {
    /// A request of the protocol, by its number (kafka.apache.org/protocol, "Api Keys").
    enum Request: Int16, Sendable {
        /// Appends messages.
        case produce = 0
        /// Reads messages.
        case fetch = 1
        /// Describes topics.
        case metadata = 3
        /// Reads a group's offsets.
        case offsetFetch = 9
        /// Finds a coordinator.
        case findCoordinator = 10
        /// Keeps a member alive.
        case heartbeat = 12
        /// Takes a producer id.
        case initProducerID = 22
        /// Adds partitions to a transaction.
        case addPartitionsToTransaction = 24
        /// Adds a group to a transaction.
        case addOffsetsToTransaction = 25
        /// Ends a transaction.
        case endTransaction = 26
        /// Stores a group's offsets in a transaction.
        case transactionalOffsetCommit = 28
    }

    private let client: Client
    private let cluster: OpaquePointer

    /// Starts a cluster of some brokers, numbered from 1.
    ///
    /// - Throws: if the cluster cannot be made.
    init(brokers: Int32 = 1) throws(KafkaError) {
        client = try Client(
            .producer, ClientConfiguration(bootstrapServers: "", clientID: "mock"),
            callbacks: ClientCallbacks(log: { _ in }))
        guard let made = unsafe rd_kafka_mock_cluster_new(client.handle, brokers) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__FAIL, during: "mock_cluster_new")
        }
        unsafe cluster = unsafe made
    }

    deinit {
        unsafe rd_kafka_mock_cluster_destroy(cluster)
    }

    /// Where the brokers listen.
    var bootstrapServers: String {
        unsafe rd_kafka_mock_cluster_bootstraps(cluster).map { unsafe String(cString: $0) } ?? ""
    }

    /// Creates a topic.
    func createTopic(_ name: String, partitions: Int32) throws(KafkaError) {
        try KafkaError.check(
            unsafe rd_kafka_mock_topic_create(cluster, name, partitions, 1), "mock_topic_create")
    }

    /// Has the brokers say of a topic, as one that has just started does for a moment, that they
    /// know none of its partitions; or has them know it again.
    func setKnown(_ topic: String, _ isKnown: Bool) {
        unsafe rd_kafka_mock_topic_set_error(
            cluster, topic,
            isKnown ? RD_KAFKA_RESP_ERR_NO_ERROR : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
    }

    /// Answers the next requests of a kind with these errors, in order;
    /// ``KafkaError/Code/transport`` breaks the connection instead.
    func fail(_ request: Request, with errors: [KafkaError.Code]) {
        let codes = errors.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        unsafe rd_kafka_mock_push_request_errors_array(
            cluster, request.rawValue, codes.count, codes)
    }

    /// Takes a broker (or all, -1) away or brings it back.
    func setBroker(_ number: Int32, up: Bool) throws(KafkaError) {
        try KafkaError.check(
            unsafe up
                ? rd_kafka_mock_broker_set_up(cluster, number)
                : rd_kafka_mock_broker_set_down(cluster, number), "mock_broker_set")
    }

    /// Delays every answer of a broker (or of all, -1).
    func delay(_ number: Int32, by duration: Duration) throws(KafkaError) {
        try KafkaError.check(
            unsafe rd_kafka_mock_broker_set_rtt(cluster, number, duration.timeoutMilliseconds),
            "mock_broker_set_rtt")
    }
}
