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
        "only what holds personal words lies open",
        arguments: [
            (#"{"a":1,"text":"hi"}"#, true), (#"{"a":1,"text":[],"contact":null}"#, false),
            (#"{"a":1}"#, false), ("text", true),
        ])
    func openness(_ value: String, _ isOpen: Bool) {
        #expect(
            PersonalSealing.isOpen(Array(value.utf8), personal: Self.personal, type: "test")
                == isOpen)
    }

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
                #"{"b":true,"contact":null,"text":"hi"}"#, #"{"b":true,"contact":null,"#,
                #"{"b":true,"contact":null,"text":"hi"}"#
            ),
        ])
    func roundTrip(_ value: String, _ open: String, _ again: String) throws {
        let sealing = Self.sealing(try Self.key())
        let sealed = try sealing.sealed(Array(value.utf8), of: "sol", at: Self.record())
        #expect(Self.text(sealed).hasPrefix(open + #""personal":{"~":"1.0011223344556677."#))
        #expect(Self.text(sealed).hasSuffix(#""}}"#))
        #expect(Self.text(try sealing.opened(sealed, at: Self.record())) == again)
    }

    @Test(
        "what holds nothing stays as it is: absent, empty and null are three values",
        arguments: [#"{"b":1,"text":null}"#, #"{"b":1,"text":[]}"#, #"{"text":{}}"#, "{}"])
    func empty(_ value: String) throws {
        let sealing = Self.sealing(try Self.key())
        let sealed = try sealing.sealed(Array(value.utf8), of: "sol", at: Self.record())
        #expect(Self.text(sealed) == value)
        #expect(Self.text(try sealing.opened(sealed, at: Self.record())) == value)
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
                // That it is again what it was is not seen.
                #expect(try sealing.sealed(bytes, of: "sol", at: context) != sealed)
                for other in contexts where other != context {
                    #expect(throws: RecordError.self) { try sealing.opened(sealed, at: other) }
                }
            }
        }
    }

    // MARK: What is refused

    private static let value = Array(#"{"a":1,"contact":"Zoë","text":"a secret"}"#.utf8)

    private func kind(
        _ sealing: PersonalSealing, _ bytes: [UInt8], _ context: SealingContext = record()
    ) -> RecordError.Kind? {
        do {
            _ = try sealing.opened(bytes, at: context)
            return nil
        } catch {
            #expect(!error.description.contains("secret"))
            return error.kind
        }
    }

    @Test("what is truncated, changed or moved to another record or type is broken")
    func changed() throws {
        let sealing = Self.sealing(try Self.key())
        let sealed = try sealing.sealed(Self.value, of: "sol", at: Self.record())
        #expect(kind(sealing, sealed) == nil)
        #expect(kind(sealing, sealed, Self.record("r2")) == .broken)
        #expect(kind(sealing, sealed, Self.record(type: "other")) == .broken)
        // The time chooses a key, and binds nothing.
        #expect(kind(sealing, sealed, Self.record(at: 99)) == nil)
        let text = try #require(SealedForm.lastMember(of: sealed)?.text)
        for index in text.dropFirst(19) {
            var changed = sealed
            changed[index] =
                changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(kind(sealing, changed) == .broken)
            let shorter = Array(sealed[..<index] + sealed[text.upperBound...])
            #expect(kind(sealing, shorter) == .broken)
        }
        for version in ["0", "2", "11", "", "x"] {
            let other =
                Array(sealed[..<text.lowerBound]) + Array(version.utf8)
                + Array(sealed[(text.lowerBound + 1)...])
            #expect(kind(sealing, other) == .broken)
        }
    }

    @Test("another key's words are broken under this key's name, and a tenant's under another's")
    func others() throws {
        let mine = try Self.key()
        let theirs = try Self.key("8899aabbccddeeff", of: "luna", 2)
        let sealing = Self.sealing(mine, theirs)
        let sealed = try sealing.sealed(Self.value, of: "sol", at: Self.record())
        let text = String(decoding: sealed, as: UTF8.self)
        let renamed = text.replacing("0011223344556677", with: "8899aabbccddeeff")
        #expect(kind(sealing, Array(renamed.utf8)) == .broken)
        // The same bytes of a key, as another tenant's.
        let copy = Self.sealing(try Self.key(of: "luna"))
        #expect(kind(copy, sealed) == .broken)
    }

    @Test("a destroyed key's words are erased, an unknown key's are not known")
    func keys() async throws {
        let key = try Self.key()
        let table = KeyTable()
        table.put(key)
        let waited = Waited()
        let sealing = PersonalSealing(table) { await waited.add($0) }
        let sealed = try sealing.sealed(Self.value, of: "sol", at: Self.record())
        let state = try sealing.sealed(
            Self.value, of: "sol", at: .state(stage: "s", key: "k"))
        await sealing.prepare(for: [sealed, state, Self.value])
        #expect(await waited.keys.isEmpty)

        let elsewhere = PersonalSealing(KeyTable()) { await waited.add($0) }
        #expect(kind(elsewhere, sealed) == .keyUnknown)
        #expect(throws: RecordError.self) {
            try elsewhere.sealed(Self.value, of: "sol", at: Self.record())
        }
        await elsewhere.prepare(for: [sealed, state, Self.value])
        #expect(await waited.keys == [key.id])

        table.destroy(key.id, of: "sol", at: Timestamp(milliseconds: 1))
        #expect(kind(sealing, sealed) == .erased)
        #expect(kind(sealing, state, .state(stage: "s", key: "k")) == .erased)
        do {
            _ = try sealing.sealed(Self.value, of: "sol", at: Self.record())
            Issue.record("it was sealed")
        } catch {
            #expect(error.kind == .erased)
        }
    }

    private actor Waited {
        var keys: Set<KeyID> = []
        func add(_ more: Set<KeyID>) { keys.formUnion(more) }
    }

    @Test("the record's time chooses the key, not the time at which it is sealed")
    func versions() throws {
        let first = try Self.key("0000000000000001", 1)
        let second = try Self.key("0000000000000002", 2, from: 1_000)
        let sealing = Self.sealing(second, first)
        for (time, id) in [
            (Int64(0), "0000000000000001"), (999, "0000000000000001"), (1_000, "0000000000000002"),
        ] {
            let sealed = try sealing.sealed(Self.value, of: "sol", at: Self.record(at: time))
            #expect(Self.text(sealed).contains(#""~":"1.\#(id)."#))
            #expect(kind(sealing, sealed) == nil)
        }
    }

    @Test("what cannot be taken apart without doubt is not sealed, and not written")
    func unsealable() throws {
        let sealing = Self.sealing(try Self.key())
        for value in [
            "", "[]", "null", #"{"text":"hi""#, #"{"text":"hi"} x"#, #"{"te\u0078t":"hi"}"#,
            #"{"personal":1,"text":"hi"}"#, #"{"text":"hi",}"#,
        ] {
            #expect(throws: RecordError.self, "\(value)") {
                try sealing.sealed(Array(value.utf8), of: "sol", at: Self.record())
            }
        }
    }

    // MARK: Records that other tools wrote anew

    @Test("a record that was written anew, with spaces and in another order, is opened")
    func written() throws {
        let first = try Self.key("0000000000000001", 1)
        let second = try Self.key("0000000000000002", 2)
        let sealing = Self.sealing(first, second)
        func text(_ key: TenantKey, _ value: String) throws -> String {
            let sealed = try Self.sealing(key).sealed(
                Array(value.utf8), of: "sol", at: Self.record())
            let range = try #require(SealedForm.lastMember(of: sealed)?.text)
            return String(decoding: sealed[range], as: UTF8.self)
        }
        let (one, two) = (
            try text(first, #"{"contact":"Zoë"}"#), try text(second, #"{"text":"hi"}"#)
        )
        for (record, opened) in [
            (
                #" { "personal" : { "~" : "\#(one)" } , "a" : [1, 2] } "#,
                #"{"a" : [1, 2],"contact":"Zoë"}"#
            ),
            (
                #"{"a":1,"personal":{"~":["\#(one)","\#(two)"]}}"#,
                #"{"a":1,"contact":"Zoë","text":"hi"}"#
            ),
            (#"{"personal":{"~":["\#(two)"]}}"#, #"{"text":"hi"}"#),
        ] {
            #expect(Self.text(try sealing.opened(Array(record.utf8), at: Self.record())) == opened)
            var needed = SealedForm.KeysNeeded()
            SealedForm.addKeys(of: Array(record.utf8), to: &needed)
            #expect(!needed.ids.isEmpty)
        }
        for record in [
            #"{"personal":{"~":1}}"#, #"{"personal":{"~":[]}}"#, #"{"personal":"~"}"#,
            #"{"personal":{"~":"1.0000000000000001"}}"#, #"{"personal":{"~":""}}"#,
        ] {
            #expect(kind(sealing, Array(record.utf8)) == .broken, "\(record)")
        }
        do {
            let half = Self.sealing(first)
            let both = Array(#"{"a":1,"personal":{"~":["\#(one)","\#(two)"]}}"#.utf8)
            #expect(kind(half, both) == .keyUnknown)
        }
    }

    // MARK: What does not change

    /// Made by another implementation from the description alone: HMAC-SHA-256, AES-256-CMAC and
    /// AES-256-GCM of other libraries.
    @Test("what is sealed today opens for ever")
    func golden() throws {
        let sealing = Self.sealing(try Self.key())
        let sealed = try sealing.sealed(
            Array(#"{"a":1,"text":"hi"}"#.utf8), of: "sol", at: Self.record())
        #expect(Self.text(sealed) == Self.goldenRecord)
    }

    private static let goldenRecord =
        #"{"a":1,"personal":{"~":"1.0011223344556677."#
        + #"Vbb83RKJhuUKfKHkkRVyKiu2GFrLPh1daaElVV3YXAQjoUNglSfDNg-TKhz8"#
        + #"HgXE3Huk7uYMubEKj_XL6JEbjPnKPb_-zi7o"}}"#

    @Test("a length tells little")
    func lengths() {
        #expect((0...32).allSatisfy { SealedForm.paddedLength($0) == 32 })
        var last = 0
        for length in 0..<100_000 {
            let padded = SealedForm.paddedLength(length)
            #expect(padded >= length && padded >= last && padded % 32 == 0)
            #expect(length < 256 || Double(padded) <= 1.125 * Double(length) + 1)
            last = padded
        }
    }
}
