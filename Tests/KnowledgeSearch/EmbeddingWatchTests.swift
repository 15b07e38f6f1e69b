import Conversation
import Testing

@testable import KnowledgeSearch

@Suite("Seeing another embedding model")
struct EmbeddingWatchTests {
    private let now = Timestamp(seconds: 1_000)
    private let space = VectorSpace(model: "m", dimensions: 2)
    private let other = VectorSpace(model: "m", dimensions: 3)

    private func documents(_ count: Int) -> [EmbeddingWatch.Document] {
        (0..<count).map { EmbeddingWatch.Document(tenant: "t", document: DocumentID("d\($0)")) }
    }

    @Test("documents are asked for once the model was seen twice, a few at a time")
    func few() {
        var watch = EmbeddingWatch()
        let all = documents(6)
        #expect(watch.due(space, setAside: all, at: now).isEmpty)
        #expect(watch.due(space, setAside: all, at: now) == Array(all[0..<4]))
        #expect(watch.due(space, setAside: all, at: now).isEmpty)
        let rest = Array(all[2...])
        #expect(watch.due(space, setAside: rest, at: now) == Array(all[4...]))
    }

    @Test("two models that take turns behind one address move nothing")
    func turns() {
        var watch = EmbeddingWatch()
        for round in 0..<10 {
            let due = watch.due(
                round % 2 == 0 ? space : other, setAside: documents(2), at: now)
            #expect(due.isEmpty)
        }
    }

    @Test("what did not succeed is asked for again after an hour, or for another model at once")
    func again() {
        var watch = EmbeddingWatch()
        _ = watch.due(space, setAside: documents(1), at: now)
        #expect(watch.due(space, setAside: documents(1), at: now).count == 1)
        #expect(watch.due(space, setAside: documents(1), at: now + .seconds(1_800)).isEmpty)
        #expect(watch.due(space, setAside: documents(1), at: now + .seconds(3_600)).count == 1)
        _ = watch.due(other, setAside: documents(1), at: now + .seconds(3_700))
        #expect(watch.due(other, setAside: documents(1), at: now + .seconds(3_800)).count == 1)
    }
}
