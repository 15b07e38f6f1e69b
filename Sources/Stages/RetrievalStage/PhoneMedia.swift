import Conversation
import StageRuntime

extension RetrievalStage {
    /// What the business wrote on its phone asks nothing: only its medium is fetched, as it goes by
    /// here; `nil` for everything else.
    static func passBy(_ input: StageInput, _ context: StageContext) -> Plan<RetrievalCall>? {
        guard case .record(let record, _, _) = input else { return nil }
        switch record {
        case let fetched as FetchedMedium where fetched.isFromPhone == true:
            return .ignore(because: "nobody asks the bot about the business's own medium")
        case let echo as EchoedMessage:
            guard context.settings(RetrievalSettings.self).fetchesMedia == true,
                echo.content.medium != nil
            else { return .ignore(because: "the business wrote it itself") }
            var effects = context.effects
            effects.emit(
                MediumRequest(
                    message: echo.asMessage, inbound: context.input.id, isFromPhone: true))
            return .finish(effects)
        default: return nil
        }
    }
}
