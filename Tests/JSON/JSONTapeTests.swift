import Testing

@testable import JSON

/// RFC 8259, case by case: what a strict reader takes and what it refuses.
@Suite struct JSONTapeTests {
    @Test(
        "JSON is taken",
        arguments: [
            "null", "true", "false", " \t\r\n0 ", "-0", "1", "-12.5e+3", "1E400", "0.1e-7",
            "123456789012345678901234567890", "\"\"", "\"\\u0000\"", "\"\u{7f}\u{2028}é漢🚲\"",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"",
            "[]", "[ ]", "[1,2 , 3]", "[[],{}]", "{}", "{ }", "{\"\":0}", "{\"a\":1,\"a\":2}",
            "{\"a\" : { \"b\" : [ null ] } }",
        ])
    func accepted(text: String) throws {
        _ = try JSONTape(Array(text.utf8))
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "+1", "01", "-01", "-", ".5", "1.",
            "1.e3", "1e", "1e+", "0x10", "1 2", "\"", "\"a", "\"\\", "\"\\\"", "\"\\x41\"",
            "\"\\u12\"", "\"\\u12g4\"", "\"\\u\"", "\"\n\"", "\"\u{0}\"", "'a'", "[", "]", "[1",
            "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "}",
            "{\"a\":1,", "{\"a\":1,}", "{,}", "{a:1}", "{\"a\" 1}", "{1:2}", "{\"a\":1 \"b\":2}",
            "{\"a\":1]", "{}{}", "[] x", "\u{feff}{}", "// x\n1", "[1]\u{0}",
        ])
    func refused(text: String) {
        #expect(throws: JSONProblem.self) { try JSONTape(Array(text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8 are refused wherever they stand",
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xc3, 0x22], [0x22, 0xc0, 0xaf, 0x22],
            [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0xff], [0x31, 0xff],
            [0x22, 0xe2, 0x82], [0xef, 0xbb, 0xbf, 0x31], [0xff, 0xfe, 0x31, 0],
        ] as [[UInt8]])
    func invalidText(bytes: [UInt8]) {
        #expect(throws: JSONProblem.self) { try JSONTape(bytes) }
    }

    @Test("nesting is taken to a bound and refused beyond it, without using up the stack")
    func depth() throws {
        func nested(_ open: String, _ close: String, _ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: open, count: depth) + "1"
                    + String(repeating: close, count: depth))
                    .utf8)
        }
        let most = JSONTape.maximumDepth - 1
        _ = try JSONTape(nested("[", "]", most))
        _ = try JSONTape(nested("{\"a\":", "}", most))
        for depth in [most + 1, 100_000] {
            #expect(throws: JSONProblem.self) { try JSONTape(nested("[", "]", depth)) }
            #expect(throws: JSONProblem.self) { try JSONTape(nested("{\"a\":", "}", depth)) }
        }
    }

    @Test("a body cut off at any byte is refused, and a changed byte never crashes")
    func truncation() throws {
        let body = Array(
            #"{"a":[1.5e2,-3,true,false,null,"x\u00e9\ud83d\ude00\n"],"é":{"b":"漢"},"c":[]}"#.utf8)
        _ = try JSONTape(body)
        for end in body.indices {
            #expect(throws: JSONProblem.self) { try JSONTape(Array(body[..<end])) }
        }
        for index in body.indices {
            for byte in [0x00, 0x22, 0x5c, 0x7b, 0x5d, 0x2c, 0x39, 0xff] as [UInt8] {
                var changed = body
                changed[index] = byte
                // Taken or refused; the views of what is taken must hold together.
                guard let tape = try? JSONTape(changed) else { continue }
                walk(tape.root)
            }
        }
    }

    private func walk(_ view: JSONView) {
        _ = (view.text, view.raw, view.integer, view.number, view.boolean, view["a"], view["é"])
        for element in view.elements { walk(element) }
        for name in ["a", "c"] as [StaticString] { view[name].map(walk) }
    }

    @Test("a problem says where it is")
    func place() {
        #expect(throws: JSONProblem(reason: "a colon is missing", offset: 5)) {
            try JSONTape(Array("{\"a\" 1}".utf8))
        }
    }
}

@Suite struct JSONViewTests {
    private func view(_ text: String) throws -> JSONView { try JSONTape(Array(text.utf8)).root }

    @Test(
        "escapes are undone, and half a surrogate pair becomes U+FFFD",
        arguments: [
            (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""caf\u00e9""#, "café"),
            (#""\ud83d\ude00!""#, "😀!"), (#""\uD83D\uDE00""#, "😀"), (#""\u0000""#, "\u{0}"),
            (#""\ud800""#, "\u{fffd}"), (#""\ud800x""#, "\u{fffd}x"), (#""\ude00""#, "\u{fffd}"),
            (#""\ud800\u0041""#, "\u{fffd}A"), (#""\ud800\ud83d\ude00""#, "\u{fffd}😀"),
            (#""\ud800\n""#, "\u{fffd}\n"), (#""e\u0301""#, "e\u{301}"), (#""漢\u5b57""#, "漢字"),
        ])
    func escapes(json: String, text: String) throws {
        let read = try #require(try view(json).text)
        #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test("numbers come from numbers and from strings of digits, and big ones are no surprise")
    func numbers() throws {
        let list = try view(#"[1,"42",-7,9223372036854775807,9223372036854775808,1.5,"x",1e400]"#)
            .elements
        #expect(
            list.map(\.integer) == [
                1, 42, -7, 9_223_372_036_854_775_807, nil, nil, nil, nil,
            ])
        #expect(list[5].number == 1.5)
        #expect(list[7].number == .infinity)
        #expect(list[4].text == "9223372036854775808")
    }

    @Test("of two fields of one name the first is read, and a name may be written with escapes")
    func names() throws {
        let value = try view(#"{"a":{"id":"no"},"id":1,"id":2,"na\u006de":"x"}"#)
        #expect(value["id"]?.integer == 1)
        #expect(value["name"]?.text == "x")
        #expect(value["nam"] == nil)
        #expect(value["names"] == nil)
    }

    @Test("what is of another kind answers nil, and the raw form is what was sent")
    func kinds() throws {
        let value = try view(#"{"a":[1, "\u00e9"],"s":"\n","t":true,"n":null}"#)
        #expect(value.elements.isEmpty)
        #expect(value.text == nil)
        #expect(value["a"]?["x"] == nil)
        #expect(value["a"]?.raw.text == #"[1, "\u00e9"]"#)
        #expect(value["s"]?.raw.text == #""\n""#)
        #expect(value["t"]?.boolean == true)
        #expect(value["n"]?.boolean == nil)
        #expect(value["n"]?.text == nil)
        #expect(value["t"]?.raw.text == "true")
    }
}
