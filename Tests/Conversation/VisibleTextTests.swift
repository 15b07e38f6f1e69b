import Conversation
import FoundationEssentials
import Testing

@Suite("Text from outside, as a terminal may show it")
struct VisibleTextTests {
    /// All scalars that a terminal would obey, or by which words would seem to be others.
    static let hazards: [Unicode.Scalar] =
        (Array(0x00...0x1f) + Array(0x7f...0x9f) + [0x061c, 0x200e, 0x200f]
        + Array(0x2028...0x202e) + Array(0x2066...0x2069) + Array(0xfff9...0xfffb))
        .compactMap { Unicode.Scalar(UInt32($0)) }

    @Test("nothing that a terminal obeys is left, alone or among other letters")
    func hazards() {
        for hazard in Self.hazards {
            for text in ["\(hazard)", "a\(hazard)b", "é\(hazard)\u{301}", "\(hazard)\(hazard)"] {
                let shown = VisibleText.line(text)
                #expect(VisibleText.isPlain(shown), "U+\(String(hazard.value, radix: 16))")
                #expect(!shown.unicodeScalars.contains { Self.hazards.contains($0) })
                #expect(!VisibleText.isPlain(text))
            }
        }
    }

    @Test(
        "what people write is shown as it is, in any script",
        arguments: [
            "", "Hello, I'd like 2 bikes!", "¿Cuánto cuesta?", "שלום עולם", "مرحبا", "你好 🚲👩‍👩‍👧",
            "می‌خواهم", "ไทย", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        ])
    func plain(text: String) {
        #expect(VisibleText.line(text) == text)
    }

    @Test("line breaks are shown as one sign each, controls by their code")
    func signs() {
        #expect(VisibleText.line("a\nb\r\nc\rd") == "a⏎b⏎c⏎d")
        #expect(VisibleText.line("a\u{2028}b") == "a⏎b")
        #expect(VisibleText.line("\u{1b}[2J") == "\\u{1b}[2J")
        #expect(VisibleText.line("gpj\u{202e}.exe") == "gpj\\u{202e}.exe")
        #expect(VisibleText.line("a\tb") == "a b")
    }

    @Test("JSON means the same, and holds nothing that a terminal obeys")
    func json() throws {
        let text = "a" + String(String.UnicodeScalarView(Self.hazards)) + "\"\\é"
        let bytes = try RecordCodec.encode(["k": text])
        let shown = VisibleText.json(bytes)
        #expect(!shown.unicodeScalars.contains { Self.hazards.contains($0) })
        let back = try JSONDecoder().decode([String: String].self, from: Data(shown.utf8))
        #expect(back == ["k": text])
        let pretty = Array("{\n\t\"a\": 1\n}".utf8)
        #expect(VisibleText.json(pretty) == "{\n\t\"a\": 1\n}")
    }
}
