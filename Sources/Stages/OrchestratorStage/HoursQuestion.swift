import Conversation
import OpeningHours
import OpeningWords
import TimeZones

/// A question about when the business is open, which its hours answer by computing.
enum HoursQuestion: Hashable {
    /// Whether it is open now, and until when.
    case now
    /// When it is open on some days.
    case days([CivilDate])
    /// When it is open at all.
    case week

    /// Reads a question; `nil` if it asks anything else, such as about a part of the business.
    ///
    /// `context` is the question that it follows on: "and on Sunday?".
    static func read(_ words: String, after context: String?, today: CivilDate) -> Self? {
        let own = Set(Words.of(words))
        let isAsked = !own.isDisjoint(with: opening)
        let isFollowUp =
            !isAsked
            && context.map { before in
                !Set(Words.of(before)).isDisjoint(with: opening) && isPlain(before)
            } == true
        guard isAsked || isFollowUp, isPlain(words), Words.of(words).count <= mostWords else {
            return nil
        }
        let days = DayWords.days(in: words, today: today)
        if !days.isEmpty { return .days(days) }
        guard isAsked else { return nil }
        if !own.isDisjoint(with: scheduleWords) { return .week }
        if !own.isDisjoint(with: untilWords) || !own.isDisjoint(with: nowWords) { return .now }
        return own.isDisjoint(with: whenWords) ? .now : .week
    }

    /// Answers in a language; `nil` where there are no words in it.
    func answer(_ answers: OpeningAnswers) -> String {
        switch self {
        case .now: answers.standing
        case .days(let days): days.map(answers.day).joined(separator: "\n")
        case .week: "\(answers.standing)\n\(answers.week)"
        }
    }

    /// Longer messages tell more than they ask about hours.
    private static let mostWords = 14

    /// Whether it speaks of nothing but the business, its hours and days.
    private static func isPlain(_ text: String) -> Bool {
        Words.content(of: text).allSatisfy { word in
            allowed.contains(word) || opening.contains(word) || DayWords.isOne(word)
                || word.allSatisfy(\.isNumber)
        }
    }

    private static func folded(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })
    }

    private static let opening = folded(
        """
        open opened opening opens close closed closes closing shut hours
        abierto abierta abiertos abiertas abren abre abrís abrir cierran cierra cerráis cerrado
        cerrada cerrados cerrar horario horarios
        geöffnet offen öffnet öffnen geschlossen schließt schließen öffnungszeiten zu auf
        ouvert ouverte ouverts ouvrez ouvre fermé fermez ferme fermés horaire horaires
        aperto aperti aperta apre aprite chiuso chiusi chiude chiudete orario orari
        aberto abertos aberta abrem fecha fecham fechado horários
        geopend gesloten sluit sluiten openingstijden gaan
        """)

    private static let scheduleWords = folded(
        """
        hours horario horarios öffnungszeiten horaires horaire orari orario horários
        openingstijden schedule timetable
        """)

    private static let untilWords = folded("until till hasta bis jusqu jusque fino até tot long")
    private static let nowWords = folded(
        """
        now currently still yet moment ahora mismo todavía aún jetzt gerade noch momentan
        maintenant encore adesso ora ancora agora ainda nu nog
        """)
    private static let whenWords = folded(
        """
        when time cuándo hora horas wann uhr quand heure heures quando wanneer laat
        """)

    private static let allowed = folded(
        """
        shop store business place guys people you today tonight tomorrow early late earliest
        latest usually normally again know tell hi hello hey please thanks sorry just sure also
        day days week weekend weekends weekday weekdays holiday time
        estáis estais tenéis teneis estan hacéis abrís
        tienda negocio local gente hoy mañana temprano tarde fin semana buenas buenos días
        tardes perdón disculpe saber dime festivo día hola
        habt hab macht haben seid wochentags
        laden geschäft heute morgen früh spät wochenende tag tage woche feiertag hallo guten
        tag bitte entschuldigung sagen normalerweise immer sie ihr
        magasin boutique aujourd hui demain tôt tard jour jours semaine week-end bonjour
        negozio oggi domani presto tardi giorno giorni settimana
        loja hoje amanhã cedo dia dias semana fim
        winkel vandaag morgen vroeg weekend dag dagen
        """
    ).union(scheduleWords).union(untilWords).union(nowWords).union(whenWords)
}

/// Days as customers name them.
enum DayWords {
    /// The days that a text names, from today on, each once; at most as many as a week has.
    static func days(in text: String, today: CivilDate) -> [CivilDate] {
        let words = Words.of(text)
        var numbers: [Int64] = []
        for (index, word) in words.enumerated() {
            if let shift = relative[word], !isMorning(word, words, index) {
                numbers.append(today.dayNumber + shift)
            }
            if let weekday = weekdays[word] {
                numbers.append(next(weekday, from: today))
            }
            if weekends.contains(word) || word == "fin" && words.contains("semana") {
                numbers += [next(6, from: today), next(7, from: today)]
            }
            if let month = months[word] {
                let day = [index - 1, index + 1, index - 2].lazy
                    .filter { words.indices.contains($0) }
                    .compactMap { Int(words[$0].prefix { $0.isNumber }) }.first
                if let date = day.flatMap({ coming($0, month, today) }) {
                    numbers.append(date.dayNumber)
                }
            }
            if let fixed = feasts[word], let date = coming(fixed.day, fixed.month, today) {
                numbers.append(date.dayNumber)
            }
        }
        if let date = numeric(text, today) { numbers.append(date.dayNumber) }
        var seen: Set<Int64> = []
        return numbers.filter { seen.insert($0).inserted }.prefix(7)
            .map { CivilDate(dayNumber: $0) }
    }

    /// Whether a folded word belongs to a day's name.
    static func isOne(_ word: String) -> Bool {
        relative[word] != nil || weekdays[word] != nil || weekends.contains(word)
            || months[word] != nil || feasts[word] != nil
    }

    /// Spanish `mañana` after "la", German `morgen` after "guten" or a day.
    private static func isMorning(_ word: String, _ words: [String], _ index: Int) -> Bool {
        guard ["manana", "morgen"].contains(word), index > 0 else { return false }
        let before = words[index - 1]
        return before == "la" || before == "guten" || weekdays[before] != nil
            || relative[before] == 0
    }

    private static func next(_ weekday: Int, from today: CivilDate) -> Int64 {
        today.dayNumber + Int64((weekday - today.weekday + 7) % 7)
    }

    /// The next such day.
    private static func coming(_ day: Int, _ month: Int, _ today: CivilDate) -> CivilDate? {
        guard let date = CivilDate(year: today.year, month: month, day: day) else { return nil }
        return date >= today ? date : CivilDate(year: today.year + 1, month: month, day: day)
    }

    /// `24.12.`, `24/12`, `24/12/2026`.
    private static func numeric(_ text: String, _ today: CivilDate) -> CivilDate? {
        let parts = text.split { !$0.isNumber && !"./".contains($0) }.first {
            $0.contains { "./".contains($0) } && ($0.first?.isNumber ?? false)
        }
        let numbers = parts?.split { "./".contains($0) }.compactMap { Int($0) } ?? []
        guard numbers.count >= 2, numbers.count <= 3 else { return nil }
        guard numbers.count == 3 else { return coming(numbers[0], numbers[1], today) }
        let year = numbers[2] < 100 ? 2_000 + numbers[2] : numbers[2]
        return CivilDate(year: year, month: numbers[1], day: numbers[0])
    }

    private static func table<Value>(_ entries: [(String, Value)]) -> [String: Value] {
        var table: [String: Value] = [:]
        for (list, value) in entries {
            for word in list.split(separator: " ") { table[TextFolding.fold(String(word))] = value }
        }
        return table
    }

    private static let relative: [String: Int64] = table([
        ("today tonight hoy heute aujourd oggi hoje vandaag idag dziś сегодня bugün", 0),
        ("tomorrow tmrw mañana morgen demain domani amanhã imorgon jutro завтра yarın", 1),
        ("übermorgen overmorgen dopodomani", 2),
    ])

    private static let weekdays: [String: Int] = table([
        ("monday mondays lunes montag montags lundi lunedì segunda maandag", 1),
        (
            """
            tuesday tuesdays tue tues martes dienstag dienstags mardi martedì terça dinsdag
            """, 2
        ),
        (
            """
            wednesday wednesdays wed miércoles mittwoch mittwochs mercredi mercoledì quarta \
            woensdag
            """, 3
        ),
        (
            """
            thursday thursdays thu thurs jueves donnerstag donnerstags jeudi giovedì quinta \
            donderdag
            """, 4
        ),
        ("friday fridays fri viernes freitag freitags vendredi venerdì sexta vrijdag", 5),
        (
            """
            saturday saturdays sat sábado sábados samstag samstags sonnabend samedi sabato \
            zaterdag
            """, 6
        ),
        ("sunday sundays sun domingo domingos sonntag sonntags dimanche domenica zondag", 7),
    ])

    private static let weekends: Set<String> = [
        "weekend", "weekends", "finde", "wochenende", "wochenenden",
    ]

    private static let months: [String: Int] = table([
        ("january enero januar janvier gennaio janeiro januari", 1),
        ("february febrero februar février febbraio fevereiro februari", 2),
        ("march marzo märz mars março maart", 3), ("april abril avril aprile", 4),
        ("may mayo mai maggio maio mei", 5), ("june junio juni juin giugno junho", 6),
        ("july julio juli juillet luglio julho", 7), ("august agosto août augustus", 8),
        ("september septiembre septembre settembre setembro", 9),
        ("october octubre oktober octobre ottobre outubro", 10),
        ("november noviembre novembre novembro", 11),
        ("december diciembre dezember décembre dicembre dezembro", 12),
    ])

    private static let feasts: [String: (day: Int, month: Int)] = table([
        ("christmas xmas navidad weihnachten noël natale natal kerst", (25, 12)),
        ("nochebuena heiligabend heiligabends", (24, 12)),
        ("nochevieja silvester capodanno", (31, 12)), ("neujahr neujahrstag", (1, 1)),
    ])
}
