import EventLog
import Foundation
import HTTPClient
import Lifecycle
import PipelineTesting
import SQLite
import SQLiteEventLog
import Testing

/// A data folder that an earlier version left in the midst of its work, and who was waiting then.
struct OldInstallation {
    /// What a customer had written, and what was becoming of it.
    struct Message: Codable, Sendable {
        var business: String
        var phone: String
        var text: String
        var wamid: String
        var role: Role
    }

    /// What becomes of a message when the version before is killed.
    enum Role: String, Codable, Sendable, CaseIterable {
        /// It was answered.
        case answered
        /// The bot waits for more of the burst.
        case gathering
        /// It waits in the queue for a person.
        case queued
        /// A person has claimed the conversation.
        case claimed
        /// Whether WhatsApp took the answer is unknown.
        case unknown
        /// WhatsApp does not take the answer for now.
        case waiting
    }

    /// What is kept beside the data folder.
    struct Manifest: Codable, Sendable {
        /// When it was killed, in milliseconds since 1970.
        var end: Int64
        /// The port of the Graph API that its tenants name.
        var graphPort: Int
        var messages: [Message]
    }

    let folder: TemporaryFolder
    let manifest: Manifest

    /// The data folder.
    var data: String { folder.path }

    /// What the log holds of the messages of customers, as it keeps them, the oldest first.
    func stored() async throws -> [(conversation: String, value: String)] {
        let log = try await SQLiteEventLog.open(path: data + "/log.sqlite") {
            Int64(Date().timeIntervalSince1970 * 1_000)
        }
        let reader = try await log.openReader(of: ["messages.inbound"], from: .beginning)
        let records = try await reader.poll(atMost: 10_000, waiting: .zero).map(\.record)
        await reader.close()
        await log.close()
        return records.sorted { $0.timestamp < $1.timestamp }.map {
            (
                String(decoding: $0.key, as: UTF8.self),
                String(decoding: $0.value ?? [], as: UTF8.self)
            )
        }
        // Where conversations go on stands among the messages, and names none.
        .filter { $0.value.contains(#""message":"#) }
    }

    func message(_ role: Role) throws -> Message {
        try #require(manifest.messages.first { $0.role == role })
    }

    /// Unpacks one of `Fixtures`, as if it had been killed a minute ago, and its tenants' Graph
    /// API were the simulator, which comes to know what its customers have written.
    static func unpack(_ name: String, for simulator: LocalAPI) async throws -> OldInstallation {
        let folder = try TemporaryFolder()
        let archive = ParleyProgram.home + "/Tests/Pipeline/Fixtures/\(name).tar.gz"
        let unpacked = try await ParleyProgram.script(
            "tar -xzf '\(archive)' -C '\(folder.path)' && cd '\(folder.path)' && mv data/* .")
        try #require(unpacked.exit == .code(0), "\(unpacked.output)")
        let old = OldInstallation(
            folder: folder,
            manifest: try JSONDecoder().decode(
                Manifest.self, from: Data(contentsOf: URL(filePath: folder.path + "/manifest.json"))
            ))
        let port = try #require(simulator.base.split(separator: ":").last)
        try OldTimes(end: old.manifest.end, secondsAgo: 61).shift(
            old.data + "/log.sqlite", replacing: "127.0.0.1:\(old.manifest.graphPort)",
            by: "127.0.0.1:\(port)")
        try await old.tell(simulator)
        return old
    }

    private func tell(_ simulator: LocalAPI) async throws {
        let known = try JSONDecoder().decode(
            [[String: String]].self,
            from: Data(contentsOf: URL(filePath: folder.path + "/businesses.json")))
        for var business in known {
            // It is told where webhooks go when somebody listens there.
            business["webhook_url"] = nil
            try await simulator.call(.post, "/api/v1/businesses", try jsonBytes(business))
        }
        struct Written: Encodable {
            struct Content: Encodable {
                var id: String
                var type = "text"
                var text: [String: String]
            }
            var business: String
            var from: String
            var message: Content
        }
        for message in manifest.messages {
            try await simulator.call(
                .post, "/api/v1/messages",
                try jsonBytes(
                    Written(
                        business: message.business, from: message.phone,
                        message: .init(id: message.wamid, text: ["body": message.text]))))
        }
    }
}

/// Moves the times in a log's file: a conversation of last year is answered by nobody.
struct OldTimes {
    private let delta: Int64
    /// Milliseconds that are taken for times of the file: from a day before its end to two years
    /// after it, as some of them are due.
    private let range: ClosedRange<Int64>

    init(end: Int64, secondsAgo: Int64) {
        delta = Int64(Date().timeIntervalSince1970 * 1_000) - secondsAgo * 1_000 - end
        range = end - 86_400_000...end + 2 * 366 * 86_400_000
    }

    /// The columns that hold times, and those whose bytes tell of times.
    private static let columns: [(table: String, times: [String], bytes: [String])] = [
        ("records", ["timestamp"], ["headers", "value"]), ("heads", ["latest"], []),
        ("segments", ["latest"], []), ("compactions", ["due"], []), ("members", ["deadline"], []),
        ("state", ["expires"], ["value"]), ("timers", ["due"], ["payload"]),
    ]

    func shift(_ path: String, replacing old: String, by new: String) throws {
        let file = try Connection(path: path)
        try #require(try file.first("SELECT count(*) FROM blocks") { $0.int64(0) } == 0)
        try #require(old.utf8.count == new.utf8.count)
        for (table, times, bytes) in Self.columns {
            for column in times {
                try file.execute(
                    "UPDATE \(table) SET \(column) = \(column) + ? WHERE \(column) BETWEEN ? AND ?",
                    [.integer(delta), .integer(range.lowerBound), .integer(range.upperBound)])
            }
            for column in bytes {
                let values = Set(
                    try file.query(
                        "SELECT \(column) FROM \(table) WHERE \(column) IS NOT NULL"
                    ) { $0.blob(0) })
                for value in values {
                    let shifted = shift(value, replacing: old, by: new)
                    guard shifted != value else { continue }
                    try file.execute(
                        "UPDATE \(table) SET \(column) = ? WHERE \(column) = ?",
                        [.blob(shifted), .blob(value)])
                }
            }
        }
    }

    /// The same bytes, as many of them, with other times: milliseconds, seconds, RFC 3339.
    func shift(_ bytes: [UInt8], replacing old: String, by new: String) -> [UInt8] {
        // Latin-1 holds every byte as one character.
        let text = String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
        var shifted = text.replacing(old, with: new).unicodeScalars.map { UInt8($0.value) }
        var position = 0
        while position < shifted.count {
            var end = position
            while end < shifted.count, Self.isDigit(shifted[end]) { end += 1 }
            if end > position, Self.begins(at: position, in: shifted) {
                for length in [end - position, 24, 20] where position + length <= shifted.count {
                    let part = position..<position + length
                    guard let moved = moved(String(decoding: shifted[part], as: UTF8.self)) else {
                        continue
                    }
                    let isWhole =
                        part.upperBound == shifted.count
                        || !Self.isWord(shifted[part.upperBound])
                    if isWhole { shifted.replaceSubrange(part, with: Array(moved.utf8)) }
                    end = part.upperBound
                    break
                }
            }
            position = max(end, position + 1)
        }
        return shifted
    }

    /// Whether a number may begin here: no word goes on, but an escaped separator may end.
    private static func begins(at position: Int, in bytes: [UInt8]) -> Bool {
        position == 0 || !isWord(bytes[position - 1])
            || bytes[..<position].suffix(6) == ArraySlice("\\u001f".utf8)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            || byte == 0x2e
    }

    /// The time that a text is, moved; `nil` if it is none, or none of the file's.
    private func moved(_ text: String) -> String? {
        switch text.count {
        case 13: return Int64(text).flatMap(moved).map { String($0) }
        case 10: return Int64(text).flatMap { moved($0 * 1_000) }.map { String($0 / 1_000) }
        case 20, 24:
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.count == 24)
            // What only looks like a time stays.
            guard text.hasSuffix("Z"), let date = try? Date(text, strategy: style) else {
                return nil
            }
            return moved(Int64((date.timeIntervalSince1970 * 1_000).rounded())).map { time in
                Date(timeIntervalSince1970: Double(time) / 1_000).formatted(style)
            }
        default: return nil
        }
    }

    private func moved(_ milliseconds: Int64) -> Int64? {
        range.contains(milliseconds) ? milliseconds + delta : nil
    }
}
