import Foundation
import Testing

@testable import Kafka

@Suite("librdkafka")
struct VersionTests {
    static let expected = ProcessInfo.processInfo.environment["EXPECTED_LIBRDKAFKA"]

    @Test(
        "the one that was asked for is loaded",
        .enabled(if: expected != nil, "only Tests/newest-librdkafka asks for one"))
    func version() {
        #expect(librdkafkaVersion() == Self.expected)
    }
}
