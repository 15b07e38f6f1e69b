import Configuration
import Testing

@testable import parley

@Suite("A log's URL")
struct LogURLTests {
    @Test("a file, and brokers")
    func plain() throws {
        #expect(try LogURL("sqlite:/a/b?c") == .sqlite(path: "/a/b?c"))
        #expect(try LogURL("kafka:a:1,b:2") == .kafka(servers: "a:1,b:2"))
        #expect(try LogURL("kafka:a:1?") == .kafka(servers: "a:1"))
    }

    @Test("how to talk to the brokers")
    func settings() throws {
        let url = "kafka:a:1,b:2?security.protocol=SASL_SSL&sasl.username=u=1&ssl.ca.location=/ca"
        #expect(
            try LogURL(url)
                == .kafka(
                    servers: "a:1,b:2",
                    security: [
                        "security.protocol": "SASL_SSL", "sasl.username": "u=1",
                        "ssl.ca.location": "/ca",
                    ]))
    }

    @Test(
        "what is no log is told, with what would be one",
        arguments: [
            ("", "sqlite:PATH"), ("kafka:", "kafka:HOST:PORT"), ("kafka:?client.rack=a", "HOST"),
            ("postgres:x", "sqlite:PATH"),
            ("kafka:a:1?sasl.password=x", "$PARLEY_KAFKA_PASSWORD"),
            ("kafka:a:1?ssl.key.password=x", "$PARLEY_KAFKA_KEY_PASSWORD"),
            ("kafka:a:1?group.id=x", "security.protocol"),
            ("kafka:a:1?client.rack", "client.rack=VALUE"),
            ("kafka:a:1?client.rack=", "client.rack=VALUE"),
            ("kafka:a:1?client.rack=a&client.rack=b", "client.rack=VALUE"),
        ])
    func wrong(text: String, hint: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try LogURL(text) }
        #expect("\(try #require(error))".contains(hint))
    }
}
