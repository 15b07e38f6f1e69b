package import Confinement
import FoundationEssentials

/// Gets the text out of documents, with Debian's tools in confined child processes.
package struct DocumentTextExtractor: Sendable {
    private let limits: ExtractionLimits
    private let tools: DocumentTools
    private let sandbox: Sandbox

    /// An extractor whose children work in directories below `scratch`.
    package init(
        limits: ExtractionLimits = ExtractionLimits(), tools: DocumentTools = DocumentTools(),
        scratch: String = FileManager.default.temporaryDirectory.path
    ) {
        self.limits = limits
        self.tools = tools
        sandbox = Sandbox(limits: limits.tool, scratchParent: scratch)
    }

    /// What of the confinement this machine permits, to be logged once at start-up.
    package func isolation() async -> Isolation {
        await sandbox.isolation()
    }

    /// The text of a document; the content decides how it is read, the name must not contradict it.
    ///
    /// Throws `DocumentTextError`; each of its cases says what a person can do about it.
    @concurrent
    package func extract(
        name: String, bytes: [UInt8]
    ) async throws(DocumentTextError) -> ExtractedDocument {
        guard bytes.count <= limits.fileBytes else {
            throw .tooLarge(bytes: bytes.count, limitBytes: limits.fileBytes)
        }
        let (kind, text) = try DocumentKind.recognise(name: name, bytes: bytes, limits: limits)
        let sections = try await sections(of: kind, bytes, text)
        guard !sections.isEmpty else { throw Self.empty(kind) }
        let size = sections.reduce(0) { $0 + $1.text.utf8.count }
        guard size <= limits.textBytes else { throw .outputTooLarge(limitBytes: limits.textBytes) }
        return ExtractedDocument(mediaType: kind.rawValue, sections: sections)
    }

    private func sections(
        of kind: DocumentKind, _ bytes: [UInt8], _ text: String
    ) async throws(DocumentTextError) -> [ExtractedSection] {
        switch kind {
        case .pdf:
            let words = PDFText.arguments + ["document.pdf", "-"]
            return PDFText.sections(try await printed(tools.pdf, words, "document.pdf", bytes))
        case .word:
            let parts = WordText.parts(of: try ZipDirectory(bytes).entries.map(\.name))
            let words = ["-p", "document.docx"] + (parts.isEmpty ? ["word/document.xml"] : parts)
            return WordText.sections(try await print(tools.word, words, "document.docx", bytes))
        case .spreadsheet:
            let words = SpreadsheetText.arguments + ["document.xlsx"]
            return SpreadsheetText.sections(
                try await printed(tools.spreadsheet, words, "document.xlsx", bytes))
        case .html:
            let words = HTMLText.arguments + ["document.html"]
            return HTMLText.sections(
                try await printed(
                    tools.html, words, "document.html", Array(HTMLText.withoutLinks(text).utf8)))
        case .markdown:
            return MarkdownText.sections(text)
        case .csv:
            let rows = CommaSeparated.rows(text)
            return TableText.parts(rows).map {
                ExtractedSection(headings: $0.headings, text: $0.text)
            }
        case .plain:
            let text = text.trimmed
            return text.isEmpty ? [] : [ExtractedSection(text: text)]
        }
    }

    private func printed(
        _ tool: ConfinedTool, _ arguments: [String], _ file: String, _ bytes: [UInt8]
    ) async throws(DocumentTextError) -> String {
        TextDecoding.ofTool(try await print(tool, arguments, file, bytes))
    }

    /// What the tool prints; throws when it fails.
    private func print(
        _ tool: ConfinedTool, _ arguments: [String], _ file: String, _ bytes: [UInt8]
    ) async throws(DocumentTextError) -> [UInt8] {
        let result: ToolOutput
        do throws(ToolError) {
            result = try await sandbox.run(tool, arguments, file: file, bytes: bytes)
        } catch {
            throw DocumentTextError(error)
        }
        guard result.ending == .exited(0) else {
            throw Self.failure(of: tool, result, limits)
        }
        return result.output
    }

    private static func failure(
        of tool: ConfinedTool, _ result: ToolOutput, _ limits: ExtractionLimits
    ) -> DocumentTextError {
        let complaint = result.complaint.lowercased()
        // pdftotext ends with 3 when the document forbids to take its text (pdftotext(1)).
        let forbids = tool.name == "pdftotext" && result.ending == .exited(3)
        if forbids || complaint.contains("incorrect password") { return .encrypted }
        let memory = ["memoryerror", "out of memory", "bad_alloc", "cannot allocate memory"]
        if memory.contains(where: complaint.contains) {
            return .outOfMemory(limitBytes: limits.memoryBytes)
        }
        // The last line says what went wrong, those above it only where.
        let last = result.complaint.split(separator: "\n").last.map(String.init)
        switch result.ending {
        case .exited(let code):
            return .broken(detail: last ?? "\(tool.name) ended with code \(code).")
        case .signalled(let signal):
            return .broken(detail: "\(tool.name) was ended by signal \(signal).")
        }
    }

    private static func empty(_ kind: DocumentKind) -> DocumentTextError {
        let hint =
            kind == .pdf
            ? "a scanned PDF? Make its text readable by OCR and add it again."
            : "it is empty."
        return .empty(detail: hint)
    }
}
