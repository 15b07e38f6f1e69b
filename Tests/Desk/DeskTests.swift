import Conversation
import DeskRecords
import DeskStage
import DeskView
import Endpoints
import PipelineTesting
import Records
import SQLite
import StageRuntime
import Testing
import Views

/// A desk: the stage that decides, and the view that shows.
private struct Desk {
    var state = DeskState()
    var events: [DeskEvent] = []
    private let stage = DeskStage()

    mutating func ask(_ action: DeskCommand.Action) throws -> DeskEvent.Change {
        let command = DeskCommand(
            tenant: "sol", action: action, reference: "r\(events.count)",
            at: Timestamp(seconds: 1))
        let headers = RecordHeaders(
            id: command.id, type: DeskCommand.type, source: "test", time: command.at,
            subject: command.key, correlation: command.id, causation: command.id, tenant: "sol")
        let context = StageContext(
            stage: stage.name,
            input: .record(
                command, headers,
                position: RecordPosition(
                    topic: "t", partition: 0, offset: Int64(events.count))), key: "sol",
            now: Timestamp(seconds: 2), step: 0, settings: NoSettings())
        // As it is stored.
        state = try RecordCodec.decode(DeskState.self, from: RecordCodec.encode(state))
        guard case .finish(let effects) = try stage.begin(context.input, &state, context),
            let event = effects.outputs.compactMap({ $0.payload as? DeskEvent }).first
        else {
            Issue.record("nothing came of it")
            return .refused(.unknown)
        }
        #expect(event.reference == command.reference)
        events.append(event)
        return event.change
    }
}

@Suite("Canned replies and labels") struct DeskTests {
    private func reply(
        _ id: RecordID, _ shortcut: String, language: String = "es", text: String = "Hola"
    ) -> CannedReply {
        CannedReply(id: id, shortcut: shortcut, language: language, title: "t", text: text)
    }

    private func label(_ id: RecordID, _ name: String) -> DeskLabel {
        DeskLabel(id: id, name: name, colour: "blue")
    }

    @Test("a shortcut is one reply's in each language, until it lies away")
    func shortcuts() throws {
        var desk = Desk()
        #expect(try desk.ask(.saveReply(reply("a", "hi"))) == .replySaved(reply("a", "hi")))
        #expect(try desk.ask(.saveReply(reply("b", "HI"))) == .refused(.taken))
        let english = reply("b", "hi", language: "en")
        #expect(try desk.ask(.saveReply(english)) == .replySaved(english))
        #expect(try desk.ask(.archiveReply("a", true)) == .replyArchived("a", true))
        #expect(try desk.ask(.saveReply(reply("c", "hi"))) == .replySaved(reply("c", "hi")))
        #expect(try desk.ask(.archiveReply("a", false)) == .refused(.taken))
        #expect(try desk.ask(.archiveReply("x", true)) == .refused(.unknown))
    }

    @Test("a text with a variable that there is not is refused")
    func variables() throws {
        var desk = Desk()
        #expect(
            try desk.ask(.saveReply(reply("a", "hi", text: "{order.number}")))
                == .refused(.variable))
        let good = reply("a", "hi", text: "{customer.name}")
        #expect(try desk.ask(.saveReply(good)) == .replySaved(good))
    }

    @Test("labels are merged, put away and taken off, and never gone")
    func labels() throws {
        var desk = Desk()
        _ = try desk.ask(.saveLabel(label("a", "Urgent")))
        #expect(try desk.ask(.saveLabel(label("b", "urgent"))) == .refused(.taken))
        _ = try desk.ask(.saveLabel(label("b", "Refund")))
        _ = try desk.ask(.saveLabel(label("c", "Money")))
        #expect(try desk.ask(.label("c1", "b", true)) == .labelled("c1", "b", true))
        #expect(try desk.ask(.mergeLabel("b", into: "c")) == .labelMerged("b", into: "c"))
        #expect(try desk.ask(.label("c2", "b", true)) == .refused(.away))
        #expect(try desk.ask(.label("c1", "b", false)) == .labelled("c1", "b", false))
        #expect(try desk.ask(.mergeLabel("b", into: "a")) == .refused(.away))
        #expect(try desk.ask(.mergeLabel("a", into: "a")) == .refused(.unknown))
        #expect(try desk.ask(.saveLabel(label("b", "Again"))) == .refused(.away))
        _ = try desk.ask(.archiveLabel("a", true))
        #expect(try desk.ask(.label("c1", "a", true)) == .refused(.away))
        #expect(try desk.ask(.mergeLabel("c", into: "a")) == .refused(.away))
        #expect(try desk.ask(.label("c1", "z", true)) == .refused(.unknown))
    }

    @Test("the view shows what the stage decided: merged labels are borne as the one they go on as")
    func view() throws {
        var desk = Desk()
        for action: DeskCommand.Action in [
            .saveReply(reply("a", "hi")), .saveReply(reply("b", "bye")), .archiveReply("b", true),
            .saveLabel(label("l1", "Urgent")), .saveLabel(label("l2", "Hurry")),
            .label("c1", "l1", true), .label("c1", "l2", true), .label("c2", "l2", true),
            .mergeLabel("l2", into: "l1"), .label("c2", "l1", false), .label("c3", "l1", true),
        ] {
            if case .refused(let why) = try desk.ask(action) { Issue.record("\(action): \(why)") }
        }
        let rows = try Rows(inMemory: DeskView.view)
        for (offset, event) in desk.events.enumerated() {
            let id = RecordID("e\(offset)")
            try DeskView.view.apply(
                DecodedRecord(
                    value: .payload(event),
                    headers: RecordHeaders(
                        id: id, type: DeskEvent.type, source: "test", time: event.at,
                        subject: event.key, correlation: id, causation: id, tenant: "sol"),
                    position: RecordPosition(
                        topic: Topic.deskEvents.rawValue, partition: 0, offset: Int64(offset))),
                rows)
        }
        func at(_ tenant: TenantID) throws -> DeskRows {
            DeskRows(
                rows,
                of: try Authorizer.scope(
                    of: tenant, for: .key(Principal.KeyName("key/test")),
                    needing: TenantPermission("test")))
        }
        let sol = try at("sol")
        #expect(try sol.replies().map(\.reply.shortcut) == ["bye", "hi"])
        #expect(try sol.replies().map(\.isAway) == [true, false])
        let labels = try sol.labels()
        #expect(labels.map(\.label.name) == ["Hurry", "Urgent"])
        #expect(labels.map(\.into) == ["l1", nil] && labels.map(\.count) == [0, 2])
        #expect(try sol.labels(of: "c1") == ["l1"])
        #expect(Set(try sol.conversations(labelled: "l1", atMost: 9)) == ["c1", "c3"])
        let luna = try at("luna")
        #expect(try luna.replies().isEmpty && luna.labels().isEmpty)
        #expect(try luna.labels(of: "c1").isEmpty)
    }
}
