package import Conversation
import StageRuntime

/// What the model was shown stands in the topic of passages: decisions only refer to its texts.
extension OrchestratorStage {
    /// Texts up to this length are recorded as they are, in bytes.
    private static let shortestKept = 128

    /// The topic of passages.
    ///
    /// What is withdrawn stays in it for longer than decisions are kept.
    package var keptTopics: [Topic] { [.knowledgePassages] }

    /// The texts of the passages that a search of the model's found.
    package func kept(in answer: OrchestratorAnswer) -> [[UInt8]] {
        switch answer {
        case .found(let passages), .rows(let passages, _):
            passages.compactMap { Self.json($0.text) }
        default: []
        }
    }

    /// The passage's text.
    package func kept(by record: any Payload) -> [[UInt8]] {
        guard let passage = record as? Passage else { return [] }
        return [passage.text].compactMap(Self.json)
    }

    private static func json(_ text: String) -> [UInt8]? {
        guard text.utf8.count >= shortestKept else { return nil }
        return try? RecordCodec.encode(text)  // text can always be written
    }

    /// What a turn needs to know of the tenant, and the model that answers for it.
    package func settings(from tenant: TenantSettings) -> OrchestratorTenant {
        OrchestratorTenant(
            TurnSettings(
                businessName: tenant.name, about: tenant.about,
                model: model(of: tenant),
                burstPauseMilliseconds: tenant.burstPauseMilliseconds,
                isClosed: tenant.standing == nil ? nil : true, stopped: tenant.stoppedNumbers,
                media: media(of: tenant), hours: tenant.hours,
                turnMilliseconds: tenant.turnMilliseconds))
    }

    /// The model that answers: none in the place of one that was tried and found weak, so that the
    /// built-in answerer does.
    private func model(of tenant: TenantSettings) -> String? {
        guard let name = tenant.model?.name ?? settings.chatModel else { return nil }
        let isWeak = tenant.modelTrial.map { trial in
            trial.isWeak && trial.isAbout(name, at: tenant.model?.url)
        }
        return isWeak == true ? nil : name
    }

    private func media(of tenant: TenantSettings) -> TurnMedia {
        let sees = tenant.model.map { $0.seesImages == true } ?? settings.chatModelSeesImages
        return TurnMedia(
            seesImages: sees,
            waitMilliseconds: Int64(settings.longestMediaWait / .milliseconds(1)))
    }

    /// The tenant's settings were asked for by a call once.
    package var formerCalls: Set<String> { ["prepare"] }

    /// What a model was asked: people look it up to understand its answer.
    package func recordsInFull(_ call: OrchestratorCall) -> Bool {
        if case .complete = call { true } else { false }
    }
}
