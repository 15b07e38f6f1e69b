import AccountRules
import Foundation
import Testing

@Suite("Display names")
struct DisplayNameTests {
    @Test(
        "a name is one line without controls and marks that turn or hide text",
        arguments: [
            ("Ana López", "Ana López"), ("  Ana \t\r\n López\u{0} ", "Ana López"),
            ("Ana\u{202E}zepóL", "AnazepóL"), ("A\u{200B}n\u{FEFF}a", "Ana"),
            ("Jose\u{301}", "José"), ("می‌خواهم", "می‌خواهم"), ("👩‍💻 Ana", "👩‍💻 Ana"),
            ("Ana\u{2028}Bcc: x", "Ana Bcc: x"), ("<b>Ana</b>", "<b>Ana</b>"),
        ])
    func normal(_ typed: String, _ text: String) throws {
        #expect(try DisplayName(typed).text == text)
    }

    @Test("what nobody would see is no name", arguments: ["", " ", "\u{200D}\u{200C}", "\u{202E}"])
    func empty(_ typed: String) {
        #expect(throws: DisplayName.Flaw.empty) { try DisplayName(typed) }
    }

    @Test("a hundred code points are taken, more are not")
    func length() throws {
        #expect(throws: Never.self) { try DisplayName(String(repeating: "ñ", count: 100)) }
        #expect(throws: DisplayName.Flaw.tooLong(most: 100)) {
            try DisplayName(String(repeating: "ñ", count: 101))
        }
    }

    @Test(
        "a mail to a stranger says nothing of a name that would be a link or a number to call",
        arguments: [
            ("Bicicletas Sol", "Bicicletas Sol"),
            ("Win at https://evil.example/x now", "Win at now"),
            ("evil.example", nil), ("Visit evil。example", "Visit"), ("me@evil.example", nil),
            ("Call +1 (555)123-4567 now", "Call +1 now"), ("Call 5551234567", "Call"),
            ("Taller 24", "Taller 24"), ("Dr. Sol", "Dr. Sol"), ("St.Mary", nil),
            ("Casa 2000 S.L.", "Casa 2000"), ("Números ٠١٢٣٤٥٦", "Números"),
        ] as [(String, String?)])
    func mail(_ typed: String, _ text: String?) throws {
        #expect(try DisplayName(typed).inMail == text)
    }

    @Test("a mail's name is short, and JSON is the bare text")
    func short() throws {
        let name = try DisplayName(String(repeating: "palabra ", count: 12))
        #expect(try #require(name.inMail).count <= 60)
        let json = try JSONEncoder().encode([name])
        #expect(try JSONDecoder().decode([DisplayName].self, from: json) == [name])
    }
}
