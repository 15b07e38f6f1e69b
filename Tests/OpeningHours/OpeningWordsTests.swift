import OpeningHours
import Testing
import TimeZones
import ZoneDatabase

@testable import OpeningWords

@Suite("Words of opening hours")
struct OpeningWordsTests {
    private func hours() throws -> OpeningHours {
        OpeningHours(
            OpeningSchedule(week: []), in: try ZoneDatabase.system.rules(of: "America/New_York"))
    }

    private func say(_ opening: String, _ hour: Int, _ language: String?) throws -> String {
        let hours = try hours()
        func instant(_ day: String, _ hour: Int) throws -> Int64 {
            hours.zone.instant(
                ofLocal: try #require(CivilDate(day)).dayNumber * 86_400 + Int64(hour * 3_600),
                .first)
        }
        // A Friday evening.
        return OpeningWords.closed(
            until: .at(try instant(opening, hour)), now: try instant("2026-12-04", 18), hours,
            in: language)
    }

    @Test("name today, tomorrow, a weekday or a date, as far as it is")
    func days() throws {
        #expect(try say("2026-12-04", 21, "en").contains("We open again today at 9:00 pm and"))
        #expect(try say("2026-12-05", 0, "en").contains(" tomorrow at 12:00 am "))
        #expect(try say("2026-12-07", 9, "en").contains(" on Monday at 9:00 am "))
        #expect(try say("2026-12-11", 12, "en").contains(" on Friday, 11 December, at 12:00 pm "))
        #expect(try say("2027-01-07", 9, "es").contains(" el jueves 7 de enero a las 9:00 "))
        #expect(try say("2026-12-05", 1, "es").contains(" mañana a la 1:00 "))
        #expect(try say("2026-12-07", 9, "fr").contains(" lundi à 9 h "))
        #expect(try say("2026-12-07", 9, "pl").contains(" w poniedziałek o 9:00 "))
    }

    @Test("are there in every language, with all their names, and English else")
    func languages() throws {
        #expect(OpeningWords.languages.count == 23)
        for (code, phrases) in Phrases.all {
            #expect(phrases.weekdays.count == 7 && phrases.months.count == 12, "\(code)")
            for (day, hour) in [("2026-12-04", 21), ("2026-12-05", 1), ("2026-12-07", 9)]
                + [("2027-01-07", 13)]
            {
                let text = try say(day, hour, code)
                #expect(!text.contains("{") && !text.contains("}") && !text.contains("  "))
                #expect(text.contains { $0.isNumber }, "\(text)")
            }
        }
        #expect(try say("2026-12-07", 9, "tlh") == say("2026-12-07", 9, nil))
        #expect(try say("2026-12-07", 9, "pt-BR") == say("2026-12-07", 9, "pt"))
    }

    @Test("promise no day where none is known")
    func openEnd() throws {
        let text = OpeningWords.closed(until: .noOpening, now: 0, try hours(), in: "de")
        #expect(text.hasSuffix("sobald wir können."))
    }
}
