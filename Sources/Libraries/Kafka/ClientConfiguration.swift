// What librdkafka 2.0.2 (Debian 12) gets wrong, by the CHANGELOG of the version that mends it, and
// why it does no harm here. `Tests/newest-librdkafka` runs the same tests on one that has it all
// mended.
//
// Mended | What is wrong | Here
// -------|---------------|-----
// 2.1.0  | closing blocks for ever after a loss | `Consumer.close(within:)` gives up; `Client`
//        |   | destroys on a thread of its own ("a process stopped in mid-work …")
// 2.1.0  | seek times out at once; pausing skips in batches | neither is called: assigned by offset
// 2.1.0  | polling any queue counts as progress | the broker's rebalance timeout counts instead
//        |   | (`Limits.rebalance`)
// 2.2.0  | unknown tagged fields break the connection | brokers that send them need a newer one
// 2.2.0  | a TLS close resets the offset | what is behind the next offset is dropped
//        |   | (`MemberState.take`, "what was fetched for others …")
// 2.2.0  | a full queue rests a second | `Limits.fetchedAheadMessages` is more than that
// 2.3.0  | false fatal "sequence desynchronization" | the producer is made anew ("an appender whose
//        |   | producer failed for good …"; `TransactionWriter`)
// 2.3.0  | offsets without an epoch are not committed | they go with transactions only ("a
//        |   | commit's outputs, positions …")
// 2.3.0  | asking for watermarks outlasts its timeout | on threads that may block only
// 2.3.0, 2.4.0, 2.6.1, 2.10.0 | crash, hang, loop, loss with cooperative assignors | `range` only
// 2.6.1  | destroying waits for what was fetched | on a thread of its own
// 2.10.0 | Nagle's algorithm is on | `socket.nagle.disable`
// 2.10.0 | waits after a change of leader; lost coordinators | short reconnection pauses; a kill's
//        |   | recovery is measured by `Tests/chaos`
// 2.10.1 | a topic's first message is a second late | topics are looked up before
//        |   | (`MessageOutlet.partitionCount`)
// 2.12.0 | headers are freed twice | unknown partitions are refused before ("a partition that does
//        |   | not exist …")
// 2.13.2 | batches move the position at a partition's end | single messages are taken
// 2.14.2 | leaving a group crashes without coordinator | as harmless as a kill
//        |   | (`KilledProcessTests`)
// open   | send_offsets does not end in time (issue 5456) | `KafkaSession.commit` waits on another
//        |   | thread, for a time

/// librdkafka's settings by name (its CONFIGURATION.md, version 2.0.2).
package struct ClientConfiguration: Hashable, Sendable {
    /// The settings, as given to `rd_kafka_conf_set`.
    package private(set) var settings: [String: String]

    /// Begins with the brokers to ask first (`host:port,host:port`) and a name for broker logs.
    package init(bootstrapServers: String, clientID: String) {
        settings = [
            "bootstrap.servers": bootstrapServers,
            "client.id": clientID,
            // Small requests must not wait for an acknowledgement; the default before 2.10.
            "socket.nagle.disable": "true",
            // Topics are made on purpose, with the right number of partitions.
            "allow.auto.create.topics": "false",
        ]
    }

    /// A setting's value.
    package subscript(name: String) -> String? {
        get { settings[name] }
        set { settings[name] = newValue }
    }

    /// The same with more or other settings.
    package func with(_ more: [String: String]) -> Self {
        var copy = self
        copy.settings.merge(more) { $1 }
        return copy
    }
}
