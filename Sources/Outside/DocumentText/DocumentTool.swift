package import Confinement

/// The programs that the extractor runs.
package struct DocumentTools: Sendable, Equatable {
    /// Reads PDF.
    package var pdf = ConfinedTool(
        name: "pdftotext", path: "/usr/bin/pdftotext", debianPackage: "poppler-utils")
    /// Unpacks the one part of a DOCX file that holds the text.
    ///
    /// Not docx2txt: it glues paragraphs of files that Word did not write (`<w:p>` without
    /// attributes) and drops headings and tables. It runs unzip, too; the rest is `WordText`.
    package var word = ConfinedTool(
        name: "unzip", path: "/usr/bin/unzip", debianPackage: "unzip")
    /// Reads XLSX.
    package var spreadsheet = ConfinedTool(
        name: "xlsx2csv", path: "/usr/bin/xlsx2csv", debianPackage: "xlsx2csv")
    /// Reads HTML.
    package var html = ConfinedTool(
        name: "html2text", path: "/usr/bin/html2text", debianPackage: "html2text")

    /// The programs where Debian puts them.
    package init() {}
}
