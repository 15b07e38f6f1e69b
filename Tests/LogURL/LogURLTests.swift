import Configuration
import Testing

@testable import LogURL

@Suite("A log's URL")
struct LogURLTests {
    @Test("a file, and brokers")
    func plain() throws {
        #expect(try LogURL("sqlite:/a/b?c") == .sqlite(path: "/a/b?c"))
        #expect(try LogURL("kafka:a:1,b:2") == .kafka(servers: "a:1,b:2"))
        #expect(try LogURL("kafka:a:1?") == .kafka(servers: "a:1"))
    }

    @Test(
        "a broker is a host, with a port or without",
        arguments: [
            "a", "a:9092,b", "127.0.0.1:1", "[::1]:65535", "[fe80::1%eth0]", "k_1.example.org:9092",
            "a:1, b:2", "a:1,",
        ])
    func servers(list: String) throws {
        #expect(try LogURL("kafka:\(list)") == .kafka(servers: list))
    }

    @Test(
        "a broker whose port or host is none is refused",
        arguments: [
            ("127.0.0.1:abc", "from 1 to 65535"), ("a:99999", "from 1 to 65535"),
            ("a:0", "from 1 to 65535"), ("a:-1", "from 1 to 65535"), ("a:+1", "from 1 to 65535"),
            ("a:", "from 1 to 65535"), ("a:1,b:x", "'b:x'"), ("[::1]:0", "from 1 to 65535"),
            ("[::1]9092", "from 1 to 65535"), ("::1", "in brackets"), ("[::1", "] is missing"),
            ("[a]:1", "IPv6"), ("//a:1", "the host"), (":9092", "the host"), (",", "no server"),
        ])
    func noServers(list: String, part: String) {
        let error = #expect(throws: ConfigurationError.self) { try LogURL("kafka:\(list)") }
        #expect(error.map { "\($0)".contains(part) } == true)
    }

    @Test(
        "what stands before an @ is a secret, and not repeated",
        arguments: [
            "kafka:user:hush@host", "kafka:user:hush@host:9092", "kafka:a:1,user:hush@b:2",
            "kafka:user:hu?hush@host", "postgres://user:hush@host", "hush@host",
        ])
    func secret(url: String) {
        let error = #expect(throws: ConfigurationError.self) { try LogURL(url) }
        #expect(error.map { !"\($0)".contains("hush") } == true)
    }

    @Test("how to talk to the brokers")
    func settings() throws {
        let url = "kafka:a:1,b:2?security.protocol=SASL_SSL&sasl.username=u=1&ssl.ca.location=/ca"
        #expect(
            try LogURL(url)
                == .kafka(
                    servers: "a:1,b:2",
                    settings: [
                        "security.protocol": "SASL_SSL", "sasl.username": "u=1",
                        "ssl.ca.location": "/ca",
                    ]))
    }

    @Test("any other setting of librdkafka, and how many copies topics get")
    func tuning() throws {
        #expect(
            try LogURL("kafka:a:1?retry.backoff.ms=7&queued.max.messages.kbytes=65536")
                == .kafka(
                    servers: "a:1",
                    settings: [
                        "retry.backoff.ms": "7", "queued.max.messages.kbytes": "65536",
                    ]))
        #expect(
            try LogURL("kafka:a:1?replication=3&linger.ms=2")
                == .kafka(servers: "a:1", settings: ["linger.ms": "2"], replication: 3))
    }

    @Test(
        "what is no log is told, with what would be one",
        arguments: [
            ("", "sqlite:PATH"), ("kafka:", "kafka:HOST:PORT"), ("kafka:?client.rack=a", "HOST"),
            ("postgres:x", "sqlite:PATH"),
            ("kafka:a:1?sasl.password=x", "$PARLEY_KAFKA_PASSWORD"),
            ("kafka:a:1?ssl.key.password=x", "$PARLEY_KAFKA_KEY_PASSWORD"),
            ("kafka:a:1?group.id=x", "this program's decision"),
            ("kafka:a:1?acks=1", "on all copies"),
            ("kafka:a:1?enable.idempotence=false", "once and in order"),
            ("kafka:a:1?isolation.level=read_uncommitted", "only committed records"),
            ("kafka:a:1?plugin.library.paths=/x.so", "not loaded"),
            ("kafka:a:1?ssl.key.pem=x", "is a secret"),
            ("kafka:a:1?log_cb=1", "no setting of librdkafka"),
            ("kafka:a:1?no.such=1", "'no.such' is no setting of librdkafka"),
            ("kafka:a:1?retry.backoff.ms=soon", "retry.backoff.ms=soon is refused"),
            ("kafka:a:1?replication=0", "1 or more, not '0'"),
            ("kafka:a:1?replication=three", "not 'three'"),
            ("kafka:a:1?replication=2&replication=3", "replication=VALUE"),
            ("kafka:a:1?client.rack", "client.rack=VALUE"),
            ("kafka:a:1?client.rack=", "client.rack=VALUE"),
            ("kafka:a:1?client.rack=a&client.rack=b", "client.rack=VALUE"),
        ])
    func wrong(text: String, hint: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try LogURL(text) }
        #expect("\(try #require(error))".contains(hint))
    }
}
