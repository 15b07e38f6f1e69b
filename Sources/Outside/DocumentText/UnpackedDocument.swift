/// A document as it comes out of its tool: what is read here, from any bytes, without a child
/// process.
package enum UnpackedDocument: Sendable {
    /// The parts of a DOCX file by their names.
    case word([String: [UInt8]])
    /// The parts of an XLSX file by their names.
    case workbook([String: [UInt8]])
    /// A web page.
    case page(String)
    /// Pages as `pdftotext -bbox-layout` prints them.
    case boxes([UInt8])
    /// A table of comma-separated values.
    case table(String)

    /// Its sections.
    package func sections() throws(DocumentTextError) -> [ExtractedSection] {
        switch self {
        case .word(let parts): try WordText.sections(parts)
        case .workbook(let parts): try SpreadsheetText.sections(parts)
        case .page(let page): HTMLText.sections(page)
        case .boxes(let printed): PDFText.sections(try PDFPage.pages(printed, from: 1))
        case .table(let text):
            TableText.parts(CommaSeparated.rows(text)).map {
                ExtractedSection(headings: $0.headings, text: $0.text)
            }
        }
    }
}
