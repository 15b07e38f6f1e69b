import Confinement
import FoundationEssentials
import Testing

@testable import DocumentText

@Suite struct RefusalTests {
    @Test("a PDF with a password is called encrypted")
    func encryptedPDF() async throws {
        #expect(await failure("a.pdf", try fixture("encrypted.pdf")) == .encrypted)
    }

    @Test("an Office file with a password is called encrypted, an old one unsupported")
    func encryptedOffice() async throws {
        let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        let stream = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
        #expect(await failure("a.xlsx", ole + stream) == .encrypted)
        let old = await failure("a.doc", ole + [0, 0])
        #expect(old == .unsupported(kind: "an old Office file (.doc, .xls or .ppt)"))
    }

    @Test("a cut-off file is called broken", arguments: ["pdf", "docx", "xlsx"])
    func truncated(_ kind: String) async throws {
        let whole = ["pdf": "two-pages.pdf", "docx": "headings.docx", "xlsx": "two-sheets.xlsx"]
        let bytes = try fixture(try #require(whole[kind]))
        let error = try #require(await failure("a.\(kind)", Array(bytes.prefix(bytes.count / 3))))
        guard case .broken(let detail) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!detail.isEmpty)
    }

    @Test("a zip file whose parts are damaged is called broken")
    func damagedParts() async throws {
        var bytes = try fixture("headings.docx")
        for index in stride(from: 200, to: bytes.count / 2, by: 3) { bytes[index] ^= 0x5A }
        let error = try #require(await failure("a.docx", bytes))
        guard case .broken = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("a zip bomb is refused by what it declares, before anything is unpacked")
    func zipBomb() async throws {
        var tools = DocumentTools()
        tools.office.path = "/nonexistent/never-run"
        let error = await failure("a.docx", try fixture("bomb.docx"), tools: tools)
        #expect(error == .outputTooLarge(limitBytes: ExtractionLimits().harmlessUnpackedBytes))
    }

    @Test("a zip bomb that lies about its size is stopped while it unpacks")
    func lyingBomb() async throws {
        var limits = ExtractionLimits()
        limits.toolOutputBytes = 4 << 20
        let error = await failure("a.docx", try fixture("lying-bomb.docx"), limits: limits)
        #expect(error == .outputTooLarge(limitBytes: 4 << 20))
    }

    @Test("a PDF without words, or whose pictures nobody can read, is never taken for a text")
    func wordless() async throws {
        var tools = DocumentTools()
        tools.recognition.path = "/nonexistent/tesseract"
        let error = await failure("a.pdf", try fixture("scanned.pdf"), tools: tools)
        #expect(error == .missingTool(tool: "tesseract", debianPackage: "tesseract-ocr"))
        tools.recognition.path = "/bin/true"
        let untrained = await failure("a.pdf", try fixture("scanned.pdf"), tools: tools)
        #expect(
            untrained == .missingTool(tool: "tesseract's data", debianPackage: "tesseract-ocr-eng"))
    }

    @Test("what only office files made to do harm hold is refused in plain words, never told")
    func hostile() async throws {
        let entities = "<!DOCTYPE x [<!ENTITY j \"jjjjjjjjjj\"><!ENTITY k \"&j;&j;&j;\">]>"
        let document = MadeOffice.zip([
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", entities + "<w:document><w:p><w:t>&k;</w:t></w:p></w:document>"),
        ])
        let declared = try #require(await failure("a.docx", document))
        #expect(declared.description.contains("save it anew"))
        let deep = String(repeating: "<w:p>", count: 5_000)
        let nested = try #require(await failure("a.docx", MadeOffice.word(deep)))
        #expect(nested.description.contains("nested deeper"))
        let undeclared = MadeOffice.word(MadeOffice.paragraph("Open &j; daily &amp; late"))
        let texts = try await DocumentTextExtractor().texts("a.docx", undeclared)
        #expect(texts == ["Open  daily & late"])
    }

    @Test("a text that is too long is called so, and not a thing that unpacks")
    func tooMuchText() async throws {
        var limits = ExtractionLimits()
        limits.textBytes = 100
        let table = "Name,Price\n" + String(repeating: "Bicycle,18\n", count: 20)
        let error = await failure("a.csv", Array(table.utf8), limits: limits)
        #expect(error == .tooMuchText(limitBytes: 100))
        #expect(error?.description.contains("unpack") == false)
    }

    @Test("a file above the size limit is not looked at")
    func tooLarge() async {
        var limits = ExtractionLimits()
        limits.fileBytes = 10
        let error = await failure("a.txt", Array("eleven byte".utf8), limits: limits)
        #expect(error == .tooLarge(bytes: 11, limitBytes: 10))
    }

    @Test("a missing tool is named with its Debian package")
    func missingTool() async throws {
        var tools = DocumentTools()
        tools.pdf.path = "/nonexistent/pdftotext"
        let error = try #require(
            await failure("a.pdf", try fixture("two-pages.pdf"), tools: tools))
        #expect(error == .missingTool(tool: "pdftotext", debianPackage: "poppler-utils"))
        #expect(error.description.contains("poppler-utils"))
        #expect(error.isTransient)
    }

    @Test(
        "what is not read is refused by its kind",
        arguments: [
            (Array("GIF89a".utf8), "a picture of few colours"),
            (Array("{\\rtf1\\ansi hello}".utf8), "an RTF document"),
            ([1, 2, 3, 0, 4, 5, 6, 7], "of an unknown binary kind"),
        ] as [([UInt8], String)])
    func unsupported(_ bytes: [UInt8], _ kind: String) async {
        #expect(await failure("upload", bytes) == .unsupported(kind: kind))
    }

    @Test("a name that contradicts the content is refused")
    func mismatch() async throws {
        let text = await failure("a.pdf", Array("just text".utf8))
        #expect(text == .mismatch(named: "pdf", found: "plain text"))
        let pdf = await failure("a.docx", try fixture("two-pages.pdf"))
        #expect(pdf == .mismatch(named: "docx", found: "a PDF document"))
        let page = await failure("a.txt", Array("<!doctype html><p>x".utf8))
        #expect(page == .mismatch(named: "txt", found: "a web page"))
    }

    @Test("empty files are called empty", arguments: ["", " \n\n "])
    func empty(_ text: String) async {
        guard case .empty = await failure("a.txt", Array(text.utf8)) else {
            Issue.record("not called empty")
            return
        }
    }

    @Test("random damage never crashes the reader of zip directories or of Word's XML")
    func fuzz() throws {
        var random = SystemRandomNumberGenerator()
        let bytes = try fixture("two-sheets.xlsx")
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<8 {
                let index = Int.random(in: (bytes.count - 700)..<bytes.count, using: &random)
                damaged[index] = .random(in: 0...255, using: &random)
            }
            // Only that it returns or throws counts here.
            _ = try? ZipDirectory(damaged).check(ExtractionLimits())
        }
        let tags = [
            "<w:p>", "</w:p>", "<w:t>", "</w:tbl>", "<w:tbl>", "</w:tc>", "<", ">", "&#x;", "&",
        ]
        for _ in 0..<300 {
            let xml = (0..<20).map { _ in tags.randomElement(using: &random) ?? "" }.joined()
            // Only that it returns or throws counts here.
            _ = try? WordText.sections(["word/document.xml": Array(xml.utf8)])
        }
    }
}
