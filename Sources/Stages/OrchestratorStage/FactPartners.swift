import Conversation

/// What stands beside a fact within one clause: a number belongs to the words of its own list
/// item, and a day or month to its ordinal and to its partner in a span.
enum FactPartners {
    /// What is wrong with a statement of which a fact stands beside another's words, in English.
    static func problem(_ statement: String, in language: String?, _ evidence: AnswerEvidence)
        -> String?
    {
        if let number = moved(statement, in: language, evidence) {
            return "The passages that it names say \(number) of something else."
        }
        if let pair = wrongPair(in: statement, evidence) {
            return "No passage that it names says \"\(pair)\"."
        }
        return nil
    }

    // MARK: Numbers

    /// Whether a list leaves the number's unit out because one before has it: "50 euros for city
    /// bicycles, 150 electric".
    static func countsAlike(_ number: AnswerFacts.Fact, _ evidence: AnswerEvidence) -> Bool {
        evidence.units.contains { unit in
            var isListed = false
            for fact in unit.facts.numbers {
                let gap = fact.gap?.trimmingSpaces ?? ""
                let goesOn = gap.hasSuffix(",") || gap.hasSuffix(" and")
                isListed =
                    fact.counts(as: number)
                    || isListed && goesOn && !durations.contains(where: fact.unit.hasPrefix)
                if isListed, fact.agrees(with: number) { return true }
            }
            return false
        }
    }

    /// A number or span of a list, with the words that tell it from the others.
    private struct Item {
        var numbers: [AnswerFacts.Fact]
        var words: Set<String>

        func holds(_ word: String) -> Bool { words.contains { Words.areAlike($0, word) } }
    }

    /// The first number whose words stand beside other numbers of its list only.
    private static func moved(
        _ statement: String, in language: String?, _ evidence: AnswerEvidence
    ) -> String? {
        let lists = evidence.units.map { items(of: $0.text, in: evidence.language) }
        for said in items(of: statement, in: language) {
            guard let number = said.numbers.first, !number.isTime else { continue }
            let holding = lists.filter { list in
                list.contains { $0.numbers.contains { $0.agrees(with: number) } }
            }
            guard !holding.isEmpty, holding.allSatisfy({ isOther(said, number, in: $0) }) else {
                continue
            }
            return number.text
        }
        return nil
    }

    /// Whether a list has an item's words beside another number, and none of them beside its own.
    private static func isOther(_ said: Item, _ number: AnswerFacts.Fact, in list: [Item]) -> Bool {
        let own = list.filter { $0.numbers.contains { $0.agrees(with: number) } }
        let others = list.filter { !$0.numbers.contains { $0.agrees(with: number) } }
        func stand(in these: [Item], notIn those: [Item]) -> Bool {
            said.words.contains { word in
                these.contains { $0.holds(word) } && !those.contains { $0.holds(word) }
            }
        }
        return stand(in: others, notIn: own) && !stand(in: own, notIn: others)
    }

    /// The items of a sentence or row: what its commas and conjunctions part, with a number each.
    ///
    /// A piece without a number may belong to either neighbour.
    private static func items(of text: String, in language: String?) -> [Item] {
        let joined = text.replacing(" and ", with: "; ").replacing(" y ", with: "; ")
            .replacing(" und ", with: "; ").replacing(", ", with: "; ")
        var items: [Item] = []
        var isNumberFirst = false
        var between: Set<String> = []
        var afterFirst: Set<String> = []
        for piece in joined.split(separator: ";") {
            let numbers = AnswerFacts(String(piece), in: language).numbers.filter {
                !durations.contains(where: $0.unit.hasPrefix) && Int($0.text) != nil
            }
            let words = labels(of: String(piece), in: language)
            guard let first = numbers.first else {
                between.formUnion(words)
                if !items.isEmpty { items[items.count - 1].words.formUnion(words) }
                continue
            }
            // "The deposit is 50 euros for city bicycles, 150 electric": the deposit is of all.
            if !items.isEmpty, piece.trimmingSpaces.hasPrefix(first.text) { isNumberFirst = true }
            if items.isEmpty, let range = piece.firstRange(of: first.text) {
                afterFirst = labels(of: String(piece[range.upperBound...]), in: language)
            }
            let before = items.isEmpty ? [] : between
            items.append(Item(numbers: numbers, words: words.union(before)))
            between = []
        }
        if isNumberFirst, let head = items.first, !afterFirst.isEmpty {
            let before = labels(
                of: String(text.prefix { !$0.isNumber }), in: language
            ).subtracting(afterFirst)
            items[0].words = head.words.subtracting(before)
        }
        return items
    }

    /// The content words, and lengths of time as one word each: `1 day`, `half day`.
    private static func labels(of text: String, in language: String?) -> Set<String> {
        let words = Words.of(text)
        var labels: Set<String> = []
        for (index, word) in words.enumerated() {
            if let duration = durations.first(where: word.hasPrefix) {
                let isHalf = words[..<index].suffix(2).contains("half")
                // So that no length counts as another's form.
                labels.insert(duration + (isHalf ? "half" : "whole"))
            } else if word != "half", !FunctionWords.all.contains(word),
                !word.contains(where: \.isNumber), !plain.contains(word),
                NumberWords.value(of: word, in: language) == nil
            {
                labels.insert(word)
            }
        }
        return labels
    }

    private static let durations = ["day", "week", "hour", "month"]
    private static let plain: Set<String> = [
        "euro", "euros", "eur", "about", "km", "per", "cost", "costs", "price", "go", "goes",
        "take",
    ]

    // MARK: Days and months

    /// The first ordinal with its day, or span of days or months, that no passage says although
    /// one has the day or month with another.
    private static func wrongPair(in statement: String, _ evidence: AnswerEvidence) -> String? {
        let own = pairs(of: statement)
        guard !own.isEmpty else { return nil }
        let said = evidence.units.flatMap { pairs(of: $0.text) }
        return own.first { pair in
            !said.contains(pair)
                && said.contains { $0.isSpan == pair.isSpan && pair.shares(with: $0) }
        }?.text
    }

    /// An ordinal and a day, or the ends of a span.
    private struct Pair: Hashable {
        var first: String
        var second: String
        var isSpan: Bool

        var text: String { isSpan ? "\(first) – \(second)" : "\(first) \(second)" }

        func shares(with other: Pair) -> Bool {
            isSpan
                ? [first, second].contains { $0 == other.first || $0 == other.second }
                : first == other.first || second == other.second
        }
    }

    private static func pairs(of text: String) -> [Pair] {
        let words = Words.of(text).map { calendar[$0] ?? $0 }
        var pairs: [Pair] = []
        for index in words.indices where names.contains(words[index]) {
            if index > 0, let ordinal = ordinals[words[index - 1]] {
                pairs.append(Pair(first: ordinal, second: words[index], isSpan: false))
            }
            if index + 2 < words.count, joints.contains(words[index + 1]),
                names.contains(words[index + 2])
            {
                pairs.append(Pair(first: words[index], second: words[index + 2], isSpan: true))
            }
        }
        return pairs
    }

    private static let joints: Set<String> = [
        "to", "until", "till", "through", "hasta", "a", "bis", "au",
    ]

    private static let ordinals = [
        "first": "first", "1st": "first", "second": "second", "2nd": "second", "third": "third",
        "3rd": "third", "fourth": "fourth", "4th": "fourth", "last": "last", "primer": "first",
        "segundo": "second", "tercer": "third", "cuarto": "fourth", "ultimo": "last",
        "erster": "first", "ersten": "first", "zweiten": "second", "dritten": "third",
        "vierten": "fourth", "letzten": "last",
    ]

    /// Days and months by their folded names in English, Spanish and German.
    private static let calendar: [String: String] = {
        var calendar: [String: String] = [:]
        for line in lists.split(separator: "\n") {
            let words = line.split(separator: " ").map { TextFolding.fold(String($0)) }
            for word in words { calendar[word] = words[0] }
        }
        return calendar
    }()

    private static let names = Set(calendar.values)

    private static let lists = """
        monday mondays lunes montag montags
        tuesday tuesdays martes dienstag dienstags
        wednesday wednesdays miércoles mittwoch mittwochs
        thursday thursdays jueves donnerstag donnerstags
        friday fridays viernes freitag freitags
        saturday saturdays sábado sábados samstag samstags
        sunday sundays domingo domingos sonntag sonntags
        january enero januar
        february febrero februar
        march marzo märz
        april abril
        may mayo mai
        june junio juni
        july julio juli
        august agosto
        september septiembre
        october octubre oktober
        november noviembre
        december diciembre dezember
        """
}
