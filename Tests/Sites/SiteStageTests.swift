import Conversation
import Records
import SiteRecords
import StageRuntime
import Testing

@testable import SiteStage

@Suite("Sites that are read again and again")
struct SiteStageTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let url = "https://shop.example/"
    private static let site = Site(url: url, depth: 1, pages: 20, everyHours: 24)
    private static let id = SiteID(of: url, "sol")
    private let stage = SiteStage()

    private static func page(_ name: String, _ hash: String) -> SitePage {
        SitePage(url: url + name, contentHash: hash, size: 9)
    }

    private static func context(_ input: StageInput, _ hours: Int, step: Int = 0) -> StageContext {
        StageContext(
            stage: "sites", input: input, key: id.rawValue, now: start + .seconds(hours * 3_600),
            step: step)
    }

    private static func wish(_ wish: SiteCommand.Wish, at hours: Int = 0) -> StageInput {
        let command = SiteCommand(
            tenant: "sol", site: id, wish: wish, by: "key/1", at: start + .seconds(hours * 3_600))
        return .record(
            command,
            RecordHeaders(
                id: "r1", type: SiteCommand.type, source: "test", time: command.at,
                subject: command.key, correlation: "r1", causation: "r1", tenant: "sol"),
            position: RecordPosition(topic: "sites.commands", partition: 0, offset: 1))
    }

    private static func timer(_ hours: Int) -> StageInput {
        .timer(
            FiredTimer(
                id: RecordID("t\(hours)"), name: "again", due: start + .seconds(hours * 3_600),
                note: "",
                correlation: "r1", tenant: "sol"))
    }

    private func watched(_ pages: [SitePage]) throws -> SiteMemory {
        var state = SiteMemory()
        let input = Self.wish(.watch(Self.site, known: pages))
        guard
            case .finish(let effects) =
                try stage.begin(input, &state, Self.context(input, 0))
        else { throw Rejection("not finished") }
        #expect(dues(effects) == [24])
        return state
    }

    private func dues(_ effects: Effects) -> [Int] {
        effects.timers.compactMap {
            guard case .set(let timer) = $0 else { return nil }
            return Int((timer.due.milliseconds - Self.start.milliseconds) / 3_600_000)
        }
    }

    /// What a reading at an hour makes: names of documents that are put in and taken out.
    private func read(
        _ answer: SiteAnswer, _ state: inout SiteMemory, at hours: Int
    ) throws -> (added: [String], removed: [DocumentID], state: SiteState?) {
        let timer = Self.timer(hours)
        let context = Self.context(timer, hours)
        guard case .call(let call) = try stage.begin(timer, &state, context) else {
            throw Rejection("nothing is read")
        }
        #expect(call == .read(Self.site))
        guard case .finish(let effects) = try stage.resume(answer, to: call, &state, context)
        else { throw Rejection("not finished") }
        #expect(dues(effects) == [hours + 24])
        let payloads = effects.outputs.compactMap(\.payload)
        return (
            payloads.compactMap { ($0 as? DocumentUpload)?.name },
            payloads.compactMap { ($0 as? DocumentRemoval)?.document },
            payloads.compactMap { $0 as? SiteState }.first
        )
    }

    private func found(
        _ pages: [SitePage], gone: [String] = [], missed: [MissedPage] = [], isCut: Bool = false
    ) -> SiteAnswer {
        .read(.init(pages: pages, gone: gone, missed: missed, isCut: isCut))
    }

    private func document(_ name: String) -> DocumentID {
        DocumentID(named: Self.url + name, of: "sol")
    }

    @Test("pages that changed or are new become documents, others are left alone")
    func changes() throws {
        var state = try watched([Self.page("", "a1"), Self.page("prices", "b1")])
        let pages = [Self.page("", "a1"), Self.page("prices", "b2"), Self.page("new", "c1")]
        let made = try read(found(pages), &state, at: 24)
        #expect(made.added == [Self.url + "prices", Self.url + "new"])
        #expect(made.removed.isEmpty)
        #expect(made.state?.last?.pages == 3 && made.state?.last?.changed == 2)
        #expect(try read(found(pages), &state, at: 48).added.isEmpty)
    }

    @Test("a page that its site says is gone goes at once")
    func gone() throws {
        var state = try watched([Self.page("", "a1"), Self.page("old", "b1")])
        let made = try read(
            found([Self.page("", "a1")], gone: [Self.url + "old", Self.url + "never"]), &state,
            at: 24)
        #expect(made.removed == [document("old")])
        #expect(made.state?.last?.removed == 1)
    }

    @Test("a page that no link leads to goes after two whole readings in a row, and comes back")
    func unlinked() throws {
        let (home, old) = (Self.page("", "a1"), Self.page("old", "b1"))
        var state = try watched([home, old])
        #expect(try read(found([home]), &state, at: 24).removed.isEmpty)
        #expect(try read(found([home, old]), &state, at: 48).removed.isEmpty)
        #expect(try read(found([home]), &state, at: 72).removed.isEmpty)
        #expect(try read(found([home]), &state, at: 96).removed == [document("old")])
        #expect(try read(found([home, old]), &state, at: 120).added == [Self.url + "old"])
    }

    @Test("what was not read whole takes nothing out, and tells what was missed")
    func partly() throws {
        let home = Self.page("", "a1")
        var state = try watched([home, Self.page("old", "b1")])
        let missed = [MissedPage(url: Self.url + "menu", because: "it does not answer")]
        for (answer, hours) in [
            (found([home], missed: missed), 24), (found([home], isCut: true), 48),
            (SiteAnswer.failed(because: "there is no site"), 72),
        ] {
            let made = try read(answer, &state, at: hours)
            #expect(made.removed.isEmpty && made.added.isEmpty)
            let last = made.state?.last
            switch hours {
            case 24: #expect(last?.missed == missed)
            case 48: #expect(last?.isCut == true)
            default: #expect(last?.problem == "there is no site" && last?.pages == 2)
            }
        }
    }

    @Test("a site that is forgotten is read no more, whoever still asks")
    func forgotten() throws {
        var state = try watched([Self.page("", "a1")])
        let forget = Self.wish(.forget, at: 1)
        guard
            case .finish(let effects) =
                try stage.begin(forget, &state, Self.context(forget, 1))
        else { throw Rejection("not finished") }
        #expect(effects.timers == [.cancel(name: "again")])
        let told = effects.outputs.first?.payload as? SiteState
        #expect(told?.definition == nil && told?.wishedAt == Self.start + .seconds(3_600))
        for input in [Self.timer(24), Self.wish(.read, at: 2), Self.wish(.forget, at: 3)] {
            guard case .ignore = try stage.begin(input, &state, Self.context(input, 24)) else {
                Issue.record("it is read all the same")
                continue
            }
        }
        #expect(state == SiteMemory())
    }

    @Test("a reading that nobody foresaw to fail changes nothing and comes again")
    func unforeseen() throws {
        var state = try watched([Self.page("", "a1")])
        let timer = Self.timer(24)
        let plan = try stage.giveUp(
            on: .read(Self.site), because: .unexpected(reason: "the disk is full"), &state,
            Self.context(timer, 24))
        guard case .finish(let effects) = plan else { throw Rejection("not finished") }
        #expect(dues(effects) == [48])
        #expect(state.last?.problem == "the disk is full" && state.known?.count == 1)
    }
}
