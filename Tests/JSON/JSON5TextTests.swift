import Testing

@testable import JSON

@Suite("JSON5")
struct JSON5TextTests {
    @Test(
        "becomes the JSON that says the same",
        arguments: [
            ("{a: 1, $b_9: 'x', ü: [true, null,],}", #"{"a": 1, "$b_9": "x", "ü": [true, null]}"#),
            ("[+1, -.5, 5., 0x1F, -0Xff, 5.e3]", "[1, -0.5, 5, 31, -255, 5e3]"),
            (
                #"['a"b\'c', "it's", '\x41\v\0\q\u00e9']"#,
                #"["a\"b'c", "it's", "\u0041\u000b\u0000q\u00e9"]"#
            ),
            ("// one\n{/* two\n */ a /* key */ : 1}", "\n{\n  \"a\"  : 1}"),
            ("['a\\\nb', 1]", "[\"ab\"\n, 1]"),
            ("\u{FEFF}[\u{A0}1\r\n]", " [ 1\n]"),
            (
                #"{"plain": [1e5, "\n\ud83d\ude00", false]}"#,
                #"{"plain": [1e5, "\n\ud83d\ude00", false]}"#
            ),
        ])
    func translates(json5: String, json: String) throws {
        let found = try JSON5Text.json(json5.utf8)
        let words = { (text: String) in text.filter { $0 != " " } }
        #expect(words(found) == words(json))
    }

    @Test(
        "that is none is refused with its line",
        arguments: [
            ("{n: 0x0x1F}", "line 1: '0x0x1F' is no number"), ("[0x]", "no number"),
            ("[.]", "no number"), ("[1x]", "no number"), ("[+-1]", "no number"),
            ("\n\n[NaN]", "line 3: 'NaN' is no value"), ("[a]", "'a' is no value"),
            ("['a", "a text does not end"), ("\n'a\n'", "line 2: a text does not end"),
            (#"['\9']"#, "no escape"), (#"['\x4']"#, "2 hexadecimal digits"),
            ("[,]", "nothing before it"), ("[1,,]", "nothing before it"), ("1,", "is the last"),
            ("/* a", "a comment does not end"), ("[/]", "stands alone"), ("[#]", "there is a '#'"),
        ])
    func refuses(text: String, words: String) {
        let problem = #expect(throws: JSON5Problem.self) { try JSON5Text.json(text.utf8) }
        #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }

    @Test(
        "whose bytes are no UTF-8 is refused",
        arguments: [
            [0xFF], [0x5B, 0x22, 0xC3, 0x22, 0x5D], Array("{a: ".utf8) + [0xFF, 0xFF, 0x7D],
            [0xED, 0xA0, 0x80], [0xFE, 0xFF, 0, 0x31],
        ] as [[UInt8]])
    func bytes(_ bytes: [UInt8]) {
        let problem = #expect(throws: JSON5Problem.self) { try JSON5Text.json(bytes) }
        #expect(problem?.description == "it is not UTF-8")
    }

    @Test(
        "whose brackets do not match is refused by the reader of JSON",
        arguments: ["[1}", "{1: 2}", "[1 2]", "{a}", "{a: 1", "", "[01]", ":", "a: 1"])
    func brackets(_ text: String) {
        #expect(throws: (any Error).self) {
            try JSON5Text.decode(AnyJSON.self, from: text.utf8)
        }
    }
}

/// JSON of any shape, read to its last value.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) throws {
        // What is no list is tried as an object, and what is neither as a value.
        if var list = try? decoder.unkeyedContainer() {
            while !list.isAtEnd { _ = try list.decode(AnyJSON.self) }
        } else if (try? [String: AnyJSON](from: decoder)) != nil {
            return
        } else {
            let value = try decoder.singleValueContainer()
            guard !value.decodeNil() else { return }
            _ = try value.decode(Double.self)
        }
    }
}
