import Testing

@testable import DocumentText

@Suite struct WorkbookTests {
    let extractor = DocumentTextExtractor()

    @Test(
        "a number is told as Excel shows it, a date with the year first",
        arguments: [
            ("0%", 0.15, "15%"), ("0.0%", 0.125, "12.5%"), ("0.00 [$€-407]", 12.5, "12.50 €"),
            ("[$$-409]#,##0.00", 1234.5, "$1,234.50"), ("#,##0\\ \"kg\"", 1500, "1,500 kg"),
            ("General", 0.1 + 0.2, "0.3"), ("General", 1e14, "100000000000000"),
            ("0.00", 1.005, "1.01"), ("0000", 42, "0042"), ("0.0,\"k\"", 12_345, "12.3k"),
            ("#,##0;(#,##0)", -7, "(7)"), ("0;-0;\"none\"", 0, "none"),
            ("[<1]\"little\";0", 0.5, "little"), ("[<1]\"little\";0", 3, "3"),
            ("dd/mm/yyyy", 43363, "2018-09-20"), ("m/d/yy h:mm", 43363.75, "2018-09-20 18:00"),
            ("[$-407]d. mmmm yyyy", 35287, "1996-08-10"), ("mmm yyyy", 43344, "2018-09"),
            ("h:mm AM/PM", 0.4375, "10:30"), ("hh:mm:ss", 0.5 + 1 / 86_400, "12:00:01"),
            ("[h]:mm", 1.25, "30:00"), ("yyyy", 43363, "2018"), ("d.m.", 59, "1900-02-28"),
        ] as [(String, Double, String)])
    func formats(_ code: String, _ value: Double, _ shown: String) {
        #expect(NumberFormat(code, isFrom1904: false).text(value) == shown)
    }

    @Test("a workbook of the Macintosh counts its days from 1904, and some formats show nothing")
    func calendars() {
        #expect(NumberFormat("yyyy-mm-dd", isFrom1904: true).text(41_901) == "2018-09-20")
        #expect(NumberFormat(";;;", isFrom1904: false).text(5) == nil)
        #expect(NumberFormat(";;;", isFrom1904: false).text("hidden") == nil)
    }

    @Test("hidden sheets, rows and columns, failed formulas and how words are spoken are left out")
    func hidden() async throws {
        let visible =
            "<sheetFormatPr/><cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData>"
            + "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>\(MadeOffice.text("B1", "Cost"))"
            + "\(MadeOffice.text("C1", "Price"))\(MadeOffice.text("D1", "Share"))</row>"
            + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"B2\"><v>7</v></c>"
            + "<c r=\"C2\" s=\"1\"><v>12.5</v></c><c r=\"D2\" t=\"e\"><v>#DIV/0!</v></c></row>"
            + "<row r=\"3\" hidden=\"1\">\(MadeOffice.text("A3", "Secret bike"))</row>"
            + "<row r=\"4\">\(MadeOffice.text("A4", "E-bike"))<c r=\"C4\" t=\"str\"><v>#N/A</v></c>"
            + "<c r=\"D4\" s=\"2\"><v>0.2</v></c></row></sheetData>"
        let book = MadeOffice.workbook(
            [
                ("Prices", "", visible),
                (
                    "Costs", "state=\"veryHidden\"",
                    "<sheetData><row>\(MadeOffice.text("A1", "Margin"))</row></sheetData>"
                ),
            ], formats: ["0.00 \"€\"", "0%"],
            strings: [
                "<r><t>Bi</t></r><r><t>cycle</t></r>", "<t>自転車</t><rPh><t>ジテンシャ</t></rPh>",
            ])
        let document = try await extractor.extract(name: "a.xlsx", bytes: book)
        #expect(
            document.sections == [
                ExtractedSection(
                    sheet: "Prices",
                    text: "Bicycle: 自転車; Price: 12.50 €\nBicycle: E-bike; Share: 20%")
            ])
    }

    @Test(
        "merged cells: a value is told in each row that it reaches over, a name with those below it"
    )
    func merged() async throws {
        let rows = [
            ["Bicycle", "Price", "", "Season"], ["", "Day", "Week", ""],
            ["City bike", "18", "90", "Summer"], ["E-bike", "38", "190", ""],
        ]
        let cells = rows.enumerated().map { row, values in
            "<row>"
                + values.enumerated().filter { !$1.isEmpty }.map { column, value in
                    MadeOffice.text("\(["A", "B", "C", "D"][column])\(row + 1)", value)
                }.joined() + "</row>"
        }.joined()
        let sheet =
            "<sheetData>\(cells)</sheetData><mergeCells><mergeCell ref=\"A1:A2\"/>"
            + "<mergeCell ref=\"B1:C1\"/><mergeCell ref=\"D1:D2\"/><mergeCell ref=\"D3:D4\"/>"
            + "</mergeCells>"
        #expect(
            try await extractor.texts("a.xlsx", MadeOffice.workbook([("S", "", sheet)])) == [
                """
                Bicycle: City bike; Price Day: 18; Price Week: 90; Season: Summer
                Bicycle: E-bike; Price Day: 38; Price Week: 190; Season: Summer
                """
            ])
    }

    @Test(
        "a cell far away, a merge over a whole sheet and a prefix of a program's own are no trouble"
    )
    func extremes() async throws {
        let sheet =
            "<x:sheetData><x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c></x:row>"
            + "<x:row r=\"1048576\"><x:c r=\"XFD1048576\"><x:v>2</x:v></x:c></x:row></x:sheetData>"
            + "<x:mergeCells><x:mergeCell ref=\"A1:XFD1048576\"/></x:mergeCells>"
        let texts = try await extractor.texts("a.xlsx", MadeOffice.workbook([("S", "", sheet)]))
        #expect(texts.count == 1)
    }
}
