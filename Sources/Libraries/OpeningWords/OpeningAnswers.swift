package import OpeningHours
package import TimeZones

/// Answers when a business is open, by computing: each sentence follows from its hours alone.
package struct OpeningAnswers: Sendable {
    private let hours: OpeningHours
    private let now: Int64
    private let phrases: Phrases
    private let answers: AnswerPhrases

    /// Prepares to answer at an instant, in whole seconds since 1970; `nil` where there are no
    /// words in the language, a BCP 47 code of which the first part counts.
    package init?(_ hours: OpeningHours, now: Int64, in language: String?) {
        let code = language?.split(separator: "-").first.map(String.init) ?? OpeningWords.fallback
        guard let phrases = Phrases.all[code], let answers = AnswerPhrases.all[code] else {
            return nil
        }
        self.hours = hours
        self.now = now
        self.phrases = phrases
        self.answers = answers
    }

    /// The languages that have words.
    package static var languages: [String] { AnswerPhrases.all.keys.sorted() }

    /// Today, where the business is.
    package var today: CivilDate {
        CivilDate(dayNumber: hours.zone.local(at: now).flooredQuotient(86_400))
    }

    /// Whether it is open, and until when that is so.
    package var standing: String {
        let change = hours.nextChange(after: now)
        guard hours.isOpen(at: now) else {
            guard case .at(let opening) = change else { return answers.closedNow }
            let when = OpeningWords.when(opening, now: now, hours.zone, phrases)
            return "\(answers.closedNow) " + OpeningWords.fill(answers.reopens, ["when": when])
        }
        guard case .at(let closing) = change else { return answers.alwaysOpen }
        let local = hours.zone.local(at: closing)
        let until = OpeningWords.fill(
            answers.until(hour: Int(local.remainder(86_400) / 3_600)),
            ["time": clock(Int(local.remainder(86_400) / 60))])
        // What ends after the night is told by its day.
        let days = local.flooredQuotient(86_400) - today.dayNumber
        let isTonight = days == 0 || days == 1 && local.remainder(86_400) < 12 * 3_600
        guard isTonight else {
            return OpeningWords.fill(answers.openNow, ["until": ""]) + " "
                + day(CivilDate(dayNumber: local.flooredQuotient(86_400)))
        }
        return OpeningWords.fill(answers.openNow, ["until": until])
    }

    /// When it is open on a day.
    package func day(_ date: CivilDate) -> String {
        let spans = spans(of: date)
        let template = spans.isEmpty ? answers.closedDay : answers.openDay
        let text = OpeningWords.fill(
            template, ["day": name(of: date), "spans": joined(spans.map(words))])
        return text.prefix(1).uppercased() + text.dropFirst()
    }

    /// The seven days from today, one a line.
    package var week: String {
        (0..<7).map { day(CivilDate(dayNumber: today.dayNumber + $0)) }.joined(separator: "\n")
    }

    // MARK: Parts

    /// The hours that begin on a day, in minutes from its midnight.
    private func spans(of date: CivilDate) -> [DaySpan] {
        let midnight = date.dayNumber * 86_400
        let start = hours.zone.instant(ofLocal: midnight, .first)
        let end = hours.zone.instant(ofLocal: midnight + 86_400, .first)
        // Two days, so that a night's end is known.
        return hours.intervals(from: start - 1, to: end + 86_400).compactMap { open in
            guard open.start < end, open.end > start, open.start >= start || open.end - start > 0
            else { return nil }
            let from = max(0, hours.zone.local(at: open.start) - midnight)
            let to = hours.zone.local(at: open.end) - midnight
            // What is left of the night before is that day's.
            guard open.start >= start || to >= 12 * 3_600 else { return nil }
            return DaySpan(from: Int(from / 60), to: Int(to / 60))
        }
    }

    private func words(_ span: DaySpan) -> String {
        if span.from == 0, span.to >= DaySpan.day { return answers.allDay }
        return OpeningWords.fill(
            answers.span, ["from": clock(span.from), "to": clock(span.to % DaySpan.day)])
    }

    private func joined(_ parts: [String]) -> String {
        guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(answers.and) " + last
    }

    private func name(of date: CivilDate) -> String {
        switch date.dayNumber - today.dayNumber {
        case 0: return answers.today
        case 1: return answers.tomorrow
        default:
            return OpeningWords.fill(
                answers.date,
                [
                    "weekday": phrases.weekdays[date.weekday - 1], "day": String(date.day),
                    "month": phrases.months[date.month - 1],
                ])
        }
    }

    /// A time without words around it.
    private func clock(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        let padded = minute < 10 ? "0\(minute)" : "\(minute)"
        switch phrases.clock {
        case .halves:
            let twelfth = hour % 12 == 0 ? 12 : hour % 12
            return "\(twelfth):\(padded) \(hour < 12 ? "am" : "pm")"
        case .french: return minute == 0 ? "\(hour) h" : "\(hour) h \(padded)"
        case .whole(let mark, _, _): return "\(hour)\(mark)\(padded)"
        }
    }
}

/// The words of a language that answers need.
struct AnswerPhrases: Sendable {
    /// It is open, `{until}` then.
    var openNow: String
    /// It is open and never closes, as far as is known.
    var alwaysOpen: String
    /// It is closed.
    var closedNow: String
    /// It opens again `{when}`.
    var reopens: String
    /// Until a `{time}`, and until one o'clock, where that is otherwise.
    var until: (usual: String, one: String?)
    /// `{day}` it is open `{spans}`.
    var openDay: String
    /// `{day}` it is closed.
    var closedDay: String
    /// From `{from}` to `{to}`.
    var span: String
    var allDay: String
    var and: String
    var today: String
    var tomorrow: String
    /// `{weekday}`, `{day}` and `{month}`, as a sentence begins.
    var date: String

    func until(hour: Int) -> String { hour == 1 ? until.one ?? until.usual : until.usual }

    static let all: [String: AnswerPhrases] = [
        "en": AnswerPhrases(
            openNow: "We are open now{until}.", alwaysOpen: "We are open around the clock.",
            closedNow: "We are closed now.", reopens: "We open again {when}.",
            until: (", until {time}", nil), openDay: "{day} we are open {spans}.",
            closedDay: "{day} we are closed.", span: "from {from} to {to}", allDay: "all day",
            and: "and", today: "today", tomorrow: "tomorrow",
            date: "on {weekday}, {day} {month},"),
        "es": AnswerPhrases(
            openNow: "Ahora estamos abiertos{until}.",
            alwaysOpen: "Estamos abiertos a todas horas.", closedNow: "Ahora estamos cerrados.",
            reopens: "Volvemos a abrir {when}.",
            until: (", hasta las {time}", ", hasta la {time}"),
            openDay: "{day} estamos abiertos {spans}.", closedDay: "{day} estamos cerrados.",
            span: "de {from} a {to}", allDay: "todo el día", and: "y", today: "hoy",
            tomorrow: "mañana", date: "el {weekday} {day} de {month}"),
        "de": AnswerPhrases(
            openNow: "Wir haben jetzt geöffnet{until}.",
            alwaysOpen: "Wir haben rund um die Uhr geöffnet.",
            closedNow: "Wir haben jetzt geschlossen.", reopens: "Wir öffnen {when} wieder.",
            until: (", bis {time} Uhr", nil), openDay: "{day} haben wir {spans} geöffnet.",
            closedDay: "{day} haben wir geschlossen.", span: "von {from} bis {to} Uhr",
            allDay: "den ganzen Tag", and: "und", today: "heute", tomorrow: "morgen",
            date: "am {weekday}, dem {day}. {month},"),
        "fr": AnswerPhrases(
            openNow: "Nous sommes ouverts en ce moment{until}.",
            alwaysOpen: "Nous sommes ouverts en permanence.",
            closedNow: "Nous sommes fermés en ce moment.", reopens: "Nous rouvrons {when}.",
            until: (", jusqu'à {time}", nil), openDay: "{day}, nous sommes ouverts {spans}.",
            closedDay: "{day}, nous sommes fermés.", span: "de {from} à {to}",
            allDay: "toute la journée", and: "et", today: "aujourd'hui", tomorrow: "demain",
            date: "le {weekday} {day} {month}"),
        "it": AnswerPhrases(
            openNow: "Adesso siamo aperti{until}.", alwaysOpen: "Siamo sempre aperti.",
            closedNow: "Adesso siamo chiusi.", reopens: "Riapriamo {when}.",
            until: (", fino alle {time}", ", fino all'{time}"),
            openDay: "{day} siamo aperti {spans}.", closedDay: "{day} siamo chiusi.",
            span: "dalle {from} alle {to}", allDay: "tutto il giorno", and: "e", today: "oggi",
            tomorrow: "domani", date: "{weekday} {day} {month}"),
        "pt": AnswerPhrases(
            openNow: "Agora estamos abertos{until}.", alwaysOpen: "Estamos sempre abertos.",
            closedNow: "Agora estamos fechados.", reopens: "Voltamos a abrir {when}.",
            until: (", até às {time}", ", até à {time}"),
            openDay: "{day} estamos abertos {spans}.", closedDay: "{day} estamos fechados.",
            span: "das {from} às {to}", allDay: "todo o dia", and: "e", today: "hoje",
            tomorrow: "amanhã", date: "{weekday}, {day} de {month},"),
        "nl": AnswerPhrases(
            openNow: "We zijn nu open{until}.", alwaysOpen: "We zijn altijd open.",
            closedNow: "We zijn nu gesloten.", reopens: "We zijn {when} weer open.",
            until: (", tot {time} uur", nil), openDay: "{day} zijn we open {spans}.",
            closedDay: "{day} zijn we gesloten.", span: "van {from} tot {to} uur",
            allDay: "de hele dag", and: "en", today: "vandaag", tomorrow: "morgen",
            date: "op {weekday} {day} {month}"),
    ]
}
