import EventLog
import Testing

@testable import SQLiteEventLog

@Suite("Headers in rows")
struct HeaderRowTests {
    private static let usual = HeaderList([
        RecordHeader("ce_specversion", "1.0"),
        RecordHeader("ce_id", "2b87311ae7474442821ec885066979c0"),
        RecordHeader("ce_type", "parley.question.grounded"),
        RecordHeader("ce_source", "stage/retrieval"),
        RecordHeader("ce_time", "2026-11-30T02:02:12.850Z"),
        RecordHeader("ce_subject", "fad5a8ec0f07eaf278d9d02a500b7dec"),
        RecordHeader("content-type", "application/json"),
        RecordHeader("correlationid", "ae176b2aed0aeaee2e7032ea4d7ca7e4"),
        RecordHeader("causationid", "ae176b2aed0aeaee2e7032ea4d7ca7e4"),
        RecordHeader("tenant", "demo"),
    ])

    @Test("those of a usual record take less than half the room, and come back")
    func usual() {
        let row = HeaderRow.bytes(of: Self.usual)
        #expect(row.count * 2 < Self.usual.packed.count, "\(row.count)")
        #expect(HeaderRow.headers(of: row) == Self.usual)
    }

    @Test("whatever they are, they come back as they were")
    func any() {
        var random = SystemRandomNumberGenerator()
        let names = ["ce_id", "tenant", "content-type", "ce_specversion", "", "x", "causationid"]
        let hex = "0123456789abcdef0123456789abcdef"
        let values = [
            "", "1.0", "application/json", hex, String(hex.reversed()), hex.uppercased(),
            hex.dropLast() + "g", String(hex.dropLast()), String(repeating: "é", count: 9_000),
        ]
        for _ in 0..<2_000 {
            var list = HeaderList()
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                list.append(
                    names.randomElement(using: &random) ?? "",
                    values.randomElement(using: &random) ?? "")
            }
            #expect(HeaderRow.headers(of: HeaderRow.bytes(of: list)) == list)
        }
    }

    @Test("a row that a version before wrote is read as it is")
    func earlier() {
        #expect(HeaderRow.headers(of: Self.usual.packed) == Self.usual)
        #expect(HeaderRow.headers(of: []).isEmpty)
    }

    @Test("of a row that is cut off, the whole headers are read")
    func cutOff() {
        let whole = Array(Self.usual)
        let row = HeaderRow.bytes(of: Self.usual)
        for length in row.indices {
            let read = Array(HeaderRow.headers(of: Array(row[..<length])))
            #expect(read == Array(whole.prefix(read.count)))
        }
        for byte in UInt8.min...UInt8.max {
            // No length is believed, no number of a name or form that is not known.
            _ = HeaderRow.headers(of: [0, byte])
            _ = HeaderRow.headers(of: [0, byte, byte, byte, 1])
        }
    }
}
