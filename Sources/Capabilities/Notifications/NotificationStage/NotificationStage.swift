import AccountRecords
package import Conversation
import NotificationRecords
package import StageRuntime

/// What the stage `notifications` remembers of a person.
package struct NotificationState: StageState {
    /// Where mails go, once the address is proven; `nil` where none can.
    var address: String?
    /// The key of that address.
    var addressKey: AddressKey?
    var name = ""
    var language: String?
    var preferences = NotificationPreferences()
    /// Browsers that were signed in in, by the hash of the cookie that tells them apart, programs
    /// by that of what they call themselves; the newest last.
    var browsers: [String] = []
    /// What waits for the next mail.
    var pending: [Notification] = []
    /// When the last mail was wanted.
    var mailedAt: Timestamp?

    /// Nobody.
    package init() {}
}

/// The bounds of the stage.
package enum NotificationLimits {
    /// Browsers that are remembered of a person.
    package static let browsers = 20
    /// Notifications that one mail brings; of more it says how many.
    package static let bundled = 50
}

/// Decides about each person's notifications: what is shown, what is mailed, and when.
package struct NotificationStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never
    /// What it remembers per account.
    package typealias State = NotificationState

    /// The stage's name.
    package let name = "notifications"
    package let reads: [any Payload.Type] = [
        AccountEvent.self, PersonalNews.self, NotificationCommand.self,
    ]

    /// Makes the stage.
    package init() {}

    /// Decides about what happened to the account, news, a wish, or a mail that is due.
    package func begin(
        _ input: StageInput, _ state: inout NotificationState, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        var decision = NotificationDecision(state: state, context: context)
        switch input {
        case .record(let event as AccountEvent, _, _): decision.follow(event)
        case .record(let news as PersonalNews, _, _):
            decision.hear(news)
        case .record(let command as NotificationCommand, _, _): decision.obey(command)
        case .timer(let timer) where timer.name == NotificationDecision.mailTimer:
            decision.mailPending()
        default: throw context.noUse
        }
        state = decision.state
        guard !decision.effects.outputs.isEmpty || !decision.effects.timers.isEmpty else {
            return .ignore(because: "nobody is told anything")
        }
        return .finish(decision.effects)
    }
}

/// One decision under way.
struct NotificationDecision {
    static let mailTimer = "mail"

    var state: NotificationState
    var effects: Effects
    let context: StageContext
    private var count = 0

    init(state: NotificationState, context: StageContext) {
        self.state = state
        self.context = context
        effects = context.effects
    }

    private var account: AccountID { AccountID(context.key) }

    // MARK: What happens

    mutating func follow(_ event: AccountEvent) {
        let facts = event.facts
        state.name = facts.name
        state.language = facts.language
        state.address =
            facts.standing == .active && facts.isVerified ? facts.address?.text : nil
        state.addressKey = state.address == nil ? nil : facts.address?.key
        switch event.change {
        case .signedIn(let session): signedIn(session, at: event.at)
        case .passwordChanged, .passwordReset: raise("password", at: event.at)
        case .factorActivated: raise("factor", values: ["isOn": "yes"], at: event.at)
        case .factorRemoved: raise("factor", values: ["isOn": "no"], at: event.at)
        case .addressChanged:
            raise("address", values: ["address": facts.address?.text ?? ""], at: event.at)
        case .deleted:
            state = NotificationState()
            effects.cancelTimer(Self.mailTimer)
            tell(.ended)
        default: break
        }
    }

    /// The first browser is that in which the account was made: nobody is warned of it.
    private mutating func signedIn(_ session: NewSession, at: Timestamp) {
        let browser =
            session.browser ?? NameHash.hex("\(session.kind)\u{1f}\(session.userAgent ?? "")")
        let isKnown = state.browsers.isEmpty || state.browsers.contains(browser)
        state.browsers.removeAll { $0 == browser }
        state.browsers.append(browser)
        if state.browsers.count > NotificationLimits.browsers { state.browsers.removeFirst() }
        guard !isKnown else { return }
        var values = ["kind": session.kind]
        values["device"] = session.userAgent
        values["from"] = session.address
        raise("signIn", values: values, at: at)
    }

    mutating func hear(_ news: PersonalNews) {
        // An address that is wished for, or not proven, is not theirs yet.
        if let address = news.address, address != state.addressKey { return }
        if news.kind == "waiting", let count = news.values["count"].flatMap({ Int($0) }),
            count < state.preferences.waitingFrom ?? 1
        {
            return
        }
        raise(
            news.kind, of: news.team == .installation ? nil : news.team, news.values, at: news.at)
    }

    mutating func obey(_ command: NotificationCommand) {
        switch command.action {
        case .read(let ids):
            state.pending.removeAll { ids.contains($0.id) }
            tell(.read(ids), answering: command)
        case .readAll(let until):
            state.pending.removeAll { $0.at <= until }
            tell(.readAll(until: until), answering: command)
        case .prefer(let preferences):
            prefer(preferences)
            tell(.preferred(preferences), answering: command)
        case .refuseMails(let kinds):
            let preferences = state.preferences.withoutMails(of: kinds)
            prefer(preferences)
            tell(.preferred(preferences), answering: command)
        }
    }

    /// What waits for a mail waits as is wished from now on, or for none any more.
    private mutating func prefer(_ preferences: NotificationPreferences) {
        state.preferences = preferences
        state.pending.removeAll { notification in
            NotificationRule.of(notification.kind).map { !preferences.mails($0) } ?? true
        }
        guard !state.pending.isEmpty, let mailed = state.mailedAt else { return }
        effects.setTimer(Self.mailTimer, at: max(context.now, mailed + pause))
    }

    private var pause: Duration { .seconds(Int64(state.preferences.mailPauseMinutes) * 60) }

    private mutating func tell(
        _ change: NotificationEvent.Change, answering command: NotificationCommand? = nil
    ) {
        effects.emit(
            NotificationEvent(
                account: account, change: change, reference: command?.reference, at: context.now))
    }

    // MARK: Notifications

    mutating func raise(
        _ kind: NotificationKind, of team: TenantID? = nil, values: [String: String] = [:],
        at: Timestamp
    ) {
        raise(kind, of: team, values, at: at)
    }

    mutating func raise(
        _ kind: NotificationKind, of team: TenantID?, _ values: [String: String], at: Timestamp
    ) {
        guard let rule = NotificationRule.of(kind) else { return }
        let id = RecordID.derived(
            from: context.input.id, by: "notification/\(account)", index: count)
        count += 1
        let notification = Notification(id: id, kind: kind, team: team, values: values, at: at)
        if state.preferences.shows(rule) { tell(.raised(notification)) }
        guard state.address != nil, state.preferences.mails(rule) else { return }
        if rule.mail == .always { return mail([notification]) }
        bundle(notification)
    }

    /// The first is mailed at once; what comes within the pause after it, together at its end.
    private mutating func bundle(_ notification: Notification) {
        if state.pending.isEmpty, state.mailedAt.map({ $0 + pause <= context.now }) ?? true {
            state.mailedAt = context.now
            return mail([notification])
        }
        if state.pending.isEmpty, let mailed = state.mailedAt {
            effects.setTimer(Self.mailTimer, at: mailed + pause)
        }
        if state.pending.count < NotificationLimits.bundled { state.pending.append(notification) }
    }

    /// Mails what waits, but what was read meanwhile.
    mutating func mailPending() {
        let pending = state.pending
        state.pending = []
        guard !pending.isEmpty, state.address != nil else { return }
        state.mailedAt = context.now
        mail(pending)
    }

    private mutating func mail(_ notifications: [Notification]) {
        guard let address = state.address, let first = notifications.first else { return }
        let words = NotificationWords(language: state.language)
        let kinds = Set(notifications.map(\.kind)).filter {
            NotificationRule.of($0).map(NotificationPreferences.isChoice) ?? false
        }
        effects.emit(
            MailRequest(
                tenant: .installation, kind: .notification, about: account.rawValue, to: address,
                name: state.name, language: state.language,
                values: [
                    "subject": notifications.count == 1
                        ? words.sentence(first) : words.subject(notifications.count),
                    "text": notifications.map { "– " + words.sentence($0) }
                        .joined(separator: "\n"),
                ], refusable: kinds.isEmpty ? nil : kinds.map(\.rawValue).sorted(),
                at: context.now))
    }
}
