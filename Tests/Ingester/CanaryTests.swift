import Conversation
import Cryptography
import EventLog
import Foundation
import HTTPClient
import JSON
import PipelineTesting
import Records
import Synchronization
import Telemetry
import Testing

@testable import Ingester

/// Whatever a webhook holds, no header, key or log line of ours tells it.
@Suite("What headers and logs tell of webhooks")
struct CanaryTests {
    private static let word = "canaryword"
    private static let phone = "16505076520"

    private static let bodies: [(name: String, body: JSONValue)] = {
        let root = FixtureTests.folder.deletingLastPathComponent().deletingLastPathComponent()
        var bodies: [(String, JSONValue)] = []
        for folder in ["whatsapp-business-java-api/deserialization", "reported"] {
            let path = root.appending(path: folder).path
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            for name in names.sorted() where name.hasSuffix(".json") {
                let data = FileManager.default.contents(atPath: path + "/" + name) ?? Data()
                // What is no JSON is no webhook.
                guard let body = try? JSONDecoder().decode(JSONValue.self, from: data) else {
                    continue
                }
                bodies.append((name, body))
            }
        }
        return bodies
    }()

    private static func read(_ body: JSONValue) throws -> [Record] {
        try WebhookPayload(
            tenantOfNumber: { $0.rawValue.contains(word) ? nil : "t" },
            tenantOfAccount: { $0.contains(word) ? nil : "t" },
            receivedAt: Webhooks.receivedAt, naming: try TestKeys.table(of: "t"),
            by: .conversation
        ).read(RecordCodec.encode(body)).records
    }

    /// All that can be read of a record without opening its value.
    private static func readable(_ record: Record) -> [String] {
        record.headers.map(\.text) + [String(decoding: record.key, as: UTF8.self)]
    }

    /// Seven digits in a row, as a phone number has, in a text or in what is Base64 of it.
    private static func holdsNumber(_ text: String) -> Bool {
        func digits(_ bytes: some Sequence<UInt8>) -> Bool {
            var run = 0
            for byte in bytes {
                run = (0x30...0x39).contains(byte) ? run + 1 : 0
                if run >= 7 { return true }
            }
            return false
        }
        let part = Array(text.utf8)
        for start in 0..<4 {
            let rest = part.dropFirst(start).prefix { byte in
                byte == 0x2b || byte == 0x2f || (0x30...0x39).contains(byte)
                    || (0x61...0x7a).contains(byte | 0x20)
            }
            let whole = String(decoding: rest.prefix(rest.count / 4 * 4), as: UTF8.self)
            if let bytes = Data(base64Encoded: whole), digits(bytes) { return true }
        }
        return text.hasPrefix("wamid.")
    }

    /// Names of people and messages in a body, by the fields that hold them.
    private static func names(in value: JSONValue, _ field: String = "") -> Set<String> {
        let fields: Set = [
            "id", "from", "wa_id", "user_id", "from_user_id", "recipient_id", "recipient_user_id",
            "recipient_participant_id", "recipient_participant_user_id", "message_id", "name",
            "formatted_name", "username", "body", "caption", "parent_user_id", "group_id", "phone",
        ]
        switch value {
        case .object(let object):
            return object.reduce(into: []) { names, member in
                // The account and the number are the business's own.
                guard member.key != "metadata" else { return }
                names.formUnion(Self.names(in: member.value, member.key))
            }
        case .array(let list):
            return list.reduce(into: []) { $0.formUnion(names(in: $1, field)) }
        case .string(let text): return fields.contains(field) && text.count > 4 ? [text] : []
        default: return []
        }
    }

    private static func elements(_ value: JSONValue?) -> [JSONValue] {
        if case .array(let list)? = value { list } else { [] }
    }

    @Test("what comes in place of WhatsApp's own words does not stand readable in the log")
    func words() throws {
        let number = "call \(Self.phone)"
        let body = Webhooks.body(
            Webhooks.entry(
                "A1", Webhooks.change(field: number, value: #"{"a":1}"#),
                Webhooks.change(
                    "N1", #""statuses":[{"id":"m1","status":"\#(number)","timestamp":"1"}]"#)))
        let batch = try WebhookPayload(
            tenantOfNumber: { _ in "t" }, tenantOfAccount: { _ in "t" },
            receivedAt: Webhooks.receivedAt, naming: try TestKeys.table(of: "t"),
            by: .conversation
        ).read(body)
        #expect(batch.records.count == 2)
        for record in batch.records {
            let value = String(decoding: record.value ?? [], as: UTF8.self)
            #expect(!value.contains(Self.phone), "\(value)")
        }
    }

    @Test("no header or key of any record of all fixtures names a message or a person")
    func fixtures() throws {
        #expect(Self.bodies.count > 30)
        var count = 0
        for (file, body) in Self.bodies {
            var names: Set<String> = []
            for entry in Self.elements(body["entry"]) {
                for change in Self.elements(entry["changes"]) {
                    names.formUnion(Self.names(in: change))
                    // Some fixtures were made anonymous by one number for all.
                    let own = change["value"]?["metadata"]?["phone_number_id"]?.string
                    names.remove(own ?? "")
                }
            }
            for record in try Self.read(body) {
                count += 1
                for text in Self.readable(record) {
                    for name in names where text.contains(name) {
                        Issue.record("\(file): \(name) stands in \(text)")
                    }
                }
                let own = ["ce_id", "ce_subject", "correlationid", "causationid"]
                for text in own.compactMap({ record.header($0) }) where Self.holdsNumber(text) {
                    if record.topic != Topic.accountsUpdates.rawValue {
                        Issue.record("\(file): \(text) holds a number")
                    }
                }
            }
        }
        #expect(count > 60)
    }

    /// The body with each of its values in turn, and each name of a field, put in place by a
    /// word and a number.
    private static func planted(_ value: JSONValue) -> [JSONValue] {
        let planted = JSONValue.string("\(word) \(phone)")
        switch value {
        case .object(let object):
            return object.flatMap { name, member -> [JSONValue] in
                var renamed = object
                renamed[name] = nil
                renamed["\(word)\(phone)"] = member
                return Self.planted(member).map { changed in
                    var copy = object
                    copy[name] = changed
                    return .object(copy)
                } + [.object(renamed)]
            }
        case .array(let list):
            return list.indices.flatMap { index in
                Self.planted(list[index]).map { changed in
                    var copy = list
                    copy[index] = changed
                    return .array(copy)
                }
            }
        default: return [planted, .string("\(word)\(phone)"), .string("p1.\(word)\(phone).o.1")]
        }
    }

    @Test("a word and a number in any field of a webhook stand in no header and no key")
    func everyField() throws {
        var count = 0
        for (file, body) in Self.bodies {
            for changed in Self.planted(body) {
                for record in try Self.read(changed) {
                    count += 1
                    for text in Self.readable(record)
                    where text.contains(Self.word) || text.contains(Self.phone) {
                        Issue.record("\(file): \(text) in \(record.topic)")
                    }
                }
            }
        }
        #expect(count > 2_000)
    }

    @Test("no log line and no answer tells what a webhook held, however it is refused")
    func logs() async throws {
        let lines = Mutex<[String]>([])
        let server = try await WebhookServer(
            keys: try TestKeys.table(of: "luna"),
            logger: Logger(
                service: "test",
                to: { line in
                    lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
                })
        )
        let text = "\(Self.word) \(Self.phone)"
        let message = Webhooks.message(Webhooks.text(text, from: #""from":"\#(text)""#, text))
        var answers = [try await server.deliver(message)]
        answers.append(try await server.deliver(Array(#"{"entry":\#(text)"#.utf8)))
        answers.append(try await server.post(message, signature: text))
        let token = "hub.verify_token=\(Self.word)&hub.challenge=1"
        answers.append(try await server.get("/webhook?hub.mode=subscribe&\(token)"))
        #expect(answers.map(\.status) == [503, 503, 401, 403])
        let told = lines.withLock { $0 } + answers.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(!told.isEmpty)
        for line in told {
            #expect(!line.contains(Self.word) && !line.contains(Self.phone), "\(line)")
        }
        await server.stop()
    }
}
