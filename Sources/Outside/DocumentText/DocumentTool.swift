package import Confinement

/// The programs that the extractor runs.
package struct DocumentTools: Sendable, Equatable {
    /// Reads PDF.
    package var pdf = ConfinedTool(
        name: "pdftotext", path: "/usr/bin/pdftotext", debianPackage: "poppler-utils")
    /// Unpacks the parts of a DOCX or XLSX file that are read here, by `WordText` and
    /// `SpreadsheetText`: Debian's own readers lose tables, notes and formats of numbers.
    package var office = ConfinedTool(
        name: "unzip", path: "/usr/bin/unzip", debianPackage: "unzip")

    /// Makes pictures of a PDF's pages, where they are to be read from those.
    package var pictures = ConfinedTool(
        name: "pdftoppm", path: "/usr/bin/pdftoppm", debianPackage: "poppler-utils")
    /// Reads words from pictures, in the languages whose data is installed.
    package var recognition = ConfinedTool(
        name: "tesseract", path: "/usr/bin/tesseract", debianPackage: "tesseract-ocr")

    /// The programs where Debian puts them.
    package init() {}
}
