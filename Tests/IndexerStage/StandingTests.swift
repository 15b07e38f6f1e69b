import Conversation
import StageRuntime
import Testing

@testable import IndexerStage

@Suite("What a document stands for in searches")
struct StandingTests {
    private static let noon = Timestamp(seconds: 1_000)
    private static let terms = DocumentTerms(
        validFrom: noon, validUntil: noon + .seconds(60), priority: 2, labels: ["winter"])

    @Test("a new version is built beside the one in use, and takes its place at the end")
    func versions() throws {
        var scene = Scene(IndexerStageTests.text)
        try scene.upload("v1")
        #expect(scene.standings.isEmpty && scene.passages.allSatisfy { $0.version == nil })
        #expect(scene.report?.version == 1)
        scene.sections[0].text = "All of this is new. " + IndexerStageTests.text
        try scene.upload("v2")
        #expect(scene.passages.allSatisfy { $0.version == 2 })
        #expect(scene.standings.map(\.version) == [2])
        let standing = try #require(scene.outputs.firstIndex { $0.payload is DocumentStanding })
        let gone = try #require(scene.outputs.firstIndex { $0.payload is PassageWithdrawal })
        let made = try #require(scene.outputs.lastIndex { $0.payload is Passage })
        #expect(made < standing && standing < gone, "there is always one version to be found")
        #expect(scene.report?.version == 2)
        try scene.upload("v2")
        #expect(scene.report?.version == 2 && scene.standings.isEmpty)
    }

    @Test("a version that cannot be read changes nothing of the one in use")
    func unreadable() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("v1")
        try scene.upload("broken")
        #expect(scene.standings.isEmpty && scene.withdrawn.isEmpty)
        scene.sections[0].text = "We open at ten."
        try scene.upload("v3")
        #expect(scene.standings.map(\.version) == [2])
    }

    @Test("a document that counts only for a while is known as such before it can be found")
    func validity() throws {
        var scene = Scene("We close at Christmas.")
        let upload = DocumentUpload(
            tenant: "t", document: "doc", name: "a.md", contentHash: "v1", size: 1,
            uploadedAt: Timestamp(seconds: 1), uploadedBy: "cli", terms: Self.terms)
        try scene.run(upload, id: "upload")
        let standing = try #require(scene.outputs.firstIndex { $0.payload is DocumentStanding })
        let passage = try #require(scene.outputs.firstIndex { $0.payload is Passage })
        #expect(standing < passage)
        #expect(scene.standings.map(\.terms) == [Self.terms])
        // Terms stay with a re-upload that says none.
        try scene.upload("v2")
        #expect(scene.state.terms == Self.terms)
        try scene.remove()
        #expect(scene.tombstones == [DocumentStanding.key(of: "doc", "t")])
    }

    @Test("other terms embed nothing anew")
    func change() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("v1")
        scene.embedded = []
        let change = DocumentTermsChange(
            tenant: "t", document: "doc", terms: Self.terms, changedAt: Timestamp(seconds: 2),
            changedBy: "cli")
        try scene.run(change, id: "change")
        #expect(scene.standings.map(\.terms) == [Self.terms])
        #expect(scene.standings.map(\.version) == [1])
        #expect(scene.embedded.isEmpty && scene.passages.isEmpty)
        try scene.remove()
        try scene.run(change, id: "late")
        #expect(scene.standings.isEmpty, "it was taken out")
    }

    @Test("how a document stands tells its terms and versions, which outlive what was wished")
    func kept() throws {
        var scene = Scene("We open at nine.")
        try scene.upload("v1")
        scene.sections[0].text = "We open at ten."
        try scene.upload("v2")
        try scene.upload("broken")
        let change = DocumentTermsChange(
            tenant: "t", document: "doc", terms: Self.terms, changedAt: Timestamp(seconds: 2),
            changedBy: "cli")
        try scene.run(change, id: "change")
        let state = try #require(
            scene.outputs.lazy.compactMap { $0.payload as? DocumentState }.last)
        #expect(state.terms == Self.terms)
        #expect(state.versions?.map(\.contentHash) == ["v1", "v2"])
        #expect(state.versions?.map(\.version) == [1, 2])
    }

    @Test("a typed answer is one passage below its question, with each way to ask it embedded")
    func answers() throws {
        var scene = Scene("never read")
        let answered = AnsweredQuestion(
            tenant: "t", document: "doc", question: "Do you repair scooters?",
            answer: "No, only bicycles.", others: ["Scooter repair?"],
            writtenAt: Timestamp(seconds: 1), writtenBy: "cli")
        try scene.run(answered, id: "answer")
        let passage = try #require(scene.passages.first)
        #expect(scene.passages.count == 1)
        #expect(passage.text == "No, only bicycles.")
        #expect(passage.headings == ["Do you repair scooters?"])
        #expect(passage.asked == ["Do you repair scooters?", "Scooter repair?"])
        #expect(
            scene.embedded == [
                [
                    "Do you repair scooters?\nNo, only bicycles.", "Do you repair scooters?",
                    "Scooter repair?",
                ]
            ])
        #expect(scene.report?.outcome == .indexed)
        #expect(scene.report?.contentHash == answered.upload.contentHash)
        // Embedded again by another model without a file to read it from.
        scene.model = "n"
        try scene.embedAgain(VectorSpace(model: "n", dimensions: 2))
        #expect(scene.passages.map(\.model) == ["n"])
    }

    @Test("how far the reading of a long document has come is told on the way")
    func progress() throws {
        var scene = Scene("")
        scene.sections = (1...300).map { (page: Int) in
            DocumentSection(page: page, text: "Bicycle \(page) costs \(page) euros a day.")
        }
        try scene.upload("v1")
        let told = scene.outputs.compactMap { $0.payload as? DocumentProgress }
        #expect(told.first?.done == 0)
        #expect(told.allSatisfy { $0.passages == 300 && $0.contentHash == "v1" })
        #expect(told.map(\.done) == told.map(\.done).sorted())
        #expect(told.count > 3)
        #expect(Set(scene.passages.compactMap(\.page)) == Set(1...300))
    }
}
