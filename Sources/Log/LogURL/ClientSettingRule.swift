import Configuration
import Kafka

/// Which of librdkafka's settings a log's URL may give: all but those that a guarantee rests on.
enum ClientSettingRule {
    /// What is refused, with the reason.
    static let refused: [String: String] = {
        var reasons: [String: String] = [:]
        for (reason, names) in reasonsAndNames {
            for name in names { reasons[name] = reason }
        }
        return reasons
    }()

    private static let reasonsAndNames: [(String, [String])] = [
        (
            "an acknowledged record must be on all copies, once and in order",
            [
                "acks", "request.required.acks", "enable.idempotence", "enable.gapless.guarantee",
                "max.in.flight", "max.in.flight.requests.per.connection", "retries",
                "message.send.max.retries", "partitioner", "message.timeout.ms",
                "delivery.timeout.ms",
            ]
        ),
        (
            "only committed records may be read, and each once",
            [
                "isolation.level", "enable.auto.commit", "auto.commit.enable",
                "auto.commit.interval.ms", "enable.auto.offset.store", "auto.offset.reset",
                "offset.store.method", "offset.store.path", "offset.store.sync.interval.ms",
                "enable.partition.eof", "consume.callback.max.messages",
            ]
        ),
        (
            "which process owns a partition, and what fences it, is this program's decision",
            [
                "group.id", "group.instance.id", "group.protocol", "group.protocol.type",
                "group.remote.assignor", "partition.assignment.strategy", "session.timeout.ms",
                "heartbeat.interval.ms", "max.poll.interval.ms", "transactional.id",
                "transaction.timeout.ms", "client.id",
            ]
        ),
        ("topics are made with the partitions that they need", ["allow.auto.create.topics"]),
        (
            "the brokers are what stands before the question mark",
            ["bootstrap.servers", "metadata.broker.list"]
        ),
        ("code from elsewhere is not loaded", ["plugin.library.paths"]),
        ("it is for tests of the library", ["test.mock.num.brokers", "test.mock.broker.rtt"]),
    ]

    /// The settings whose values are secrets: a command line is seen by all users of a machine.
    private static let otherSecrets: Set<String> = [
        "ssl.key.pem", "ssl.keystore.password", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config",
    ]

    /// Lets a setting pass, or says why not.
    ///
    /// - Throws: `ConfigurationError`.
    static func check(_ name: String) throws(ConfigurationError) {
        if name == "replication" { return }
        if let secret = LogURL.secrets.first(where: { $0.value == name }) {
            throw ConfigurationError(
                "--log", "\(name) does not belong on a command line; set $\(secret.key)")
        }
        if otherSecrets.contains(name) {
            throw ConfigurationError(
                "--log",
                "\(name) is a secret and does not belong on a command line; use "
                    + "ssl.key.location, or sasl.username with $PARLEY_KAFKA_PASSWORD")
        }
        if let reason = refused[name] {
            throw ConfigurationError("--log", "\(name) cannot be set: \(reason)")
        }
        guard ClientSetting.known[name] != nil, !name.hasSuffix("_cb"), name != "opaque" else {
            throw ConfigurationError(
                "--log",
                "'\(name)' is no setting of librdkafka \(librdkafkaVersion()) (its "
                    + "CONFIGURATION.md lists them), nor 'replication'")
        }
    }
}
