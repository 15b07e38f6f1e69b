@testable import DocumentText

/// Office files made for a test: their parts stored in a zip file as they are.
enum MadeOffice {
    static func word(
        _ body: String, styles: String = "", parts: [(name: String, text: String)] = []
    ) -> [UInt8] {
        let space =
            "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
            + "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
        var all = [
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", "<w:document \(space)><w:body>\(body)</w:body></w:document>"),
        ]
        if !styles.isEmpty { all.append(("word/styles.xml", "<w:styles>\(styles)</w:styles>")) }
        return zip(all + parts.map { ($0.name, $0.text) })
    }

    /// A paragraph of one run.
    static func paragraph(_ text: String, _ properties: String = "") -> String {
        "<w:p><w:pPr>\(properties)</w:pPr><w:r>"
            + "<w:t xml:space=\"preserve\">\(text)</w:t></w:r></w:p>"
    }

    /// A workbook of sheets: each its name, what its `sheet` element says besides, and its content.
    static func workbook(
        _ sheets: [(name: String, state: String, content: String)], formats: [String] = [],
        strings: [String] = [], properties: String = ""
    ) -> [UInt8] {
        var listed = ""
        var relations = ""
        var parts: [(String, String)] = [("[Content_Types].xml", "<Types/>")]
        for (index, sheet) in sheets.enumerated() {
            listed +=
                "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\" \(sheet.state) "
                + "r:id=\"rId\(index + 7)\"/>"
            // Not in the order of their numbers, as after a person moved them.
            relations +=
                "<Relationship Id=\"rId\(index + 7)\" "
                + "Target=\"worksheets/sheet\(sheets.count - index).xml\"/>"
            parts.append(
                (
                    "xl/worksheets/sheet\(sheets.count - index).xml",
                    "<worksheet>\(sheet.content)</worksheet>"
                ))
        }
        let codes = formats.enumerated().map {
            "<numFmt numFmtId=\"\(200 + $0)\" formatCode='\($1)'/>"
        }.joined()
        let cells = formats.indices.map { "<xf numFmtId=\"\(200 + $0)\"/>" }.joined()
        parts += [
            ("xl/workbook.xml", "<workbook>\(properties)<sheets>\(listed)</sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", "<Relationships>\(relations)</Relationships>"),
            (
                "xl/styles.xml",
                "<styleSheet><numFmts>\(codes)</numFmts><cellStyleXfs><xf numFmtId=\"9\"/>"
                    + "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/>\(cells)</cellXfs></styleSheet>"
            ),
            (
                "xl/sharedStrings.xml",
                "<sst>" + strings.map { "<si>\($0)</si>" }.joined() + "</sst>"
            ),
        ]
        return zip(parts)
    }

    /// A row of cells, each its place, what it says besides and its value.
    static func row(_ cells: [(place: String, more: String, value: String)]) -> String {
        "<row>"
            + cells.map { "<c r=\"\($0.place)\" \($0.more)><v>\($0.value)</v></c>" }.joined()
            + "</row>"
    }

    /// A cell with a text of its own.
    static func text(_ place: String, _ words: String) -> String {
        "<c r=\"\(place)\" t=\"inlineStr\"><is><t>\(words)</t></is></c>"
    }

    /// A zip file (PKWARE APPNOTE 6.3.9) without compression.
    static func zip(_ parts: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        var directory: [UInt8] = []
        for (name, text) in parts {
            let (name, text) = (Array(name.utf8), Array(text.utf8))
            let sizes =
                number(checksum(text), 4) + number(text.count, 4) + number(text.count, 4)
                + number(name.count, 2) + number(0, 2)
            let common = number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4)
            directory +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + common + sizes + number(0, 2) + number(0, 2)
                + number(0, 2) + number(0, 4) + number(bytes.count, 4) + name
            bytes += [0x50, 0x4B, 3, 4] + common + sizes + name + text
        }
        let end =
            number(0, 2) + number(0, 2) + number(parts.count, 2) + number(parts.count, 2)
            + number(directory.count, 4) + number(bytes.count, 4) + number(0, 2)
        return bytes + directory + [0x50, 0x4B, 5, 6] + end
    }

    private static func number(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// CRC-32 (ISO 3309).
    private static func checksum(_ bytes: [UInt8]) -> Int {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return Int(~sum)
    }
}

/// PDFs made for a test: words in Helvetica where they are put, in points from the upper left
/// corner.
struct MadePDF {
    private var pages: [String] = [""]
    private static let height = 792.0

    mutating func page() { pages.append("") }

    mutating func put(_ text: String, _ left: Double, _ top: Double, size: Double = 10) {
        let clean = text.map { "()\\".contains($0) ? "\\\($0)" : String($0) }.joined()
        pages[pages.count - 1] +=
            "BT /F1 \(size) Tf 1 0 0 1 \(left) \(Self.height - top) Tm (\(clean)) Tj ET\n"
    }

    /// The file's bytes (ISO 32000-1, 7.5).
    var bytes: [UInt8] {
        var objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        ]
        var kids: [String] = []
        for page in pages {
            objects.append("<< /Length \(page.utf8.count) >>\nstream\n\(page)endstream")
            objects.append(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
                    + "/Contents \(objects.count) 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
            kids.append("\(objects.count) 0 R")
        }
        objects[1] =
            "<< /Type /Pages /Kids [\(kids.joined(separator: " "))] /Count \(kids.count) >>"
        var text = "%PDF-1.4\n"
        var places: [Int] = []
        for (index, object) in objects.enumerated() {
            places.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for place in places {
            let digits = String(place)
            text += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
        }
        text += "trailer << /Size \(objects.count + 1) /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        return Array(text.utf8)
    }
}

extension DocumentTextExtractor {
    /// The texts of a document's sections.
    func texts(_ name: String, _ bytes: [UInt8]) async throws -> [String] {
        try await extract(name: name, bytes: bytes).sections.map(\.text)
    }
}
