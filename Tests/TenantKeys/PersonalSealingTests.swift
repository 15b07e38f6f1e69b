import Conversation
import Cryptography
import Records
import Testing

@testable import TenantKeys

@Suite("Sealing of personal words")
struct PersonalSealingTests {
    static let personal: [FieldPath] = ["contact", "text"]

    static func key(
        _ id: KeyID = "0011223344556677", of tenant: TenantID = "sol", _ byte: UInt8 = 1,
        from: Int64 = 0
    ) throws -> TenantKey {
        try TenantKey(
            id: id, tenant: tenant, from: Timestamp(milliseconds: from),
            secret: [UInt8](repeating: byte, count: 32))
    }

    static func sealing(_ keys: TenantKey...) -> PersonalSealing {
        let table = KeyTable()
        for key in keys { table.put(key) }
        return PersonalSealing(table) { _ in }
    }

    static func record(_ id: RecordID = "r1", type: String = "test", at: Int64 = 1)
        -> SealingContext
    {
        .record(id, type: type, at: Timestamp(milliseconds: at), personal: personal)
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test(
        "what is not personal stays readable, and all is there again when it is opened",
        arguments: [
            (
                #"{"a":1,"contact":{"name":"Zoë"},"text":"hi"}"#, #"{"a":1,"#,
                #"{"a":1,"contact":{"name":"Zoë"},"text":"hi"}"#
            ),
            (#"{"text":"hi"}"#, "{", #"{"text":"hi"}"#),
            (
                #"{"contact":"a","n":[1,"}"],"text":"","z":{"y":"\"}"}}"#,
                #"{"n":[1,"}"],"z":{"y":"\"}"},"#,
                #"{"n":[1,"}"],"z":{"y":"\"}"},"contact":"a","text":""}"#
            ),
            (
                #"{"b":true,"text":null}"#, #"{"b":true,"#, #"{"b":true,"text":null}"#
            ),
        ])
    func roundTrip(_ value: String, _ open: String, _ again: String) throws {
        let sealing = Self.sealing(try Self.key())
        let sealed = try sealing.sealed(Array(value.utf8), of: "sol", at: Self.record())
        #expect(Self.text(sealed).hasPrefix(open + #""personal":{"~":"1.0011223344556677."#))
        #expect(Self.text(sealed).hasSuffix(#""}}"#))
        #expect(Self.text(try sealing.opened(sealed, at: Self.record())) == again)
    }

    @Test("a record without any personal member, and one from before, is what it is")
    func plain() throws {
        let sealing = Self.sealing(try Self.key())
        for value in [#"{"a":1}"#, "{}", #"{"x":{"y":"z"}}"#] {
            let bytes = Array(value.utf8)
            #expect(try sealing.sealed(bytes, of: "sol", at: Self.record()) == bytes)
            #expect(try sealing.opened(bytes, at: Self.record()) == bytes)
        }
        let old = Array(#"{"a":"\"personal\":{\"~\":\"1.k.AAAA\"}}","text":"~"}"#.utf8)
        #expect(try sealing.opened(old, at: Self.record()) == old)
    }

    @Test("what a stage remembers is sealed whole")
    func states() throws {
        let sealing = Self.sealing(try Self.key())
        let contexts: [SealingContext] = [
            .state(stage: "s", key: "k"), .stateEntries(stage: "s", key: "k"),
            .stateEntry(stage: "s", key: "k", name: "n"), .timer(stage: "s", key: "k", name: "n"),
        ]
        for value in ["", "{}", #"{"a":"b"}"#, "1"] {
            let bytes = Array(value.utf8)
            for context in contexts {
                let sealed = try sealing.sealed(bytes, of: "sol", at: context)
                #expect(sealed.starts(with: [1, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]))
                #expect(try sealing.opened(sealed, at: context) == bytes)
                #expect(try sealing.opened(bytes, at: context) == bytes)
                for other in contexts where other != context {
                    #expect(throws: RecordError.self) { try sealing.opened(sealed, at: other) }
                }
            }
        }
    }
}
