import AccountRecords
import Conversation
import HTTPClient
import JSON
import OpeningHours
import Testing
import TimeZones
import ZoneDatabase

@Suite("Opening hours of an organisation", .timeLimit(.minutes(5)))
struct HoursTests {
    private func span(_ day: String, _ from: String, _ to: String) -> JSONValue {
        ["day": .string(day), "from": .string(from), "to": .string(to)]
    }

    private func hours(
        _ week: [JSONValue], closures: [JSONValue] = [], extras: [JSONValue] = [],
        inUse: Bool = true
    ) -> JSONValue {
        [
            "inUse": .bool(inUse), "week": .array(week), "closures": .array(closures),
            "extras": .array(extras),
        ]
    }

    @Test("are not there at first, are kept as they are set, and have a version of their own")
    func keeps() async throws {
        try await House.open { house in
            try await house.found()
            let first = try await house.sol(.get, "/organisation/hours")
            #expect(first.status == 200, "\(first.text)")
            #expect(try first.json()["inUse"] == .bool(false))
            let none = try await house.sol(.get, "/organisation/hours/now")
            #expect(try none.json()["isOpen"] == .bool(true))
            let wanted = hours(
                [
                    span("sunday", "22:00", "02:00"), span("monday", "16:00", "20:00"),
                    span("monday", "09:00", "13:00"), span("tuesday", "00:00", "24:00"),
                ],
                closures: [
                    ["date": "2028-12-25", "name": "Navidad"],
                    ["date": "2028-12-24", "from": "14:00", "to": "24:00"],
                    ["date": "2028-08-01", "until": "2028-08-21"],
                ], extras: [["date": "2028-12-25", "from": "23:00", "to": "01:00"]])
            let set = try await house.sol(
                .put, "/organisation/hours", version: first.headers["ETag"], wanted)
            #expect(set.status == 200, "\(set.text)")
            let now = try await house.sol(.get, "/organisation/hours").json()
            #expect(now["inUse"] == .bool(true))
            #expect(now["timeZone"]?.text == "Europe/Madrid")
            let week = try #require(now["week"]?.list)
            #expect(week.map { $0["from"]?.text } == ["09:00", "16:00", "00:00", "22:00"])
            #expect(week.map { $0["to"]?.text } == ["13:00", "20:00", "24:00", "02:00"])
            let closures = try #require(now["closures"]?.list)
            #expect(
                closures.map { $0["date"]?.text } == ["2028-08-01", "2028-12-24", "2028-12-25"])
            #expect(closures[1]["to"]?.text == "24:00" && closures[2]["from"] == nil)
            #expect(now["extras"]?.list.first?["to"]?.text == "01:00")
            let state = try await house.sol(.get, "/organisation/hours/now").json()
            #expect(state["isOpen"] != nil && state["changesAtLocal"]?.text != nil)
            #expect(state["rules"]?.text == ZoneDatabase.system.version)
            let late = try await house.sol(
                .put, "/organisation/hours", version: first.headers["ETag"], wanted)
            #expect(late.status == 412)
        }
    }

    @Test("say what is wrong with them, and where, all at once")
    func faults() async throws {
        try await House.open { house in
            try await house.found()
            func refusal(_ wanted: JSONValue) async throws -> [String: String] {
                let answer = try await house.sol(
                    .put, "/organisation/hours", version: "\"1\"", wanted)
                #expect(answer.status == 400, "\(answer.text)")
                var found: [String: String] = [:]
                for each in try answer.json()["errors"]?.list ?? [] {
                    found[each["pointer"]?.text ?? "?"] = each["code"]?.text
                }
                return found
            }
            #expect(
                try await refusal(
                    hours([
                        span("monday", "09:00", "13:00"), span("monday", "12:00", "14:00"),
                        span("sunday", "22:00", "09:30"), span("friday", "10:00", "10:00"),
                    ])) == [
                        "/week/1/from": "overlap", "/week/2/from": "overlap",
                        "/week/3/to": "same_time",
                    ])
            #expect(
                try await refusal(
                    hours(
                        [span("monday", "09:00", "13:00")],
                        closures: [
                            ["date": "2027-02-29"], ["date": "2027-03-01", "until": "2027-02-01"],
                            ["date": "2027-03-02", "from": "10:00"],
                            ["date": "2027-03-03"], ["date": "2027-03-03"],
                        ])) == [
                        "/closures/0/date": "no_day", "/closures/1/until": "order",
                        "/closures/2/to": "missing", "/closures/4/date": "twice",
                    ])
            #expect(try await refusal(hours([])) == ["/week": "no_hours"])
            #expect(
                try await refusal(hours([span("monday", "9:00", "25:00")])).keys.sorted()
                    == ["/week/0/from", "/week/0/to"])
            let unused = try await house.sol(
                .put, "/organisation/hours", version: "\"1\"", hours([], inUse: false))
            #expect(unused.status == 200, "\(unused.text)")
        }
    }
}
