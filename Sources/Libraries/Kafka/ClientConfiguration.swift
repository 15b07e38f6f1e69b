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
