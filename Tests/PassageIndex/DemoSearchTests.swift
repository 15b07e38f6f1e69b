import Conversation
import DocumentText
import FoundationEssentials
import PassageIndex
import Testing

@Suite struct DemoSearchTests {
    private struct Business: Decodable {
        struct Question: Decodable {
            var text: String
            var document: String
            var holds: String
            var byWords: Bool
        }
        var documents: [String]
        var answered: [Question]
    }

    @Test("words alone find the demo's answers among the first three passages")
    func demo() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Pipelines/demo").standardized
        let decoder = JSONDecoder()
        decoder.allowsJSON5 = true
        let data = try Data(contentsOf: folder.appending(path: "business.json5"))
        let business = try decoder.decode(Business.self, from: data)
        let index = PassageIndex(tenant: "shop")
        for path in business.documents {
            try await index.upsert(passages(of: folder.appending(path: path)))
        }
        #expect(await index.count >= 40)
        var ranks: [Int] = []
        for question in business.answered where question.byWords {
            let found = await index.searchText(question.text, limit: 3)
            var rank = 0
            for hit in found where rank == 0 {
                let passage = try #require(await index.passage(hit.id))
                let isRight = passage.documentName == question.document
                if isRight && passage.text.contains(question.holds) { rank = hit.rank }
            }
            #expect(rank > 0, "\(question.text)")
            ranks.append(rank)
        }
        #expect(ranks.count >= 12)
        #expect(ranks.first == 1, "the question of the README finds its passage first")
        #expect(ranks.count { $0 == 1 } * 4 >= ranks.count * 3, "\(ranks)")
    }

    /// A passage for each paragraph, or each row of a sheet.
    private func passages(of file: URL) async throws -> [Passage] {
        let name = file.lastPathComponent
        let document = try await DocumentTextExtractor().extract(
            name: name, bytes: Array(Data(contentsOf: file)))
        var passages: [Passage] = []
        for section in document.sections {
            let separator = section.sheet == nil ? "\n\n" : "\n"
            for text in section.text.split(separator: separator) {
                passages.append(
                    Passage(
                        id: PassageID("\(name)/\(passages.count)"), tenant: "shop",
                        document: DocumentID(name), documentName: name, ordinal: passages.count,
                        headings: section.headings, page: section.page, sheet: section.sheet,
                        text: String(text), contentHash: "h", vector: nil, model: nil))
            }
        }
        return passages
    }
}
