package import Confinement
import FoundationEssentials

/// Gets the text out of documents, with Debian's tools in confined child processes.
package struct DocumentTextExtractor: Sendable {
    /// Hears how far the reading is.
    package typealias Progress = @Sendable (ReadPages) async -> Void

    private let limits: ExtractionLimits
    private let tools: DocumentTools
    private let sandbox: Sandbox
    /// For reading one page's picture.
    private let pageSandbox: Sandbox

    /// An extractor whose children work in directories below `scratch`.
    package init(
        limits: ExtractionLimits = ExtractionLimits(), tools: DocumentTools = DocumentTools(),
        scratch: String = FileManager.default.temporaryDirectory.path
    ) {
        self.limits = limits
        self.tools = tools
        sandbox = Sandbox(limits: limits.tool, scratchParent: scratch)
        pageSandbox = Sandbox(limits: limits.page, scratchParent: scratch)
    }

    /// What of the confinement this machine permits, to be logged once at start-up.
    package func isolation() async -> Isolation {
        await sandbox.isolation()
    }

    /// The text of a document; the content decides how it is read, the name must not contradict it.
    ///
    /// Throws `DocumentTextError`; each of its cases says what a person can do about it.
    ///
    /// `progress` hears of pages as they are read; what it does is waited for.
    @concurrent
    package func extract(
        name: String, bytes: [UInt8], progress: Progress = { _ in }
    ) async throws(DocumentTextError) -> ExtractedDocument {
        guard bytes.count <= limits.fileBytes else {
            throw .tooLarge(bytes: bytes.count, limitBytes: limits.fileBytes)
        }
        let (kind, text) = try DocumentKind.recognise(name: name, bytes: bytes, limits: limits)
        let document = try await document(kind, bytes, text, progress)
        guard document.sections.contains(where: { Self.hasWords($0.text) }) else {
            throw Self.empty(kind)
        }
        let size = document.sections.reduce(0) { $0 + $1.text.utf8.count }
        guard size <= limits.textBytes else { throw .tooMuchText(limitBytes: limits.textBytes) }
        return document
    }

    private static func hasWords(_ text: String) -> Bool {
        text.contains { $0.isLetter || $0.isNumber }
    }

    private func document(
        _ kind: DocumentKind, _ bytes: [UInt8], _ text: String, _ progress: Progress
    ) async throws(DocumentTextError) -> ExtractedDocument {
        switch kind {
        case .pdf: return try await pdf(bytes, progress)
        case .picture: return try await picture(bytes)
        default:
            return ExtractedDocument(
                mediaType: kind.rawValue, sections: try await sections(of: kind, bytes, text))
        }
    }

    private func sections(
        of kind: DocumentKind, _ bytes: [UInt8], _ text: String
    ) async throws(DocumentTextError) -> [ExtractedSection] {
        switch kind {
        case .pdf, .picture: return []
        case .word:
            return try UnpackedDocument.word(try await parts(bytes, where: WordText.isWanted))
                .sections()
        case .spreadsheet:
            return try UnpackedDocument.workbook(
                try await parts(bytes, where: SpreadsheetText.isWanted)
            ).sections()
        case .html: return try UnpackedDocument.page(text).sections()
        case .markdown:
            return MarkdownText.sections(text)
        case .csv:
            return try UnpackedDocument.table(text).sections()
        case .plain:
            let text = text.trimmed
            return text.isEmpty ? [] : [ExtractedSection(text: text)]
        }
    }

    // MARK: Pages

    private func pdf(
        _ bytes: [UInt8], _ progress: Progress
    ) async throws(DocumentTextError) -> ExtractedDocument {
        var pages = try await pages(of: bytes, progress)
        let wordless = pages.indices.filter { pages[$0].isWithoutWords }
        var recognised: RecognisedText?
        if !wordless.isEmpty {
            do throws(DocumentTextError) {
                recognised = try await recognise(wordless, of: &pages, bytes, progress)
            } catch {
                // Pages that have words are read without the others.
                if wordless.count == pages.count { throw error }
                recognised = RecognisedText(pages: 0, confidence: 0, leftOut: wordless.count)
            }
        }
        if recognised?.pages == 0, recognised?.leftOut == 0 { recognised = nil }
        return ExtractedDocument(
            mediaType: DocumentKind.pdf.rawValue, sections: PDFText.sections(pages),
            pages: pages.count, recognition: recognised)
    }

    /// Reads pages without words from pictures of them.
    private func recognise(
        _ wordless: [Int], of pages: inout [PDFPage], _ bytes: [UInt8], _ progress: Progress
    ) async throws(DocumentTextError) -> RecognisedText {
        let recognition = Recognition(tools, pageSandbox, limits)
        let languages = try await recognition.languages()
        var (read, words, sum) = (0, 0, 0.0)
        let wanted = wordless.prefix(limits.recognisedPages)
        for (done, index) in wanted.enumerated() {
            await progress(ReadPages(pages: done, of: wanted.count, isRecognition: true))
            let page = try await recognition.read(bytes, page: pages[index].number, in: languages)
            guard page.words > 0 else { continue }
            pages[index] = page.page
            read += 1
            words += page.words
            sum += page.confidence * Double(page.words)
        }
        return RecognisedText(
            pages: read, confidence: words > 0 ? Int(sum / Double(words)) : 0,
            leftOut: max(0, wordless.count - limits.recognisedPages))
    }

    private func picture(_ bytes: [UInt8]) async throws(DocumentTextError) -> ExtractedDocument {
        let recognition = Recognition(tools, pageSandbox, limits)
        let languages = try await recognition.languages()
        let read = try await recognition.read(bytes, 1, in: languages)
        return ExtractedDocument(
            mediaType: DocumentKind.picture.rawValue, sections: PDFText.sections([read.page]),
            pages: 1, recognition: RecognisedText(pages: 1, confidence: Int(read.confidence)))
    }

    /// The pages of a PDF, read some at a time.
    private func pages(
        of bytes: [UInt8], _ progress: Progress
    ) async throws(DocumentTextError) -> [PDFPage] {
        var pages: [PDFPage] = []
        while true {
            if !pages.isEmpty { await progress(ReadPages(pages: pages.count)) }
            let first = pages.count + 1
            let words =
                PDFText.arguments(from: first, to: first + PDFText.batch - 1)
                + ["document.pdf", "-"]
            let result = try await run(tools.pdf, words, "document.pdf", bytes)
            // It ends with 99 where there are no such pages (pdftotext(1)).
            if first > 1, result.ending == .exited(99) { return pages }
            guard result.ending == .exited(0) else {
                throw Self.failure(of: tools.pdf, result, limits)
            }
            let read = try PDFPage.pages(result.output, from: first)
            pages += read
            guard read.count == PDFText.batch else { return pages }
        }
    }

    /// Parts of an office file by their names.
    private func parts(
        _ bytes: [UInt8], where isWanted: (String) -> Bool
    ) async throws(DocumentTextError) -> [String: [UInt8]] {
        let parts = OfficeParts(try ZipDirectory(bytes), where: isWanted)
        guard !parts.isEmpty else { throw .broken(detail: "it holds no text part.") }
        return try parts.contents(
            try await print(tools.office, parts.arguments, "document.zip", bytes))
    }

    /// What the tool prints; throws when it fails.
    private func print(
        _ tool: ConfinedTool, _ arguments: [String], _ file: String, _ bytes: [UInt8]
    ) async throws(DocumentTextError) -> [UInt8] {
        let result = try await run(tool, arguments, file, bytes)
        guard result.ending == .exited(0) else {
            throw Self.failure(of: tool, result, limits)
        }
        return result.output
    }

    private func run(
        _ tool: ConfinedTool, _ arguments: [String], _ file: String, _ bytes: [UInt8]
    ) async throws(DocumentTextError) -> ToolOutput {
        do throws(ToolError) {
            return try await sandbox.run(tool, arguments, file: file, bytes: bytes)
        } catch {
            throw DocumentTextError(error)
        }
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
        switch kind {
        case .pdf:
            .empty(
                detail: "no words were found on its pages, nor in their pictures. If it is a "
                    + "scan, scan it anew with more contrast, and add it again.")
        case .picture:
            .empty(
                detail: "no words were found in the picture. Take a sharper one and add it again.")
        default: .empty(detail: "there is nothing in it that a reader sees.")
        }
    }
}

extension PDFPage {
    /// Whether a page has no words, but perhaps a picture of some.
    fileprivate var isWithoutWords: Bool {
        !lines.contains { $0.words.contains { $0.text.contains { $0.isLetter || $0.isNumber } } }
    }
}
