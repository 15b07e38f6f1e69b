import JSON
import Testing

@testable import Conversation

/// The short way to read a message, beside the long one, which decides.
@Suite("Reading of messages")
struct InboundMessageReadingTests {
    /// A message's JSON with fields put in, replaced, or (by an empty text) left out.
    private func json(_ changes: [String: String] = [:]) -> [UInt8] {
        var fields = [
            "tenant": #""sol""#, "conversation": #""c1""#, "number": #""n1""#,
            "message": #""wamid.1""#, "contact": #"{"userID":"US.1","phone":"49151"}"#,
            "sentAt": "1700000000000", "receivedAt": "1700000000001",
            "content": #"{"type":"text","text":"When do you open?"}"#,
        ]
        for (name, value) in changes { fields[name] = value.isEmpty ? nil : value }
        let pairs = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
        return Array("{\(pairs.joined(separator: ","))}".utf8)
    }

    private static let texts = [
        #""""#, #""\u00e9\n\ud83d\ude00""#, "null", "5", "true", "[]", "{}", #""x""#, "",
    ]
    private static let fields = [
        "tenant", "conversation", "number", "message", "contact", "content", "context", "referral",
        "group", "errors", "extra", "unknown",
    ]

    private func check(_ json: [UInt8]) {
        let long = Result { () throws(RecordError) in
            try RecordCodec.decode(InboundMessage.self, from: json)
        }
        let short = Result { () throws(RecordError) in try InboundMessage.read(json) }
        #expect(short == long, "\(String(decoding: json, as: UTF8.self))")
    }

    @Test("a message with any of its fields as it should not be, or missing, is read the same")
    func anyField() throws {
        #expect(try InboundMessage.read(json()).content == .text("When do you open?"))
        for field in Self.fields {
            for value in Self.texts { check(json([field: value])) }
        }
        check([])
        check(Array("{".utf8))
        check(Array("null".utf8))
    }

    @Test("times are read the same, however they are written")
    func times() {
        for time in [
            "0", "-1", "1e3", "1.0", "1.5", "9223372036854775807", "253402300800000", "null",
            #""5""#, "00", "",
        ] {
            check(json(["sentAt": time]))
            check(json(["receivedAt": time]))
        }
    }

    @Test("contacts and contents of all kinds are read the same")
    func parts() {
        for field in ["userID", "parentUserID", "phone", "name", "username", "other"] {
            for value in Self.texts where !value.isEmpty {
                check(json(["contact": "{\"\(field)\":\(value)}"]))
                check(json(["contact": "{\"phone\":\"1\",\"\(field)\":\(value)}"]))
            }
        }
        for content in [
            #"{"type":"text"}"#, #"{"type":"text","text":5}"#, #"{"type":"text","text":null}"#,
            #"{"type":"revoke","message":"m"}"#, #"{"type":"new","raw":{"a":1}}"#,
            #"{"text":"x"}"#, #"{"type":"text","text":"a","text":"b"}"#,
            #"{"type":"text","text":"x","more":1}"#,
        ] {
            check(json(["content": content]))
        }
    }
}
