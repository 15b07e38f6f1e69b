package import Conversation
package import StageRuntime

/// Fetches what customers send while WhatsApp has it, and removes each file when the messages that
/// it came with are forgotten.
///
/// It decides for two kinds of keys: a conversation, whose media are fetched one after the other,
/// and a file, which several messages may hold and which goes when the last of them does.
package struct MediaStage: Stage {
    /// What it asks of the world.
    package typealias Call = MediaCall
    /// What the world answers.
    package typealias Answer = MediaAnswer
    /// What it remembers of a conversation or a file.
    package typealias State = MediaState
    /// What it wants to know of a tenant.
    package typealias Settings = MediaSettings

    /// The stage's name.
    package let name = "media"
    package let reads: [any Payload.Type] = [MediumRequest.self, KeptMedium.self]

    /// How long WhatsApp keeps what customers send (WhatsApp, "Media": 7 days).
    static let life = Duration.seconds(7 * 86_400)
    /// How often it is asked whether a file's time is over: the tenant may have changed it.
    static let look = Duration.seconds(86_400)
    /// The wait after a fetch that failed for a while, in seconds; it doubles.
    static let firstWait = 60
    /// The longest such wait: a business may take days to renew its token.
    static let longestWait = 3_600
    /// Media of one conversation that may wait.
    static let mostWaiting = 50

    static let expiry = "expiry"
    static let again = "again"

    /// Makes the stage.
    package init() {}

    /// Begins with a medium to fetch, a file to keep, or a look at either.
    package func begin(
        _ input: StageInput, _ state: inout MediaState, _ context: StageContext
    ) throws(Rejection) -> Plan<MediaCall> {
        switch input {
        case .record(let request as MediumRequest, _, _):
            guard let call = Self.fetch(request) else {
                return .ignore(because: "the message holds no medium")
            }
            return .call(call)
        case .record(let kept as KeptMedium, _, _):
            state.sha256 = kept.sha256
            if let until = kept.until {
                state.until = max(state.until ?? until, until)
            } else {
                state.lastUsed = max(state.lastUsed ?? kept.at, kept.at)
            }
            return look(state, context)
        case .timer(let timer) where timer.name == Self.expiry:
            guard let sha256 = state.sha256, end(of: state, context) <= context.now else {
                return look(state, context)
            }
            return .call(.remove(tenant: input.tenant, sha256: sha256))
        case .timer(let timer) where timer.name == Self.again: return next(&state, context)
        default: throw context.noUse
        }
    }

    /// Tells what became of a medium, or forgets a file that was removed.
    ///
    /// - Throws: ``Rejection`` if the answer is not one to the call.
    package func resume(
        _ answer: MediaAnswer, to call: MediaCall, _ state: inout MediaState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<MediaCall> {
        switch (answer, call) {
        case (.kept(let blob), .fetch(let request)):
            guard request.words == nil else {
                return .call(.read(ReadRequest(medium: request, blob: blob)))
            }
            return try tell(MediumReading(blob: blob), of: request, &state, context)
        case (.read(let text), .read(let request)):
            return try tell(
                MediumReading(blob: request.blob, text: text), of: request.medium, &state,
                context)
        case (.lost(let problem), .fetch(let request)):
            return try tell(MediumReading(problem: problem), of: request, &state, context)
        case (.removed, .remove):
            state = MediaState()
            return .ignore(because: "the file's time was over; it is removed")
        default: throw Rejection("an answer that does not fit its call")
        }
    }

    /// What could not be fetched is tried again later, without holding up anything meanwhile: what
    /// is under way is bounded, and one business's trouble must not be another's.
    package func giveUp(
        on call: MediaCall, because failure: CallFailure, _ state: inout MediaState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<MediaCall> {
        let fetch: FetchRequest
        switch call {
        case .fetch(let request): fetch = request
        // The file is there, and a person can look at it.
        case .read: return try resume(.read(nil), to: call, &state, context)
        case .remove: throw Rejection("a file cannot be removed: \(failure)")
        }
        guard var waiting = entry(for: fetch, &state, context) else {
            return .ignore(because: "nobody waits for the medium any more")
        }
        let end = waiting.request.message.receivedAt + Self.life
        let count = state.waiting?.count ?? 0
        guard context.now + .seconds(waiting.wait) < end, count < Self.mostWaiting else {
            return finish(MediumReading(problem: .unavailable), waiting, &state, context)
        }
        waiting.due = context.now + .seconds(waiting.wait)
        waiting.wait = min(waiting.wait * 2, Self.longestWait)
        state.waiting = (state.waiting ?? []) + [waiting]
        var effects = context.effects
        setTimer(state, &effects)
        return .finish(effects)
    }

    /// A fetch for a minute and a half in place; what cannot be read soon is not: the bot does not
    /// wait long for it.
    package func retryPolicy(for call: MediaCall) -> RetryPolicy {
        switch call {
        case .fetch:
            RetryPolicy(
                attempts: 8, firstWait: .seconds(1), longestWait: .seconds(30),
                patience: .seconds(30))
        case .read:
            RetryPolicy(
                attempts: 3, firstWait: .seconds(1), longestWait: .seconds(2),
                patience: .seconds(5))
        case .remove: .standard
        }
    }

    /// How long the tenant keeps messages.
    package func settings(from tenant: TenantSettings) -> MediaSettings {
        MediaSettings(keptDays: tenant.keptMessageDays)
    }
}

// MARK: - Fetching

extension MediaStage {
    private static func fetch(_ request: MediumRequest) -> MediaCall? {
        let message = request.message
        return message.content.medium.map { medium in
            .fetch(
                FetchRequest(
                    inbound: request.inbound, tenant: message.tenant, number: message.number,
                    id: medium.id, mediaType: medium.mediaType, sha256: medium.sha256,
                    limit: message.content.mediumBytes,
                    words: request.isFromPhone == true ? nil : words(in: message.content),
                    filename: medium.filename))
        }
    }

    private static func words(in content: MessageContent) -> MediumWords? {
        switch content {
        case .audio: .spoken
        case .document: .written
        default: nil
        }
    }

    /// Fetches the next medium that waits and is due.
    private func next(
        _ state: inout MediaState, _ context: StageContext
    ) -> Plan<MediaCall> {
        guard let first = state.waiting?.min(by: { $0.due < $1.due }) else {
            return .ignore(because: "nothing waits to be fetched")
        }
        if first.due <= context.now, let call = Self.fetch(first.request) { return .call(call) }
        var effects = context.effects
        setTimer(state, &effects)
        return .finish(effects)
    }

    private func setTimer(_ state: MediaState, _ effects: inout Effects) {
        guard let first = state.waiting?.min(by: { $0.due < $1.due }) else { return }
        effects.setTimer(Self.again, at: first.due, correlation: first.correlation)
    }

    /// The medium that a call was about: one that waited, or the input's own.
    private func entry(
        for fetch: FetchRequest, _ state: inout MediaState, _ context: StageContext
    ) -> MediaState.Waiting? {
        if let waited = state.take(fetch.inbound) { return waited }
        guard case .record(let request as MediumRequest, let headers, _) = context.input,
            request.inbound == fetch.inbound
        else { return nil }
        return MediaState.Waiting(
            request: request, correlation: headers.correlation, due: context.now,
            wait: Self.firstWait)
    }

    private func tell(
        _ reading: MediumReading, of fetch: FetchRequest, _ state: inout MediaState,
        _ context: StageContext
    ) throws(Rejection) -> Plan<MediaCall> {
        guard let entry = entry(for: fetch, &state, context) else { throw context.noUse }
        return finish(reading, entry, &state, context)
    }

    /// Tells all who wait for a medium, and has its file kept as long as its message.
    private func finish(
        _ reading: MediumReading, _ entry: MediaState.Waiting, _ state: inout MediaState,
        _ context: StageContext
    ) -> Plan<MediaCall> {
        let request = entry.request
        var effects = context.effects
        if let blob = reading.blob {
            effects.emit(
                KeptMedium(
                    tenant: request.tenant, sha256: blob.sha256, at: request.message.receivedAt),
                correlation: entry.correlation)
        }
        effects.emit(
            FetchedMedium(
                message: request.message, inbound: request.inbound, reading: reading,
                isFromPhone: request.isFromPhone, at: context.now), correlation: entry.correlation)
        setTimer(state, &effects)
        return .finish(effects)
    }
}

// MARK: - A file's time

extension MediaStage {
    private func end(of state: MediaState, _ context: StageContext) -> Timestamp {
        let days =
            context.settings(MediaSettings.self).keptDays ?? TenantSettings.longestMessageDays
        let ends = [state.lastUsed.map { $0 + .seconds(days * 86_400) }, state.until]
        return ends.compactMap(\.self).max() ?? context.now + .seconds(days * 86_400)
    }

    /// Looks again when the file's time is over, and in between whether it still is that time.
    private func look(_ state: MediaState, _ context: StageContext) -> Plan<MediaCall> {
        guard state.sha256 != nil else { return .ignore(because: "the file is removed already") }
        var effects = context.effects
        let next = min(end(of: state, context), context.now + Self.look)
        effects.setTimer(Self.expiry, at: max(next, context.now))
        return .finish(effects)
    }
}
