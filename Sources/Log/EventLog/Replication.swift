/// How a topic outlives the loss of brokers: a record is durable on as many of them as have
/// acknowledged it.
package struct Replication: Hashable, Sendable {
    /// The brokers that keep each partition: the fewest of all partitions.
    package var copies: Int
    /// The copies that it should have in this cluster.
    package var wanted: Int
    /// The brokers that must have a record before it is acknowledged (`min.insync.replicas`), if
    /// known.
    package var minimumInSync: Int?

    /// Describes a topic's copies.
    package init(copies: Int, wanted: Int, minimumInSync: Int? = nil) {
        self.copies = copies
        self.wanted = wanted
        self.minimumInSync = minimumInSync
    }

    /// What an operator should mend, or `nil` if it is as it should be.
    package var weakness: String? {
        if copies < wanted {
            return "has \(copies) of \(wanted) copies: losing a broker can lose records "
                + "(kafka-reassign-partitions adds copies)"
        }
        if copies > 2, let minimumInSync, minimumInSync < 2 {
            return "has min.insync.replicas=\(minimumInSync): a record may be acknowledged that "
                + "one broker alone has; set it to 2 (kafka-configs)"
        }
        if copies > 1, let minimumInSync, minimumInSync >= copies {
            return "has min.insync.replicas=\(minimumInSync) of \(copies) copies: nothing can be "
                + "written while one broker is away"
        }
        return nil
    }
}
