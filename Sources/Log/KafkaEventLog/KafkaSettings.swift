package import Kafka

/// How the log reaches its brokers, and where it keeps what it can rebuild.
package struct KafkaSettings: Sendable {
    /// The brokers to ask first: `host:port`, separated by commas.
    package var bootstrapServers: String
    /// The folder for state caches, one file per group and slot; may be deleted at any time while
    /// no process uses it.
    package var cacheFolder: String
    /// More settings for all clients, by librdkafka's names: they come before this adapter's own,
    /// but for those that its guarantees need.
    package var clientSettings: [String: String]
    /// How long a broker holds a fetch back while there is nothing to read.
    ///
    /// Apache Kafka answers as soon as there is something, whatever this is.
    package var fetchWait: Duration
    /// How long a member may be silent before the group gives its partitions away; brokers take
    /// 6 seconds at least (Apache Kafka's `group.min.session.timeout.ms`).
    package var sessionTimeout: Duration
    /// How long a broker leaves a transaction open, and so how long a dead process may hold up
    /// readers of what it wrote.
    package var transactionTimeout: Duration
    /// Copies of each partition of a topic that is created; `nil` makes as many as there are
    /// brokers, at most ``defaultCopies``.
    package var replication: Int?
    /// Milliseconds since 1970: decides when timers are due and state has expired.
    package var clock: @Sendable () -> Int64
    /// Takes librdkafka's log, on any thread; must not block.
    package var log: @Sendable (ClientLogLine) -> Void

    /// Chooses settings; the defaults suit three or more real brokers as well as one for tests.
    package init(
        bootstrapServers: String, cacheFolder: String, clientSettings: [String: String] = [:],
        fetchWait: Duration = .milliseconds(500), sessionTimeout: Duration = .seconds(6),
        transactionTimeout: Duration = .seconds(10), replication: Int? = nil,
        clock: @escaping @Sendable () -> Int64,
        log: @escaping @Sendable (ClientLogLine) -> Void = { _ in }
    ) {
        self.bootstrapServers = bootstrapServers
        self.cacheFolder = cacheFolder
        self.clientSettings = clientSettings
        self.fetchWait = fetchWait
        self.sessionTimeout = sessionTimeout
        self.transactionTimeout = transactionTimeout
        self.replication = replication
        self.clock = clock
        self.log = log
    }
}

extension KafkaSettings {
    /// Enough that a broker may be lost while another is restarted.
    static let defaultCopies = 3
    /// The brokers that must have a record before it is acknowledged, where there are three copies
    /// or more: one may be lost, and nothing is.
    static let copiesBeforeAcknowledged = 2

    /// How many copies a topic should have in a cluster of so many brokers.
    func copies(of brokers: Int) -> Int { replication ?? max(1, min(Self.defaultCopies, brokers)) }
}

/// Limits of this adapter, each with its reason.
enum Limits {
    /// For a question to the brokers that a caller waits for: long enough for an election.
    static let request = Duration.seconds(15)
    /// For the question about topics' settings, which some brokers never answer.
    static let settings = Duration.seconds(3)
    /// What a message takes beside key, value and headers: lengths, and the batch around it
    /// (61 bytes and up to some 30 a message), with room to spare.
    static let messageOverhead = 1024
    /// How long after it has taken the transactional id a successor may take to join the group.
    static let successorJoins = Duration.seconds(1)
    /// For leaving a group: the broker's answer, or else the session times out there by itself.
    static let leaving = Duration.seconds(5)
    /// For the last messages of an appender that is closed.
    static let flushing = Duration.seconds(10)
    /// How long the client for questions is kept after the last one.
    static let adminRests = Duration.seconds(10)
    /// How long a wait for the group's events lasts when nobody ends it.
    static let controlWait = Duration.milliseconds(250)
    /// How long a commit may outlive the transaction's own time before its thread is given up:
    /// some of librdkafka's timed waits do not end by themselves (its issue 5456).
    static let commitGrace = Duration.seconds(2)
    /// Fetched ahead by a consumer, in KiB of values: with headers and the library's own about
    /// twice that in memory, and once more ``fetchBytes`` for the answer that comes.
    static let fetchedAheadKibibytes = 8 * 1024
    /// Fetched ahead by a consumer, in messages, for where they are small.
    static let fetchedAheadMessages = 50_000
    /// The most that a broker answers a fetch with, in bytes; one message larger than that comes
    /// all the same.
    static let fetchBytes = 8 * 1024 * 1024
    /// Records of a changelog taken into the cache in one transaction: sorted by key, the more
    /// there are, the more of them share a page.
    static let restoreBatch = 65_536
    /// Bytes of their keys and values, at most; two such batches are in memory while a changelog is
    /// read.
    static let restoreBytes = 16 * 1024 * 1024
    /// Records of a changelog read at once; between them the group is answered.
    static let restoreFetch = 4_096
    /// The pages of an empty cache that is filled, in KiB, given back afterwards.
    static let fillingKibibytes = 64 * 1024
    /// How often a cache that was filled is written to the disk until its mark may go; where it
    /// stays, the cache is made anew after the machine was restarted.
    static let flushAttempts = 10
    /// Expired pieces of state removed along with one commit: more than one commit usually adds,
    /// so that expiry keeps up, and few enough not to slow it down.
    static let expiredPerCommit = 32
    /// The age after which a cached partition is restored from scratch: half of how long the
    /// changelog keeps tombstones, which a stale cache must not miss.
    static let cacheAge = Duration.seconds(86_400)
    /// How long a changelog keeps tombstones (`delete.retention.ms`).
    static let changelogTombstones = Duration.seconds(2 * 86_400)
    /// For one question to the brokers while partitions are taken over: less than `rebalance`,
    /// because the group is not answered meanwhile.
    ///
    /// It is asked again until it is answered.
    static let takingOver = Duration.seconds(5)
    /// How long a member may take to give partitions back before the group goes on without it:
    /// the stages' 5 seconds for calls under way, and a slow commit.
    ///
    /// Some brokers wait that long for a member that has died.
    static let rebalance = Duration.seconds(15)
}

extension KafkaSettings {
    /// Settings of every client: those of ours that may be set otherwise, those that were, and
    /// those of ours that the guarantees need.
    private func client(
        _ name: String, consumes: Bool = false, by default: [String: String],
        always: [String: String] = [:]
    ) -> ClientConfiguration {
        let given = clientSettings.filter {
            ClientSetting.known[$0.key]?.scope.includes(consumers: consumes) ?? true
        }
        return ClientConfiguration(bootstrapServers: bootstrapServers, clientID: name)
            .with([
                "reconnect.backoff.ms": "50",
                "reconnect.backoff.max.ms": "1000",
            ])
            .with(`default`).with(given).with(always)
    }

    /// Settings of the client that asks about topics and groups.
    var admin: ClientConfiguration { client("parley.admin", consumes: true, by: [:]) }

    /// Settings of a consumer that sees committed records only and keeps no offsets by itself.
    func consumer(
        _ name: String, group: String, always more: [String: String] = [:]
    ) -> ClientConfiguration {
        client(
            name, consumes: true,
            by: [
                "fetch.wait.max.ms": String(fetchWait.milliseconds),
                "fetch.max.bytes": String(Limits.fetchBytes),
                "queued.max.messages.kbytes": String(Limits.fetchedAheadKibibytes),
                "queued.min.messages": String(Limits.fetchedAheadMessages),
                "fetch.error.backoff.ms": "50",
            ],
            always: [
                "group.id": group,
                "enable.auto.commit": "false",
                "enable.auto.offset.store": "false",
                "isolation.level": "read_committed",
                // Where retention has dropped what was not read, the first kept record is next.
                "auto.offset.reset": "earliest",
            ].merging(more) { $1 })
    }

    /// Settings of a reader without a group, which hears of the ends of partitions.
    ///
    /// The name is never used as a group: nothing is subscribed to or committed.
    func reader(_ name: String) -> ClientConfiguration {
        consumer(name, group: name, always: ["enable.partition.eof": "true"])
    }

    /// The name of a slot towards the brokers: its transactional id, and its instance id.
    ///
    /// Stable over restarts, so that a successor ends what a predecessor left open, fences it, and
    /// has its partitions without waiting for the group to notice its death.
    static func identity(of slot: String, in group: String) -> String { "\(group).\(slot)" }

    /// How often a member tells the group that it lives.
    var heartbeat: Duration { max(.milliseconds(100), sessionTimeout / 6) }

    /// Settings of a group's member.
    func member(_ slot: String, group: String) -> ClientConfiguration {
        consumer(
            slot, group: group,
            always: [
                "group.instance.id": Self.identity(of: slot, in: group),
                // Equal numbers of all input topics go to one member, which other assignors do not
                // do.
                "partition.assignment.strategy": "range",
                "session.timeout.ms": String(sessionTimeout.milliseconds),
                "heartbeat.interval.ms": String(heartbeat.milliseconds),
                "max.poll.interval.ms": String(max(Limits.rebalance, sessionTimeout).milliseconds),
            ])
    }

    /// The largest message that the clients send, in bytes, whatever brokers take.
    var messageLimit: Int {
        // librdkafka's default, which is Kafka's.
        clientSettings["message.max.bytes"].flatMap { Int($0) } ?? 1_000_000
    }

    /// Settings of a producer outside of transactions: concurrent appends share a request.
    func appender(messageLimit: Int) -> ClientConfiguration {
        client("parley.append", by: ["linger.ms": "1"], always: producing(messageLimit))
    }

    private func producing(_ messageLimit: Int) -> [String: String] {
        ["acks": "all", "message.max.bytes": String(messageLimit)]
    }

    /// Settings of a producer of transactions.
    ///
    /// The coordinator refuses what begins a transaction while it still writes the marks of the one
    /// before; how soon it is asked again is most of what a commit takes that follows another at
    /// once (facts: 103 ms with the library's 100 ms, 6 ms with 5).
    func transactions(_ id: String, messageLimit: Int) -> ClientConfiguration {
        client(
            id, by: ["linger.ms": "0", "retry.backoff.ms": "2"], always: producing(messageLimit))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
