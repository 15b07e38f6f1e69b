import Testing

@testable import DocumentText

@Suite struct PageTests {
    let extractor = DocumentTextExtractor()

    @Test("a table without lines is read row by row, with its columns' names")
    func borderless() async throws {
        var pdf = MadePDF()
        pdf.put("Rental prices", 72, 60, size: 16)
        for (index, row) in [
            ["Bicycle", "Half day", "Day"], ["City bike", "12.50", "18.00"],
            ["E-bike with basket", "25.00", "38.00"], ["Child bike", "8.00", ""],
        ].enumerated() {
            for (column, cell) in row.enumerated() where !cell.isEmpty {
                pdf.put(cell, [72, 250, 350][column], 100 + 14 * Double(index))
            }
        }
        pdf.put("Prices include a helmet.", 72, 190)
        #expect(
            try await extractor.texts("a.pdf", pdf.bytes) == [
                """
                Rental prices

                Bicycle: City bike; Half day: 12.50; Day: 18.00
                Bicycle: E-bike with basket; Half day: 25.00; Day: 38.00
                Bicycle: Child bike; Half day: 8.00

                Prices include a helmet.
                """
            ])
    }

    @Test("a cell of several lines is one, and a table goes on over pages under its columns' names")
    func wrappedCells() async throws {
        var pdf = MadePDF()
        let header = ["Tour", "What you see", "Price"]
        let rows = [
            (["Coast", "Beaches, the old harbour", "25 EUR"], "and the lighthouse at sunset"),
            (["Hills", "Vineyards and a castle", "35 EUR"], "with a tasting of three wines"),
        ]
        for page in 0..<2 {
            if page > 0 { pdf.page() }
            var top = 60.0
            if page == 0 {
                for (x, cell) in zip([72.0, 180, 400], header) { pdf.put(cell, x, top) }
            }
            for (cells, second) in rows {
                top += 30
                for (x, cell) in zip([72.0, 180, 400], cells) { pdf.put(cell, x, top) }
                pdf.put(second, 180, top + 11)
            }
        }
        let page = """
            Tour: Coast; What you see: Beaches, the old harbour and the lighthouse at sunset; \
            Price: 25 EUR
            Tour: Hills; What you see: Vineyards and a castle with a tasting of three wines; \
            Price: 35 EUR
            """
        #expect(try await extractor.texts("a.pdf", pdf.bytes) == [page, page])
    }

    @Test("names beside values are pairs, also where no row stands above them")
    func pairs() async throws {
        var pdf = MadePDF()
        for (index, row) in [
            ["Deposit", "Fifty euros"], ["Returns", "Within thirty days"],
            ["Repairs", "In two days"],
        ].enumerated() {
            pdf.put(row[0], 72, 100 + 14 * Double(index))
            pdf.put(row[1], 250, 100 + 14 * Double(index))
        }
        #expect(
            try await extractor.texts("a.pdf", pdf.bytes) == [
                "Deposit: Fifty euros\nReturns: Within thirty days\nRepairs: In two days"
            ])
    }

    @Test("columns of running text are read one after the other, their lines joined")
    func columns() async throws {
        var pdf = MadePDF()
        let left = [
            "Bicycles may be returned within thirty", "days of purchase if they have not been",
            "ridden outside. Bring the receipt and",
        ]
        let right = [
            "Repairs are carried out within three", "working days. Urgent ones are possible",
            "for a surcharge of only fifteen euros.",
        ]
        for index in 0..<3 {
            pdf.put(left[index], 72, 100 + 12 * Double(index))
            pdf.put(right[index], 320, 100 + 12 * Double(index))
        }
        #expect(
            try await extractor.texts("a.pdf", pdf.bytes) == [
                left.joined(separator: " ") + "\n\n" + right.joined(separator: " ")
            ])
    }

    @Test("what stands on every page is told once, and the numbers of pages never")
    func runningHeads() async throws {
        var pdf = MadePDF()
        for page in 1...4 {
            if page > 1 { pdf.page() }
            pdf.put("Sol Bicycles, call 555 0100", 72, 40)
            pdf.put(
                "What is told on page number \(["one", "two", "three", "four"][page - 1]).", 72, 300
            )
            pdf.put("Page \(page) of 4", 280, 760)
        }
        let document = try await extractor.extract(name: "a.pdf", bytes: pdf.bytes)
        #expect(document.pages == 4)
        #expect(document.sections.map(\.page) == [1, 2, 3, 4])
        #expect(
            document.sections.map(\.text) == [
                "Sol Bicycles, call 555 0100\n\nWhat is told on page number one.",
                "What is told on page number two.", "What is told on page number three.",
                "What is told on page number four.",
            ])
    }

    @Test("letters that were set apart are words")
    func spacing() async throws {
        var pdf = MadePDF()
        var left = 72.0
        // Of Helvetica, in thousandths of its size.
        let widths: [Character: Double] = ["C": 722, "l": 222, "s": 500, "M": 833, "y": 500]
        for word in ["Closed", "on", "Mondays"] {
            for letter in word {
                pdf.put("\(letter)", left, 100)
                left += (widths[letter] ?? 556) / 100 + 3
            }
            left += 5
        }
        let texts = try await extractor.texts("a.pdf", pdf.bytes)
        #expect(texts == ["Closed on Mondays"])
    }

    @Test("three hundred pages are three hundred sections, each with its page")
    func manyPages() async throws {
        var pdf = MadePDF()
        for page in 1...300 {
            if page > 1 { pdf.page() }
            pdf.put("The article number \(page * 7) is kept on shelf \(page).", 72, 300)
        }
        let sections = try await extractor.extract(name: "a.pdf", bytes: pdf.bytes).sections
        #expect(sections.map(\.page) == Array(1...300))
        #expect(sections[249].text == "The article number 1750 is kept on shelf 250.")
    }

    private static func line(_ words: String) -> PDFPage.Line {
        var left = 0.0
        return PDFPage.Line(
            words: words.split(separator: " ").map { (part: Substring) -> PDFPage.Word in
                let width = 10 * Double(part.count)
                defer { left += width + 5 }
                return PDFPage.Word(
                    text: "\(part)", left: left, top: 0, right: left + width, bottom: 10)
            }, block: 1)
    }

    @Test(
        "lines from right to left are put in the order in which they are read",
        arguments: [
            // As poppler gives the words of a page: each by its place, its letters too.
            (".مويلل وروي 25 رعسلا ،تاجاردلا رجتم", "متجر الدراجات، السعر 25 يورو لليوم."),
            ("12:30 תונחל םיאבה", "הבאים לחנות 12:30"),
            ("لجس نلآا", "الآن سجل"),
            ("مويلا Sol Bicycles دنع )اناجم(", "(مجانا) عند Sol Bicycles اليوم"),
            ("the shop ةسردملا رجتم is open", "the shop متجر المدرسة is open"),
        ])
    func rightToLeft(_ seen: String, _ read: String) {
        let evidence = Self.line("ةسردملا ةنيدملا")
        let line = Self.line(seen)
        let direction = WritingDirection([evidence, line] as [PDFPage.Line])
        #expect(direction.text(line.words) == read)
    }

    @Test(
        "a word that the document itself gives keeps its letters' order, without marks of direction"
    )
    func givenWords() {
        let word = PDFPage.Word(
            text: "\u{202B}حَبيبي\u{202C} habibi", left: 0, top: 0, right: 30, bottom: 10)
        let line = PDFPage.Line(words: [word], block: 1)
        let direction = WritingDirection([line] as [PDFPage.Line])
        #expect(direction.text([word]) == "حَبيبي habibi")
    }
}
