import Conversation

/// A question about all rows of a table: the least, the most, or how many.
///
/// Models miscount rows; here they are counted.
enum TableQuestion: Hashable {
    case least, most, count

    /// Reads a question; `nil` if it asks nothing of the kind.
    static func read(_ words: String) -> Self? {
        let units = Words.units(of: String(words.prefix(300)))
        if leastPhrases.matches(units) { return .least }
        if mostPhrases.matches(units) { return .most }
        return countPhrases.matches(units) ? .count : nil
    }

    /// Words that only say what of the rows is wanted.
    static let wanting: Set<String> = Set(
        """
        cheapest least expensive lowest cheaper inexpensive price most dearest highest priciest
        many number cost costs have offer sell rent there
        barato barata baratos baratas económico económica menor precio caro cara caros caras mayor
        cuántos cuántas tenéis tienen hay cuesta
        billigste billigsten billigstes billigster günstigste günstigsten günstigstes günstigster
        preis niedrigste teuerste teuersten teuerstes teuerster höchste viele gibt haben habt
        cher chère moins plus prix bas haut combien
        economico economica prezzo costoso costosa quanti quante
        mais menos preço quantos quantas goedkoopste duurste hoeveel prijs
        """.split(whereSeparator: \.isWhitespace).map { TextFolding.fold(String($0)) })

    private static func book(_ list: String) -> PhraseBook {
        PhraseBook(list.split(separator: "\n").map { PhrasePattern(String($0)) })
    }

    private static let leastPhrases = book(
        """
        cheapest
        least expensive|costly
        lowest price|cost
        most affordable|economical
        mas barato|barata|baratos|baratas|economico|economica
        menos caro|cara
        menor precio
        billigste|billigsten|billigstes|billigster|gunstigste|gunstigsten|gunstigstes|gunstigster
        moins cher|chere|chers|cheres
        meno caro|cara
        piu economico|economica
        mais barato|barata
        goedkoopste
        """)
    private static let mostPhrases = book(
        """
        most expensive
        dearest|priciest
        highest price|cost
        mas caro|cara|caros|caras
        teuerste|teuersten|teuerstes|teuerster
        plus cher|chere
        piu caro|cara|costoso|costosa
        mais caro|cara
        duurste
        """)
    private static let countPhrases = book(
        """
        how many
        cuantos|cuantas
        wie viele
        combien de
        quanti|quante
        quantos|quantas
        hoeveel
        """)
}

/// The rows of a table, as the indexer writes them: `Header: value; Header: value`.
struct TableRows {
    /// A row.
    struct Row: Hashable {
        /// As it stands in the passage.
        var text: String
        var cells: [Cell]
    }

    /// A cell below its header.
    struct Cell: Hashable {
        var header: String
        var value: String

        /// The number that it holds, without its unit.
        var number: Double? {
            let fact = AnswerFacts(value).numbers.first
            guard let fact, value.prefix(3).contains(where: \.isNumber) else { return nil }
            // `2.40` and `2,40` are read alike; of several readings the plain one.
            return fact.readings.compactMap(Double.init).min()
        }
    }

    let rows: [Row]

    /// Reads the rows of passages, of which each counts once: two rows may well be the same.
    init(_ passages: [RankedPassage]) {
        var seen: Set<PassageID> = []
        rows = passages.filter { seen.insert($0.id).inserted }.flatMap { passage in
            passage.text.split(whereSeparator: \.isNewline).map { $0.trimmingSpaces }
        }.compactMap { line in
            let cells = line.components(at: "; ").compactMap { part -> Cell? in
                guard let colon = part.firstRange(of: ": ") else { return nil }
                return Cell(
                    header: part[..<colon.lowerBound].trimmingSpaces,
                    value: part[colon.upperBound...].trimmingSpaces)
            }
            guard cells.count >= 2 else { return nil }
            return Row(text: line, cells: cells)
        }
    }

    /// What the rows answer, as the rows' own words; `nil` where they do not.
    func answer(_ question: TableQuestion, _ words: String) -> [Row]? {
        guard rows.count > 1 else { return nil }
        let asked = Set(Words.of(words))
        switch question {
        case .count:
            // What is counted has to be what the table lists.
            guard let label = rows[0].cells.first?.header,
                Words.of(label).contains(where: { head in
                    asked.contains { Words.areAlike($0, head) }
                })
            else { return nil }
            return meant(by: words, but: Words.of(label))
        case .least, .most:
            guard let column = column(asked) else { return nil }
            let some = meant(by: words, but: Words.of(column))
            let numbers = some.compactMap { row in
                row.cells.first { $0.header == column }?.number.map { (row, $0) }
            }
            let best = question == .least ? numbers.map(\.1).min() : numbers.map(\.1).max()
            let found = numbers.filter { $0.1 == best }.map(\.0)
            return found.isEmpty ? nil : found
        }
    }

    /// The column of numbers that the question names, else the first that holds money, else the
    /// first.
    private func column(_ asked: Set<String>) -> String? {
        var headers: [String] = []
        for cell in rows.flatMap(\.cells) where !headers.contains(cell.header) {
            headers.append(cell.header)
        }
        let numeric = headers.filter { header in
            let cells = rows.compactMap { row in row.cells.first { $0.header == header } }
            return cells.count(where: { $0.number != nil }) * 2 > cells.count
        }
        let named = numeric.first { header in
            Words.content(of: header).contains { head in
                !head.allSatisfy(\.isNumber) && asked.contains { Words.areAlike($0, head) }
            }
        }
        let money = numeric.first { header in
            let isPriced = rows.contains { row in
                row.cells.contains { cell in
                    cell.header == header && cell.value.contains { "€$£¥₹".contains($0) }
                }
            }
            return isPriced || header.lowercased().contains("eur")
        }
        return named ?? money ?? numeric.first
    }

    /// The rows that hold what the question names, where some do and some do not.
    private func meant(by words: String, but others: [String]) -> [Row] {
        let vocabularies = rows.map { row in
            let words = row.cells.filter { $0.number == nil }.map(\.value)
            return Vocabulary(of: words.joined(separator: " "))
        }
        let telling = Words.content(of: words).filter { word in
            !TableQuestion.wanting.contains(word)
                && !others.contains { Words.areAlike($0, word) }
                && vocabularies.contains { $0.holds(word) }
        }
        let some = zip(rows, vocabularies).filter { _, words in
            telling.allSatisfy { words.holds($0) }
        }.map(\.0)
        return some.isEmpty ? rows : some
    }
}

extension StringProtocol {
    fileprivate func components(at mark: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: mark) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
