import Testing

@Suite("SwiftText")
struct SwiftTextTests {
    @Test(
        "comments and strings are blanked, code and line feeds stay",
        arguments: [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (#"x("b // c") + d"#, #"x("      ") + d"#),
            (#"x("\"b") + d"#, #"x("   ") + d"#),
            ("x(#\"a\"b\"#)y", "x(#\"   \"#)y"),
            ("\"\"\"\na \"b\" {\n\"\"\"c", "\"\"\"\n       \n\"\"\"c"),
            (#""\(f("a)", b))" + c"#, #""             " + c"#),
        ])
    func blanking(source: String, code: String) {
        #expect(SwiftText.code(of: source) == code)
    }

    @Test("a function's length counts from its name to its closing brace")
    func functionLength() throws {
        let head = [
            "protocol P {", "func a()", "func b() async", "}", "func c(", "d: Int", ") -> Int {",
        ]
        let body = (0..<80).map { "let a\($0) = { $0 }" }
        let file = SourceTree.File(
            path: "Sources/A/A.swift", text: (head + body + ["}", ""]).joined(separator: "\n"))
        let lengths = Functions.lengths(in: file)
        #expect(lengths.map(\.line) == [4])
        #expect(lengths.map(\.length) == [84])
    }
}
