import EventLog
import Testing

@Suite("A record's headers")
struct HeaderListTests {
    @Test(
        "headers come back as they were given",
        arguments: [0, 1, 127, 128, 129, 16_383, 16_384, 70_000])
    func lengths(_ length: Int) {
        let headers = [
            RecordHeader(String(repeating: "n", count: length), "v"),
            RecordHeader("b", bytes: Array(repeating: 0xff, count: length)),
        ]
        let list = HeaderList(headers)
        #expect(Array(list) == headers)
        #expect(Array(HeaderList(packed: list.packed)) == headers)
        #expect(list.count == 2)
    }

    @Test("a header is found by its whole name, the last of several")
    func search() throws {
        let list: HeaderList = [
            RecordHeader("a", "1"), RecordHeader("ab", "2"), RecordHeader("a", "3"),
            RecordHeader("empty", ""), RecordHeader("grüße", "🌍"),
        ]
        let cases: [(name: String, text: String?)] = [
            ("a", "3"), ("ab", "2"), ("abc", nil), ("", nil), ("b", nil), ("empty", ""),
            ("grüße", "🌍"), ("grüSe", nil),
        ]
        for (name, text) in cases {
            #expect(list.text(of: name) == text, "\(name)")
            #expect(
                list.field(of: name).map { Array(list.bytes(at: $0)) }
                    == text.map { Array($0.utf8) })
        }
    }

    @Test("lists of the same headers are equal, however they were made")
    func equality() {
        var appended = HeaderList()
        appended.append("a", "1")
        appended.append(RecordHeader("b", bytes: [0xff]))
        var joined: HeaderList = [RecordHeader("a", "1")]
        joined.append([RecordHeader("b", bytes: [0xff])])
        #expect(appended == joined)
        #expect(appended != [RecordHeader("b", bytes: [0xff]), RecordHeader("a", "1")])
        // Where a name ends and its value begins makes a difference.
        let (left, right): (HeaderList, HeaderList) = ([.init("ab", "c")], [.init("a", "bc")])
        #expect(left != right)
    }

    @Test("no headers take no room")
    func none() {
        #expect(HeaderList().packed.isEmpty)
        #expect(HeaderList().isEmpty)
        #expect(Array(HeaderList(packed: [])) == [])
    }

    @Test("damaged bytes end the list instead of the process")
    func damaged() {
        let packed = HeaderList([RecordHeader("name", "value")]).packed
        for cut in 0..<packed.count {
            #expect(Array(HeaderList(packed: Array(packed.prefix(cut)))) == [])
        }
        for bytes in [
            Array(repeating: 0xff, count: 20), Array(repeating: 0xff, count: 8) + [0x7f],
            Array(repeating: 0x80, count: 8) + [0x40, 0, 0],
        ] as [[UInt8]] {
            #expect(Array(HeaderList(packed: bytes)) == [])
            #expect(HeaderList(packed: bytes).text(of: "name") == nil)
        }
    }
}
