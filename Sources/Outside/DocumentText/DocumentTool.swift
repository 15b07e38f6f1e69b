/// A program that reads a format, and where it comes from.
package struct DocumentTool: Sendable, Equatable {
    /// The program's name.
    package var name: String
    /// The program's absolute path.
    package var path: String
    /// Debian's package that holds it.
    package var debianPackage: String

    /// A program at a path other than Debian's.
    package init(name: String, path: String, debianPackage: String) {
        self.name = name
        self.path = path
        self.debianPackage = debianPackage
    }
}

/// The programs that the extractor runs.
package struct DocumentTools: Sendable, Equatable {
    /// Reads PDF.
    package var pdf = DocumentTool(
        name: "pdftotext", path: "/usr/bin/pdftotext", debianPackage: "poppler-utils")
    /// Unpacks the one part of a DOCX file that holds the text.
    ///
    /// Not docx2txt: it glues paragraphs of files that Word did not write (`<w:p>` without
    /// attributes) and drops headings and tables. It runs unzip, too; the rest is `WordText`.
    package var word = DocumentTool(
        name: "unzip", path: "/usr/bin/unzip", debianPackage: "unzip")
    /// Reads XLSX.
    package var spreadsheet = DocumentTool(
        name: "xlsx2csv", path: "/usr/bin/xlsx2csv", debianPackage: "xlsx2csv")
    /// Reads HTML.
    package var html = DocumentTool(
        name: "html2text", path: "/usr/bin/html2text", debianPackage: "html2text")

    /// The programs where Debian puts them.
    package init() {}
}
