import Confinement

/// Reads pictures of text: scanned pages and photographs (optical character recognition).
struct Recognition: Sendable {
    private let tools: DocumentTools
    private let sandbox: Sandbox
    private let limits: ExtractionLimits

    /// Points of a page's measures for each dot of its picture at 200 dots an inch.
    private static let dotsPerInch = 200
    private static let pointsPerDot = 72.0 / Double(dotsPerInch)
    /// More languages make a page slower to read and its words less sure.
    private static let mostLanguages = 4
    /// Data that names no language.
    private static let noLanguages: Set<String> = ["osd", "equ", "snum"]

    init(_ tools: DocumentTools, _ sandbox: Sandbox, _ limits: ExtractionLimits) {
        self.tools = tools
        self.sandbox = sandbox
        self.limits = limits
    }

    /// A page that was read, and how sure the words are on the average, 0 to 100.
    struct Read {
        var page: PDFPage
        var confidence: Double
        var words: Int
    }

    /// The languages whose data is installed, in the form that tesseract takes.
    func languages() async throws(DocumentTextError) -> String {
        let result = try await run(tools.recognition, ["--list-langs"], "none", [])
        let names = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            .map(\.trimmed).filter { name in
                !name.isEmpty && !name.contains { " :/".contains($0) }
                    && !Self.noLanguages.contains(name)
            }
        guard !names.isEmpty else {
            throw .missingTool(tool: "tesseract's data", debianPackage: "tesseract-ocr-eng")
        }
        return names.prefix(Self.mostLanguages).joined(separator: "+")
    }

    /// A page of a PDF, by a picture of it.
    func read(
        _ pdf: [UInt8], page number: Int, in languages: String
    ) async throws(DocumentTextError) -> Read {
        let words = [
            "-r", "\(Self.dotsPerInch)", "-gray", "-f", "\(number)", "-l", "\(number)", "-png",
            "document.pdf",
        ]
        let picture = try await run(tools.pictures, words, "document.pdf", pdf)
        guard picture.ending == .exited(0), !picture.output.isEmpty else {
            throw .broken(detail: "page \(number) cannot be made a picture to read it from.")
        }
        return try await read(picture.output, named: "page.png", number, in: languages)
    }

    /// The words in a picture.
    func read(
        _ picture: [UInt8], named name: String = "picture", _ number: Int, in languages: String
    ) async throws(DocumentTextError) -> Read {
        // Page segmentation 3 finds columns; tables are put together again from the words' places.
        let words = [name, "stdout", "-l", languages, "--psm", "3", "tsv"]
        let result = try await run(tools.recognition, words, name, picture)
        guard result.ending == .exited(0) else {
            throw .broken(detail: "the picture on page \(number) cannot be read.")
        }
        return Self.page(String(decoding: result.output, as: UTF8.self), number)
    }

    private func run(
        _ tool: ConfinedTool, _ words: [String], _ file: String, _ bytes: [UInt8]
    ) async throws(DocumentTextError) -> ToolOutput {
        do throws(ToolError) {
            return try await sandbox.run(tool, words, file: file, bytes: bytes)
        } catch {
            throw DocumentTextError(error)
        }
    }

    /// A word of which tesseract is less sure than this is more likely dirt than a word.
    private static let leastConfidence = 25.0

    /// Reads tesseract's table: level, page, block, paragraph, line, word, left, top, width,
    /// height, confidence, text (tesseract(1), TSV output).
    static func page(_ table: String, _ number: Int) -> Read {
        var page = PDFPage(number: number, width: 0, height: 0, isRecognised: true)
        var sum = 0.0
        var count = 0
        var line: [Substring] = []
        for row in table.split(separator: "\n").dropFirst() {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count >= 11, let level = Int(cells[0]), let left = Double(cells[6]),
                let top = Double(cells[7]), let width = Double(cells[8]),
                let height = Double(cells[9]), let confidence = Double(cells[10]),
                confidence.isFinite
            else { continue }
            if level == 1 {
                (page.width, page.height) = (width * pointsPerDot, height * pointsPerDot)
            }
            guard level == 5, cells.count >= 12, confidence >= leastConfidence else { continue }
            let text = cells[11].trimmed
            guard !text.isEmpty else { continue }
            if Array(cells[2...4]) != line {
                line = Array(cells[2...4])
                let block = Int(cells[2]) ?? 0
                page.lines.append(
                    PDFPage.Line(
                        words: [], block: block * 1_000 + (Int(cells[3]) ?? 0), flow: block))
            }
            page.lines[page.lines.count - 1].words.append(
                PDFPage.Word(
                    text: text, left: left * pointsPerDot, top: top * pointsPerDot,
                    right: (left + width) * pointsPerDot, bottom: (top + height) * pointsPerDot))
            sum += confidence
            count += 1
        }
        return Read(page: page, confidence: count > 0 ? sum / Double(count) : 0, words: count)
    }
}
