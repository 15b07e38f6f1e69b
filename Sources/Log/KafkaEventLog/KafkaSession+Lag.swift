import EventLog
import Kafka
import Synchronization

extension KafkaSession {
    /// How many records of topics the group has not read, where this member reads all of them: as
    /// of the last answers to its fetches, without a question.
    func knownLag(in topics: Set<String>) -> [String: Int64]? {
        let (owned, committed) = member.state.withLock { ($0.owned, $0.committed) }
        guard owned.count == Int(partitions), topics.isSubset(of: membership.topics) else {
            return nil
        }
        var lag = Dictionary(uniqueKeysWithValues: topics.map { ($0, Int64(0)) })
        for (partition, position) in committed where topics.contains(partition.topic) {
            guard let end = member.consumer.knownEnd(of: partition.topic, partition.partition)
            else {
                return nil
            }
            lag[partition.topic, default: 0] += max(0, end - position)
        }
        return lag
    }
}
