import Testing

@testable import DocumentText

@Suite struct FormatTests {
    let extractor = DocumentTextExtractor()

    @Test("a PDF gives one section a page, its wrapped lines joined")
    func pdf() async throws {
        let document = try await extractor.extract(
            name: "policy.pdf", bytes: fixture("two-pages.pdf"))
        #expect(document.mediaType == "application/pdf")
        #expect(document.sections.map(\.page) == [1, 2])
        let first = try #require(document.sections.first)
        #expect(first.text.contains("up to 24 hours before it begins"))
    }

    @Test("a DOCX keeps its headings, and paragraphs that Word did not write stay apart")
    func word() async throws {
        let document = try await extractor.extract(
            name: "warranty.docx", bytes: fixture("headings.docx"))
        #expect(
            document.sections == [
                ExtractedSection(
                    headings: ["Warranty"], text: "Repairs carry a warranty of six months."),
                ExtractedSection(
                    headings: ["Warranty", "What is not covered"],
                    text: "Wear of brake pads, tyres & chains — and crashes."),
                ExtractedSection(
                    headings: ["Booking"], text: "Book by WhatsApp, by phone or in the shop."),
            ])
    }

    @Test(
        "a DOCX gives headers, footers, notes and text boxes once each, and nothing that is hidden")
    func layers() async throws {
        let document = try await extractor.extract(
            name: "tours.docx", bytes: fixture("layers.docx"))
        #expect(
            document.sections.map(\.text) == [
                "Sol Bicycles",
                """
                Bring a helmet.

                Tours start at ten.

                Price: 20 euros. Tips welcome.

                Dogs are welcome.
                """,
                "Except on Sundays.", "Call 555 0100.",
            ])
    }

    @Test(
        "an XLSX's dates have the year first, failed formulas say nothing, empty columns keep names"
    )
    func dates() async throws {
        let document = try await extractor.extract(
            name: "tours.xlsx", bytes: fixture("dates.xlsx"))
        #expect(
            document.sections.map(\.text) == [
                """
                Price; On request
                Tour: Coast; Date: 2026-09-10; Start: 09:30; Cancel by: 2026-09-09 18:00
                """
            ])
    }

    @Test("a page's links are words, and the numbers of its notes are left out")
    func links() async throws {
        let page = """
            <html><body><p>We rent <a href="/x" title='a > b'>city bikes</a> and
            <u>e-bikes</u>.<sup><a href="#n1">[1]</a></sup><sup>[12]</sup> Ask <A HREF=x>the staff</A>.
            See part [3] of the <abbr>FAQ</abbr>.</p></body></html>
            """
        let document = try await extractor.extract(name: "a.html", bytes: Array(page.utf8))
        #expect(
            document.sections.map(\.text) == [
                "We rent city bikes and e-bikes. Ask the staff. See part [3] of the FAQ."
            ])
    }

    @Test("an XLSX gives every visible sheet, and each row names its columns")
    func spreadsheet() async throws {
        let document = try await extractor.extract(
            name: "prices.xlsx", bytes: fixture("two-sheets.xlsx"))
        #expect(
            document.sections == [
                ExtractedSection(
                    headings: ["Rental prices 2026"], sheet: "Rental",
                    text: """
                        Bicycle: City bike; Half day: 12.5; Day: 18
                        Bicycle: E-bike; Half day: 25; Day: 38
                        """),
                ExtractedSection(
                    headings: ["Rental prices 2026", "Children"], sheet: "Rental",
                    text: "Bicycle: Child bike, 20 inch; Half day: 8; Day: 12"),
                ExtractedSection(
                    sheet: "Hours & days", text: "Day: Saturday; Opens: 09:00; Closes: 14:00"),
            ])
    }

    @Test("HTML is split by headings in any script, without scripts and styles")
    func html() async throws {
        let page = """
            <!DOCTYPE html><html><head><meta charset="iso-8859-1"><title>T</title>
            <style>p{color:red}</style><script>alert("x")</script></head><body>
            <h1>Café <em>Überblick</em></h1><p>First &lt;paragraph&gt;.</p>
            <h2>हिन्दी &amp; 中文</h2><ul><li>one</li><li>two</li></ul><h2>Last</h2></body></html>
            """
        let document = try await extractor.extract(name: "a.html", bytes: Array(page.utf8))
        #expect(
            document.sections == [
                ExtractedSection(headings: ["Café Überblick"], text: "First <paragraph>."),
                ExtractedSection(
                    headings: ["Café Überblick", "हिन्दी & 中文"], text: "- one\n- two"),
                ExtractedSection(headings: ["Café Überblick"], text: "Last"),
            ])
    }

    @Test("Markdown is split by headings of both kinds, its tables and marks made plain")
    func markdown() async throws {
        let text = """
            ---
            author: nobody
            ---
            # Shop #
            We are **open** <!-- not yet
            -->on [Saturdays](https://example.org/x).
            Second line.

            Prices
            ------
            | Item | Price |
            |------|------:|
            | Tube | 6 € |

            Bring:
            - a lock
            - a `light`

            ```
            # not a heading
            ```
            """
        let document = try await extractor.extract(name: "faq.md", bytes: Array(text.utf8))
        #expect(
            document.sections == [
                ExtractedSection(
                    headings: ["Shop"],
                    text: "We are open on Saturdays (https://example.org/x). Second line."),
                ExtractedSection(
                    headings: ["Shop", "Prices"],
                    text: "Item: Tube; Price: 6 €\n\nBring:\n- a lock\n- a light\n\n# not a heading"
                ),
            ])
    }

    @Test(
        "CSV with any usual separator names the columns in each row",
        arguments: [
            "Day,Opens\nSaturday,\"9:00, or later\"\n", "Day;Opens\r\nSaturday;9:00, or later\r\n",
            "Day\tOpens\nSaturday\t9:00, or later",
        ])
    func csv(_ table: String) async throws {
        let document = try await extractor.extract(name: "hours.csv", bytes: Array(table.utf8))
        #expect(document.sections.map(\.text) == ["Day: Saturday; Opens: 9:00, or later"])
    }

    @Test("a file without a telling name is read by its content")
    func unnamed() async throws {
        let document = try await extractor.extract(
            name: "upload", bytes: fixture("two-sheets.xlsx"))
        #expect(document.sections.first?.sheet == "Rental")
    }
}
