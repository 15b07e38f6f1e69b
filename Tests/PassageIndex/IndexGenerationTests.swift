import Conversation
import Cryptography
import Foundation
import Testing

@testable import PassageIndex

/// Any time.
private let now = Timestamp(seconds: 1_800_000_000)

/// A key of index files.
func indexKey(_ name: String = "00112233aabbccdd") throws -> IndexKey {
    try IndexKey(
        name: name,
        secret: SecretBytes(copying: Array(repeating: UInt8(name.utf8.count), count: 32)))
}

/// A folder that is removed at the end.
final class Scratch {
    let path = "\(NSTemporaryDirectory())/index-\(UUID().uuidString)"
    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Passages in a file that processes share, with what came after it in memory, against all of them
/// in memory.
@Suite("Generations of an index")
struct IndexGenerationTests {
    private static let words = [
        "saturday", "opening", "hours", "bicycle", "rental", "deposit", "Öffnung", "prix", "10",
        "12", "営業時間", "ساعات", "helmet", "repair", "tube", "electric", "price", "euro", "open",
        "nine",
    ]

    private static func vector(_ random: inout SystemRandomNumberGenerator) -> [Float] {
        (0..<24).map { _ in Float.random(in: -1...1, using: &random) }
    }

    private static func made(
        _ number: Int, _ random: inout SystemRandomNumberGenerator
    ) -> Passage {
        let count = Int.random(in: 3...24, using: &random)
        let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
        let model = ["m", "m", "m", "n"].randomElement(using: &random)
        let hasVector = Int.random(in: 0..<5, using: &random) > 0
        return Passage(
            id: PassageID("p\(number)"), tenant: "shop", document: DocumentID("d\(number % 7)"),
            documentName: "file \(number % 7).pdf", ordinal: number,
            headings: number % 3 == 0 ? ["Prices"] : [], page: number % 2 == 0 ? number : nil,
            sheet: number % 11 == 0 ? "Sheet" : nil, text: text.joined(separator: " "),
            contentHash: "h\(number)", vector: hasVector ? Embedding(vector(&random)) : nil,
            model: hasVector ? model : nil,
            sentences: hasVector
                ? (0..<(number % 4)).map { _ in CompactVector(vector(&random)) } : nil,
            asked: number % 19 == 0 ? [text.joined(separator: " ")] : nil,
            version: number % 13 == 0 ? 2 : nil)
    }

    private static func standing(
        _ random: inout SystemRandomNumberGenerator
    ) -> DocumentStanding {
        DocumentStanding(
            tenant: "shop", document: DocumentID("d\(Int.random(in: 0..<7, using: &random))"),
            version: Int.random(in: 1...2, using: &random),
            terms: DocumentTerms(
                validUntil: Bool.random(using: &random) ? Timestamp(seconds: 1_700_000_000) : nil,
                priority: Int.random(in: -3...3, using: &random)),
            at: now)
    }

    /// Both find the same, to the last bit.
    private static func compare(
        _ memory: PassageIndex, _ mapped: PassageIndex,
        _ random: inout SystemRandomNumberGenerator
    ) async {
        for _ in 0..<6 {
            let text = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }
            let query = PassageQuery(
                text: text.joined(separator: " "),
                vector: Bool.random(using: &random) ? vector(&random) : nil)
            let limit = Int.random(in: 1...30, using: &random)
            let isFolded = Bool.random(using: &random)
            let wanted = await memory.search(
                [query], model: "m", limit: limit, at: now, isFolded: isFolded)
            let found = await mapped.search(
                [query], model: "m", limit: limit, at: now, isFolded: isFolded)
            #expect(found.found == wanted.found)
            #expect(found.passages == wanted.passages)
            let sought = await memory.searchText(query.text, limit: limit)
            #expect(await mapped.searchText(query.text, limit: limit) == sought)
            if let vector = query.vector {
                let near = await memory.searchVector(vector, model: "m", limit: limit)
                #expect(await mapped.searchVector(vector, model: "m", limit: limit) == near)
            }
        }
        let space = VectorSpace(model: "m", dimensions: 24)
        let (count, vectors) = (await memory.count, await memory.vectorCount)
        #expect(await mapped.count == count)
        #expect(await mapped.vectorCount == vectors)
        let others = await memory.setAside(but: space)
        #expect(await mapped.setAside(but: space) == others)
        let aside = await memory.documents(setAsideBut: space)
        #expect(await mapped.documents(setAsideBut: space) == aside)
        let documents = await memory.documentCounts
        #expect(await mapped.documentCounts == documents)
    }

    @Test(
        "whatever is inserted, replaced and removed, files and memory find the same to the last bit",
        arguments: 0..<6)
    func equal(_ run: Int) async throws {
        var random = SystemRandomNumberGenerator()
        let (folder, key) = (try Scratch(), try indexKey())
        let memory = PassageIndex(tenant: "shop", key: key)
        // One writes generations; another adopts them later, having read further.
        let (writer, reader) = (
            PassageIndex(tenant: "shop", key: key), PassageIndex(tenant: "shop", key: key)
        )
        var offset: Int64 = 0
        var waiting: (generation: IndexGeneration, position: Int64)?
        for round in 0..<12 {
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                let number = Int.random(in: 0..<(round < 2 ? 700 : 300), using: &random)
                switch Int.random(in: 0..<12, using: &random) {
                case 0..<9:
                    let passage = Self.made(number, &random)
                    for index in [memory, writer, reader] {
                        try await index.upsert(passage, at: offset)
                    }
                case 9..<11:
                    for index in [memory, writer, reader] {
                        await index.remove(PassageID("p\(number)"), at: offset)
                    }
                default:
                    let standing = Self.standing(&random)
                    for index in [memory, writer, reader] {
                        if number % 4 == 0 {
                            await index.forgetStanding(of: standing.document, at: offset)
                        } else {
                            try await index.stand(standing, at: offset)
                        }
                    }
                }
                offset += Int64.random(in: 1...3, using: &random)
            }
            if let (generation, position) = waiting {
                await reader.adopt(generation, behind: position)
                waiting = nil
            }
            if Bool.random(using: &random) {
                let path = "\(folder.path)/\(round).index"
                let snapshot = try #require(await writer.snapshot(behind: offset))
                try snapshot.write(to: path)
                let generation = try IndexGeneration(path: path, tenant: "shop", key: key)
                #expect(generation.rows == snapshot.rows && generation.position == offset)
                await writer.adopt(generation, behind: offset)
                #expect(await writer.progress.changes == 0)
                waiting = (generation, offset)
            }
            await Self.compare(memory, writer, &random)
            await Self.compare(memory, reader, &random)
        }
    }

    /// A file of some passages, and the index that it was made of.
    private func file(
        _ folder: Scratch, _ key: IndexKey, _ passages: [Passage]
    ) async throws -> String {
        let index = PassageIndex(tenant: "shop", key: key)
        for (offset, passage) in passages.enumerated() {
            try await index.upsert(passage, at: Int64(offset))
        }
        let path = "\(folder.path)/file.index"
        try #require(await index.snapshot(behind: Int64(passages.count))).write(to: path)
        return path
    }

    @Test("what the file has already is passed over, and goes on from there")
    func replayed() async throws {
        let (folder, key) = (try Scratch(), try indexKey())
        let all = [
            passage("a", "Bicycles", vector: [1, 0]), passage("b", "Skates", vector: [0, 1]),
        ]
        let path = try await file(folder, key, all)
        let index = PassageIndex(tenant: "shop", key: key)
        await index.adopt(
            try IndexGeneration(path: path, tenant: "shop", key: key), behind: 2)
        // From the beginning again, as whoever cannot trust another tenant's file reads.
        try await index.upsert(passage("a", "Kayaks"), at: 0)
        await index.remove("b", at: 1)
        #expect(await index.passage("a")?.text == "Bicycles")
        #expect(await index.count == 2)
        await index.remove("b", at: 2)
        #expect(await index.count == 1)
        #expect(await index.progress.removals == 1)
    }

    @Test("a file that is damaged, cut, of another kind, key or tenant is not used")
    func damaged() async throws {
        let (folder, key) = (try Scratch(), try indexKey())
        let path = try await file(
            folder, key,
            (0..<50).map { passage("\($0)", "Bicycle \($0)", vector: [1, Float($0)]) })
        let bytes = Array(try Data(contentsOf: URL(filePath: path)))
        _ = try IndexGeneration(path: path, tenant: "shop", key: key)
        func isRefused(_ bytes: [UInt8]) throws -> Bool {
            // Never where it lies: others may have mapped it.
            let other = "\(folder.path)/other.index"
            try? FileManager.default.removeItem(atPath: other)
            try Data(bytes).write(to: URL(filePath: other))
            return (try? IndexGeneration(path: other, tenant: "shop", key: key)) == nil
        }
        #expect(try !isRefused(bytes))
        for count in [0, 1, 8, 100, 127, 128, 129, bytes.count / 2, bytes.count - 1] {
            #expect(try isRefused(Array(bytes.prefix(count))))
        }
        #expect(try isRefused(bytes + [0]))
        for place in stride(from: 0, to: 104, by: 1) {
            var changed = bytes
            changed[place] ^= 1
            #expect(try isRefused(changed))
        }
        for _ in 0..<100 {
            var changed = bytes
            changed[Int.random(in: 128..<bytes.count)] ^= UInt8.random(in: 1...255)
            #expect(try isRefused(changed))
        }
        #expect(throws: IndexFileError.self) {
            try IndexGeneration(path: path, tenant: "rival", key: key)
        }
        let other = try indexKey("another")
        #expect(throws: IndexFileError.self) {
            try IndexGeneration(path: path, tenant: "shop", key: other)
        }
        #expect(throws: IndexFileError.self) {
            try IndexGeneration(path: path + ".missing", tenant: "shop", key: key)
        }
    }

    @Test("a file holds no words: neither texts nor names nor tokens nor hashes of them")
    func sealed() async throws {
        let (folder, key) = (try Scratch(), try indexKey())
        let one = Passage(
            id: "p", tenant: "shop", document: "d", documentName: "Confidential.pdf", ordinal: 0,
            headings: ["Salaries"], page: nil, sheet: "Payroll",
            text: "The manager earns a fortune.", contentHash: "0123456789abcdef",
            vector: nil, model: nil, asked: ["What does the manager earn?"])
        let path = try await file(folder, key, [one])
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self
        ).lowercased()
        for word in ["confidential", "salaries", "payroll", "manager", "~anag", "0123456789"] {
            #expect(!text.contains(word))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test("a file that was replaced or unlinked is still there for whoever has it open")
    func unlinked() async throws {
        let (folder, key) = (try Scratch(), try indexKey())
        let path = try await file(folder, key, [passage("a", "Bicycles", vector: [1, 0])])
        let index = PassageIndex(tenant: "shop", key: key)
        await index.adopt(
            try IndexGeneration(path: path, tenant: "shop", key: key), behind: 1)
        let again = try await file(folder, key, [passage("b", "Skates")])
        #expect(again == path)
        try FileManager.default.removeItem(atPath: path)
        #expect(await index.searchText("bicycles", limit: 1).map(\.id) == ["a"])
        #expect(await index.passage("a")?.text == "Bicycles")
    }
}
