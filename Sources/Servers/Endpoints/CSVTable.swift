package import HTTPServer

/// An answer of many rows as CSV (RFC 4180), made while it is sent.
package struct CSVTable: EndpointAnswer {
    package static let media = AnswerMedia.other("text/csv")
    /// Takes the next rows; waits while whoever asked reads too slowly.
    package typealias Take = @Sendable ([[String]]) async throws -> Void

    private let name: String
    private let columns: [String]
    private let produce: @Sendable (Take) async throws -> Void

    /// Answers with a file of that name (a word of a-z), with what `produce` gives under the names
    /// of the columns.
    package init(
        _ name: String, of columns: [String],
        _ produce: @escaping @Sendable (Take) async throws -> Void
    ) {
        self.name = name
        self.columns = columns
        self.produce = produce
    }

    /// A stream that no browser or proxy keeps.
    package func response() -> HTTPResponse {
        .stream(headers: [
            ("Content-Type", "text/csv; charset=utf-8; header=present"),
            ("Content-Disposition", "attachment; filename=\"\(name).csv\""),
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ]) { [columns, produce] writer in
            try await writer.write(Array(Self.line(columns).utf8))
            try await produce { rows in
                try await writer.write(Array(rows.map(Self.line).joined().utf8))
            }
        }
    }

    /// A row as a line: every cell quoted.
    package static func line(_ cells: [String]) -> String {
        cells.map { "\"" + harmless($0).replacing("\"", with: "\"\"") + "\"" }
            .joined(separator: ",") + "\r\n"
    }

    /// A cell that no spreadsheet takes for a formula: one that begins so begins with an
    /// apostrophe instead (OWASP, CSV injection).
    private static func harmless(_ cell: String) -> String {
        guard let first = cell.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
        else { return cell }
        return "'" + cell
    }
}
