import Conversation

/// A number belongs to what it stands beside: the price in another row is another's, and Monday's
/// hours are not Saturday's.
enum FactLabels {
    /// What is wrong with a statement of which a number stands beside other words than in its
    /// passages.
    static func problem(
        _ statement: StatedAnswer.Statement, _ evidence: AnswerEvidence
    ) -> String? {
        if let number = statement.facts.numbers.first(where: { isOfOther($0, evidence) }) {
            return other(number.text)
        }
        let marks = marks(of: statement.facts)
        // Only words that some sentences with numbers hold and others do not tell them apart.
        let units = evidence.units.filter { !$0.facts.numbers.isEmpty }
        guard units.count > 1, !marks.isEmpty else { return nil }
        let labels = labels(of: statement, units, evidence)
        // Each day that is named has one of the numbers.
        for label in labels where label.isDay {
            let hasOne = marks.contains { mark in label.units.contains { mark.isIn($0.facts) } }
            if !hasOne, let mark = marks.first { return other(mark.text) }
        }
        if let mark = marks.first, isRather(of: labels, marks) { return other(mark.text) }
        if let fewest = labels.map(\.units.count).min() {
            let telling = labels.filter { $0.units.count == fewest }
            for mark in marks {
                let isBeside = telling.contains { $0.units.contains { mark.isIn($0.facts) } }
                // What no sentence holds stands in a heading.
                if !isBeside, units.contains(where: { mark.isIn($0.facts) }) {
                    return other(mark.text)
                }
            }
        }
        return cellProblem(statement, units, evidence)
    }

    /// Whether a sentence with none of the marks has more of the labels than all that have one.
    private static func isRather(of labels: [Label], _ marks: [Mark]) -> Bool {
        var counts: [String: (count: Int, isMarked: Bool)] = [:]
        for unit in labels.flatMap(\.units) {
            let isMarked = counts[unit.text]?.isMarked ?? marks.contains { $0.isIn(unit.facts) }
            counts[unit.text] = ((counts[unit.text]?.count ?? 0) + 1, isMarked)
        }
        let marked = counts.values.filter(\.isMarked).map(\.count).max() ?? 0
        let others = counts.values.filter { !$0.isMarked }.map(\.count).max() ?? 0
        return others >= 2 && others > marked
    }

    /// A number or a phone number, to be looked for in a sentence.
    private struct Mark {
        var text: String
        var isIn: (SourceFacts) -> Bool
    }

    private static func marks(of facts: AnswerFacts) -> [Mark] {
        facts.numbers.map { number in Mark(text: number.text) { $0.holds(number) } }
            + facts.phones.map { phone in Mark(text: phone) { $0.holds(phone: phone) } }
            + facts.addresses.map { address in
                Mark(text: address) { $0.addresses.contains(address) }
            }
    }

    private struct Label {
        var isDay: Bool
        var units: [AnswerEvidence.Unit]
    }

    /// The words of a statement that tell sentences with numbers apart, and its pairs of words:
    /// a "city bike" is no "city e-bike".
    private static func labels(
        of statement: StatedAnswer.Statement, _ units: [AnswerEvidence.Unit],
        _ evidence: AnswerEvidence
    ) -> [Label] {
        let single = statement.words.sorted().compactMap { word -> Label? in
            let holding = units.filter { $0.vocabulary.holds(word) }
            let isDay = days.contains(word)
            let isElsewhere = evidence.units.contains {
                $0.facts.numbers.isEmpty && $0.vocabulary.holds(word)
            }
            guard !holding.isEmpty, holding.count < units.count, isDay || !isElsewhere else {
                return nil
            }
            return Label(isDay: isDay, units: holding)
        }
        let pairs = pairs(of: statement.text).sorted().compactMap { pair -> Label? in
            let holding = units.filter { Self.pairs(of: $0.text).contains(pair) }
            guard !holding.isEmpty, holding.count < units.count else { return nil }
            return Label(isDay: false, units: holding)
        }
        return single + pairs
    }

    /// The pairs of words side by side that carry meaning, words with hyphens whole.
    private static func pairs(of text: String) -> Set<String> {
        let words = TextFolding.fold(text).split {
            !($0.isLetter || $0.isNumber || $0 == "-")
        }.map(String.init)
        return Set(
            zip(words, words.dropFirst()).filter { pair in
                [pair.0, pair.1].allSatisfy {
                    !FunctionWords.all.contains($0) && !$0.contains(where: \.isNumber)
                }
            }.map { "\($0) \($1)" })
    }

    /// What is wrong within a row: its number stands under another column's words.
    private static func cellProblem(
        _ statement: StatedAnswer.Statement, _ units: [AnswerEvidence.Unit],
        _ evidence: AnswerEvidence
    ) -> String? {
        for number in statement.facts.numbers {
            let holding = units.filter { $0.facts.holds(number) }
            guard !holding.isEmpty else { continue }
            let isRight = holding.contains { unit in
                let cells = cells(of: unit.text, in: evidence.language)
                guard cells.count > 1 else { return true }
                let own = cells.filter { $0.facts.holds(number) }
                let others = cells.filter { !$0.facts.holds(number) }
                let isOwn = own.contains { cell in
                    statement.words.contains { word in
                        cell.words.holds(word) && !others.contains { $0.words.holds(word) }
                    }
                }
                let isOther = others.contains { cell in
                    statement.words.contains { word in
                        cell.words.holds(word) && !own.contains { $0.words.holds(word) }
                    }
                }
                return isOwn || !isOther
            }
            if !isRight { return other(number.text) }
        }
        return nil
    }

    /// The parts of a row that have numbers.
    private static func cells(
        of row: String, in language: String?
    ) -> [(words: Vocabulary, facts: SourceFacts)] {
        row.replacing(", ", with: ";").split(separator: ";").map(String.init).map {
            (words: Vocabulary(of: $0), facts: SourceFacts($0, in: language))
        }.filter { !$0.facts.numbers.isEmpty }
    }

    private static func other(_ text: String) -> String {
        "The passages that it names say \(text) of something else."
    }

    /// Whether the passages have the number, but of something else than what it counts here, of
    /// which they have another: 14 days, and 250 euros.
    private static func isOfOther(
        _ number: AnswerFacts.Fact, _ evidence: AnswerEvidence
    ) -> Bool {
        let same = evidence.facts.numbers.filter { $0.agrees(with: number) && !$0.unit.isEmpty }
        guard !number.isTime, !same.isEmpty, !same.contains(where: { $0.counts(as: number) }),
            !FactPartners.countsAlike(number, evidence)
        else { return false }
        return evidence.facts.numbers.contains {
            !$0.agrees(with: number) && $0.counts(as: number)
        }
    }

    /// The days of the week, folded.
    private static let days: Set<String> = Set(
        """
        monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays \
        thursdays fridays saturdays sundays lunes martes miércoles jueves viernes sábado sábados \
        domingo domingos segunda terça quarta quinta sexta lundi mardi mercredi jeudi vendredi \
        samedi dimanche montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
        montags samstags sonntags lunedì martedì mercoledì giovedì venerdì sabato domenica \
        maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa \
        czwartek piątek sobota sobotę niedziela niedzielę понедельник вторник среда среду \
        четверг пятница пятницу суббота субботу воскресенье понеділок вівторок середа середу \
        п'ятниця субота суботу неділя неділю pazartesi salı çarşamba perşembe cuma cumartesi \
        pazar senin selasa rabu kamis jumat sabtu minggu måndag tisdag onsdag torsdag fredag \
        lördag söndag luni marți miercuri joi vineri sâmbătă duminică शनिवार रविवार सोमवार السبت \
        الأحد الاثنين الجمعة
        """.split(separator: " ").map { TextFolding.fold(String($0)) })
}
