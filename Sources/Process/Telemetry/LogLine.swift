import FoundationEssentials
import JSON

/// One line of the log, before it has a time.
struct LogLine: Hashable {
    /// Longer strings are cut: an error that embeds a whole document must not fill the disk.
    static let longestValueBytes = 2_000

    var level: LogLevel
    var service: String
    var message: String
    var fields: [(key: LogKey, value: LogValue)]

    static func == (left: Self, right: Self) -> Bool {
        left.level == right.level && left.message == right.message
            && left.service == right.service && left.fields.count == right.fields.count
            && zip(left.fields, right.fields).allSatisfy {
                $0.key == $1.key && $0.value == $1.value
            }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(level)
        hasher.combine(message)
        for field in fields {
            hasher.combine(field.key)
            hasher.combine(field.value)
        }
    }

    /// The line as one JSON object and a line feed.
    func json(at time: Date, suppressed: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes.append(contentsOf: #"{"ts":""#.utf8)
        bytes.append(contentsOf: RFC3339.text(of: time).utf8)
        bytes.append(contentsOf: #"","level":""#.utf8)
        bytes.append(contentsOf: level.rawValue.utf8)
        bytes.append(contentsOf: #"","service":"#.utf8)
        JSONString.append(line: service, to: &bytes)
        bytes.append(contentsOf: #","message":"#.utf8)
        JSONString.append(line: message, to: &bytes)
        for (key, value) in fields { append(key, value, to: &bytes) }
        if suppressed > 0 { append(.suppressed, .count(suppressed), to: &bytes) }
        bytes.append(contentsOf: "}\n".utf8)
        return bytes
    }

    private func append(_ key: LogKey, _ value: LogValue, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        JSONString.append(line: key.rawValue, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        switch value.content {
        case .string(let text):
            JSONString.append(line: text, to: &bytes, atMost: Self.longestValueBytes)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .number(let number):
            // JSON has no infinity and no NaN.
            bytes.append(contentsOf: (number.isFinite ? String(number) : "null").utf8)
        case .boolean(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        }
    }
}

/// Times as RFC 3339 writes them, in UTC with milliseconds.
enum RFC3339 {
    static func text(of time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
