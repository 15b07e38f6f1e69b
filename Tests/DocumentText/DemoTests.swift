import FoundationEssentials
import Testing

@testable import DocumentText

/// The golden cases of the demo business.
struct DemoBusiness: Decodable {
    struct Question: Decodable {
        var text: String
        var document: String
        var holds: String
    }

    var documents: [String]
    var answered: [Question]
}

@Suite struct DemoTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Pipelines/demo").standardized

    @Test("each answered question of the demo has its answer in the document it names")
    func golden() async throws {
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let file = Self.folder.appending(path: "business.json5")
        let business = try decoder.decode(DemoBusiness.self, from: Data(contentsOf: file))
        var texts: [String: String] = [:]
        for path in business.documents {
            let url = Self.folder.appending(path: path)
            let document = try await DocumentTextExtractor().extract(
                name: url.lastPathComponent, bytes: Array(Data(contentsOf: url)))
            #expect(document.sections.count >= 2, "\(path)")
            texts[url.lastPathComponent] = document.sections.map(\.text).joined(separator: "\n")
        }
        let folder = Self.folder.appending(path: "documents").path
        let present = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(Set(texts.keys) == Set(present), "every document is listed")
        #expect(business.answered.count >= 20)
        for question in business.answered {
            let text = try #require(texts[question.document], "\(question.text)")
            #expect(text.contains(question.holds), "\(question.text)")
        }
    }
}
