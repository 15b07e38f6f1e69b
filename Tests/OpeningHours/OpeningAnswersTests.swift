import OpeningHours
import OpeningWords
import Testing
import TimeZones
import ZoneDatabase

@Suite("Answers about opening hours")
struct OpeningAnswersTests {
    /// Monday to Friday 9:00 to 13:00 and 16:00 to 20:00, Friday night from 22:00 to 2:00, closed
    /// on a holiday, open on a Sunday besides.
    private func hours() throws -> OpeningHours {
        let week = (1...5).flatMap { day in
            [DaySpan(from: 540, to: 780), DaySpan(from: 960, to: 1_200)].map {
                OpeningSchedule.Weekly(day: day, span: $0)
            }
        }
        let night = OpeningSchedule.Weekly(day: 5, span: DaySpan(from: 1_320, to: 1_560))
        let holiday = try #require(CivilDate("2026-12-08"))
        let sunday = try #require(CivilDate("2026-12-13"))
        return OpeningHours(
            OpeningSchedule(
                week: week + [night], closures: [.init(date: holiday)],
                extras: [.init(date: sunday, span: DaySpan(from: 600, to: 840))]),
            in: try ZoneDatabase.system.rules(of: "Europe/Madrid"))
    }

    private func answers(
        _ day: String, _ hour: Int, _ language: String = "en"
    ) throws -> OpeningAnswers {
        let hours = try hours()
        let local = try #require(CivilDate(day)).dayNumber * 86_400 + Int64(hour * 3_600)
        return try #require(
            OpeningAnswers(
                hours, now: hours.zone.instant(ofLocal: local, .first), in: language))
    }

    @Test("say whether it is open now, and until when, or when it opens")
    func standing() throws {
        // 2026-12-03 is a Thursday.
        #expect(try answers("2026-12-03", 10).standing == "We are open now, until 1:00 pm.")
        #expect(
            try answers("2026-12-03", 14).standing
                == "We are closed now. We open again today at 4:00 pm.")
        #expect(
            try answers("2026-12-03", 10, "es").standing
                == "Ahora estamos abiertos, hasta las 13:00.")
        #expect(
            try answers("2026-12-03", 21, "de").standing
                == "Wir haben jetzt geschlossen. Wir öffnen morgen um 9:00 Uhr wieder.")
        // A night is its evening's.
        #expect(try answers("2026-12-04", 23).standing == "We are open now, until 2:00 am.")
    }

    @Test("say a day's spans, holidays and openings besides")
    func days() throws {
        let answers = try answers("2026-12-03", 10)
        func day(_ text: String) throws -> String { answers.day(try #require(CivilDate(text))) }
        #expect(
            try day("2026-12-03")
                == "Today we are open from 9:00 am to 1:00 pm and from 4:00 pm to 8:00 pm.")
        #expect(
            try day("2026-12-04").hasSuffix(
                "from 4:00 pm to 8:00 pm and from 10:00 pm to 2:00 am."))
        #expect(try day("2026-12-05") == "On Saturday, 5 December, we are closed.")
        #expect(try day("2026-12-08") == "On Tuesday, 8 December, we are closed.")
        #expect(
            try day("2026-12-13") == "On Sunday, 13 December, we are open from 10:00 am to 2:00 pm."
        )
    }

    @Test("are there in the languages that have words, and in no others")
    func languages() throws {
        let hours = try hours()
        #expect(OpeningAnswers.languages.count >= 7)
        for language in OpeningAnswers.languages {
            let answers = try #require(OpeningAnswers(hours, now: 1_780_000_000, in: language))
            #expect(!answers.week.contains("{") && !answers.standing.contains("{"), "\(language)")
            #expect(answers.week.split(separator: "\n").count == 7)
        }
        #expect(OpeningAnswers(hours, now: 0, in: "xx") == nil)
    }
}
