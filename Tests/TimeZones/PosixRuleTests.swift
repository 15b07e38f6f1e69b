import Testing

@testable import TimeZones

@Suite("Rules as POSIX writes them")
struct PosixRuleTests {
    private func instant(_ day: String, _ seconds: Int64) throws -> Int64 {
        try #require(CivilDate(day)).dayNumber * 86_400 + seconds
    }

    @Test("are read with names in brackets, seconds, both signs and all kinds of days")
    func forms() throws {
        #expect(try #require(PosixRule("<+03>-3")).standard == 10_800)
        #expect(try #require(PosixRule("<-0330>3:30")).standard == -12_600)
        #expect(try #require(PosixRule("UTC0")).summer == nil)
        let madrid = try #require(PosixRule("CET-1CEST,M3.5.0,M10.5.0/3"))
        #expect(madrid.standard == 3_600)
        #expect(try madrid.offset(at: instant("2027-03-28", 3_599)) == 3_600)
        #expect(try madrid.offset(at: instant("2027-03-28", 3_600)) == 7_200)
        #expect(try madrid.offset(at: instant("2027-10-31", 3_599)) == 7_200)
        #expect(try madrid.offset(at: instant("2027-10-31", 3_600)) == 3_600)
    }

    @Test("may have times before the day, after it, and a summer that is behind")
    func oddTimes() throws {
        // Greenland: the day before, 22:00 of the old rule; Israel: Friday before the last Sunday.
        let nuuk = try #require(PosixRule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0"))
        #expect(try nuuk.offset(at: instant("2027-03-28", 3_599)) == -7_200)
        #expect(try nuuk.offset(at: instant("2027-03-28", 3_600)) == -3_600)
        let jerusalem = try #require(PosixRule("IST-2IDT,M3.4.4/26,M10.5.0"))
        #expect(try jerusalem.offset(at: instant("2027-03-25", 86_400)) == 10_800)
        #expect(try jerusalem.offset(at: instant("2027-03-25", 86_399)) == 7_200)
        let dublin = try #require(PosixRule("IST-1GMT0,M10.5.0,M3.5.0/1"))
        #expect(try dublin.offset(at: instant("2027-01-15", 0)) == 0)
        #expect(try dublin.offset(at: instant("2027-07-15", 0)) == 3_600)
    }

    @Test("count days of the year with and without the leap day")
    func days() throws {
        #expect(try PosixRule.Day.julian(60).number(in: 2028) == instant("2028-03-01", 0) / 86_400)
        #expect(try PosixRule.Day.julian(59).number(in: 2028) == instant("2028-02-28", 0) / 86_400)
        #expect(try PosixRule.Day.ordinal(59).number(in: 2028) == instant("2028-02-29", 0) / 86_400)
        let last = PosixRule.Day.weekday(month: 2, week: 5, day: 2)
        #expect(try last.number(in: 2028) == instant("2028-02-29", 0) / 86_400)
    }

    @Test("may say that it is summer for ever")
    func forEver() throws {
        let rule = try #require(PosixRule("EST5EDT,0/0,J365/25"))
        for day in ["2027-01-01", "2027-07-01", "2027-12-31", "2028-02-29"] {
            for hour in stride(from: 0, to: 86_400, by: 1_800) {
                #expect(try rule.offset(at: instant(day, Int64(hour))) == -14_400)
            }
        }
        let (from, to) = (try instant("2027-01-02", 0), try instant("2040-01-02", 0))
        #expect(rule.changes(after: from, through: to).isEmpty)
    }

    @Test(
        "are refused where they are none",
        arguments: [
            "", "X", "CE-1", "CET", "CET-25", "CET-1:60", "CET-1CEST", "CET-1CEST,M3.5.0",
            "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
            "CET-1CEST,J0,J365", "CET-1CEST,0,366", "CET-1CEST,M3.5.0/168,M10.5.0",
            "<+03-3", "<é>-3", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET--1", "CET-1 ",
            "CET-1CEST,M3.5.0,M10.5.0,M3.5.0",
        ])
    func refusals(text: String) { #expect(PosixRule(text) == nil) }
}
