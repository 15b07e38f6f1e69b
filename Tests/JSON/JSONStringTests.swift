import Foundation
import Testing

@testable import JSON

@Suite("Texts in JSON")
struct JSONStringTests {
    @Test(
        "a text is quoted as Foundation quotes it",
        arguments: [
            "", "plain", "a \"b\" \\ c/d", "\n\r\t\u{8}\u{c}\u{0}\u{1f}", "é👋\u{2028}\u{85}",
        ])
    func quotes(_ text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let expected = String(decoding: try encoder.encode(text), as: UTF8.self)
        #expect(JSONString.quoted(text) == expected)
    }

    @Test("a text for readers of lines holds no control and no separator of lines, and is cut")
    func lines() throws {
        func line(_ text: String, atMost limit: Int = .max) -> String {
            var bytes: [UInt8] = []
            JSONString.append(line: text, to: &bytes, atMost: limit)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(line("a\u{85}\u{7f}\u{2029}\n\"") == #""a\u0085\u007f\u2029\n\"""#)
        #expect(line("aé", atMost: 3) == #""aé""#)
        #expect(line("aéx", atMost: 3) == #""aé…""#)
        #expect(line("aé", atMost: 2) == #""a…""#)
    }
}
