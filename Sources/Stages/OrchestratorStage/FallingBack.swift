import Conversation
import StageRuntime

/// Why the built-in answerer stands in for a model.
struct Fallback: Hashable, Sendable, Codable {
    /// Why a person would be asked otherwise.
    var reason: HandoffReason
    /// The same in words.
    var because: String
}

/// A model that fails, dawdles or says what no passage says: the documents' own words are tried
/// before a person is asked.
extension OrchestratorStage {
    /// Quotes what answers; else a person is asked, for the reason given.
    ///
    /// Where it is not sure that anything answers, a model that fails is stood in for all the same,
    /// as if there were none; one whose answer was held back has looked, and a person is asked.
    func fallBack(
        _ reason: HandoffReason, because: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        // What a picture shows, or what another stage did, no quote says.
        guard let turn = state.turn, turn.fallback == nil, turn.requests == nil,
            !state.words.isEmpty, !showsMedia(state),
            reason == .modelFailure || zone(of: state) != .unsure,
            turn.passages.contains(where: { !$0.isResult })
        else { return handOff(reason, because: because, &state, context) }
        state.turn?.fallback = Fallback(reason: reason, because: because)
        state.turn?.doubted = nil
        state.turn?.quotes = []
        return extract(&state, context)
    }

    /// Ends a turn whose questions no quote answers.
    func unanswered(
        _ because: String, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        guard let fallback = state.turn?.fallback else {
            return handOff(.unanswered, because: because, &state, context)
        }
        state.turn?.fallback = nil
        return handOff(fallback.reason, because: fallback.because, &state, context)
    }
}
