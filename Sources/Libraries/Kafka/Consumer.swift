import CLibrdkafka

/// What happens to a member of a group, apart from messages.
package enum ControlEvent: Hashable, Sendable {
    /// Partitions to take: answer with ``Consumer/assign(_:)``.
    case assign([TopicPartitionOffset])
    /// Partitions to give back: answer with ``Consumer/unassign()``. If `lost`, they may belong to
    /// another member already.
    case revoke([TopicPartitionOffset], lost: Bool)
    /// Something went wrong; the library goes on by itself unless the error is fatal.
    case failure(KafkaError)
}

/// A consumer with two queues: one for messages, one for what happens to the member.
///
/// Messages are fetched only when asked for, and meanwhile rebalances are still answered, so that
/// back-pressure needs no pausing (which throws prefetched messages away). Uses only eager
/// assignors. Calls with a `timeout` block: make them on a thread that may.
///
/// `@unchecked`: queues, like clients, may be used from any thread (rdkafka.h).
@safe
package final class Consumer: @unchecked Sendable {
    let client: Client
    private let control: OpaquePointer
    private let messages: OpaquePointer
    /// Says when the library must learn of room; `nil` where it sees for itself.
    private let ahead: FetchedAhead?
    private let credentials: (name: String, password: String)

    /// Makes a consumer; it needs `group.id`, though readers without a group never use it.
    ///
    /// - Throws: if a setting is wrong.
    package init(
        _ configuration: ClientConfiguration,
        log: @escaping @Sendable (ClientLogLine) -> Void = { _ in }
    ) throws(KafkaError) {
        let client = try Client(
            .consumer, configuration, events: RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR,
            callbacks: ClientCallbacks(log: log))
        try KafkaError.check(
            unsafe rd_kafka_poll_set_consumer(client.handle), "poll_set_consumer")
        guard let control = unsafe rd_kafka_queue_get_consumer(client.handle),
            let messages = unsafe rd_kafka_queue_new(client.handle)
        else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, during: "queue_new")
        }
        self.client = client
        unsafe self.control = unsafe control
        unsafe self.messages = unsafe messages
        ahead = rd_kafka_version() < 0x0202_0000 ? FetchedAhead(configuration) : nil
        credentials = (configuration["sasl.username"] ?? "", configuration["sasl.password"] ?? "")
    }

    deinit {
        unsafe rd_kafka_queue_destroy(messages)
        unsafe rd_kafka_queue_destroy(control)
    }

    /// Joins the group for these topics; what follows comes by ``awaitControl(_:)``.
    package func subscribe(to topics: [String]) throws(KafkaError) {
        let list = try TopicPartitionList(
            topics.map { TopicPartitionOffset($0, RD_KAFKA_PARTITION_UA) })
        try KafkaError.check(unsafe rd_kafka_subscribe(client.handle, list.pointer), "subscribe")
    }

    /// Waits for something to happen to the member.
    ///
    /// Must be called all the time: it is also the sign of life that `max.poll.interval.ms` asks
    /// for.
    package func awaitControl(_ timeout: Duration) -> ControlEvent? {
        guard let event = unsafe rd_kafka_queue_poll(control, timeout.timeoutMilliseconds) else {
            return nil
        }
        defer { unsafe rd_kafka_event_destroy(event) }
        let error = unsafe rd_kafka_event_error(event)
        switch unsafe rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_REBALANCE:
            let list = unsafe rd_kafka_event_topic_partition_list(event)
                .map { unsafe TopicPartitionList.copy($0) }
            guard error == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else {
                let lost = unsafe rd_kafka_assignment_lost(client.handle) != 0
                return .revoke(list ?? [], lost: lost)
            }
            return .assign(list ?? [])
        case RD_KAFKA_EVENT_ERROR:
            let text = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) }
            return .failure(
                fatalFailure ?? KafkaError(error, during: "consume", text))
        default:
            return nil
        }
    }

    /// What made the handle useless, if anything has; its event says no more than that.
    private var fatalFailure: KafkaError? { client.fatalFailure(during: "consume") }

    /// Ends a wait in ``awaitControl(_:)``.
    package func wakeControl() {
        unsafe rd_kafka_queue_yield(control)
    }

    /// Takes partitions, each from its offset.
    package func assign(_ partitions: [TopicPartitionOffset]) throws(KafkaError) {
        for partition in partitions {
            let queue = unsafe rd_kafka_queue_get_partition(
                client.handle, partition.topic, partition.partition)
            guard let queue = unsafe queue else {
                throw KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, during: "assign")
            }
            unsafe rd_kafka_queue_forward(queue, messages)
            unsafe rd_kafka_queue_destroy(queue)
        }
        let list = try TopicPartitionList(partitions)
        try KafkaError.check(unsafe rd_kafka_assign(client.handle, list.pointer), "assign")
    }

    /// Gives all partitions back.
    package func unassign() throws(KafkaError) {
        try KafkaError.check(unsafe rd_kafka_assign(client.handle, nil), "unassign")
    }

    /// Waits for messages, then gives what is there, at most `limit`.
    package func fetch(atMost limit: Int, _ timeout: Duration) -> [Fetched] {
        var fetched: [Fetched] = []
        fetch(atMost: limit, timeout) { fetched.append($0) }
        return fetched
    }

    /// Waits for messages, then hands over what is there, at most `limit`, one after the other.
    package func fetch(
        atMost limit: Int, _ timeout: Duration, _ receive: (consuming Fetched) -> Void
    ) {
        var copier = MessageCopier()
        unsafe consume(atMost: limit, timeout) { unsafe receive(copier.copy($0)) }
    }

    /// Waits for messages, then adds what is there to a run, at most `limit`: for a consumer of
    /// one topic.
    package func fetch(into run: inout MessageRun, atMost limit: Int, _ timeout: Duration) {
        var copier = MessageCopier()
        unsafe consume(atMost: limit, timeout) { unsafe run.append($0, &copier) }
    }

    /// The most messages that the library gives at once.
    private static let batch = 256

    /// Waits for messages, then lends what is there, at most `limit`, one after the other.
    private func consume(
        atMost limit: Int, _ timeout: Duration,
        _ body: (UnsafeMutablePointer<rd_kafka_message_t>) -> Void
    ) {
        // The first by itself: a batch would wait until it is full.
        guard limit > 0,
            let first = unsafe rd_kafka_consume_queue(messages, timeout.timeoutMilliseconds)
        else { return }
        var count = 1
        var bytes = unsafe first.pointee.len
        unsafe body(first)
        unsafe rd_kafka_message_destroy(first)
        unsafe withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<rd_kafka_message_t>?.self, capacity: Self.batch
        ) { room in
            unsafe room.initialize(repeating: nil)
            while count < limit {
                let wanted = min(limit - count, room.count)
                let found = unsafe rd_kafka_consume_batch_queue(
                    messages, 0, room.baseAddress, wanted)
                guard found > 0 else { return }
                for index in 0..<found {
                    guard let message = unsafe room[index] else { continue }
                    bytes += unsafe message.pointee.len
                    unsafe body(message)
                    unsafe rd_kafka_message_destroy(message)
                }
                count += found
                guard found == wanted else { return }
            }
        }
        if let ahead, ahead.count(count, bytes) { wakeFetching() }
    }

    /// Has the threads that fetch look again whether there is room.
    ///
    /// In versions before 2.2 a thread that finds the queue full rests until something else wakes
    /// it, or a second is over (`rd_kafka_broker_consumer_serve`, `rd_kafka_max_block_ms`). Of all
    /// calls this one wakes all of them and does nothing else
    /// (`rd_kafka_sasl_set_credentials`, `rd_kafka_all_brokers_wakeup`): the credentials are those
    /// that the client has.
    private func wakeFetching() {
        let error = unsafe rd_kafka_sasl_set_credentials(
            client.handle, credentials.name, credentials.password)
        if let error = unsafe error { unsafe rd_kafka_error_destroy(error) }
    }

    /// Ends a wait in ``fetch(atMost:_:)``.
    package func wakeFetch() {
        unsafe rd_kafka_queue_yield(messages)
    }

    /// The group's committed offsets of partitions.
    ///
    /// ``TopicPartitionOffset/Place/invalid`` stands for none. With `read_committed` it waits for
    /// open transactions that hold offsets of them.
    package func committed(
        _ partitions: [TopicPartitionOffset], within timeout: Duration
    ) throws(KafkaError) -> [TopicPartitionOffset] {
        let list = try TopicPartitionList(partitions)
        try KafkaError.check(
            unsafe rd_kafka_committed(client.handle, list.pointer, timeout.timeoutMilliseconds),
            "committed")
        return try list.partitions("committed")
    }

    /// The first kept offset and the end of a partition, as far as this consumer may read: with
    /// `read_committed` the end is the first offset of an open transaction.
    package func watermarks(
        of topic: String, _ partition: Int32, within timeout: Duration
    ) throws(KafkaError) -> Range<Int64> {
        try queryWatermarks(client, topic, partition, within: timeout)
    }

    /// The end of an assigned partition as the last answer to a fetch said, as far as this
    /// consumer may read; `nil` before the first.
    package func knownEnd(of topic: String, _ partition: Int32) -> Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = unsafe rd_kafka_get_watermark_offsets(
            client.handle, topic, partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return high
    }

    /// The member's identity and generation now.
    ///
    /// - Throws: if the consumer belongs to no group.
    package func groupMetadata() throws(KafkaError) -> GroupMetadata {
        guard let metadata = unsafe rd_kafka_consumer_group_metadata(client.handle) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__STATE, during: "consumer_group_metadata")
        }
        return unsafe GroupMetadata(consuming: metadata)
    }

    /// Whether the assignment was lost rather than revoked.
    package var hasLostAssignment: Bool { unsafe rd_kafka_assignment_lost(client.handle) != 0 }

    /// Leaves the group, so that others need not wait until this member's session times out.
    ///
    /// The caller must not wait for control events meanwhile; gives up after
    /// `timeout`, because the wait has open bugs in librdkafka 2.0.2 (CHANGELOG 2.1.0, 2.4.0).
    ///
    /// - Returns: whether the consumer left in time.
    @discardableResult
    package func close(within timeout: Duration) -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        leave(until: deadline)
        if let error = unsafe rd_kafka_consumer_close_queue(client.handle, control) {
            _ = unsafe KafkaError(consuming: error, during: "close")
            return false
        }
        while unsafe rd_kafka_consumer_closed(client.handle) == 0 {
            guard clock.now < deadline else { return false }
            switch awaitControl(.milliseconds(10)) {
            case .revoke, .assign: unsafe rd_kafka_assign(client.handle, nil)
            case .failure, nil: break
            }
        }
        return true
    }

    /// Has a member with an instance id leave before it is closed, because closing alone would
    /// keep its place for a successor until the session times out (KIP-345).
    ///
    /// A subscription's end makes it leave after its partitions are given back; it has no member
    /// id any more then.
    private func leave(until deadline: ContinuousClock.Instant) {
        guard isMember, fatalFailure == nil else { return }
        unsafe rd_kafka_unsubscribe(client.handle)
        while isMember, ContinuousClock.now < deadline {
            switch awaitControl(.milliseconds(5)) {
            case .revoke, .assign: unsafe rd_kafka_assign(client.handle, nil)
            case .failure, nil: break
            }
        }
    }

    private var isMember: Bool {
        guard let id = unsafe rd_kafka_memberid(client.handle) else { return false }
        defer { unsafe rd_kafka_mem_free(client.handle, id) }
        return unsafe id.pointee != 0
    }
}

/// Asks a partition's leader for the first kept offset and the end; blocks up to `timeout`.
func queryWatermarks(
    _ client: Client, _ topic: String, _ partition: Int32, within timeout: Duration
) throws(KafkaError) -> Range<Int64> {
    var low: Int64 = 0
    var high: Int64 = 0
    try KafkaError.check(
        unsafe rd_kafka_query_watermark_offsets(
            client.handle, topic, partition, &low, &high, timeout.timeoutMilliseconds),
        "query_watermark_offsets \(topic)-\(partition)")
    return low..<max(low, high)
}
