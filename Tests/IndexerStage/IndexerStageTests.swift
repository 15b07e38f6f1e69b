import Conversation
import Records
import StageRuntime
import Testing

@testable import IndexerStage

@Suite struct PassageSplitterTests {
    @Test(
        "a sentence ends where its script ends it, and not at an abbreviation or a number",
        arguments: [
            ("We open at 9. We close at 5.", ["We open at 9.", "We close at 5."]),
            (
                "It costs 3.50 € per day. Dr. Ruiz agrees!",
                ["It costs 3.50 € per day.", "Dr. Ruiz agrees!"]
            ),
            ("He said \"stop.\" Then he left.", ["He said \"stop.\"", "Then he left."]),
            ("营业时间是九点。周日休息！", ["营业时间是九点。", "周日休息！"]),
            ("हम सुबह खुलते हैं। रविवार बंद है।", ["हम सुबह खुलते हैं।", "रविवार बंद है।"]),
            ("هل أنتم مفتوحون؟ نعم.", ["هل أنتم مفتوحون؟", "نعم."]),
            ("No end here", ["No end here"]),
        ])
    func sentences(text: String, expected: [String]) {
        #expect(SentenceSplitter.sentences(of: text) == expected)
    }

    @Test("no passage is longer than the limit, and none cuts a sentence")
    func keepsSentences() {
        let sentences = (1...80).map { "Sentence number \($0) says something about bicycles." }
        let text = sentences.joined(separator: " ")
        let passages = PassageSplitter.passages(of: text)
        #expect(passages.count > 3)
        #expect(passages.allSatisfy { $0.count <= PassageSplitter.longest })
        #expect(passages.joined(separator: " ") == text)
        #expect(passages.allSatisfy { $0.hasPrefix("Sentence") && $0.hasSuffix(".") })
    }

    @Test("rows and list items stay whole, each on a line of its own")
    func keepsRows() {
        let rows = (1...40).map { "Model: Bike \($0), Price per day: \($0) €" }
        let passages = PassageSplitter.passages(of: rows.joined(separator: "\n"))
        #expect(passages.flatMap { $0.split(separator: "\n").map(String.init) } == rows)
        let list = "- wash the\n  chain\n- oil it"
        #expect(PassageSplitter.passages(of: list) == ["- wash the chain\n- oil it"])
    }

    @Test("a title on a page becomes the heading of what stands under it; an address stays text")
    func titles() {
        let text = """
            Rental terms of the shop
            1. Cancelling a booking
            You may cancel free of charge up to 24 hours before.

            Bicicletas Sol
            Carrer de Dénia 42
            """
        let drafts = PassageSplitter.drafts(
            of: [DocumentSection(page: 2, text: text)], document: "d")
        #expect(
            drafts.map(\.headings) == [["Rental terms of the shop", "1. Cancelling a booking"]])
        #expect(drafts.last?.text.hasPrefix("You may cancel") == true)
        #expect(drafts.last?.text.contains("Carrer de Dénia 42") == true)
        #expect(drafts.allSatisfy { $0.page == 2 })
    }

    @Test("a text without an end or a space is cut by length, not kept whole")
    func hugeWord() {
        let passages = PassageSplitter.passages(of: String(repeating: "x", count: 10_000))
        #expect(passages.allSatisfy { $0.count <= PassageSplitter.longest })
        #expect(passages.joined().count == 10_000)
    }

    @Test("the same words twice in one document are two passages with ids of their own")
    func repeats() {
        let section = DocumentSection(page: 1, text: "The same words.")
        let drafts = PassageSplitter.drafts(of: [section, section], document: "d")
        #expect(drafts.count == 2)
        #expect(Set(drafts.map(\.id)).count == 2)
        let again = PassageSplitter.drafts(of: [section, section], document: "d")
        #expect(again == drafts)
    }
}

/// Drives the stage by hand: the decisions are pure, so no runtime is needed.
struct Scene {
    let stage = IndexerStage()
    var state = IndexerState()
    var outputs: [Effects.Output] = []
    var timers: [Effects.TimerEffect] = []
    var embedded: [[String]] = []
    /// The stored state's bytes at each commit before the end, and the most records of one.
    var stored: [Int] = []
    var largestCommit = 0
    var sections: [DocumentSection]
    /// What the embedding server does: vectors, none, or failing.
    enum Server { case up, none, down }
    var server = Server.up
    /// The model that the server has.
    var model = "m"
    var dimensions = 2

    init(_ text: String) { sections = [DocumentSection(text: text)] }

    mutating func upload(_ hash: String, step: Int = 0) throws {
        let upload = DocumentUpload(
            tenant: "t", document: "doc", name: "a.md", contentHash: hash, size: 1,
            uploadedAt: Timestamp(seconds: 1), uploadedBy: "cli")
        try run(upload, id: RecordID("upload-\(hash)-\(outputs.count)"))
    }

    mutating func remove() throws {
        let removal = DocumentRemoval(
            tenant: "t", document: "doc", removedAt: Timestamp(seconds: 2), removedBy: "cli")
        try run(removal, id: "removal")
    }

    mutating func embedAgain(_ space: VectorSpace) throws {
        let wish = DocumentReembedding(
            tenant: "t", document: "doc", space: space, askedAt: Timestamp(seconds: 3))
        try run(wish, id: "wish")
    }

    mutating func ring(_ timer: FiredTimer) throws { try run(.timer(timer), id: timer.id) }

    mutating func run(_ payload: any Payload, id: RecordID) throws {
        let headers = RecordHeaders(
            id: id, type: "", source: "", time: Timestamp(seconds: 1), subject: "doc",
            correlation: id, causation: id, tenant: "t")
        let position = RecordPosition(topic: "documents", partition: 0, offset: 0)
        try run(.record(payload, headers, position: position), id: id)
    }

    private mutating func run(_ input: StageInput, id: RecordID) throws {
        var context = StageContext(
            stage: stage.name, input: input, key: "doc", now: Timestamp(seconds: 10), step: 0)
        outputs = []
        timers = []
        var plan = try stage.begin(input, &state, context)
        while let call = try take(plan) {
            context.step += 1
            plan = try answer(call, context)
        }
    }

    private mutating func take(_ plan: Plan<IndexerCall>) throws -> IndexerCall? {
        switch plan {
        case .finish(let effects):
            outputs += effects.outputs
            timers += effects.timers
            return nil
        case .commit(let effects, let call):
            outputs += effects.outputs
            stored.append(try RecordCodec.encode(state).count)
            largestCommit = max(largestCommit, effects.outputs.count)
            return call
        case .call(let call): return call
        case .ignore: return nil
        }
    }

    private mutating func answer(
        _ call: IndexerCall, _ context: StageContext
    ) throws -> Plan<IndexerCall> {
        switch call {
        case .extract(_, "broken"):
            return try stage.resume(
                .unreadable(because: "it is encrypted"), to: call, &state, context)
        case .extract: return try stage.resume(.sections(sections), to: call, &state, context)
        case .embed(let texts):
            switch server {
            case .up:
                embedded.append(texts)
                let vectors = texts.map { _ in
                    Embedding([1] + Array(repeating: 0, count: dimensions - 1))
                }
                return try stage.resume(.vectors(vectors, model: model), to: call, &state, context)
            case .none:
                return try stage.resume(
                    .withoutVectors(because: "no server"), to: call, &state, context)
            case .down:
                let failure = CallFailure.transient(reason: "refused", retryAfterMilliseconds: nil)
                return try stage.giveUp(on: call, because: failure, &state, context)
            }
        }
    }

    var passages: [Passage] { outputs.compactMap { $0.payload as? Passage } }
    var tombstones: [String] { outputs.filter { $0.payload == nil }.map(\.key) }
    var standings: [DocumentStanding] { outputs.compactMap { $0.payload as? DocumentStanding } }
    var withdrawn: [PassageID] {
        outputs.compactMap { ($0.payload as? PassageWithdrawal)?.passage }
    }
    var forgetting: FiredTimer? {
        timers.compactMap { if case .set(let timer) = $0 { timer } else { nil } }
            .first { $0.name.hasPrefix(IndexerStage.forgetTimer) }
    }
    var report: DocumentState? { outputs.compactMap { $0.payload as? DocumentState }.last }
}

@Suite struct IndexerStageTests {
    static let text = (1...100).map { "Fact number \($0) about the shop and its bicycles." }
        .joined(separator: "\n\n")

    @Test("a document becomes passages with vectors, embedded in bounded batches")
    func indexes() throws {
        var scene = Scene(Self.text)
        try scene.upload("v1")
        #expect(scene.report?.outcome == .indexed)
        #expect(scene.report?.passages == scene.passages.count)
        #expect(scene.passages.allSatisfy { $0.vector != nil && $0.model == "m" })
        let most = max(IndexerStage.batch, 1 + PassageDraft.mostSentences)
        #expect(scene.embedded.allSatisfy { $0.count <= most })
    }

    @Test("what a long document makes durable grows with its passages, in bounded commits")
    func grows() throws {
        func bytes(_ facts: Int) throws -> (passages: Int, stored: Int) {
            var scene = Scene("")
            scene.sections = (1...facts).map {
                DocumentSection(headings: ["Fact \($0)"], text: "Bicycle \($0) is \($0) euros.")
            }
            try scene.upload("v1")
            #expect(scene.passages.count == facts)
            #expect(Set(scene.passages.map(\.id)).count == facts)
            #expect(scene.largestCommit <= IndexerStage.mostDurable + IndexerStage.batch)
            #expect(scene.stored.count > 10, "a crash would cost all the work")
            return (scene.passages.count, scene.stored.reduce(0, +))
        }
        let (few, many) = (try bytes(500), try bytes(4_500))
        let perPassage = (few.stored / few.passages, many.stored / many.passages)
        // The ids of the known passages, 54 bytes each, are stored with each commit.
        #expect(perPassage.0 < 700 && perPassage.1 < 1_400, "\(perPassage)")
    }

    @Test("a changed document embeds only what changed and takes away what is gone")
    func embedsWhatChanged() throws {
        var scene = Scene("# Same\n\n" + Self.text)
        scene.sections.append(DocumentSection(headings: ["Hours"], text: "We open at nine."))
        try scene.upload("v1")
        scene.embedded = []
        scene.sections[1].text = "We open at ten."
        try scene.upload("v2")
        #expect(scene.embedded.flatMap(\.self) == ["Hours\nWe open at ten."])
        #expect(scene.report?.embedded == 1)
        #expect(scene.withdrawn.count == 1)
        #expect(scene.tombstones.isEmpty)
        scene.embedded = []
        try scene.upload("v2")
        #expect(scene.embedded.isEmpty)
        #expect(scene.report?.outcome == .indexed)
    }

    @Test("a document that cannot be read is reported, and the version before stays")
    func unreadable() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("broken")
        #expect(scene.report?.outcome == .failed)
        #expect(scene.report?.problem == "it is encrypted")
        try scene.upload("v1")
        #expect(scene.report?.outcome == .indexed)
        try scene.upload("broken")
        #expect(scene.report?.problem?.contains("stays in use") == true)
        #expect(scene.withdrawn.isEmpty)
    }

    @Test("while embedding is down passages are found by words, and are embedded later")
    func embeddingDown() throws {
        var scene = Scene("We open at nine.")
        scene.server = .down
        try scene.upload("v1")
        #expect(scene.report?.outcome == .indexedWithoutVectors)
        #expect(scene.passages.map(\.vector) == [nil])
        guard case .set(let timer) = scene.timers.first else {
            return #expect(Bool(false), "no timer was set")
        }
        scene.server = .up
        try scene.ring(timer)
        #expect(scene.passages.first?.vector != nil)
        #expect(scene.report?.outcome == .indexed)
        #expect(scene.timers == [.cancel(name: timer.name)])
    }

    @Test("without an embedding server nothing is tried again, and the owner is told")
    func noServer() throws {
        var scene = Scene("We open at nine.")
        scene.server = .none
        try scene.upload("v1")
        #expect(scene.report?.outcome == .indexedWithoutVectors)
        #expect(scene.timers.isEmpty)
        #expect(scene.report?.problem?.contains("words only") == true)
    }

    @Test("another model or another length of vectors embeds all passages again, once asked")
    func anotherModel() throws {
        var scene = Scene(Self.text)
        try scene.upload("v1")
        let count = scene.passages.count
        try scene.embedAgain(VectorSpace(model: "m", dimensions: 2))
        #expect(scene.passages.isEmpty, "they are of that model")
        scene.model = "n"
        try scene.embedAgain(VectorSpace(model: "n", dimensions: 2))
        #expect(scene.passages.count == count)
        #expect(scene.passages.allSatisfy { $0.model == "n" })
        #expect(scene.report?.outcome == .indexed)
        scene.dimensions = 3
        try scene.embedAgain(VectorSpace(model: "n", dimensions: 3))
        #expect(scene.passages.count == count)
        #expect(scene.passages.allSatisfy { $0.vector?.values.count == 3 })
        scene.server = .down
        try scene.embedAgain(VectorSpace(model: "o", dimensions: 3))
        #expect(scene.passages.isEmpty, "they stay as they are until they can be embedded")
        #expect(scene.report?.outcome == .indexedWithoutVectors)
        #expect(scene.report?.passages == count)
    }

    @Test("a model that changes behind the same name is seen with the next upload")
    func changedModel() throws {
        var scene = Scene("")
        scene.sections = (1...3).map {
            DocumentSection(headings: ["Part \($0)"], text: "Part \($0) is about bicycles.")
        }
        try scene.upload("v1")
        scene.model = "n"
        scene.sections[2].text = "Part 3 is about rain."
        try scene.upload("v2")
        #expect(scene.passages.count == 3, "no vectors of two models stand side by side")
        #expect(scene.passages.allSatisfy { $0.model == "n" })
    }

    @Test("a state of before the model was remembered is read, and embedded again once asked")
    func olderState() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("v1")
        let id = try #require(scene.passages.first?.id)
        let old = """
            {"known":[{"hasVector":true,"id":"\(id)"}],"postponed":0,"upload":{"contentHash":"v1",\
            "document":"doc","name":"a.md","size":1,"tenant":"t","uploadedAt":1000,\
            "uploadedBy":"cli"}}
            """
        scene.state = try RecordCodec.decode(IndexerState.self, from: Array(old.utf8))
        try scene.embedAgain(VectorSpace(model: "m", dimensions: 2))
        #expect(scene.passages.map(\.id) == [id])
    }

    @Test("a removed document loses all its passages")
    func removes() throws {
        var scene = Scene(Self.text)
        try scene.upload("v1")
        let count = scene.passages.count
        try scene.remove()
        #expect(scene.withdrawn.count == count)
        #expect(scene.report?.outcome == .removed)
        #expect(scene.state == IndexerState())
    }

    @Test("what is withdrawn stays for the past to refer to, and is forgotten if it stays away")
    func forgets() throws {
        var scene = Scene("")
        scene.sections = ["nine", "ten"].map {
            DocumentSection(headings: [$0], text: "We open at \($0).")
        }
        try scene.upload("v1")
        let ids = scene.passages.map(\.id)
        scene.sections.removeAll()
        scene.sections = [DocumentSection(headings: ["eleven"], text: "We open at eleven.")]
        try scene.upload("v2")
        #expect(Set(scene.withdrawn) == Set(ids))
        let timer = try #require(scene.forgetting)
        #expect(timer.due == Timestamp(seconds: 10) + IndexerStage.withdrawnKept)
        // One comes back.
        scene.sections.append(DocumentSection(headings: ["ten"], text: "We open at ten."))
        try scene.upload("v3")
        #expect(scene.passages.map(\.id) == [ids[1]])
        let known = scene.state
        try scene.ring(timer)
        #expect(scene.state == known)
        #expect(
            Set(scene.tombstones) == [
                "t/\(ids[0])", "t/\(ids[0])/withdrawn", "t/\(ids[1])/withdrawn",
            ])
    }

    @Test("what is in hand is never stored: after a crash the upload begins again")
    func storesNoWork() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("v1")
        let bytes = try RecordCodec.encode(scene.state)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("work"))
        #expect(try RecordCodec.decode(IndexerState.self, from: bytes) == scene.state)
    }

    @Test("an empty document is reported as such")
    func empty() throws {
        var scene = Scene(" \n ")
        try scene.upload("v1")
        #expect(scene.report?.outcome == .failed)
        #expect(scene.report?.problem?.contains("no text") == true)
    }
}
