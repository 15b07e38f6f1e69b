package import AccountRecords
package import Conversation
import NotificationRecords
package import StageRuntime

/// Sends each mail that a decision wants sent, once: a request that comes again is dropped by its
/// id, and one that is sent again after a crash bears the same Message-ID.
///
/// A mail server that does not answer is tried for half an hour, or as long as the mail's link is
/// good; what it refuses for good becomes a dead letter, which can be redriven once it is mended.
package struct MailerStage: Stage {
    /// What it asks of the world.
    package typealias Call = MailerCall
    /// What it is answered.
    package typealias Answer = MailerAnswer
    /// It remembers nothing.
    package typealias State = NoState

    /// The stage's name.
    package let name = "mailer"
    package let reads: [any Payload.Type] = [MailRequest.self]

    /// Makes the stage.
    package init() {}

    /// Has a mail sent, unless its link is good no more.
    package func begin(
        _ input: StageInput, _ state: inout NoState, _ context: StageContext
    ) throws(Rejection) -> Plan<MailerCall> {
        guard case .record(let request as MailRequest, let headers, _) = input else {
            throw context.noUse
        }
        if let token = request.token, token.expires <= context.now {
            return .ignore(because: "the link of the mail is good no more")
        }
        return .call(.send(request, cause: headers.id))
    }

    /// Ends with what became of the mail.
    package func resume(
        _ answer: MailerAnswer, to call: MailerCall, _ state: inout NoState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<MailerCall> {
        switch answer {
        case .sent: return finish(call, .sent, context)
        case .kept: return finish(call, .kept, context)
        case .maybeSent: return finish(call, .maybeSent, context)
        case .refused(let reason):
            return try fail(call, "the mail cannot be sent: \(reason)", context)
        case .told:
            guard case .setAside(let reason) = call else { throw context.noUse }
            throw Rejection(reason)
        }
    }

    /// Tells of a mail that was tried for long enough, and sets it aside.
    package func giveUp(
        on call: MailerCall, because failure: CallFailure, _ state: inout NoState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<MailerCall> {
        try fail(call, "a call failed for good: \(failure)", context)
    }

    private func finish(
        _ call: MailerCall, _ outcome: MailEvent.Outcome, _ context: StageContext
    ) -> Plan<MailerCall> {
        var effects = context.effects
        if case .send(let request, let cause) = call {
            effects.emit(Self.event(request, cause, outcome, context))
        }
        return .finish(effects)
    }

    private static func event(
        _ request: MailRequest, _ cause: RecordID, _ outcome: MailEvent.Outcome,
        _ context: StageContext
    ) -> MailEvent {
        MailEvent(
            tenant: request.tenant, mail: cause, about: request.about, outcome: outcome,
            at: context.now)
    }

    /// Makes it durable that operators and whoever had the mail sent are told; then the mail is set
    /// aside as a dead letter, which brings nothing else with it.
    private func fail(
        _ call: MailerCall, _ reason: String, _ context: StageContext
    ) throws(Rejection) -> Plan<MailerCall> {
        guard case .send(let request, let cause) = call else { throw Rejection(reason) }
        var effects = context.effects
        effects.emit(Self.event(request, cause, .failed, context))
        // Of a notification that cannot be sent nobody is notified: it would never end.
        guard request.kind != .notification else {
            return .commit(effects, then: .setAside(because: reason))
        }
        let values = ["address": request.to, "mail": request.kind.rawValue]
        effects.emit(
            OperatorNews(
                kind: "mailFailed", values: values, besides: request.askedBy, at: context.now))
        if let asker = request.askedBy {
            effects.emit(
                PersonalNews(
                    account: asker, kind: "mailFailed", team: request.tenant, values: values,
                    at: context.now))
        }
        return .commit(effects, then: .setAside(because: reason))
    }

    /// 2 s to 10 min apart, for some 35 minutes, or until the mail's link is good no more.
    package func retryPolicy(for call: MailerCall) -> RetryPolicy {
        switch call {
        case .send(let request, _):
            RetryPolicy(
                attempts: 12, firstWait: .seconds(2), longestWait: .seconds(600),
                deadline: request.token?.expires)
        case .setAside: .standard
        }
    }
}

/// What the mailer asks of the world.
package enum MailerCall: Hashable, Sendable, Codable {
    /// To write a mail and hand it on; its cause names it.
    case send(MailRequest, cause: RecordID)
    /// Nothing: it was told of, and is set aside.
    case setAside(because: String)
}

/// What became of a mail.
package enum MailerAnswer: Hashable, Sendable, Codable {
    /// The mail server took it.
    case sent
    /// It is kept in the data folder, as there is no mail server.
    case kept
    /// The line broke after all was said: sending it again might make two of it.
    case maybeSent
    /// It will never be sent as it is, with why in fixed words.
    case refused(because: String)
    /// It was told that it is set aside.
    case told
}
