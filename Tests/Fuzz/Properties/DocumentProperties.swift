import DocumentText

/// What must hold for any document that came out of its tool: it is refused with words for its
/// owner, or becomes a text in proportion to it, of which no section is empty.
enum DocumentProperties {
    @Sendable static func word(_ bytes: [UInt8]) throws(PropertyViolation) {
        // Two parts, so that what one says changes how the other is read.
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        try check(
            .word([
                "word/document.xml": parts.first.map(Array.init) ?? [],
                "word/styles.xml": parts.count > 1 ? Array(parts[1]) : [],
            ]), bytes)
    }

    @Sendable static func workbook(_ bytes: [UInt8]) throws(PropertyViolation) {
        let parts = bytes.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        let book = Array("<workbook><sheets><sheet name='S'/></sheets></workbook>".utf8)
        try check(
            .workbook([
                "xl/workbook.xml": book,
                "xl/worksheets/sheet1.xml": parts.first.map(Array.init) ?? [],
                "xl/styles.xml": parts.count > 1 ? Array(parts[1]) : [],
                "xl/sharedStrings.xml": parts.count > 2 ? Array(parts[2]) : [],
            ]), bytes)
    }

    @Sendable static func page(_ bytes: [UInt8]) throws(PropertyViolation) {
        try check(.page(String(decoding: bytes, as: UTF8.self)), bytes)
    }

    @Sendable static func boxes(_ bytes: [UInt8]) throws(PropertyViolation) {
        try check(.boxes(bytes), bytes)
    }

    @Sendable static func table(_ bytes: [UInt8]) throws(PropertyViolation) {
        try check(.table(String(decoding: bytes, as: UTF8.self)), bytes)
    }

    private static func check(
        _ document: UnpackedDocument, _ bytes: [UInt8]
    ) throws(PropertyViolation) {
        let sections: [ExtractedSection]
        do throws(DocumentTextError) {
            sections = try document.sections()
        } catch {
            return try hold(!error.description.isEmpty, "it is refused without a reason")
        }
        let size = sections.reduce(0) { $0 + $1.text.utf8.count }
        // A row repeats its columns' names, and a merged cell its value: never more than so often.
        let most = (bytes.count + 16) * (bytes.count + 16)
        try hold(size <= most, "\(bytes.count) bytes became \(size)")
        for section in sections {
            try hold(section.text.contains { !$0.isWhitespace }, "an empty section: \(section)")
        }
    }
}
