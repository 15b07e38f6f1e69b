/// A promise that an adapter of the log keeps; tests that need it read it from here.
package enum Capability: String, Hashable, Sendable, CaseIterable {
    /// Records, positions, state and timers outlive the process.
    case durable
    /// Several processes may open the log at once.
    case manyProcesses
    /// Several members of a group share its partitions.
    case groupMembership
    /// A member that lost its partitions cannot commit.
    case fencing
    /// Topics with a retention or compaction lose what they may lose while running.
    case cleanup
    /// Records can be found by their timestamp.
    case timeLookup
}
