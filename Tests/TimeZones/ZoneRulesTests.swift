import Foundation
import Testing
import ZoneDatabase

@testable import TimeZones

@Suite("Zone rules")
struct ZoneRulesTests {
    private func zone(_ name: String) throws -> ZoneRules {
        try ZoneDatabase.system.rules(of: name)
    }

    /// Seconds since 1970 of a time as if it were UTC.
    private func seconds(_ day: String, _ hour: Int, _ minute: Int = 0) throws -> Int64 {
        try #require(CivilDate(day)).dayNumber * 86_400 + Int64(hour * 3_600 + minute * 60)
    }

    @Test("are those that the system's own zdump tells, for every zone there is, until 2100")
    func zdump() throws {
        let names = try allNames()
        #expect(names.count > 300)
        guard let output = try run("/usr/bin/zdump", ["-v", "-c", "1970,2101"] + names) else {
            return  // without libc-bin the fixed cases remain
        }
        var rules: [String: ZoneRules] = [:]
        for name in names { rules[name] = try zone(name) }
        var compared = 0
        for line in output.split(separator: UInt8(ascii: "\n")) {
            guard let (name, instant, offset) = Self.read(line) else { continue }
            compared += 1
            if rules[name]?.offset(at: instant) != offset {
                Issue.record("\(String(decoding: line, as: UTF8.self))")
                break
            }
        }
        #expect(compared > 10_000)
    }

    @Test("change their offset when zdump says that it changes, and at no other time")
    func transitions() throws {
        let from = try seconds("1970-01-02", 0)
        let to = try seconds("2100-12-30", 0)
        for name in ["Europe/Madrid", "America/Havana", "Africa/Casablanca", "Asia/Gaza"]
            + ["Australia/Lord_Howe", "America/Nuuk", "Europe/Dublin", "Antarctica/Troll"]
        {
            let rules = try zone(name)
            guard let output = try run("/usr/bin/zdump", ["-v", "-c", "1970,2101", name])
            else { return }
            var expected: [ZoneRules.Change] = []
            var current = rules.offset(at: from)
            for line in output.split(separator: UInt8(ascii: "\n")) {
                guard let (_, instant, offset) = Self.read(line), instant > from, instant <= to
                else { continue }
                if offset != current { expected.append(.init(at: instant, offset: offset)) }
                current = offset
            }
            #expect(rules.transitions(after: from, through: to) == expected, "\(name)")
        }
    }

    @Test(
        "map a local time that is skipped by the offset before, and one that is there twice twice")
    func localTimes() throws {
        let berlin = try zone("Europe/Berlin")
        let skipped = try seconds("2027-03-28", 2, 30)
        let skippedAt = try seconds("2027-03-28", 1, 30)
        #expect(berlin.instant(ofLocal: skipped, .first) == skippedAt)
        #expect(berlin.instant(ofLocal: skipped, .last) == skippedAt)
        let twice = try seconds("2026-10-25", 2, 30)
        let firstAt = try seconds("2026-10-25", 0, 30)
        #expect(berlin.instant(ofLocal: twice, .first) == firstAt)
        #expect(berlin.instant(ofLocal: twice, .last) == firstAt + 3_600)
        // A day that was skipped altogether.
        let apia = try zone("Pacific/Apia")
        let noon = try seconds("2011-12-30", 12)
        #expect(apia.local(at: apia.instant(ofLocal: noon, .first)) == noon + 86_400)
        // Half an hour, in the southern hemisphere.
        let lordHowe = try zone("Australia/Lord_Howe")
        let half = try seconds("2027-04-04", 1, 45)
        let first = lordHowe.instant(ofLocal: half, .first)
        #expect(lordHowe.instant(ofLocal: half, .last) == first + 1_800)
    }

    @Test("map every local minute of a year of changes as a search through all instants does")
    func slowSearch() throws {
        for name in ["America/Havana", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Beirut"] {
            let rules = try zone(name)
            for change in rules.transitions(
                after: try seconds("2027-01-01", 0), through: try seconds("2027-12-31", 0))
            {
                let around = change.at - 7_200...change.at + 7_200
                for local in stride(from: change.at - 86_400, to: change.at + 86_400, by: 600) {
                    let all = stride(from: local - 93_600, through: local + 93_600, by: 600)
                        .filter { $0 + Int64(rules.offset(at: $0)) == local }
                    guard let first = all.first, let last = all.last else {
                        let found = rules.instant(ofLocal: local, .first)
                        #expect(around.contains(found) && found >= change.at)
                        continue
                    }
                    #expect(rules.instant(ofLocal: local, .first) == first)
                    #expect(rules.instant(ofLocal: local, .last) == last)
                }
            }
        }
    }

    @Test("as an excerpt say the same from then on, are small, and survive being written down")
    func excerpts() throws {
        let from = try seconds("2026-11-30", 21)
        let to = try seconds("2100-12-31", 0)
        for name in try allNames() {
            let rules = try zone(name)
            let excerpt = rules.excerpt(from: from)
            #expect(excerpt.offset(at: from) == rules.offset(at: from))
            #expect(
                excerpt.transitions(after: from, through: to)
                    == rules.transitions(after: from, through: to), "\(name)")
            // Some follow the moon, which no rule for all years can.
            let followsMoon = ["Casablanca", "El_Aaiun", "Gaza", "Hebron"].contains {
                name.hasSuffix($0)
            }
            #expect(excerpt.changes.count <= (followsMoon ? 200 : 4), "\(name)")
            let written = try JSONEncoder().encode(excerpt)
            #expect(try JSONDecoder().decode(ZoneRules.self, from: written) == excerpt)
        }
        #expect(try zone("Europe/Madrid").excerpt(from: from).changes.count <= 1)
        #expect(try JSONEncoder().encode(zone("Europe/Madrid").excerpt(from: from)).count < 200)
    }

    @Test("are not read from a record whose numbers make no sense")
    func badRecords() {
        for text in [
            #"{"name":"X","version":"1","first":0,"changes":[{"at":2,"offset":0},{"at":1,"offset":0}]}"#,
            #"{"name":"X","version":"1","first":999999}"#,
            #"{"name":"X","version":"1","first":0,"rule":"nonsense"}"#,
        ] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(ZoneRules.self, from: Data(text.utf8))
            }
        }
    }

    // MARK: The system

    /// Every zone of the table that the data brings.
    private func allNames() throws -> [String] {
        let table = try String(contentsOfFile: "/usr/share/zoneinfo/zone1970.tab", encoding: .utf8)
        let names = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
            $0.split(separator: "\t").dropFirst(2).first.map(String.init)
        }
        return names + ["UTC", "Etc/GMT+12", "Etc/GMT-14", "EST5EDT", "WET"]
    }

    private func run(_ path: String, _ arguments: [String]) throws -> [UInt8]? {
        guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Array(bytes)
    }

    private static let months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        .split(separator: " ").map { Array($0.utf8) }

    /// A line such as `Europe/Madrid  Sun Mar 29 01:00:00 2026 UT = … isdst=1 gmtoff=7200`, as
    /// bytes: there are a hundred thousand of them.
    private static func read(_ line: ArraySlice<UInt8>) -> (String, Int64, Int)? {
        let words = line.split(separator: UInt8(ascii: " "))
        guard words.count > 12, words[6].elementsEqual("UT".utf8),
            let month = months.firstIndex(where: { $0.elementsEqual(words[2]) }),
            let day = number(words[3]), let year = number(words[5]),
            (1_970...2_100).contains(year),
            let offset = words.last, offset.starts(with: "gmtoff=".utf8),
            let seconds = number(offset.dropFirst(7))
        else { return nil }
        let time = words[4].split(separator: UInt8(ascii: ":")).compactMap { number($0) }
        guard time.count == 3 else { return nil }
        let days = CivilDate.dayNumber(year: year, month: month + 1, day: day)
        return (
            String(decoding: words[0], as: UTF8.self),
            days * 86_400 + Int64(time[0] * 3_600 + time[1] * 60 + time[2]), seconds
        )
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        for byte in digits {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return digits.isEmpty ? nil : (digits.count < bytes.count ? -value : value)
    }
}
