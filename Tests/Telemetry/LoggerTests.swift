import FoundationEssentials
import Synchronization
import Telemetry
import Testing

/// Collects lines, and holds the clock that the logger reads.
final class Collected: Sendable {
    private let state = Mutex((lines: [[UInt8]](), now: Date(timeIntervalSince1970: 1_000)))

    func logger(threshold: LogLevel = .info) -> Logger {
        Logger(
            service: "sender", threshold: threshold,
            to: { line in self.state.withLock { $0.lines.append(line) } },
            now: { self.state.withLock { $0.now } })
    }

    func advance(by seconds: Double) {
        state.withLock { $0.now = $0.now.addingTimeInterval(seconds) }
    }

    var lines: [String] { state.withLock { $0.lines.map { String(decoding: $0, as: UTF8.self) } } }
}

struct WrittenLine: Decodable {
    var ts: String
    var level: String
    var service: String
    var message: String
    var reason: String?
    var count: Int?
    var suppressed: Int?

    enum CodingKeys: String, CodingKey {
        case ts, level, service, message, reason, count
        case suppressed = "log.suppressed"
    }

    init(_ line: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
    }
}

@Suite("Logger")
struct LoggerTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String { "no \"route\"\nto host" }
    }

    @Test("a line is one JSON object with time, level, service, message and fields in order")
    func line() throws {
        let log = Collected()
        log.logger().with([.topic: "messages.outbound"]).warning(
            "send failed",
            [.offset: 12, .error: .error(Failure()), .duration: .duration(.seconds(2))])
        #expect(
            log.lines == [
                #"{"ts":"1970-01-01T00:16:40.000Z","level":"warning","service":"sender","#
                    + #""message":"send failed","messaging.destination.name":"messages.outbound","#
                    + #""messaging.kafka.offset":12,"error.message":"no \"route\"\nto host","#
                    + #""duration.seconds":2.0}"# + "\n"
            ])
    }

    @Test(
        "any string survives JSON and stays on one line",
        arguments: [
            "plain", "\"quoted\" \\ back", "tab\tline\nreturn\r", "\u{0}\u{1}\u{1F}\u{7F}\u{85}",
            "separators \u{2028}\u{2029}", "emoji 👩‍👩‍👧 ñ ü 漢字 नमस्ते", "",
        ])
    func escaping(text: String) throws {
        let log = Collected()
        log.logger().info("said", [.reason: .reason(text)])
        let line = try #require(log.lines.first)
        #expect(line.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(try WrittenLine(line).reason == text)
    }

    @Test("a very long value is cut")
    func longValue() throws {
        let log = Collected()
        log.logger().info("said", [.reason: .reason(String(repeating: "ü", count: 100_000))])
        let line = try #require(log.lines.first)
        #expect(line.utf8.count < 2_200)
        #expect(try WrittenLine(line).reason?.hasSuffix("ü…") == true)
    }

    @Test("lines below the threshold are dropped")
    func threshold() {
        let log = Collected()
        let logger = log.logger(threshold: .warning)
        logger.debug("a")
        logger.info("b")
        logger.notice("c")
        logger.warning("d")
        logger.error("e")
        #expect(log.lines.count == 2)
    }

    @Test("a later field replaces an earlier one of the same key")
    func replacedField() throws {
        let log = Collected()
        log.logger().with([.count: 1]).with([.count: 2]).info("counted", [.count: 3])
        let line = try #require(log.lines.first)
        #expect(try WrittenLine(line).count == 3)
        #expect(line.split(separator: "\"count\"").count == 2)
    }

    @Test("identical lines within ten seconds are written once, then say how many were left out")
    func repeated() throws {
        let log = Collected()
        let logger = log.logger()
        for _ in 0..<5 { logger.info("broker down") }
        logger.info("broker down", [.count: 1])
        #expect(log.lines.count == 2)
        log.advance(by: 10)
        logger.info("broker down")
        #expect(log.lines.count == 3)
        let last = try #require(log.lines.last)
        #expect(try WrittenLine(last).suppressed == 4)
    }

    @Test("another line says how often an earlier one was left out, once its window is over")
    func repeatedThenOther() throws {
        let log = Collected()
        let logger = log.logger()
        logger.info("a")
        logger.info("a")
        log.advance(by: 20)
        logger.info("b")
        let lines = try log.lines.map { try WrittenLine($0) }
        #expect(lines.map(\.message) == ["a", "a", "b"])
        #expect(lines.map(\.suppressed) == [nil, 1, nil])
    }

    @Test("a flush says what was left out so far")
    func flush() throws {
        let log = Collected()
        let logger = log.logger()
        logger.info("a")
        logger.info("a")
        logger.flush()
        logger.flush()
        let lines = try log.lines.map { try WrittenLine($0) }
        #expect(lines.map(\.suppressed) == [nil, 1])
    }
}
