import Confinement
import Synchronization
import Testing

@testable import DocumentText

@Suite struct RecognitionTests {
    @Test("a photograph of a sign is read, and how surely is told")
    func picture() async throws {
        let document = try await DocumentTextExtractor().extract(
            name: "sign.png", bytes: fixture("sign.png"))
        let text = document.sections.map(\.text).joined()
        #expect(text.contains("The workshop opens at nine and closes at six."))
        #expect(document.recognition?.pages == 1)
        #expect(try #require(document.recognition).confidence >= RecognisedText.sure)
    }

    @Test("of a PDF only pages without words are read from their pictures")
    func pages() async throws {
        let document = try await DocumentTextExtractor().extract(
            name: "a.pdf", bytes: fixture("sign-and-words.pdf"))
        #expect(document.sections.map(\.page) == [1, 2])
        #expect(document.sections.first?.text.contains("Deposit: 50 euros") == true)
        #expect(document.sections.last?.text == "The second page has words.")
        #expect(document.recognition?.pages == 1)
    }

    @Test("pages that are read from pictures are told of before each")
    func progress() async throws {
        let told = Mutex<[ReadPages]>([])
        _ = try await DocumentTextExtractor().extract(
            name: "a.pdf", bytes: fixture("sign-and-words.pdf")
        ) { read in told.withLock { $0.append(read) } }
        #expect(told.withLock { $0 } == [ReadPages(pages: 0, of: 1, isRecognition: true)])
    }

    @Test("without the program that reads pictures, pages with words are read all the same")
    func withoutProgram() async throws {
        var tools = DocumentTools()
        tools.recognition.path = "/nonexistent/tesseract"
        let document = try await DocumentTextExtractor(tools: tools).extract(
            name: "a.pdf", bytes: fixture("sign-and-words.pdf"))
        #expect(document.sections.map(\.page) == [2])
        #expect(document.recognition == RecognisedText(pages: 0, confidence: 0, leftOut: 1))
        #expect(
            await failure("a.png", try fixture("sign.png"), tools: tools)
                == .missingTool(tool: "tesseract", debianPackage: "tesseract-ocr"))
    }

    @Test("what is more likely dirt than a word is left out, words keep their lines and columns")
    func table() {
        let header =
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight"
        let rows = [
            header + "\tconf\ttext", "1\t1\t0\t0\t0\t0\t0\t0\t800\t600\t-1\t",
            "5\t1\t1\t1\t1\t1\t10\t10\t60\t20\t96.5\tOpen",
            "5\t1\t1\t1\t1\t2\t80\t10\t60\t20\t91.5\tdaily",
            "5\t1\t2\t1\t1\t1\t10\t90\t60\t20\t12.0\t~;~", "5\t1\tbroken",
        ]
        let read = Recognition.page(rows.joined(separator: "\n"), 3)
        #expect(read.words == 2)
        #expect(read.confidence == 94)
        #expect(read.page.lines.map { $0.words.map(\.text) } == [["Open", "daily"]])
        #expect(read.page.number == 3)
    }
}
