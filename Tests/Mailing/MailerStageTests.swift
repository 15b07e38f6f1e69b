import AccountRecords
import Conversation
import MailerStage
import NotificationRecords
import Records
import StageRuntime
import Testing

@Suite("The mailer")
struct MailerStageTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func request(linkFor life: Duration?) -> MailRequest {
        MailRequest(
            tenant: .installation, kind: .reset, about: "a1", to: "ana@example.org",
            token: life.map { OneTimeToken(hash: "h", expires: now + $0) }, at: now)
    }

    private static func context(_ request: MailRequest) -> StageContext {
        let headers = RecordHeaders(
            id: "m1", type: MailRequest.type, source: "t", time: now, subject: "a1",
            correlation: "m1", causation: "m1", tenant: .installation)
        let position = RecordPosition(topic: "mail.requests", partition: 0, offset: 0)
        return StageContext(
            stage: "mailer", input: .record(request, headers, position: position), key: "a1",
            now: now, step: 0)
    }

    private func begin(_ request: MailRequest) throws -> Plan<MailerCall> {
        let context = Self.context(request)
        var state = NoState()
        return try MailerStage().begin(context.input, &state, context)
    }

    @Test("has a mail sent under the id of its request")
    func sends() throws {
        for life in [Duration.seconds(60), nil] {
            let request = Self.request(linkFor: life)
            guard case .call(.send(let sent, let cause)) = try begin(request) else {
                Issue.record("nothing is sent")
                continue
            }
            #expect(sent == request && cause == "m1")
        }
    }

    @Test("sends no link that is good no more, and tries no longer than it is good")
    func late() throws {
        guard case .ignore = try begin(Self.request(linkFor: .zero)) else {
            Issue.record("a dead link is sent")
            return
        }
        let good = MailerStage().retryPolicy(
            for: .send(Self.request(linkFor: .seconds(60)), cause: "m1"))
        #expect(good.deadline == Self.now + .seconds(60))
        #expect(good.wait(after: 11, jitter: 0, atLeast: nil, now: Self.now) == nil)
        let free = MailerStage().retryPolicy(
            for: .send(Self.request(linkFor: nil), cause: "m1"))
        #expect(free.wait(after: 11, jitter: 0, atLeast: nil, now: Self.now) != nil)
        #expect(free.wait(after: 12, jitter: 0, atLeast: nil, now: Self.now) == nil)
    }

    @Test("tells operators and whoever asked of what fails for good, then sets it aside")
    func told() throws {
        var request = Self.request(linkFor: nil)
        var state = NoState()
        let failure = CallFailure.transient(reason: "no answer", retryAfterMilliseconds: nil)
        for asker in [AccountID("olga"), nil] {
            request.askedBy = asker
            let context = Self.context(request)
            let call = MailerCall.send(request, cause: "m1")
            for plan in [
                try MailerStage().resume(.refused(because: "x"), to: call, &state, context),
                try MailerStage().giveUp(on: call, because: failure, &state, context),
            ] {
                guard case .commit(let effects, then: let last) = plan else {
                    Issue.record("\(plan) tells nobody")
                    continue
                }
                let outputs = effects.outputs.compactMap(\.payload)
                #expect(outputs.compactMap { ($0 as? MailEvent)?.outcome } == [.failed])
                #expect(outputs.compactMap { ($0 as? OperatorNews)?.kind } == ["mailFailed"])
                let personal = outputs.compactMap { $0 as? PersonalNews }
                #expect(personal.map(\.account) == (asker.map { [$0] } ?? []))
                #expect(personal.allSatisfy { $0.values["address"] == "ana@example.org" })
                #expect(throws: Rejection.self) {
                    try MailerStage().resume(.told, to: last, &state, context)
                }
            }
        }
    }

    @Test("notifies nobody of a notification that cannot be sent")
    func endless() throws {
        var request = Self.request(linkFor: nil)
        request.kind = .notification
        let context = Self.context(request)
        var state = NoState()
        let plan = try MailerStage().resume(
            .refused(because: "x"), to: .send(request, cause: "m1"), &state, context)
        guard case .commit(let effects, then: .setAside) = plan else {
            Issue.record("\(plan) sets nothing aside")
            return
        }
        #expect(effects.outputs.compactMap(\.payload).allSatisfy { $0 is MailEvent })
    }

    @Test("ends with what was sent or kept, or may have been")
    func ends() throws {
        let request = Self.request(linkFor: nil)
        let context = Self.context(request)
        let call = MailerCall.send(request, cause: "m1")
        var state = NoState()
        for (answer, outcome) in [
            (MailerAnswer.sent, MailEvent.Outcome.sent), (.kept, .kept), (.maybeSent, .maybeSent),
        ] {
            guard
                case .finish(let effects) = try MailerStage().resume(
                    answer, to: call, &state, context)
            else {
                Issue.record("\(answer) is no end")
                continue
            }
            let events = effects.outputs.compactMap { $0.payload as? MailEvent }
            #expect(events.map(\.outcome) == [outcome] && events.first?.mail == "m1")
        }
    }
}
