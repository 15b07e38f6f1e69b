/// The orchestrator's limits; each is a person's patience or a model's.
package struct OrchestratorSettings: Hashable, Sendable {
    /// How long to wait for more of a burst before answering; zero answers at once.
    package var burstPause = Duration.milliseconds(1200)
    /// The longest that a burst may put off its answer.
    package var longestBurst = Duration.seconds(6)
    /// The most messages in one turn.
    package var mostBurstMessages = 20
    /// The most calls of the model in one turn: a search or two, a correction, an answer.
    package var mostModelCalls = 4
    /// How long a turn may take before a person is asked: a customer waits.
    package var turnTime = Duration.seconds(45)
    /// How long a turn waits for another stage's result, and never more than half of what is left
    /// of its time: the other half is the model's.
    package var longestToolWait = Duration.seconds(20)
    /// How long after the question a customer's yes counts; later the question is put again.
    package var longestConfirmation = Duration.seconds(3600)
    /// The most tokens of an answer: a WhatsApp answer is a few sentences.
    package var longestAnswer = 400
    /// How much of the dialogue a turn remembers: lines of customer and bot together.
    package var mostRecentLines = 8
    /// How long a message's medium may put off its answer: to fetch a voice note and write down
    /// what is said in it takes some seconds.
    package var longestMediaWait = Duration.seconds(20)
    /// The chat model of tenants that have none of their own, if there is one.
    package var chatModel: String?
    /// Whether that model sees pictures.
    package var chatModelSeesImages = false
    /// After such a pause a dialogue begins anew.
    package var longestPause = Duration.seconds(6 * 3600)

    /// The defaults.
    package init() {}
}
