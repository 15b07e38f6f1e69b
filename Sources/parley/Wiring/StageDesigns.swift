import AccountStage
import AuditStage
import ChannelStage
import CustomerStage
import DeskStage
import HandoffStage
import IdentityStage
import IndexerStage
import MailerStage
import MediaStage
import NotificationStage
import OrchestratorStage
import OrganisationStage
import RetrievalStage
import RoutingStage
import SenderStage
import ServiceLevelStage
import SiteStage

/// Makes the pure stages, for running and for replay alike: whatever decides what a stage does
/// comes in here and nowhere else.
struct StageDesigns: Sendable {
    let settings: StageSettings
    /// The chat model of tenants that have none of their own; a replay has it from its decisions.
    var chatModel: String?
    /// Whether it sees pictures.
    var chatModelSeesImages = false

    func indexer() -> IndexerStage { IndexerStage() }

    func retrieval() -> RetrievalStage { RetrievalStage() }

    func media() -> MediaStage { MediaStage() }

    /// The stage with its prompts and limits.
    ///
    /// - Throws: `PromptError` or `ConfigurationError` if a prompt is missing or broken.
    func orchestrator() throws -> OrchestratorStage {
        var limits = OrchestratorSettings()
        if let pause = settings["burstPause"] { limits.burstPause = pause }
        if let limit = settings["burstLimit"] { limits.longestBurst = limit }
        if let time = settings["turnTime"] { limits.turnTime = time }
        limits.chatModel = chatModel
        limits.chatModelSeesImages = chatModelSeesImages
        let folder = PromptsFolder(settings.prompts)
        return OrchestratorStage(
            prompts: try folder.book(), settings: limits, tools: .standard,
            ownPrompts: try folder.ownAnswers())
    }

    func identity() -> IdentityStage { IdentityStage() }

    func handoff() -> HandoffStage { HandoffStage() }

    func channels() -> ChannelStage { ChannelStage() }

    func desk() -> DeskStage { DeskStage() }

    func serviceLevels() -> ServiceLevelStage { ServiceLevelStage() }

    func customers() -> CustomerStage { CustomerStage() }

    func cases() -> CaseStage { CaseStage() }
    func arrivals() -> ArrivalStage { ArrivalStage() }

    func routing() -> RoutingStage { RoutingStage() }

    func sites() -> SiteStage { SiteStage() }

    func waiting() -> WaitingStage { WaitingStage() }

    func announcements() -> AnnouncementStage { AnnouncementStage() }

    func operators() -> OperatorStage { OperatorStage() }

    func notifications() -> NotificationStage { NotificationStage() }

    func sender() -> SenderStage {
        let limits = settings["settleWait"].map { SenderLimits(settleWait: $0) }
        return SenderStage(limits: limits ?? SenderLimits())
    }

    func accounts() -> AccountStage { AccountStage() }

    func addresses() -> AddressStage { AddressStage() }

    func organisations() -> OrganisationStage { OrganisationStage() }

    func installation() -> InstallationStage { InstallationStage() }

    func audit() -> AuditStage { AuditStage() }

    func mailer() -> MailerStage { MailerStage() }
}
