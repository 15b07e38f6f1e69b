package import Conversation

/// Something that is wrong with the pipeline, as a value: pages say it in words, with what to do.
package struct PipelineFinding: Hashable, Sendable, Codable {
    /// What is wrong.
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// The log does not answer: `detail` says why.
        case logUnreachable
        /// A machine has not told of itself for `seconds`.
        case machineSilent
        /// A process ended `count` times, the last time as `detail` says.
        case processDied
        /// A process cannot be started.
        case processFailed
        /// A process answers nothing.
        case processSilent
        /// A process is not ready, for `seconds`.
        case processUnready
        /// A process was stopped by somebody, and records wait for it.
        case processStopped
        /// Records wait: `count`, the oldest for `seconds`.
        case stageLate
        /// A stage's calls to the world take `seconds`.
        case callsSlow
        /// A stage's calls to the world failed `count` times in a few seconds.
        case callsFail
        /// A model server fails and is left alone for a while: `detail` says which, `remedy` why.
        case modelDown
        /// WhatsApp lets a business send nothing; `detail` says why, and `remedy` what to do.
        case lineClosed
        /// Little is left on the disk: `count` bytes, `percent` of all.
        case diskLow
        /// Records were set aside, and nothing was done about `count` of them.
        case deadLetters
        /// No topic accounts for `count` messages.
        case unaccounted
    }

    /// How much it matters.
    package enum Level: String, Hashable, Sendable, Codable, CaseIterable {
        /// Customers notice, or will within minutes.
        case bad
        /// It should be looked at.
        case warn
    }

    /// What is wrong.
    package var kind: Kind
    /// How much it matters.
    package var level: Level
    /// The stage that it is about.
    package var stage: String?
    /// The process that it is about.
    package var process: String?
    /// The machine that it is about.
    package var machine: String?
    /// The host's name of that machine.
    package var host: String?
    /// The business that it is about.
    package var tenant: TenantID?
    /// How many.
    package var count: Int?
    /// How long, in seconds.
    package var seconds: Double?
    /// A part of a hundred.
    package var percent: Int?
    /// What a system or WhatsApp said.
    package var detail: String?
    /// What can be done, where WhatsApp says so.
    package var remedy: String?

    /// Describes what is wrong.
    package init(_ kind: Kind, _ level: Level) {
        self.kind = kind
        self.level = level
    }
}
