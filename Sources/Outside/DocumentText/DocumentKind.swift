/// What a file holds, judged by its content; the name decides only between kinds of text.
enum DocumentKind: String, Sendable {
    case pdf = "application/pdf"
    case word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case html = "text/html"
    case markdown = "text/markdown"
    case csv = "text/csv"
    case plain = "text/plain"
    case picture = "image/*"

    /// The kind of a file, and its text where it is one of text.
    ///
    /// Throws `.unsupported`, `.mismatch`, `.broken`, `.encrypted`, `.garbled`, `.empty`.
    static func recognise(
        name: String, bytes: [UInt8], limits: ExtractionLimits
    ) throws(DocumentTextError) -> (kind: DocumentKind, text: String) {
        let named = Self.named[Self.fileExtension(name)]
        let (found, text) = try Self.sniff(bytes, named: named, limits)
        let isText = [.html, .markdown, .csv, .plain].contains(found)
        if let named, named != found, !(named == .html && isText) {
            throw .mismatch(named: Self.fileExtension(name), found: found.words)
        }
        return (found, text)
    }

    /// The kind in words that fit after "its content is".
    var words: String {
        switch self {
        case .pdf: "a PDF document"
        case .word: "a Word document"
        case .spreadsheet: "an Excel workbook"
        case .html: "a web page"
        case .markdown: "Markdown"
        case .csv: "a table of comma-separated values"
        case .plain: "plain text"
        case .picture: "a picture"
        }
    }

    private static let named: [String: DocumentKind] = [
        "pdf": .pdf, "docx": .word, "docm": .word, "xlsx": .spreadsheet, "xlsm": .spreadsheet,
        "html": .html, "htm": .html, "xhtml": .html, "md": .markdown, "markdown": .markdown,
        "csv": .csv, "tsv": .csv, "txt": .plain, "text": .plain, "png": .picture,
        "jpg": .picture, "jpeg": .picture, "tif": .picture, "tiff": .picture, "webp": .picture,
    ]

    private static func fileExtension(_ name: String) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    private static func sniff(
        _ bytes: [UInt8], named: DocumentKind?, _ limits: ExtractionLimits
    ) throws(DocumentTextError) -> (kind: DocumentKind, text: String) {
        if bytes.isEmpty { throw .empty(detail: "the file has no bytes.") }
        // Readers accept a PDF's mark anywhere in the first 1,024 bytes (ISO 32000-1, H.3.4.1).
        if contains(bytes.prefix(1024), Array("%PDF-".utf8)) { return (.pdf, "") }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return (try zipKind(bytes, limits), "") }
        if bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { throw compoundFile(bytes) }
        if isPicture(bytes) { return (.picture, "") }
        if let kind = binaryKind(bytes) { throw .unsupported(kind: kind) }
        let text = try TextDecoding.decode(bytes)
        let start = String(text.unicodeScalars.prefix(4096))
        if isBinary(start) { throw .unsupported(kind: "of an unknown binary kind") }
        if looksLikeHTML(start) { return (.html, text) }
        switch named {
        case .markdown, .csv, .plain: return (named ?? .plain, text)
        case .html: return (.html, text)
        case .pdf, .word, .spreadsheet, .picture, nil: return (.plain, text)
        }
    }

    private static func zipKind(
        _ bytes: [UInt8], _ limits: ExtractionLimits
    ) throws(DocumentTextError) -> DocumentKind {
        let directory = try ZipDirectory(bytes)
        try directory.check(limits)
        if directory.hasPart("ppt/") { throw .unsupported(kind: "a PowerPoint presentation") }
        if directory.hasPart("content.xml") { throw .unsupported(kind: "an OpenDocument file") }
        guard directory.hasPart("[Content_Types].xml") else {
            throw .unsupported(kind: "a zip archive")
        }
        if directory.hasPart("word/") { return .word }
        if directory.hasPart("xl/") { return .spreadsheet }
        throw .unsupported(kind: "a zip archive")
    }

    /// Office encrypts a DOCX or XLSX into an OLE file with such a stream ([MS-OFFCRYPTO] 2.3.4).
    private static func compoundFile(_ bytes: [UInt8]) -> DocumentTextError {
        let stream: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        return contains(bytes[...], stream)
            ? .encrypted : .unsupported(kind: "an old Office file (.doc, .xls or .ppt)")
    }

    /// PNG, JPEG, TIFF and WebP: what scanners and telephones make.
    private static func isPicture(_ bytes: [UInt8]) -> Bool {
        if bytes.starts(with: "RIFF".utf8), bytes.count > 12 {
            return bytes[8..<12].elementsEqual("WEBP".utf8)
        }
        let marks: [[UInt8]] = [
            [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], [0x49, 0x49, 0x2A, 0],
            [0x4D, 0x4D, 0, 0x2A],
        ]
        return marks.contains { bytes.starts(with: $0) }
    }

    private static func binaryKind(_ bytes: [UInt8]) -> String? {
        let marks: [([UInt8], String)] = [
            (Array("GIF8".utf8), "a picture of few colours"),
            (Array("{\\rtf".utf8), "an RTF document"),
            ([0x1F, 0x8B], "a gzip archive"), ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
            (Array("Rar!".utf8), "a RAR archive"), ([0x7F, 0x45, 0x4C, 0x46], "a program"),
            (Array("MZ".utf8) + [0x90, 0], "a program"), (Array("OggS".utf8), "a sound"),
            (Array("ID3".utf8), "a sound"), (Array("RIFF".utf8), "a picture, sound or film"),
            (Array("PK".utf8) + [5, 6], "an empty zip archive"),
        ]
        if bytes.count > 12 && bytes[4..<8].elementsEqual("ftyp".utf8) { return "a film" }
        return marks.first { bytes.starts(with: $0.0) }?.1
    }

    private static func isBinary(_ text: String) -> Bool {
        let controls = text.unicodeScalars.count {
            $0.value < 0x20 && !["\n", "\t", "\u{0C}"].contains($0) || $0.value == 0x7F
        }
        return text.unicodeScalars.contains("\0") || controls * 50 > text.unicodeScalars.count
    }

    private static func looksLikeHTML(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace }.prefix(1024).lowercased()
        if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return true }
        return (start.hasPrefix("<?xml") || start.hasPrefix("<!--")) && start.contains("<html")
    }

    private static func contains(_ bytes: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        guard let first = part.first, bytes.count >= part.count else { return false }
        var rest = bytes
        while let index = rest.firstIndex(of: first) {
            rest = rest[index...]
            if rest.starts(with: part) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
