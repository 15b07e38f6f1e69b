import CLibrdkafka
import Glibc

/// A topic to create.
package struct NewTopic: Hashable, Sendable {
    /// The topic's name.
    package var name: String
    /// The number of its partitions.
    package var partitions: Int32
    /// How many brokers keep each partition; -1 leaves it to the broker.
    package var replication: Int32
    /// The topic's settings, such as `cleanup.policy`.
    package var settings: [String: String]

    /// Describes a topic.
    package init(
        name: String, partitions: Int32, replication: Int32 = -1, settings: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.settings = settings
    }
}

/// Looks after topics and groups.
///
/// All calls block up to their `timeout`.
package final class Admin: Sendable {
    let client: Client

    /// Makes the handle; nothing is connected yet.
    ///
    /// - Throws: if a setting is wrong.
    package init(
        _ configuration: ClientConfiguration,
        log: @escaping @Sendable (ClientLogLine) -> Void = { _ in }
    ) throws(KafkaError) {
        // Ends of partitions are asked for as the broker has them, not as open transactions allow.
        let settings = configuration.with(["isolation.level": "read_uncommitted"])
        client = try Client(.consumer, settings, callbacks: ClientCallbacks(log: log))
    }

    /// The cluster's id, or `nil` if the brokers do not say.
    package func clusterID(within timeout: Duration) -> String? {
        let milliseconds = timeout.timeoutMilliseconds
        guard let text = unsafe rd_kafka_clusterid(client.handle, milliseconds) else { return nil }
        defer { unsafe rd_kafka_mem_free(client.handle, text) }
        return unsafe String(cString: text)
    }

    /// Creates topics; one that exists already is no error.
    package func create(_ topics: [NewTopic], within timeout: Duration) throws(KafkaError) {
        var list: [OpaquePointer?] = unsafe []
        defer { unsafe rd_kafka_NewTopic_destroy_array(&list, list.count) }
        for topic in topics { unsafe list.append(try newTopic(topic)) }
        let result = try unsafe request(
            RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, "create_topics"
        ) { options, queue in
            unsafe rd_kafka_CreateTopics(client.handle, &list, list.count, options, queue)
        }
        defer { unsafe rd_kafka_event_destroy(result) }
        var count = 0
        guard let answer = unsafe rd_kafka_event_CreateTopics_result(result),
            let results = unsafe rd_kafka_CreateTopics_result_topics(answer, &count)
        else { return }
        for index in 0..<count {
            let code = unsafe rd_kafka_topic_result_error(results[index])
            guard KafkaError.Code(rawValue: code.rawValue) != .topicExists else { continue }
            try KafkaError.check(code, "creating topic \(topics[index].name)")
        }
    }

    /// How many brokers the cluster has now.
    package func brokerCount(within timeout: Duration) throws(KafkaError) -> Int {
        try countBrokers(client, within: timeout)
    }

    /// The topics of the cluster, or only one.
    package func topics(
        named name: String? = nil, within timeout: Duration
    ) throws(KafkaError) -> [TopicMetadata] {
        try fetchMetadata(client, topic: name, within: timeout)
    }

    /// The first kept offset and the end of a partition.
    package func watermarks(
        of topic: String, _ partition: Int32, within timeout: Duration
    ) throws(KafkaError) -> Range<Int64> {
        try asking([topic], within: timeout) { timeout throws(KafkaError) in
            try queryWatermarks(client, topic, partition, within: timeout)
        }
    }

    /// How long one question may take before the leaders are looked up anew.
    private static let oneQuestion = Duration.seconds(1)

    /// Asks partitions' leaders again and again, after looking them up anew: a leader that was lost
    /// does not answer, and one that is not any more refuses, for as long as the library takes the
    /// leader for the old one.
    private func asking<Answer>(
        _ topics: Set<String>, within timeout: Duration,
        _ question: (Duration) throws(KafkaError) -> Answer
    ) throws(KafkaError) -> Answer {
        let clock = ContinuousClock()
        let deadline = clock.now + timeout
        while true {
            let rest = clock.now.duration(to: deadline)
            do throws(KafkaError) {
                return try question(min(Self.oneQuestion, max(.milliseconds(1), rest)))
            } catch {
                guard error.mayBeAskedOfAnother, rest > Self.oneQuestion else { throw error }
                // What cannot be looked up shows in the next question.
                for topic in topics {
                    _ = try? fetchMetadata(client, topic: topic, within: Self.oneQuestion)
                }
                usleep(20_000)
            }
        }
    }

    /// For each partition, whose offset is taken as milliseconds since 1970, the first offset at
    /// or after that time; ``TopicPartitionOffset/Place/end`` if there is none.
    package func offsets(
        forTimes partitions: [TopicPartitionOffset], within timeout: Duration
    ) throws(KafkaError) -> [TopicPartitionOffset] {
        try asking(Set(partitions.map(\.topic)), within: timeout) { timeout throws(KafkaError) in
            let list = try TopicPartitionList(partitions)
            try KafkaError.check(
                unsafe rd_kafka_offsets_for_times(
                    client.handle, list.pointer, timeout.timeoutMilliseconds), "offsets_for_times")
            return try list.partitions("offsets_for_times")
        }
    }

    /// The first kept offset and the end of each partition; two requests to each broker.
    package func ranges(
        of partitions: [TopicPartitionOffset], within timeout: Duration
    ) throws(KafkaError) -> [TopicPartitionOffset: Range<Int64>] {
        guard !partitions.isEmpty else { return [:] }
        // ListOffsets takes -2 for the first kept offset and -1 for the end (protocol guide).
        let lows = try offsets(forTimes: partitions.map { $0.at(-2) }, within: timeout)
        let highs = try offsets(forTimes: partitions.map { $0.at(-1) }, within: timeout)
        let low = Dictionary(lows.map { ($0.at(0), $0.offset) }) { $1 }
        let high = Dictionary(highs.map { ($0.at(0), $0.offset) }) { $1 }
        var ranges: [TopicPartitionOffset: Range<Int64>] = [:]
        for partition in partitions {
            let first = max(0, low[partition.at(0)] ?? 0)
            ranges[partition] = first..<max(first, high[partition.at(0)] ?? 0)
        }
        return ranges
    }

    /// The names of all consumer groups.
    package func groups(within timeout: Duration) throws(KafkaError) -> [String] {
        let result = try unsafe request(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, timeout, "list_groups"
        ) { options, queue in
            unsafe rd_kafka_ListConsumerGroups(client.handle, options, queue)
        }
        defer { unsafe rd_kafka_event_destroy(result) }
        var count = 0
        guard let answer = unsafe rd_kafka_event_ListConsumerGroups_result(result),
            let groups = unsafe rd_kafka_ListConsumerGroups_result_valid(answer, &count)
        else { return [] }
        return (0..<count).compactMap { index in
            unsafe rd_kafka_ConsumerGroupListing_group_id(groups[index])
                .map { unsafe String(cString: $0) }
        }
    }

    /// The members of a group by their instance ids, or by the names that the brokers gave them;
    /// none for a group that does not exist.
    package func members(
        of group: String, within timeout: Duration
    ) throws(KafkaError) -> [String] {
        let result = try unsafe request(
            RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, timeout, "members of group \(group)"
        ) { options, queue in
            unsafe group.withCString { name in
                // The library copies the names.
                var names: [UnsafePointer<CChar>?] = unsafe [name]
                unsafe rd_kafka_DescribeConsumerGroups(
                    client.handle, &names, names.count, options, queue)
            }
        }
        defer { unsafe rd_kafka_event_destroy(result) }
        var count = 0
        guard let answer = unsafe rd_kafka_event_DescribeConsumerGroups_result(result),
            let groups = unsafe rd_kafka_DescribeConsumerGroups_result_groups(answer, &count),
            count == 1, let group = unsafe groups[0]
        else { return [] }
        if let error = unsafe rd_kafka_ConsumerGroupDescription_error(group) {
            let code = unsafe rd_kafka_error_code(error)
            // Some brokers say so of a group without members.
            if code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND { return [] }
            try KafkaError.check(code, "members of a group")
        }
        return unsafe (0..<rd_kafka_ConsumerGroupDescription_member_count(group)).compactMap {
            unsafe Self.name(of: rd_kafka_ConsumerGroupDescription_member(group, $0))
        }
    }

    private static func name(of member: OpaquePointer?) -> String? {
        guard let member = unsafe member else { return nil }
        let name =
            unsafe rd_kafka_MemberDescription_group_instance_id(member)
            ?? rd_kafka_MemberDescription_consumer_id(member)
        return unsafe name.map { unsafe String(cString: $0) }
    }

    /// A group's committed offsets in those of these partitions where it has any.
    ///
    /// Asked by partition: version 2.0.2 answers a question for all with none, and no error.
    package func committedOffsets(
        of group: String, in partitions: [TopicPartitionOffset], within timeout: Duration
    ) throws(KafkaError) -> [TopicPartitionOffset] {
        guard !partitions.isEmpty else { return [] }
        let list = try TopicPartitionList(partitions)
        var asked = unsafe rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)
        defer { unsafe rd_kafka_ListConsumerGroupOffsets_destroy(asked) }
        let result = try unsafe request(
            RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout, "offsets of group \(group)"
        ) { options, queue in
            unsafe rd_kafka_ListConsumerGroupOffsets(client.handle, &asked, 1, options, queue)
        }
        defer { unsafe rd_kafka_event_destroy(result) }
        var count = 0
        guard let answer = unsafe rd_kafka_event_ListConsumerGroupOffsets_result(result),
            let groups = unsafe rd_kafka_ListConsumerGroupOffsets_result_groups(answer, &count),
            count == 1, let group = unsafe groups[0]
        else { return [] }
        if let error = unsafe rd_kafka_group_result_error(group) {
            // Owned by the result: not to be destroyed here.
            let code = unsafe rd_kafka_error_code(error)
            throw KafkaError(code, during: "offsets of a group")
        }
        guard let list = unsafe rd_kafka_group_result_partitions(group) else { return [] }
        return unsafe TopicPartitionList.copy(list).filter { $0.offset >= 0 }
    }

    /// The settings of topics, by topic and name, with those that they have from the brokers.
    ///
    /// Topics that the brokers do not tell about are left out.
    package func settings(
        ofTopics topics: [String], within timeout: Duration
    ) throws(KafkaError) -> [String: [String: String]] {
        guard !topics.isEmpty else { return [:] }
        var asked: [OpaquePointer?] = unsafe topics.map { topic in
            unsafe rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        }
        defer { unsafe rd_kafka_ConfigResource_destroy_array(&asked, asked.count) }
        let result = try unsafe request(
            RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout, "settings of topics"
        ) { options, queue in
            unsafe rd_kafka_DescribeConfigs(client.handle, &asked, asked.count, options, queue)
        }
        defer { unsafe rd_kafka_event_destroy(result) }
        var count = 0
        guard let answer = unsafe rd_kafka_event_DescribeConfigs_result(result),
            let found = unsafe rd_kafka_DescribeConfigs_result_resources(answer, &count)
        else { return [:] }
        var settings: [String: [String: String]] = [:]
        for index in 0..<count {
            guard let resource = unsafe found[index],
                unsafe rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR,
                let name = unsafe rd_kafka_ConfigResource_name(resource)
            else { continue }
            unsafe settings[String(cString: name)] = entries(of: resource)
        }
        return settings
    }

    private func entries(of resource: OpaquePointer) -> [String: String] {
        var count = 0
        guard let entries = unsafe rd_kafka_ConfigResource_configs(resource, &count) else {
            return [:]
        }
        var values: [String: String] = [:]
        for index in 0..<count {
            guard let entry = unsafe entries[index],
                let name = unsafe rd_kafka_ConfigEntry_name(entry),
                let value = unsafe rd_kafka_ConfigEntry_value(entry)
            else { continue }
            unsafe values[String(cString: name)] = unsafe String(cString: value)
        }
        return values
    }

    private func newTopic(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
        var made: OpaquePointer?
        let problem = unsafe errorText { text, size in
            unsafe made = rd_kafka_NewTopic_new(
                topic.name, topic.partitions, topic.replication, text, size)
            return unsafe made == nil
        }
        guard let made = unsafe made else {
            throw .invalidArgument(problem ?? "", during: "creating topic \(topic.name)")
        }
        for (name, value) in topic.settings {
            unsafe rd_kafka_NewTopic_set_config(made, name, value)
        }
        return unsafe made
    }
}

extension TopicPartitionOffset {
    fileprivate func at(_ offset: Int64) -> Self {
        TopicPartitionOffset(topic, partition, offset: offset)
    }
}

extension Admin {
    /// Makes a request of the admin API and waits for its answer, which the caller destroys.
    func request(
        _ operation: rd_kafka_admin_op_t, _ timeout: Duration, _ name: String,
        _ send: (_ options: OpaquePointer?, _ queue: OpaquePointer?) -> Void
    ) throws(KafkaError) -> OpaquePointer {
        let queue = unsafe rd_kafka_queue_new(client.handle)
        defer { unsafe rd_kafka_queue_destroy(queue) }
        let options = unsafe rd_kafka_AdminOptions_new(client.handle, operation)
        defer { unsafe rd_kafka_AdminOptions_destroy(options) }
        let milliseconds = timeout.timeoutMilliseconds
        let problem = unsafe errorText { text, size in
            unsafe rd_kafka_AdminOptions_set_request_timeout(options, milliseconds, text, size)
                != RD_KAFKA_RESP_ERR_NO_ERROR
        }
        if let problem { throw .invalidArgument(problem, during: name) }
        unsafe send(options, queue)
        // The library answers by itself when the request's time is over; a second more covers it.
        guard let event = unsafe rd_kafka_queue_poll(queue, milliseconds + 1000) else {
            throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, during: name)
        }
        let code = unsafe rd_kafka_event_error(event)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            let text = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) }
            unsafe rd_kafka_event_destroy(event)
            throw KafkaError(code, during: name, text)
        }
        return unsafe event
    }
}
